package live

import (
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A judgement is one line of the SLO panel.
type judgement struct {
	grade    draw.Grade
	expr     string
	observed string
	note     string // how it stood over the whole run
}

// judgements are the SLOs as the verdict has them, or, while the run goes on,
// as they stand over the window in view.
func (p pen) judgements(s result.Snapshot) []judgement {
	var list []judgement
	if s.Verdict != nil {
		for _, o := range s.Verdict.SLOs {
			list = append(list, judgement{draw.GradeOf(o.OK), sloText(o.Expr, o.Assumed), p.observed(o), ""})
		}
		return list
	}
	for _, o := range s.SLOs {
		seen := p.observed(result.SLO{Observed: o.Live, AtLeast: o.AtLeast, AtMost: o.AtMost, Unit: o.Unit})
		list = append(list, judgement{liveGrade(o), sloText(o.Expr, o.Assumed), seen, "run " + p.Glyph.Mark(draw.GradeOf(o.RunOK))})
	}
	return list
}

// sloText is an expression, which names its wave itself.
func sloText(expr string, assumed bool) string {
	text := draw.Clean(expr)
	if assumed {
		text += " (assumed)"
	}
	return text
}

// observed is what the run showed of an SLO: a value, the two that it lies between, the
// bound that it exceeds, or nothing.
func (p pen) observed(o result.SLO) string {
	switch {
	case o.Observed != nil:
		return units.Value(*o.Observed, o.Unit)
	case o.AtLeast != nil && o.AtMost != nil:
		return units.Value(*o.AtLeast, o.Unit) + p.Glyph.Cut + units.Value(*o.AtMost, o.Unit)
	case o.AtLeast != nil:
		return "over " + units.Value(*o.AtLeast, o.Unit)
	default:
		return p.Glyph.None
	}
}

// slos draws the panel of SLOs, the worst first where they do not all fit.
func (p pen) slos(s result.Snapshot, width, height int) []string {
	inner := width - 4
	list := p.judgements(s)
	note := windowName(s)
	if s.Verdict != nil {
		note = "verdict"
	}
	var body []string
	for g := draw.Bad; g >= draw.Unknown; g-- {
		for _, j := range list {
			if j.grade == g {
				body = append(body, p.judgement(j, inner))
			}
		}
	}
	if len(body) == 0 {
		body = []string{p.Style.Faint.Render("none")}
	}
	return p.Panel("SLOs", p.Label(note), body, width, height)
}

// judgement draws one SLO: mark, expression, what was observed.
func (p pen) judgement(j judgement, width int) string {
	figure := p.Style.Strong
	if j.grade == draw.Bad {
		figure = p.Style.Bad
	}
	tail := figure.Render(draw.Right(j.observed, 9))
	if j.note != "" && width >= 44 {
		tail += p.Label("  " + j.note)
	}
	return p.Marked(j.grade) + " " + p.Ends(p.Style.Text.Render(j.expr), tail, max(0, width-1-draw.Cells(p.Glyph.Mark(j.grade))))
}
