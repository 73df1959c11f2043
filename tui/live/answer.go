package live

import (
	"slices"
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// figureColumn is the width of the large figure: a length of time of three digits and
// its unit, so that what stands beside it stays where it is.
const figureColumn = 17

// answer is what is read first: the figure that the SLO is on, large, and beside it in a
// sentence how the run is, the SLO, and what customers felt.
func (p pen) answer(s result.Snapshot, lane, width, height int) []string {
	head := p.headline(s)
	figure := p.Big(head.figure, head.style, figureColumn, height)
	for i, line := range figure {
		figure[i] = draw.Left(line, figureColumn)
	}
	for len(figure) < min(height, draw.DigitRows) {
		figure = append([]string{strings.Repeat(" ", figureColumn)}, figure...)
	}
	const gap = 2
	return draw.Beside(figure, p.said(s, lane, head, max(0, width-figureColumn-gap), height), gap)
}

// said are the lines beside the figure.
func (p pen) said(s result.Snapshot, lane int, head headline, width, height int) []string {
	lines := p.mood(s, lane).lines(width, max(1, height-1))
	if len(lines) < height {
		lines = append(lines, p.Cut(p.Spread([]string{head.of, head.where}, 3, width), width))
	}
	return append(lines, p.customers(s, width, height-len(lines))...)
}

// customers is what customers felt, in so many lines as it takes, at most height.
func (p pen) customers(s result.Snapshot, width, height int) []string {
	text := draw.Clean(s.Customers)
	if s.Verdict != nil && s.Verdict.Customers != "" {
		text = draw.Clean(s.Verdict.Customers)
	}
	if text == "" || height < 1 {
		return nil
	}
	// Whole clauses give way, from the last.
	form := text
	for _, end := range []string{"; ", "; ", "; ", ", ", " for "} {
		if lines := draw.Wrapped(p.Style.Text, form, width); len(lines) <= height {
			return lines
		}
		if i := strings.LastIndex(form, end); i > 0 {
			form = form[:i]
		}
	}
	if lines := draw.Wrapped(p.Style.Text, form, width); len(lines) <= height {
		return lines
	}
	return []string{p.Cut(p.Style.Text.Render(form), width)}
}

// A headline is the figure that stands for the run.
type headline struct {
	figure string
	style  draw.Ink
	of     string // what it is of, and its SLO
	where  string // of which requests
}

// headline is the figure of the SLO that says best how the run fails, or else what it is
// about; where there is none what the most urgent tasks of a queue wait, or TTFT p95.
func (p pen) headline(s result.Snapshot) headline {
	o, ok := leading(s.SLOs)
	if failed, some := leading(breached(s.SLOs)); some { // what fails says more than what holds
		o = failed
	}
	if !ok {
		if h, ok := p.waited(s); ok {
			return h
		}
		name, l := "TTFT p95", s.Window.Latency.TTFT.Response
		if l == nil || l.Count == 0 {
			if e2e := s.Window.Latency.E2E.Response; e2e != nil && e2e.Count > 0 {
				name, l = "E2E p95", e2e
			}
		}
		h := headline{units.NoData, p.Style.Faint, p.Style.Text.Render(name), p.Label(windowName(s))}
		if l != nil && l.Count > 0 {
			h.figure, h.style = units.Millis(l.P95), p.Style.Strong
		}
		return h
	}
	g := liveGrade(o)
	h := headline{figure: units.NoData, style: p.Style.Of(g)}
	switch {
	case o.Live != nil:
		h.figure = units.Value(*o.Live, o.Unit)
	case o.AtLeast != nil:
		h.figure = ">" + units.Value(*o.AtLeast, o.Unit)
	}
	if s.Now.Overload != nil && s.Verdict == nil {
		h.style = p.Style.Bad
	}
	where := windowName(s)
	if o.Wave != "" {
		where = ofWhat(o)
	}
	h.of = p.Style.Text.Render(sloName(o)) + p.Label("   SLO ") + p.Style.Text.Render(o.Op+" "+units.Bound(o.Bound, o.Unit)) + " " + p.Marked(g)
	h.where = p.Label(where)
	return h
}

// waited is the figure of a queue without an SLO: what its most urgent tasks wait.
func (p pen) waited(s result.Snapshot) (h headline, ok bool) {
	if taskClassCount(s) == 0 {
		return h, false
	}
	c := taskClasses(s, outlook{})[0]
	h = headline{units.NoData, p.Style.Faint, p.Style.Text.Render("wait p95"), p.Label(c.name + ", " + p.whenTasks(s, outlook{}))}
	if c.p95 != nil {
		h.figure, h.style = units.Duration(*c.p95), p.Style.Strong
	}
	return h, true
}

// ofWhat is the wave that an SLO speaks of, or the class of requests.
func ofWhat(o result.SLOStatus) string {
	if o.Kind != "" && !slo.Metric(o.Metric).OfQueue() {
		return draw.Clean(o.Kind + " " + o.Wave)
	}
	return draw.Clean(o.Wave)
}

// leading is the SLO that says best what a run is about: on the response time of the
// first word before other latencies, of the whole run before those of a wave, and
// anything else after them. What nobody asked for does not lead.
func leading(slos []result.SLOStatus) (best result.SLOStatus, ok bool) {
	order := []string{"wait", "ttft", "ttfa", "e2e", "tpot", "itl"}
	rank := func(o result.SLOStatus) int {
		r := slices.Index(order, o.Metric)
		if r < 0 {
			r = len(order)
		}
		if o.Wave != "" && o.Metric != "wait" { // what tasks wait for is told by class
			r += len(order) + 1
		}
		if o.Unit != units.Milliseconds {
			r += 2 * (len(order) + 1)
		}
		return r
	}
	for _, o := range slos {
		if !o.Assumed && (!ok || rank(o) < rank(best)) {
			best, ok = o, true
		}
	}
	return best, ok
}

// sloName is what an SLO is on: TTFT p95, error rate.
func sloName(o result.SLOStatus) string {
	name := strings.ReplaceAll(draw.Clean(o.Metric), "_", " ")
	for _, m := range metrics(result.Latencies{}) {
		if m.name == o.Metric {
			name = m.word
		}
	}
	if o.Service {
		name += " service"
	}
	return strings.TrimSpace(name + " " + o.Stat)
}

// breached are the SLOs that do not hold now.
func breached(slos []result.SLOStatus) []result.SLOStatus {
	return slices.DeleteFunc(slices.Clone(slos), func(o result.SLOStatus) bool { return liveGrade(o) != draw.Bad })
}
