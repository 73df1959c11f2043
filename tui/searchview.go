package tui

import (
	"fmt"
	"strings"

	"flashwave/bench/capacity"
	"flashwave/bench/report/demand"
	"flashwave/bench/units"
)

// searchPhases are the search's own words for where it is.
var searchPhases = map[capacity.Phase]string{
	"": "starting", capacity.Ramping: "ramping", capacity.Bracketing: "bracketing", capacity.Bisecting: "bisecting", capacity.Recovering: "recovering",
	capacity.Soaking: "soaking", capacity.Saturating: "saturating", capacity.Rehearsing: "rehearsing", capacity.Finished: "done", capacity.GoingOn: "going on",
}

// header is what is searched, and where the search is.
func (s search) header(width int) string {
	p := s.pen
	state := p.style.good.Render(p.glyph.dot) + " " + p.figure(searchPhases[s.snap.Phase])
	if s.done() {
		m := p.verdictMood(s.snap.Document.Verdict.Status)
		state = m.style.Render(p.glyph.dot + " " + m.word)
	}
	tail := state + "   " + p.figure(units.Clock(s.snap.Elapsed))
	if s.snap.Spent != nil {
		if b := s.snap.Budget; b != nil {
			tail += "   " + p.pair2(units.Cents(*s.snap.Spent), units.Cents(*b))
		} else {
			tail += "   " + p.figure(units.USD(*s.snap.Spent))
		}
	}
	head := p.style.brand.Render("flashwave") + "   " + p.label("capacity   "+clean(s.subject))
	if cells(head)+3+cells(tail) > width {
		head = p.style.brand.Render("capacity")
	}
	return p.ends(head, tail, width)
}

// headline is the verdict, or what is known so far.
func (s search) headline(width int) []string {
	p := s.pen
	if s.done() {
		return wrapped(p.style.strong, clean(s.snap.Document.Verdict.Headline), width)
	}
	var parts []string
	if s.snap.Low != nil {
		parts = append(parts, p.style.good.Render("holds")+" "+p.figure(s.snap.By.Amount(*s.snap.Low)))
	}
	if s.snap.High != nil {
		parts = append(parts, p.style.bad.Render("breaks at")+" "+p.figure(s.snap.By.Amount(*s.snap.High)))
	}
	if s.snap.Low != nil && s.snap.High != nil {
		parts = append(parts, p.pair("bracket", units.Share(*s.snap.High / *s.snap.Low - 1)))
	}
	if s.snap.Peak > 0 {
		parts = append(parts, p.pair("the demand peaks at", units.PerSecond(s.snap.Peak)))
	}
	var slos []string
	for _, e := range s.snap.SLOs {
		slos = append(slos, clean(e.Expr))
	}
	if len(parts) == 0 {
		most := map[bool]string{false: "highest rate", true: "most requests in flight"}[s.snap.By == capacity.InFlight]
		parts = append(parts, p.label("looking for the "+most+" at which every SLO holds"))
	}
	return []string{p.spread(parts, 3, width), p.label(p.cut(strings.Join(slos, "   "), width))}
}

// now is the step that runs, and what comes next.
func (s search) now(width int) []string {
	p, c := s.pen, s.snap.Current
	if s.done() {
		var lines []string
		for _, r := range s.snap.Document.Verdict.Further() {
			lines = append(lines, p.label(p.cut(clean(r), width)))
		}
		return lines
	}
	next := p.spread([]string{p.label(p.cut(clean(s.snap.Next), width)), s.left(), s.most()}, 3, width)
	if c == nil {
		return []string{p.label("the endpoint comes to rest"), next}
	}
	load := "the demand"
	switch {
	case c.Concurrency > 0:
		load = units.Count(c.Concurrency) + " in flight"
	case c.Rate > 0:
		load = units.PerSecond(c.Rate)
	}
	parts := []string{p.pair("now", load), p.pair2(units.Clock(c.Elapsed), units.Clock(c.Planned)), p.pair("in flight", units.Count(c.Live.Now.InFlight))}
	if l := c.Live.Window.Latency.TTFT.Response; l != nil {
		parts = append(parts, p.pair("TTFT p95", units.Millis(l.P95)))
	}
	if l := c.Live.Window.Latency.E2E.Response; l != nil {
		parts = append(parts, p.pair("E2E p95", units.Millis(l.P95)))
	}
	if e := c.Live.Total.ErrorRate; e != nil {
		parts = append(parts, p.pair("errors", units.Share(*e)))
	}
	return []string{p.spread(parts, 3, width), next}
}

// left is about how long the search still takes.
func (s search) left() string {
	if s.snap.Remaining <= 0 {
		return ""
	}
	return s.pen.label("about ") + s.pen.figure(units.About(s.snap.Remaining)) + s.pen.label(" left")
}

// most is what the search can have cost in the end.
func (s search) most() string {
	if s.snap.MostCost == nil {
		return ""
	}
	return s.pen.pair("costs at most", units.USD(*s.snap.MostCost))
}

// steps is a row for each load that was measured, the newest last.
func (s search) steps(width, height int, bare bool) []string {
	p, inner, rows := s.pen, width-4, height-3
	if bare {
		inner, rows = width, height-1
	}
	wide := inner >= 62
	head := "  " + left("step", 9) + right("load", 12) + right("served/s", 10) + right("p95 ms", 9)
	if wide {
		head += right("in flight", 11) + right("errors", 9)
	}
	body := []string{p.label(head)}
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
		line := s.mark(st.Verdict) + " " + p.style.text.Render(left(string(st.Kind), 9)) + p.figure(right(stepLoad(st), 12)) + p.figure(right(p.maybe(st.SucceededRPS, served.Write), 10))
		p95 := p.glyph.none
		if l := of(st); l != nil {
			p95 = strings.TrimSpace(units.Tabular(l.P95))
		}
		line += p.figure(right(p95, 9))
		if wide {
			line += p.figure(right(p.maybe(st.InFlightMean, func(v float64) string { return units.Fixed(v, 1) }), 11)) + p.figure(right(p.maybe(st.ErrorRate, units.Share), 9))
		}
		body = append(body, line)
	}
	if bare {
		return body
	}
	return p.panel("steps", p.label(fmt.Sprint(len(list))), body, width, height)
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
func (s search) demand(width, height int) []string {
	d := s.snap.Document
	note := ""
	if f := d.Forecast; f != nil && f.Fits != nil {
		note = s.pen.style.bad.Render("does not fit")
		if *f.Fits {
			note = s.pen.style.good.Render("fits")
		}
	}
	return s.pen.panel("demand", note, s.pairs(demand.Asked(d.Forecast), width-4), width, height)
}

// price is what the demand costs.
func (s search) price(width, height int) []string {
	body := s.pairs(demand.Priced(s.snap.Document.Cost), width-4)
	if r := s.snap.Document.Rehearsal; r != nil && r.WorstWait.Predicted != nil && r.WorstWait.Measured != nil {
		body = append(body, "", s.pen.label("rehearsal: worst wait"),
			s.pen.figure(units.Seconds(*r.WorstWait.Measured))+s.pen.label(" measured, ")+s.pen.figure(units.Seconds(*r.WorstWait.Predicted))+s.pen.label(" predicted"))
		if low, high := r.WorstWait.Low, r.WorstWait.High; low != nil && high != nil {
			body = append(body, s.pen.label("between "+units.Seconds(*low)+" and "+units.Seconds(*high)))
		}
	}
	return s.pen.panel("cost of the demand", "", body, width, height)
}

// models are the same tokens elsewhere, cheapest first.
func (s search) models(width, height int) []string {
	p, c := s.pen, s.snap.Document.Cost
	var body []string
	if c != nil {
		for _, m := range c.Models {
			name, style := clean(m.Model), p.style.text
			if m.Current {
				name, style = p.glyph.pointer+" "+name, p.style.strong
			}
			body = append(body, p.ends(style.Render(name), p.figure(units.USD(m.ExpectedUSD)), width-4))
		}
	}
	return p.panel("on other models", "", body, width, height)
}

// pairs draws names and what there is to say of them.
func (s search) pairs(list demand.Words, width int) (lines []string) {
	const name = 15
	for _, pair := range list {
		for i, text := range wrapped(s.pen.style.text, pair.Text, max(8, width-name)) {
			lead := strings.Repeat(" ", name)
			if i == 0 {
				lead = s.pen.label(left(pair.Name, name))
			}
			lines = append(lines, lead+text)
		}
	}
	return lines
}
