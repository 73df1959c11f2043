package draw

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Sentence is a text in at most so many lines. Where it has no room the clauses at its end,
// which semicolons part, are left out, so that what is there is whole; a first clause that
// has none by itself is cut.
func (p Pen) Sentence(text string, style Ink, width, height int) []string {
	if width < 1 || height < 1 {
		return nil
	}
	for {
		lines := strings.Split(ansi.Wordwrap(text, width, ""), "\n")
		clause := strings.LastIndex(text, "; ")
		if len(lines) > height && clause >= 0 {
			text = text[:clause]
			continue
		}
		if len(lines) > height {
			lines = lines[:height]
			last := lines[height-1]
			if Cells(last)+2 > width {
				last = ansi.Truncate(last, width-2, "")
			}
			lines[height-1] = last + " " + p.Glyph.Cut
		}
		for i, line := range lines {
			lines[i] = style.Render(p.Cut(line, width))
		}
		return lines
	}
}
