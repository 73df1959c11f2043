package serverside

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
)

// Tell puts what the server said into the document of a run: the series, what they were
// in each row, and what they mean. since is an instant of the watch's clock on that of the
// document. It is called before the run is judged.
func (w *Watch) Tell(doc *result.Run, since func(time.Duration) time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := &result.ServerMetrics{Source: w.config.URL, Asked: w.asked, Answered: w.answered, Problem: w.problem, Series: []result.ServerSeries{}, Notes: []string{}}
	if w.server != nil {
		m.Server = w.server.name
	}
	doc.ServerMetrics = m
	h := w.history(since)
	for _, name := range h.names {
		m.Series = append(m.Series, result.ServerSeries{Name: name, Metric: w.metric[name], Counter: w.counts(name), Value: h.over(name, h.first, h.last)})
	}
	for i := range doc.Timeline {
		row := &doc.Timeline[i]
		row.Server = nil
		for _, name := range h.names {
			if v := h.over(name, row.TS, row.TS+row.StepS); v != nil {
				if row.Server == nil {
					row.Server = map[string]float64{}
				}
				row.Server[name] = *v
			}
		}
	}
	if text := h.breach(doc.Events); text != "" {
		m.Notes = append(m.Notes, text)
	}
	if h.restarted {
		m.Notes = append(m.Notes, "the server's counters began anew during the run: was it restarted?")
		return
	}
	notes, found := w.contradictions(doc, h)
	m.Notes = append(m.Notes, notes...)
	if len(found) > 0 {
		doc.Generator.Settle(append(doc.Generator.Findings, found...))
	}
}

// A history is what was said, on the clock of the document, with counters that never fall.
type history struct {
	names       []string
	counter     func(string) bool
	moments     []said
	first, last float64
	restarted   bool
}

type said struct {
	at     float64 // s
	values map[string]float64
}

// history is what was taken in so far. w.mu is held.
func (w *Watch) history(since func(time.Duration) time.Duration) history {
	h := history{names: slices.Sorted(maps.Keys(w.metric)), counter: w.counts}
	lost, before := map[string]float64{}, map[string]float64{}
	for _, m := range w.taken {
		s := said{at: since(m.at).Seconds(), values: maps.Clone(m.values)}
		for name, v := range m.values {
			if !w.counts(name) {
				continue
			}
			if v < before[name] { // it began anew
				h.restarted = true
				lost[name] += before[name]
			}
			before[name] = v
			s.values[name] = v + lost[name]
		}
		h.moments = append(h.moments, s)
	}
	if n := len(h.moments); n > 0 {
		h.first, h.last = h.moments[0].at, h.moments[n-1].at
	}
	return h
}

// over is the growth of a counter, or the highest of a level, from one instant to another;
// nil: nothing was said.
func (h history) over(name string, from, to float64) *float64 {
	const slack = 0.05 // s: a page is read a little after the second is over
	var v *float64
	var began *float64
	for _, m := range h.moments {
		now, ok := m.values[name]
		switch {
		case !ok:
		case m.at <= from+slack:
			began = new(now)
			if m.at >= from-slack && !h.counter(name) {
				v = larger(v, now)
			}
		case m.at > to+slack:
			return v
		case !h.counter(name):
			v = larger(v, now)
		case began != nil:
			v = new(now - *began)
		default: // the first that is said of it
			began, v = new(now), new(0.0)
		}
	}
	return v
}

func larger(v *float64, now float64) *float64 {
	if v != nil && *v >= now {
		return v
	}
	return &now
}

// What is worth a word before a breach.
const (
	nearlyFull = 0.9 // of the KV cache
	lookBack   = 30  // s, for preemptions
)

// breach says what the server was like before the first SLO was breached; "": none was, or
// the server said nothing of itself around then.
func (h history) breach(events []result.Event) string {
	i := slices.IndexFunc(events, func(e result.Event) bool { return e.Kind == result.Breached })
	if i < 0 {
		return ""
	}
	at := events[i].TS
	what, _, _ := strings.Cut(events[i].Text, " first breached")
	var told []string
	if since, most, ok := h.stretch(result.ServerKVCache, at, nearlyFull); ok {
		told = append(told, fmt.Sprintf("the KV cache had been over %s full for %s, %s at most", units.Percent(100*nearlyFull), units.Seconds(at-since), units.Percent(100*most)))
	}
	if since, most, ok := h.stretch(result.ServerQueued, at, 1); ok {
		told = append(told, fmt.Sprintf("requests had waited at the server for %s, %s at most", units.Seconds(at-since), units.Count(most)))
	}
	if n := h.over(result.ServerPreempted, at-lookBack, at); n != nil && *n > 0 {
		told = append(told, fmt.Sprintf("%s had been preempted within %s", units.Of(int64(*n), "request", "requests"), units.Seconds(lookBack)))
	}
	if told == nil {
		queued, kv := h.over(result.ServerQueued, at-lookBack, at), h.over(result.ServerKVCache, at-lookBack, at)
		if queued == nil || *queued > 0 {
			return ""
		}
		told = append(told, "no request had waited at the server")
		if kv != nil {
			told = append(told, fmt.Sprintf("the KV cache was %s full at most", units.Percent(100**kv)))
		}
	}
	return "when " + what + " was first breached: " + strings.Join(told, "; ")
}

// stretch is the unbroken time up to an instant in which a level was at least so high:
// since when, and how high at most.
func (h history) stretch(name string, to, least float64) (since, most float64, ok bool) {
	for _, m := range h.moments {
		if m.at > to {
			break
		}
		v, told := m.values[name]
		switch {
		case !told:
		case v < least:
			ok, most = false, 0
		case !ok:
			since, most, ok = m.at, v, true
		default:
			most = max(most, v)
		}
	}
	return since, most, ok
}

// What a server may count less than its client before that is a contradiction, and more
// before it is worth a word.
const (
	lessBy = 0.01
	moreBy = 0.05
)

// contradictions holds what the server counted against what the client did, where both
// count the same. Others may use the server, too, and it may count what a client never
// got: more is no contradiction, and less is one. w.mu is held.
func (w *Watch) contradictions(doc *result.Run, h history) (notes []string, found []result.Finding) {
	if w.server == nil || h.first > 0 || h.last < doc.DurationS-0.5 || doc.Scenario == nil || doc.Scenario.Warmup > 0 {
		return nil, nil
	}
	t := doc.Total
	pairs := []struct {
		series, what string
		client       *int64
	}{
		{result.ServerSuccessful, "requests that ended well", &t.Requests.Succeeded},
		{result.ServerOutput, "output tokens", t.Tokens.Output},
		{result.ServerPrompt, "prompt tokens", t.Tokens.Prompt},
	}
	for _, p := range pairs {
		server := h.over(p.series, h.first, h.last)
		switch {
		case server == nil || p.client == nil || *p.client == 0:
			continue
		case p.series != result.ServerSuccessful && (t.Tokens.From == nil || *t.Tokens.From != "usage"):
			continue // events are no tokens
		case p.series == result.ServerPrompt && !w.server.cachedToo:
			continue
		}
		client := float64(*p.client)
		both := fmt.Sprintf("the server counted %s %s, and its answers to this run %s", units.Count(*server), p.what, units.Count(client))
		switch {
		case *server < client*(1-lessBy)-1:
			found = append(found, result.Finding{Kind: result.FoundServer, Text: both + ": is it the one that was loaded, and the only one?", Voids: result.VoidsNothing})
		case *server > client*(1+moreBy)+1:
			notes = append(notes, both+": others use it, too, or it counts what was cut off")
		}
	}
	return notes, found
}
