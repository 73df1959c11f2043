package run

import (
	"flashwave/bench/report/web"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// server is what the server said of itself over the run; nil: it was not asked.
func server(run *result.Run) []string {
	m := run.ServerMetrics
	if m == nil {
		return nil
	}
	var items []string
	if m.Server != "" {
		items = append(items, words.Plain(m.Server))
	}
	level := func(name, word string, text func(float64) string) {
		if s := m.Of(name); s != nil && s.Value != nil {
			items = append(items, word+" at most "+text(*s.Value))
		}
	}
	level(result.ServerRunning, "running", units.Count[float64])
	level(result.ServerQueued, "queued", units.Count[float64])
	level(result.ServerKVCache, "KV cache", func(share float64) string { return units.Percent(100 * share) })
	for _, name := range []string{result.ServerPreempted, result.ServerRejected} {
		if s := m.Of(name); s != nil && s.Value != nil {
			items = append(items, occurred(name, int64(*s.Value)))
		}
	}
	if m.Answered < m.Asked {
		items = append(items, "answered "+units.Count(m.Answered)+" of "+units.Of(m.Asked, "question", "questions"))
	}
	if m.Problem != "" {
		items = append(items, words.Plain(m.Problem))
	}
	return items
}

// serverNotes is what that means.
func serverNotes(run *result.Run) (notes []string) {
	if m := run.ServerMetrics; m != nil {
		for _, n := range m.Notes {
			notes = append(notes, words.Plain(n))
		}
	}
	return notes
}

// serverBlocks are the lines of both.
func serverBlocks(run *result.Run) (blocks []web.Block) {
	items := server(run)
	if items == nil {
		return nil
	}
	for _, line := range append([]string{words.Listed(items...)}, serverNotes(run)...) {
		blocks = append(blocks, web.Block{Prose: line})
	}
	return blocks
}

// server writes what the server said of itself.
func (p text) server(run *result.Run) {
	items := server(run)
	if items == nil {
		return
	}
	p.Flow("server", items...)
	for _, n := range serverNotes(run) {
		p.Prose(p.Label(""), n)
	}
}
