package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/result"
	"flashwave/bench/units"
)

// errorKinds are the kinds of failure in view, the most frequent first.
func errorKinds(s result.Snapshot) []result.ErrorCount {
	stats, _ := subject(s)
	list := slices.Clone(stats.Errors)
	slices.SortStableFunc(list, func(a, b result.ErrorCount) int { return int(min(1, max(-1, b.Count-a.Count))) })
	return list
}

// browser draws the failures over the whole window: a list, and under it a
// sample of the selected one, word for word.
func (p pen) browser(s result.Snapshot, selected, width, height int) []string {
	list := errorKinds(s)
	_, whose := subject(s)
	if len(list) == 0 {
		note := p.label("esc closes " + p.glyph.dash + " " + whose)
		return p.panel("errors", note, []string{p.style.good.Render("none so far")}, min(width, 60), min(height, 3))
	}
	selected = max(0, min(selected, len(list)-1))
	inner, rows := width-4, height-2
	sample := strings.Split(ansi.Wrap(clean(list[selected].Sample), max(1, inner), ""), "\n")
	shown := max(1, min(len(list), max(rows/2, rows-len(sample)-2)))
	first := max(0, min(selected-shown/2, len(list)-shown))
	var body []string
	for i := first; i < first+shown; i++ {
		body = append(body, p.errorLine(list[i], i == selected, inner))
	}
	body = append(body, "", p.label("one of them, word for word"))
	for _, line := range sample {
		body = append(body, p.style.text.Render(line))
	}
	note := p.label("up and down choose " + p.glyph.dash + " esc closes " + p.glyph.dash + " " + whose)
	return p.panel("errors", note, body, width, height)
}

// errorLine draws one kind of failure.
func (p pen) errorLine(e result.ErrorCount, selected bool, width int) string {
	pointer, message := "  ", p.style.text.Render(clean(e.Message))
	if selected {
		pointer, message = p.style.mark.Render(p.glyph.pointer)+" ", p.style.strong.Render(clean(e.Message))
	}
	word := strings.ReplaceAll(clean(string(e.Outcome)), "_", " ")
	return p.cut(pointer+p.figure(right(units.Count(e.Count), 9))+"  "+p.style.bad.Render(left(word, 12))+"  "+message, width)
}
