package search

import (
	"fmt"
	"strings"

	"flashwave/bench/capacity"
	"flashwave/bench/report/demand"
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// phases are the search's own words for where it is.
var phases = map[capacity.Phase]string{
	"": "starting", capacity.Ramping: "ramping", capacity.Bracketing: "bracketing", capacity.Bisecting: "bisecting", capacity.Recovering: "recovering",
	capacity.Soaking: "soaking", capacity.Saturating: "saturating", capacity.Rehearsing: "rehearsing", capacity.Finished: "done", capacity.GoingOn: "going on",
}

// header is what is searched, and where the search is.
func (s Model) header(width int) string {
	p := s.pen
	state := p.Style.Good.Render(p.Glyph.Dot) + " " + p.Figure(phases[s.snap.Phase])
	if s.done() {
		status := s.snap.Document.Verdict.Status
		style := p.Style.Of(draw.Judged(status == result.Pass, status == result.Fail))
		state = style.Render(p.Glyph.Dot + " " + strings.ToUpper(string(status)))
	}
	tail := state + "   " + p.Figure(units.Clock(s.snap.Elapsed))
	if s.snap.Spent != nil {
		if b := s.snap.Budget; b != nil {
			tail += "   " + p.OutOf(units.Cents(*s.snap.Spent), units.Cents(*b))
		} else {
			tail += "   " + p.Figure(units.USD(*s.snap.Spent))
		}
	}
	head := p.Style.Brand.Render("flashwave") + "   " + p.Label("capacity   "+draw.Clean(s.subject))
	if draw.Cells(head)+3+draw.Cells(tail) > width {
		head = p.Style.Brand.Render("capacity")
	}
	return p.Ends(head, tail, width)
}

// headline is the verdict, or what is known so far.
func (s Model) headline(width int) []string {
	p := s.pen
	if s.done() {
		return draw.Wrapped(p.Style.Strong, draw.Clean(s.snap.Document.Verdict.Headline), width)
	}
	var parts []string
	if s.snap.Low != nil {
		parts = append(parts, p.Style.Good.Render("holds")+" "+p.Figure(s.snap.By.Amount(*s.snap.Low)))
	}
	if s.snap.High != nil {
		parts = append(parts, p.Style.Bad.Render("breaks at")+" "+p.Figure(s.snap.By.Amount(*s.snap.High)))
	}
	if s.snap.Low != nil && s.snap.High != nil {
		parts = append(parts, p.Pair("bracket", units.Share(*s.snap.High / *s.snap.Low - 1)))
	}
	if s.snap.Peak > 0 {
		parts = append(parts, p.Pair("the demand peaks at", units.PerSecond(s.snap.Peak)))
	}
	var slos []string
	for _, e := range s.snap.SLOs {
		slos = append(slos, draw.Clean(e.Expr))
	}
	if len(parts) == 0 {
		most := map[bool]string{false: "highest rate", true: "most requests in flight"}[s.snap.By == capacity.InFlight]
		parts = append(parts, p.Label("looking for the "+most+" at which every SLO holds"))
	}
	return []string{p.Spread(parts, 3, width), p.Label(p.Cut(strings.Join(slos, "   "), width))}
}

// now is the step that runs, and what comes next.
func (s Model) now(width int) []string {
	p, c := s.pen, s.snap.Current
	if s.done() {
		var lines []string
		for _, r := range s.snap.Document.Verdict.Further() {
			lines = append(lines, p.Label(p.Cut(draw.Clean(r), width)))
		}
		return lines
	}
	next := p.Spread([]string{p.Label(p.Cut(draw.Clean(s.snap.Next), width)), s.left(), s.most()}, 3, width)
	if c == nil {
		return []string{p.Label("the endpoint comes to rest"), next}
	}
	load := "the demand"
	switch {
	case c.Concurrency > 0:
		load = units.Count(c.Concurrency) + " in flight"
	case c.Rate > 0:
		load = units.PerSecond(c.Rate)
	}
	parts := []string{p.Pair("now", load), p.OutOf(units.Clock(c.Elapsed), units.Clock(c.Planned)), p.Pair("in flight", units.Count(c.Live.Now.InFlight))}
	if l := c.Live.Window.Latency.TTFT.Response; l != nil {
		parts = append(parts, p.Pair("TTFT p95", units.Millis(l.P95)))
	}
	if l := c.Live.Window.Latency.E2E.Response; l != nil {
		parts = append(parts, p.Pair("E2E p95", units.Millis(l.P95)))
	}
	if e := c.Live.Total.ErrorRate; e != nil {
		parts = append(parts, p.Pair("errors", units.Share(*e)))
	}
	return []string{p.Spread(parts, 3, width), next}
}

// left is about how long the search still takes.
func (s Model) left() string {
	if s.snap.Remaining <= 0 {
		return ""
	}
	return s.pen.Label("about ") + s.pen.Figure(units.About(s.snap.Remaining)) + s.pen.Label(" left")
}

// most is what the search can have cost in the end.
func (s Model) most() string {
	if s.snap.MostCost == nil {
		return ""
	}
	return s.pen.Pair("costs at most", units.USD(*s.snap.MostCost))
}

// steps is a row for each load that was measured, the newest last.
func (s Model) steps(width, height int, bare bool) []string {
	p, inner, rows := s.pen, width-4, height-3
	if bare {
		inner, rows = width, height-1
	}
	wide := inner >= 62
	head := "  " + draw.Left("step", 9) + draw.Right("load", 12) + draw.Right("served/s", 10) + draw.Right("p95 ms", 9)
	if wide {
		head += draw.Right("in flight", 11) + draw.Right("errors", 9)
	}
	body := []string{p.Label(head)}
	_, of, _ := s.leading()
	list := s.snap.Steps
	var rates []float64
	for _, st := range list {
		if st.SucceededRPS != nil {
			rates = append(rates, *st.SucceededRPS)
		}
	}
	served := units.RateScale(rates...)
	for _, st := range list[max(0, len(list)-max(0, rows)):] {
		line := s.mark(st.Verdict) + " " + p.Style.Text.Render(draw.Left(string(st.Kind), 9)) + p.Figure(draw.Right(stepLoad(st), 12)) + p.Figure(draw.Right(p.Maybe(st.SucceededRPS, served.Write), 10))
		p95 := p.Glyph.None
		if l := of(st); l != nil {
			p95 = strings.TrimSpace(units.Tabular(l.P95))
		}
		line += p.Figure(draw.Right(p95, 9))
		if wide {
			line += p.Figure(draw.Right(p.Maybe(st.InFlightMean, func(v float64) string { return units.Fixed(v, 1) }), 11)) + p.Figure(draw.Right(p.Maybe(st.ErrorRate, units.Share), 9))
		}
		body = append(body, line)
	}
	if bare {
		return body
	}
	return p.Panel("steps", p.Label(fmt.Sprint(len(list))), body, width, height)
}

// stepLoad is what a step asked of the endpoint.
func stepLoad(st capacity.Step) string {
	switch {
	case st.Concurrency != nil:
		return units.Count(*st.Concurrency) + " open"
	case st.RateRPS != nil:
		return units.PerSecond(*st.RateRPS)
	}
	return units.NoData
}

// demand is what the demand asks, and what comes of it.
func (s Model) demand(width, height int) []string {
	d := s.snap.Document
	note := ""
	if f := d.Forecast; f != nil && f.Fits != nil {
		note = s.pen.Style.Bad.Render("does not fit")
		if *f.Fits {
			note = s.pen.Style.Good.Render("fits")
		}
	}
	return s.pen.Panel("demand", note, s.pairs(demand.Asked(d.Forecast), width-4), width, height)
}

// price is what the demand costs.
func (s Model) price(width, height int) []string {
	body := s.pairs(demand.Priced(s.snap.Document.Cost), width-4)
	if r := s.snap.Document.Rehearsal; r != nil && r.WorstWait.Predicted != nil && r.WorstWait.Measured != nil {
		body = append(body, "", s.pen.Label("rehearsal: worst wait"),
			s.pen.Figure(units.Seconds(*r.WorstWait.Measured))+s.pen.Label(" measured, ")+s.pen.Figure(units.Seconds(*r.WorstWait.Predicted))+s.pen.Label(" predicted"))
		if low, high := r.WorstWait.Low, r.WorstWait.High; low != nil && high != nil {
			body = append(body, s.pen.Label("between "+units.Seconds(*low)+" and "+units.Seconds(*high)))
		}
	}
	return s.pen.Panel("cost of the demand", "", body, width, height)
}

// models are the same tokens elsewhere, cheapest first.
func (s Model) models(width, height int) []string {
	p, c := s.pen, s.snap.Document.Cost
	var body []string
	if c != nil {
		for _, m := range c.Models {
			name, style := draw.Clean(m.Model), p.Style.Text
			if m.Current {
				name, style = p.Glyph.Pointer+" "+name, p.Style.Strong
			}
			body = append(body, p.Ends(style.Render(name), p.Figure(units.USD(m.ExpectedUSD)), width-4))
		}
	}
	return p.Panel("on other models", "", body, width, height)
}

// pairs draws names and what there is to say of them.
func (s Model) pairs(list demand.Words, width int) (lines []string) {
	const name = 15
	for _, pair := range list {
		for i, text := range draw.Wrapped(s.pen.Style.Text, pair.Text, max(8, width-name)) {
			lead := strings.Repeat(" ", name)
			if i == 0 {
				lead = s.pen.Label(draw.Left(pair.Name, name))
			}
			lines = append(lines, lead+text)
		}
	}
	return lines
}
