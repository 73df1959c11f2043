package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/client/outcome"
)

// writeText writes what stays on a terminal after a run.
func writeText(w io.Writer, run *result.Run, opts Options) error {
	p := newPage(opts)
	p.verdict(run)
	p.subject(run)
	p.slos(run.Verdict.SLOs)
	p.gap()
	p.requests(run)
	p.recoveries(run.Waves)
	p.gap()
	p.latency(run)
	p.gap()
	p.tokens(run.Total.Tokens)
	p.cost(run)
	p.limits(run.Total)
	p.waves(run)
	p.groups(run)
	p.errors(run.Total.Errors)
	p.gap()
	p.generator(run)
	_, err := io.WriteString(w, p.text.String())
	return err
}

// verdict writes the headline, and reasons that it does not tell.
func (p *page) verdict(run *result.Run) {
	v := run.Verdict
	status := strings.ToUpper(cmp.Or(plain(string(v.Status)), "no verdict"))
	const between = "  "
	p.prose(p.ink.status(status, v.Status)+between, plain(v.Headline))
	for _, r := range v.Further() {
		p.prose(strings.Repeat(" ", len([]rune(status)))+between, plain(r))
	}
	p.gap()
}

// subject says what ran.
func (p *page) subject(run *result.Run) {
	what := []string{p.ink.bold(plain(cmp.Or(run.Name, "unnamed")))}
	when := []string{}
	if !run.StartedAt.IsZero() {
		when = append(when, run.StartedAt.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	when = append(when, units.Seconds(run.DurationS))
	if sc := run.Scenario; sc != nil {
		what = append(what, plain(cmp.Or(sc.Target.Model, "any model")+" at "+host(sc.Target.URL)))
		if !sc.Workload.Stream {
			what = append(what, "not streamed")
		}
		when = append(when, fmt.Sprintf("seed %d", sc.Seed))
	}
	if run.ID != "" {
		when = append(when, "run "+plain(run.ID))
	}
	p.flow("ran", what...)
	p.flow("", when...)
	labels := make([]string, 0, len(run.Labels))
	for k, v := range run.Labels {
		labels = append(labels, plain(k+"="+v))
	}
	slices.Sort(labels)
	p.flow("labels", labels...)
}

// host is what of a target's URL people know it by.
func host(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return strings.TrimSuffix(address, ":")
}

// slos writes a line for each assertion.
func (p *page) slos(slos []result.SLO) {
	if len(slos) == 0 {
		return
	}
	p.gap()
	longest := 0
	for _, s := range slos {
		longest = max(longest, len([]rune(plain(s.Expr))))
	}
	for i, s := range slos {
		label := ""
		if i == 0 {
			label = "SLOs"
		}
		line := p.label(label) + p.mark(s.OK) + " " +
			pad(plain(s.Expr), min(longest, p.width/2)+3) + observed(s)
		if s.Assumed {
			line += p.ink.dim("   assumed")
		}
		p.line(line)
	}
}

func (p *page) mark(ok *bool) string {
	switch {
	case ok == nil:
		return p.ink.unsure(units.NoData)
	case *ok:
		return p.ink.good("✓")
	}
	return p.ink.bad("✗")
}

// observed is what was seen of an SLO.
func observed(s result.SLO) string {
	switch {
	case s.Observed != nil:
		return units.Value(*s.Observed, s.Unit)
	case s.AtLeast != nil && s.AtMost != nil:
		return units.Value(*s.AtLeast, s.Unit) + " to " + units.Value(*s.AtMost, s.Unit)
	case s.AtLeast != nil:
		return "at least " + units.Bound(*s.AtLeast, s.Unit)
	}
	return "no data"
}

// requests writes what became of the requests, and how fast.
func (p *page) requests(run *result.Run) {
	t, q := run.Total, run.Total.Requests
	p.flow("requests",
		named("scheduled", q.Scheduled), named("sent", q.Sent), named("ok", q.Succeeded),
		p.alarm(named("failed", q.Failed), q.Failed), p.alarm(named("dropped", q.Dropped), q.Dropped),
		p.alarm(named("unsent", q.Unsent), q.Unsent), p.alarm(named("unfinished", q.Unfinished), q.Unfinished),
		occurred("retries", q.Retries))
	p.flow("outcomes", outcomes(t)...)
	p.flow("finish", finishes(t)...)
	r := t.Rate
	p.flow("rates", append([]string{
		rate("offered", r.Offered), rate("sent", r.Sent), rate("completed", r.Completed), rate("ok", r.Succeeded),
	}, append(steadyRates(run), drained(t))...)...)
	p.flow("quality", "error rate "+share(t.ErrorRate), good(t))
	if b := t.Backlog; b != nil && b.Peak > 0 {
		p.flow("backlog", fmt.Sprintf("%s at most, at %s", units.Count(b.Peak), units.ClockSeconds(b.AtS)),
			occurred("queued", b.Queued), named("in flight", b.InFlight))
	}
	if waits := backoff(t.Backoff); waits != nil {
		p.flow("backoff", waits...)
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
func (p *page) recoveries(waves []result.Stats) {
	for _, w := range waves {
		switch r := w.Recovery; {
		case r == nil:
		case r.RecoveredS == nil:
			p.flow("recovery", fmt.Sprintf("after %s not within %s", w.Name, units.Seconds(r.WithinS)), r.SLO)
		default:
			p.flow("recovery", fmt.Sprintf("%s after the end of %s", units.Seconds(*r.RecoveredS), w.Name), r.SLO)
		}
	}
}

// alarm colours a figure that should be 0.
func (p *page) alarm(s string, n int64) string {
	if n == 0 {
		return s
	}
	return p.ink.bad(s)
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
		item := named(plain(string(o)), n)
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
			items = append(items, named(clip(plain(r), 40), n))
		}
	}
	return items
}

func rate(name string, v *float64) string {
	return name + " " + units.Maybe(v, units.PerSecond)
}

func share(v *float64) string { return units.Maybe(v, units.Share) }

// good says how many requests were good, and of how many nobody can say; "": nothing
// says which request is.
func good(t result.Stats) string {
	text := ""
	if g := t.Goodput; g != nil {
		text = fmt.Sprintf("goodput %s (%s of the scheduled)", units.PerSecond(g.RPS), units.Share(g.GoodFraction))
	}
	return joined([]string{text, unjudged(t)})
}

// unjudged says how many requests were neither good nor bad; "": none.
func unjudged(t result.Stats) string {
	if t.Unjudged == nil || *t.Unjudged == 0 {
		return ""
	}
	return units.Count(*t.Unjudged) + " could not be judged"
}
