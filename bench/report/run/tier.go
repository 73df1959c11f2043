package run

import (
	"strings"

	"flashwave/bench/report/table"
	"flashwave/bench/report/web"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// tier writes what became of the tasks of a queue.
func (p text) tier(run *result.Run) {
	q := run.Queue
	if q == nil {
		return
	}
	for _, t := range tierTables(q) {
		p.Gap()
		p.Table(t)
	}
	p.Flow("queue", tierFacts(q)...)
	p.Flow("lost tasks", namedLost(q)...)
	p.Flow("tap", tapFacts(q)...)
}

// tierBlocks are the same for a browser.
func tierBlocks(run *result.Run) (blocks []web.Block) {
	q := run.Queue
	if q == nil {
		return nil
	}
	for i, t := range tierTables(q) {
		blocks = append(blocks, web.Block{Table: web.NewTable([]string{"tasks", "times", "calls"}[i], t)})
	}
	facts := append(tierFacts(q), namedLost(q)...)
	pairs := []web.Pair{{Name: "queue", Value: words.Listed(facts...)}}
	if q.Tap != nil {
		pairs = append(pairs, web.Pair{Name: "tap", Value: words.Listed(tapFacts(q)...)})
	}
	return append(blocks, web.Block{Pairs: pairs})
}

// tierFacts say how tasks lay, what went wrong beside them, and how well it was seen.
func tierFacts(q *result.Tier) []string {
	t := q.Total.Tasks
	facts := []string{
		"layout " + words.Plain(q.Layout), occurred("retries", t.Retries), occurred("duplicates", t.Duplicates), occurred("inversions", t.Inversions),
	}
	if q.ResolutionMS != nil && q.LongestLookMS != nil {
		facts = append(facts, "looks "+units.Millis(*q.ResolutionMS)+" apart, "+units.Millis(*q.LongestLookMS)+" at most")
	}
	return append(facts, occurred("broken looks", q.BrokenLooks))
}

// fewLost is how many lost tasks a page names.
const fewLost = 5

// namedLost are the first tasks that were lost.
func namedLost(q *result.Tier) (ids []string) {
	for _, id := range q.LostIDs[:min(fewLost, len(q.LostIDs))] {
		ids = append(ids, words.Plain(id))
	}
	if more := q.Total.Tasks.Lost - int64(len(ids)); len(ids) > 0 && more > 0 {
		ids = append(ids, units.Count(more)+" more")
	}
	return ids
}

// tierTables are that of how many tasks became what, that of how long they took, and where a
// tap was listened to that of their calls. Each has a row for each class, and one for all.
func tierTables(q *result.Tier) []table.Table {
	rows := append(append([]result.TierClass(nil), q.Classes...), q.Total)
	name := func(what string) table.Table {
		t := table.Table{Words: 1, Header: []string{what}}
		for _, c := range rows {
			t.Add(strings.TrimSpace(words.Plain(c.Name) + " " + words.Plain(c.Priorities)))
		}
		return t
	}
	tasks, times := name("tasks"), name("class")
	for _, c := range []struct {
		name string
		of   func(result.TierTasks) int64
	}{
		{"enqueued", func(t result.TierTasks) int64 { return t.Enqueued }},
		{"done", func(t result.TierTasks) int64 { return t.Done }},
		{"dead", func(t result.TierTasks) int64 { return t.Dead }},
		{"lost", func(t result.TierTasks) int64 { return t.Lost }},
		{"waiting", func(t result.TierTasks) int64 { return t.Waiting }},
		{"running", func(t result.TierTasks) int64 { return t.Running }},
	} {
		table.Figures[result.TierClass]{Name: c.name, Write: func(n float64) string { return units.Count(int64(n)) }, Of: func(r result.TierClass) *float64 {
			return new(float64(c.of(r.Tasks)))
		}}.AddTo(&tasks, rows)
	}
	table.Figures[result.TierClass]{Name: "deepest", Write: func(n float64) string { return units.Count(int64(n)) }, Of: func(r result.TierClass) *float64 {
		return new(float64(r.DepthMax))
	}}.AddTo(&tasks, rows)
	table.Figures[result.TierClass]{Name: "wait p50", Scale: units.DurationScale, Of: func(r result.TierClass) *float64 {
		if l := r.Latency.Wait; l != nil {
			return &l.P50
		}
		return nil
	}}.AddTo(&times, rows)
	table.P95("wait", func(r result.TierClass) *result.Latency { return r.Latency.Wait }).AddTo(&times, rows)
	table.P95("service", func(r result.TierClass) *result.Latency { return r.Latency.Service }).AddTo(&times, rows)
	table.P95("E2E", func(r result.TierClass) *result.Latency { return r.Latency.E2E }).AddTo(&times, rows)
	table.Figures[result.TierClass]{Name: "starved", Write: units.Millis, Of: func(r result.TierClass) *float64 { return r.StarvedMSMax }}.AddTo(&times, rows)
	table.Figures[result.TierClass]{Name: "oldest", Write: units.Millis, Of: func(r result.TierClass) *float64 { return r.OldestMSMax }}.AddTo(&times, rows)
	if q.Tap == nil {
		return []table.Table{tasks, times}
	}
	calls := name("calls")
	callColumns(&calls, rows)
	return []table.Table{tasks, times, calls}
}
