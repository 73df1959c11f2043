package search

import (
	"strings"

	"flashwave/bench/capacity"
	"flashwave/bench/report/answer"
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A told is the answer, as far as it is known.
type told struct {
	figure   string // to be read from across the room; "": there is none
	unit     string // beside it
	says     string // what is said beside the figure
	sentence string // all of it, figure and all
	style    draw.Ink
}

// told is the answer, as far as it is known.
func (s Model) told() told {
	if s.done() {
		return s.concluded()
	}
	t, by := told{unit: "a second", style: s.pen.Style.Strong}, s.snap.By
	if by == capacity.InFlight {
		t.unit = "in flight"
	}
	low, high := units.Maybe(s.snap.Low, by.Number), units.Maybe(s.snap.High, by.Number)
	switch {
	case s.snap.Low != nil && s.snap.High != nil:
		t.figure, t.says = low+"–"+high, "the edge is in between"
		t.sentence = "between " + low + " and " + high + " " + t.unit
	case s.snap.Low != nil:
		t.figure, t.says = low, "hold, and more is tried"
		t.sentence = low + " " + t.unit + " hold, and more is tried"
	case s.snap.High != nil:
		t.figure, t.says = high, "are too many, and less is tried"
		t.sentence = high + " " + t.unit + " are too many, and less is tried"
	default:
		t.unit, t.says = "", "looking for the most at which every SLO holds"
		t.sentence = t.says
	}
	more := s.step()
	if s.snap.Peak > 0 {
		more += "; the sale needs " + units.PerSecond(s.snap.Peak)
	}
	t.says += more
	t.sentence += more
	return t
}

// step is the step that runs, as the end of a sentence.
func (s Model) step() string {
	c := s.snap.Current
	switch {
	case c == nil && len(s.snap.Steps) == 0:
		return ""
	case c == nil:
		return "; the endpoint comes to rest after step " + units.Count(len(s.snap.Steps))
	}
	return "; step " + units.Count(len(s.snap.Steps)+1) + ": " + currentLoad(c)
}

// currentLoad is what the step that runs asks of the endpoint.
func currentLoad(c *capacity.Current) string {
	switch {
	case c.Concurrency > 0:
		return units.Count(c.Concurrency) + " in flight"
	case c.Rate > 0:
		return units.PerSecond(c.Rate)
	}
	return "the demand itself"
}

// concluded is the answer of a search that is over.
func (s Model) concluded() told {
	v := s.snap.Document.Verdict
	t := told{style: s.pen.Style.Of(draw.Judged(v.Status == result.Pass, v.Status == result.Fail))}
	a := answer.OfSearch(s.snap.Document)
	if a == nil {
		t.says = draw.Clean(v.Headline)
		t.sentence = t.says
		return t
	}
	t.figure, t.unit, t.says, t.sentence = a.Figure, a.Unit, draw.Clean(a.Says), draw.Clean(a.Sentence())
	return t
}

// answer is the answer with what is known around it, in a place: the figure large where it
// has room.
func (s Model) answer(width, height int) []string {
	p, t := s.pen, s.told()
	if t.figure != "" {
		figure := p.Digits(t.figure, t.style)
		if t.unit != "" {
			for i := range figure {
				figure[i] += strings.Repeat(" ", 1+draw.Cells(t.unit))
			}
			last := len(figure) - 1
			figure[last] = strings.TrimSuffix(figure[last], strings.Repeat(" ", draw.Cells(t.unit))) + p.Label(t.unit)
		}
		if lines, ok := draw.LargeAnswer(figure, width, height, func(room int) []string { return s.around(t.says, room, height) }); ok {
			return lines
		}
	}
	return s.around(t.sentence, width, height)
}

// around is a sentence, whole as far as it goes, and under it the facts of the search that
// there is room for.
func (s Model) around(sentence string, width, height int) []string {
	kept := 0 // rows of the facts
	if !s.done() {
		kept = max(0, min(2, height-2))
	}
	lines := s.pen.Sentence(sentence, s.pen.Style.Brand, width, height-kept)
	return append(lines, s.facts(width, height-len(lines))...)
}

// facts are what there is to know besides, in so many lines: how long it still takes, what
// it costs, the step that runs, what comes next; or the verdict in all its words.
func (s Model) facts(width, height int) []string {
	p := s.pen
	if s.done() {
		v := s.snap.Document.Verdict
		if answer.OfSearch(s.snap.Document) == nil {
			return nil
		}
		return p.Sentence(draw.Clean(v.Headline), p.Style.Muted, width, height)
	}
	lines := []string{p.Spread([]string{s.left(), s.most(), s.bounds()}, 3, width)}
	if now := s.now(width); now != "" {
		lines = append(lines, now)
	}
	if next := draw.Clean(s.snap.Next); next != "" {
		lines = append(lines, p.Label(p.Cut(next, width)))
	}
	return lines[:max(0, min(height, len(lines)))]
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

// bounds are the SLOs that each step is held against.
func (s Model) bounds() string {
	var list []string
	for _, e := range s.snap.SLOs {
		list = append(list, draw.Clean(e.Expr))
	}
	return s.pen.Label(strings.Join(list, "  "))
}

// now is what the step that runs has measured so far.
func (s Model) now(width int) string {
	p, c := s.pen, s.snap.Current
	if c == nil {
		return ""
	}
	parts := []string{p.OutOf(units.Clock(c.Elapsed), units.Clock(c.Planned)), p.Pair("in flight", units.Count(c.Live.Now.InFlight))}
	if l := c.Live.Window.Latency.TTFT.Response; l != nil {
		parts = append(parts, p.Pair("TTFT p95", units.Millis(l.P95)))
	}
	if l := c.Live.Window.Latency.E2E.Response; l != nil {
		parts = append(parts, p.Pair("E2E p95", units.Millis(l.P95)))
	}
	if e := c.Live.Total.ErrorRate; e != nil {
		parts = append(parts, p.Pair("errors", units.Share(*e)))
	}
	return p.Spread(parts, 3, width)
}
