package draw

// Signs explain the marks and colours that mean the same on every screen, a line each,
// the marks in a column of a width.
func (p Pen) Signs(column, width int) (lines []string) {
	s := p.Style
	for _, sign := range []struct {
		mark  string
		style Ink
		text  string
	}{
		{p.Glyph.good, s.Good, "green: an SLO is met"},
		{p.Glyph.Near, s.Near, "amber: within 10 % of its bound, or there is something to know"},
		{p.Glyph.Bad, s.Bad, "red: it is breached, or something failed"},
		{p.Glyph.Dot, s.Strong, "how it is: running, passed, failed; in a list: marked"},
		{p.Glyph.Pointer, s.Mark, "where you are: the panel with the focus, the chosen line"},
		{p.Glyph.Gate, s.Mark, "what decides; of models, the one that was measured"},
		{p.Glyph.None, s.Faint, "no data; faint: not known yet, still to come, or past"},
		{"p50", s.P50, "the percentiles have one colour each, on every screen"},
		{"p95", s.P95, ""},
		{"p99", s.P99, ""},
	} {
		if sign.text == "" {
			lines = append(lines, sign.style.Render(Right(sign.mark, column)))
			continue
		}
		lines = append(lines, told(sign.style.Render(Right(sign.mark, column)), s.Text, sign.text, column, width)...)
	}
	return lines
}
