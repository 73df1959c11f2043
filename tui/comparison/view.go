package comparison

import (
	"flashwave/bench/report/answer"
	"flashwave/bench/verdict"
	"flashwave/tui/draw"
)

// header says which runs are compared.
func (c Model) header(width int) string {
	p := c.pen
	sides := p.Label("base ") + p.Figure(draw.Clean(c.base.ID)) + p.Label("  new ") + p.Figure(draw.Clean(c.other.ID))
	brand, name := p.Style.Brand.Render("flashwave")+"   "+p.Label("compare")+"   ", p.Figure(draw.Clean(c.other.Name))
	for _, head := range []string{brand + name, name, ""} {
		if draw.Cells(head)+3+draw.Cells(sides) <= width {
			return p.Ends(head, sides, width)
		}
	}
	sides = p.Figure(draw.Clean(c.base.ID)) + p.Label(" "+p.Glyph.Arrow+" ") + p.Figure(draw.Clean(c.other.ID))
	return p.Ends("", sides, width)
}

// grade is how the gate judges.
func (c Model) grade() draw.Grade {
	code := c.doc.Gate.ExitCode
	return draw.Judged(code == verdict.ExitPass, code == verdict.ExitFailed)
}

// sentence is the answer: what the gate says, and what that is to customers.
func (c Model) sentence() string {
	text := draw.Clean(c.doc.Gate.Headline)
	if a := answer.OfRuns(c.doc); a != nil {
		text += "; " + draw.Clean(a.Says)
	}
	return text
}

// answer is what the gate says, with the change that decides large where it has room; what
// it is to customers; and what should be known.
func (c Model) answer(width, height int) []string {
	if a := answer.OfRuns(c.doc); a != nil {
		figure := c.pen.Digits(a.Figure+" "+a.Unit, c.pen.Style.Of(c.grade()))
		if lines, ok := draw.LargeAnswer(figure, width, height, func(room int) []string { return c.told(room, height) }); ok {
			return lines
		}
	}
	return c.told(width, height)
}

// told is the answer in words.
func (c Model) told(width, height int) []string {
	p := c.pen
	lead := p.Marked(c.grade()) + " "
	lines := p.Sentence(draw.Clean(c.doc.Gate.Headline), p.Style.Brand, width-2, max(1, min(height, 1+height/2)))
	for i := range lines {
		lines[i] = lead + lines[i]
		lead = "  "
	}
	add := func(mark, text string, style draw.Ink) {
		room := height - len(lines)
		for i, line := range p.Sentence(draw.Clean(text), style, width-2, min(2, room)) {
			if i > 0 {
				mark = "  "
			}
			lines = append(lines, mark+line)
		}
	}
	if a := answer.OfRuns(c.doc); a != nil {
		add("  ", a.Says, p.Style.Text)
	} else { // else the table has the reasons
		for _, reason := range c.doc.Gate.Further() {
			add("  ", reason, p.Style.Text)
		}
	}
	for _, w := range c.doc.Untold() {
		add(p.Marked(draw.Near)+" ", w.Text, p.Style.Muted)
	}
	return lines
}
