// Package run writes a run for people: as text, as Markdown and as a page of HTML. Its
// rooms are the charts over time, and the formats for programs.
package run

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"flashwave/bench/report/page"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/client/outcome"
)

// A text is a page of a run in the making.
type text struct{ *page.Page }

// Text writes what stays on a terminal after a run.
func Text(w io.Writer, run *result.Run, o page.Options) error {
	p := text{page.New(o)}
	p.verdict(run)
	p.subject(run)
	p.slos(run.Verdict.SLOs)
	p.Gap()
	p.requests(run)
	p.recoveries(run.Waves)
	p.Gap()
	p.latency(run)
	p.Gap()
	p.tokens(run.Total.Tokens)
	p.cost(run)
	p.limits(run.Total)
	p.waves(run)
	p.tier(run)
	p.groups(run)
	p.errors(run.Total.Errors)
	p.Gap()
	p.server(run)
	p.generator(run)
	_, err := p.WriteTo(w)
	return err
}

// verdict writes the headline, and reasons that it does not tell.
func (p text) verdict(run *result.Run) {
	v := run.Verdict
	status := words.Status(v.Status)
	const between = "  "
	p.Prose(p.Status(status, v.Status)+between, words.Plain(v.Headline))
	for _, r := range v.Further() {
		p.Prose(strings.Repeat(" ", len([]rune(status)))+between, words.Plain(r))
	}
	p.Gap()
}

// subject says what ran.
func (p text) subject(run *result.Run) {
	what := []string{p.Bold(words.Name(run.Name))}
	when := []string{}
	if !run.StartedAt.IsZero() {
		when = append(when, words.Instant(run.StartedAt))
	}
	when = append(when, units.Seconds(run.DurationS))
	if sc := run.Scenario; sc != nil {
		what = append(what, words.Target(sc.Target.Model, sc.Target.URL))
		if !sc.Workload.Stream {
			what = append(what, "not streamed")
		}
		when = append(when, fmt.Sprintf("seed %d", sc.Seed))
	}
	if run.ID != "" {
		when = append(when, "run "+words.Plain(run.ID))
	}
	p.Flow("ran", what...)
	p.Flow("", when...)
	p.Flow("labels", labels(run)...)
}

// slos writes a line for each assertion.
func (p text) slos(slos []result.SLO) {
	if len(slos) == 0 {
		return
	}
	p.Gap()
	longest := 0
	for _, s := range slos {
		longest = max(longest, len([]rune(words.Plain(s.Expr))))
	}
	for i, s := range slos {
		line := p.Label(page.Once("SLOs", i)) + p.Mark(s.OK) + " " +
			page.Pad(words.Plain(s.Expr), min(longest, p.Width()/2)+3) + words.Observed(s)
		if s.Assumed {
			line += p.Dim("   assumed")
		}
		p.Line(line)
	}
}

// requests writes what became of the requests, and how fast.
func (p text) requests(run *result.Run) {
	t, q := run.Total, run.Total.Requests
	p.Flow("requests",
		named("scheduled", q.Scheduled), named("sent", q.Sent), named("ok", q.Succeeded),
		p.alarm(named("failed", q.Failed), q.Failed), p.alarm(named("dropped", q.Dropped), q.Dropped),
		p.alarm(named("unsent", q.Unsent), q.Unsent), p.alarm(named("unfinished", q.Unfinished), q.Unfinished),
		occurred("retries", q.Retries))
	p.Flow("outcomes", outcomes(t)...)
	p.Flow("finish", finishes(t)...)
	r := t.Rate
	p.Flow("rates", append([]string{
		rate("offered", r.Offered), rate("sent", r.Sent), rate("completed", r.Completed), rate("ok", r.Succeeded),
	}, append(steadyRates(run), drained(t))...)...)
	p.Flow("quality", "error rate "+units.Maybe(t.ErrorRate, units.Share), good(t))
	if b := t.Backlog; b != nil && b.Peak > 0 {
		p.Flow("backlog", fmt.Sprintf("%s at most, at %s", units.Count(b.Peak), units.ClockSeconds(b.AtS)),
			occurred("queued", b.Queued), named("in flight", b.InFlight))
	}
	if waits := backoff(t.Backoff); waits != nil {
		p.Flow("backoff", waits...)
	}
}

// drained says how long open requests took to end after the last wave, in which no rate
// is.
func drained(t result.Stats) string {
	const short = 1 // s: that any run takes
	if t.DrainS == nil || *t.DrainS < short {
		return ""
	}
	return "drained in " + units.Seconds(*t.DrainS)
}

// recoveries says how long the endpoint took to be itself again after each surge.
func (p text) recoveries(waves []result.Stats) {
	for _, w := range waves {
		name := words.Plain(w.Name)
		switch r := w.Recovery; {
		case r == nil:
		case r.RecoveredS == nil:
			p.Flow("recovery", fmt.Sprintf("after %s not within %s", name, units.Seconds(r.WithinS)), words.Plain(r.SLO))
		default:
			p.Flow("recovery", fmt.Sprintf("%s after the end of %s", units.Seconds(*r.RecoveredS), name), words.Plain(r.SLO))
		}
	}
}

// alarm colours a figure that should be 0.
func (p text) alarm(s string, n int64) string {
	if n == 0 {
		return s
	}
	return p.Bad(s)
}

func named(name string, n int64) string { return name + " " + units.Count(n) }

// told is a figure that somebody may have told.
func told(name string, n *int64) string { return name + " " + units.Maybe(n, units.Count[int64]) }

// beside is such a figure that is worth a word only if there is one, and it is not 0.
func beside(name string, n *int64) string {
	if n == nil {
		return ""
	}
	return occurred(name, *n)
}

// occurred is a figure that is worth a word only if it is not 0.
func occurred(name string, n int64) string {
	if n == 0 {
		return ""
	}
	return named(name, n)
}

// outcomes are those that occurred, in the order of the closed list.
func outcomes(t result.Stats) []string {
	var items []string
	ended := t.Requests.Ended()
	for _, o := range outcome.In(t.Outcomes) {
		n := t.Outcomes[o]
		item := named(words.Plain(string(o)), n)
		if ended > 0 {
			item += " (" + units.Share(float64(n)/float64(ended)) + ")"
		}
		items = append(items, item)
	}
	if items == nil {
		return []string{units.NoData}
	}
	return items
}

// finishes are the finish reasons of the answers, the most frequent first.
func finishes(t result.Stats) []string {
	const most = 12
	reasons := slices.SortedFunc(maps.Keys(t.Finish), func(a, b string) int {
		return cmp.Or(cmp.Compare(t.Finish[b], t.Finish[a]), cmp.Compare(a, b))
	})
	var items []string
	for i, r := range reasons {
		if i == most {
			return append(items, units.Of(len(reasons)-most, "more reason", "more reasons"))
		}
		if n := t.Finish[r]; n > 0 {
			items = append(items, named(words.Clip(words.Plain(r), 40), n))
		}
	}
	return items
}

func rate(name string, v *float64) string {
	return name + " " + units.Maybe(v, units.PerSecond)
}

// good says how many requests were good, and of how many nobody can say; "": nothing
// says which request is.
func good(t result.Stats) string {
	text := ""
	if g := t.Goodput; g != nil {
		text = fmt.Sprintf("goodput %s (%s of the scheduled)", units.PerSecond(g.RPS), units.Share(g.GoodFraction))
	}
	return words.Listed(text, unjudged(t))
}

// unjudged says how many requests were neither good nor bad; "": none.
func unjudged(t result.Stats) string {
	if t.Unjudged == nil || *t.Unjudged == 0 {
		return ""
	}
	return units.Count(*t.Unjudged) + " could not be judged"
}
