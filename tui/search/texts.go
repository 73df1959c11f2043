package search

import (
	"slices"
	"strings"

	"flashwave/bench/capacity"
	"flashwave/bench/report/answer"
	"flashwave/bench/report/demand"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// texts are the panels of text: their titles, and what they say in lines of a width.
var texts = map[int]struct {
	title string
	lines func(s Model, width int) []string
}{
	slosPanel:      {"SLOs, by themselves", Model.slos},
	notesPanel:     {"to be known", Model.notes},
	demandPanel:    {"demand", func(s Model, width int) []string { return s.pairs(demand.Asked(s.snap.Document.Forecast), width) }},
	costPanel:      {"cost of the demand", func(s Model, width int) []string { return s.pairs(demand.Priced(s.snap.Document.Cost), width) }},
	modelsPanel:    {"on other models", Model.models},
	rehearsalPanel: {"rehearsal", Model.rehearsal},
}

// text draws a panel of text from its first line in view.
func (s Model) text(p draw.Pen, i, width, height int, bare bool) []string {
	t := texts[i]
	inner, rows := width-4, height-2
	if bare {
		inner, rows = width, height-1
	}
	body := t.lines(s, inner)
	from := max(0, min(s.tops[i], len(body)-rows))
	var notes []string
	if hidden := len(body) - from - rows; hidden > 0 {
		notes = append(notes, p.Label(units.Count(hidden)+" more"))
	} else if from > 0 {
		notes = append(notes, p.Label("the end"))
	}
	if i == demandPanel {
		if f := s.snap.Document.Forecast; f.Fits != nil {
			fits := p.Marked(draw.Bad) + p.Style.Bad.Render(" does not fit")
			if *f.Fits {
				fits = p.Marked(draw.Good) + p.Style.Good.Render(" fits")
			}
			notes = append(notes, fits)
		}
	}
	note := strings.Join(notes, "  ")
	body = body[from:]
	if bare {
		return append([]string{p.Ends(p.Label(t.title), note, width)}, body...)
	}
	return p.Titled([]string{t.title}, []string{note, strings.Join(notes[:min(1, len(notes))], "")}, body, width, height)
}

// lastTop is the furthest first line of a panel of text, where it is now.
func (s Model) lastTop(i int) int {
	l := s.layout()
	for _, slot := range l.slots {
		if slot.panel == i {
			width, rows := slot.at.W-4, slot.at.H-2
			if l.bare {
				width, rows = slot.at.W, slot.at.H-1
			}
			return max(0, len(texts[i].lines(s, width))-rows)
		}
	}
	return 0
}

// pairs draws names and what there is to say of them.
func (s Model) pairs(list demand.Words, width int) (lines []string) {
	name := 15
	if width < 34 {
		name = 2
	}
	for _, pair := range list {
		if name < 15 {
			lines = append(lines, s.pen.Label(pair.Name))
		}
		for i, text := range draw.Wrapped(s.pen.Style.Text, pair.Text, max(8, width-name)) {
			lead := strings.Repeat(" ", name)
			if i == 0 && name == 15 {
				lead = s.pen.Label(draw.Left(pair.Name, name))
			}
			lines = append(lines, lead+text)
		}
	}
	return lines
}

// slos are what each SLO comes to: where it ends the capacity by itself, once that is
// known; till then what the last step that was judged by it showed.
func (s Model) slos(width int) (lines []string) {
	p := s.pen
	if s.done() {
		for _, l := range answer.SLOs(s.snap.Document) {
			says := l.Says()
			if says == "" {
				says = "did not break"
			}
			grade := draw.Good
			if l.Breaks != units.NoData {
				grade = draw.Bad
			}
			lines = append(lines, s.sloLine(grade, l.Expr, says, width)...)
		}
		if lines != nil {
			return lines
		}
	}
	for _, one := range s.snap.SLOs {
		grade, says := draw.Unknown, "not judged yet"
		for _, st := range slices.Backward(s.snap.Steps) {
			i := slices.IndexFunc(st.SLOs, func(j capacity.Judged) bool { return j.Expr == one.Expr })
			if i < 0 {
				continue
			}
			j := st.SLOs[i]
			grade = draw.Near
			if j.OK != nil {
				grade = draw.GradeOf(j.OK)
			}
			says = "at " + stepLoad(st) + " " + units.Maybe(j.Observed, func(v float64) string { return units.Value(v, unitOf(one.Expr)) })
			break
		}
		lines = append(lines, s.sloLine(grade, one.Expr, says, width)...)
	}
	if lines == nil {
		lines = []string{p.Style.Faint.Render("no data yet")}
	}
	return lines
}

// unitOf is the unit of what an SLO bounds.
func unitOf(expr string) string {
	e, err := slo.Parse(expr)
	if err != nil {
		return ""
	}
	return string(e.Unit)
}

// sloLine is an SLO and what there is to say of it, beside it or below.
func (s Model) sloLine(grade draw.Grade, expr, says string, width int) []string {
	p := s.pen
	const name = 24
	head := p.Marked(grade) + " " + p.Style.Text.Render(draw.Clean(expr))
	if width >= name+34 && draw.Cells(head) < name {
		var lines []string
		for i, text := range draw.Wrapped(p.Style.Text, says, width-name) {
			if i == 0 {
				lines = append(lines, draw.Left(head, name)+text)
			} else {
				lines = append(lines, strings.Repeat(" ", name)+text)
			}
		}
		return lines
	}
	lines := []string{head}
	for _, text := range draw.Wrapped(p.Style.Muted, says, max(8, width-2)) {
		lines = append(lines, "  "+text)
	}
	return lines
}

// notes are what should be known besides: how the endpoint changed, what limits it has,
// further reasons of the verdict, warnings.
func (s Model) notes(width int) (lines []string) {
	p := s.pen
	for _, text := range s.known() {
		for i, line := range draw.Wrapped(p.Style.Text, draw.Clean(text), max(8, width-2)) {
			lead := "  "
			if i == 0 {
				lead = p.Marked(draw.Near) + " "
			}
			lines = append(lines, lead+line)
		}
	}
	return lines
}

// known are the notes.
func (s Model) known() (list []string) {
	d := s.snap.Document
	if d == nil {
		return s.snap.Warnings
	}
	for _, f := range d.Findings {
		list = append(list, f.Text)
	}
	for _, text := range slices.Concat(answer.Classes(d), d.Verdict.Further(), d.Warnings) {
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return slices.DeleteFunc(list, func(text string) bool { return strings.Contains(d.Verdict.Headline, text) })
}

// models are the same tokens elsewhere, cheapest first.
func (s Model) models(width int) (lines []string) {
	p := s.pen
	for _, m := range s.snap.Document.Cost.Models {
		name, style := "  "+draw.Clean(m.Model), p.Style.Text
		if m.Current {
			name, style = p.Glyph.Gate+" "+draw.Clean(m.Model), p.Style.Strong
		}
		price := p.Figure(draw.Right(units.USD(m.ExpectedUSD), 10))
		if width >= 60 {
			lines = append(lines, p.Ends(style.Render(draw.Left(name, 28))+p.Label(draw.Clean(m.Host)), price, width))
			continue
		}
		lines = append(lines, p.Ends(style.Render(name), price, width))
	}
	return lines
}

// rehearsal is the demand as it was predicted and as it came.
func (s Model) rehearsal(width int) (lines []string) {
	p := s.pen
	rows := answer.Rehearsed(s.snap.Document.Rehearsal)
	switch {
	case width < 44: // without the bands
		const measured, foretold = 8, 9
		name := width - measured - foretold
		beside := name >= 13 // the longest name
		if beside {
			lines = append(lines, p.Label(draw.Left("", name)+draw.Right("measured", measured)+draw.Right("foretold", foretold)))
		}
		for _, r := range rows {
			bare, _, _ := strings.Cut(r.Predicted, " (")
			if beside {
				lines = append(lines, p.Label(draw.Left(r.Name, name))+p.Figure(draw.Right(r.Measured, measured))+p.Style.Text.Render(draw.Right(bare, foretold)))
				continue
			}
			lines = append(lines, p.Ends(p.Label(r.Name), p.Figure(r.Measured), width), p.Ends(p.Label("  foretold"), p.Style.Text.Render(bare), width))
		}
		return lines
	}
	lines = append(lines, p.Label(draw.Left("", 14)+draw.Right("measured", 12)+draw.Right("off", 10)+"   predicted"))
	for _, r := range rows {
		lines = append(lines, p.Label(draw.Left(r.Name, 14))+p.Figure(draw.Right(r.Measured, 12))+p.Style.Text.Render(draw.Right(r.Off, 10))+"   "+p.Style.Text.Render(r.Predicted))
	}
	return lines
}
