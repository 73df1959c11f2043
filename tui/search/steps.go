package search

import (
	"fmt"
	"strings"

	"flashwave/bench/capacity"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A stepList is which steps a place of the list shows: those from from up to to, and under
// them the reason of the one with the cursor.
type stepList struct {
	from, to int
	reason   []string
}

// stepList divides a place of a width and a height.
func (s Model) stepList(width, height int, bare bool) stepList {
	inner, rows := width-4, height-3
	if bare {
		inner, rows = width, height-1
	}
	t := stepList{reason: s.reason(inner, rows)}
	rows = max(0, rows-len(t.reason))
	n := len(s.snap.Steps)
	t.from = max(0, min(s.cursor()-rows/2, n-rows))
	if s.picked == 0 {
		t.from = max(0, n-rows)
	}
	t.to = min(n, t.from+rows)
	return t
}

// reason is why the step with the cursor was judged as it was.
func (s Model) reason(width, rows int) []string {
	i := s.cursor()
	if i < 0 || rows < 4 {
		return nil
	}
	height := 1
	switch {
	case s.ring.Has(stepsPanel) && rows >= 6:
		height = 3
	case rows >= 7:
		height = 2
	}
	st := s.snap.Steps[i]
	text := "step " + units.Count(i+1) + ", " + stepLoad(st) + ": " + draw.Clean(st.Why)
	lines := s.pen.Sentence(text, s.pen.Style.Text, width, height)
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines
}

// steps is a row for each load that was measured, the newest last.
func (s Model) steps(p draw.Pen, width, height int, bare bool) []string {
	inner := width - 4
	if bare {
		inner = width
	}
	t := s.stepList(width, height, bare)
	wide, reasons := inner >= 64, inner >= 120
	head := "    " + draw.Left("step", 9) + draw.Right("load", 12) + draw.Right("served/s", 10) + draw.Right("p95 ms", 9)
	if inner < 44 {
		head = "    " + draw.Left("step", 9) + draw.Right("load", 12) + draw.Right("p95 ms", 9)
	}
	if wide {
		head += draw.Right("in flight", 11) + draw.Right("errors", 9)
	}
	if reasons {
		head += "   why"
	}
	body := []string{p.Label(head)}
	var rates []float64
	for _, st := range s.snap.Steps {
		if st.SucceededRPS != nil {
			rates = append(rates, *st.SucceededRPS)
		}
	}
	served := units.RateScale(rates...)
	_, of, _ := s.leading()
	for i := t.from; i < t.to; i++ {
		st := s.snap.Steps[i]
		cursor, name := " ", p.Style.Text
		if i == s.cursor() {
			cursor, name = p.Style.Mark.Render(p.Glyph.Pointer), p.Style.Mark
		}
		line := cursor + " " + p.Marked(gradeOf(st.Verdict)) + " " + name.Render(draw.Left(string(st.Kind), 9)) + p.Figure(draw.Right(stepLoad(st), 12))
		if inner >= 44 {
			line += p.Figure(draw.Right(p.Maybe(st.SucceededRPS, served.Write), 10))
		}
		p95 := p.Glyph.None
		if l := of(st); l != nil {
			p95 = strings.TrimSpace(units.Tabular(l.P95))
		}
		line += p.Figure(draw.Right(p95, 9))
		if wide {
			line += p.Figure(draw.Right(p.Maybe(st.InFlightMean, func(v float64) string { return units.Fixed(v, 1) }), 11)) + p.Figure(draw.Right(p.Maybe(st.ErrorRate, units.Share), 9))
		}
		if reasons {
			line += "   " + p.Style.Text.Render(draw.Clean(st.Why))
		}
		body = append(body, s.finder.Mark(p, p.Cut(line, inner)))
	}
	if len(t.reason) > 0 {
		rows := height - 2
		if bare {
			rows = height
		}
		for len(body)+len(t.reason) < rows {
			body = append(body, "")
		}
		body = append(body, t.reason...)
	}
	if bare {
		return body
	}
	note := p.Label(fmt.Sprint(len(s.snap.Steps)))
	if hidden := len(s.snap.Steps) - (t.to - t.from); hidden > 0 {
		note = p.Label(fmt.Sprintf("%d of %d", t.to-t.from, len(s.snap.Steps)))
	}
	if s.finder.Typing() || s.finder.Query() != "" {
		note = s.finder.Note(p)
	}
	return p.Titled([]string{"steps"}, []string{note}, body, width, height)
}

// stepText is all of a step in words, for the finder.
func (s Model) stepText(i int) string {
	st := s.snap.Steps[i]
	return strings.Join([]string{string(st.Kind), stepLoad(st), string(st.Verdict), st.Why}, " ")
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

// gradeOf is how a step counts.
func gradeOf(v capacity.StepVerdict) draw.Grade {
	return draw.Judged(v == capacity.Held, v == capacity.Broke)
}
