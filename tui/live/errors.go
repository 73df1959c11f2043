package live

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// errorKinds are the kinds of failure in view, the most frequent first.
func errorKinds(s result.Snapshot) []result.ErrorCount {
	stats, _ := subject(s)
	list := slices.Clone(stats.Errors)
	slices.SortStableFunc(list, func(a, b result.ErrorCount) int { return int(min(1, max(-1, b.Count-a.Count))) })
	return list
}

// errorsPage is what failed: the browser, and under it when.
func (p pen) errorsPage(s result.Snapshot, selected int, o outlook, width, height int) []string {
	const least = 9 // of a chart
	o.leads = false
	if room := height - least; len(errorKinds(s)) > 0 && room >= least {
		top := p.browser(s, selected, width, min(room, max(least, height/2)))
		return append(top, p.drawChart(s, chartErrors, o, width, height-len(top))...)
	}
	return p.browser(s, selected, width, height)
}

// browser draws the failures over the whole window: a list, and under it a
// sample of the selected one, word for word.
func (p pen) browser(s result.Snapshot, selected, width, height int) []string {
	list := errorKinds(s)
	_, whose := subject(s)
	if len(list) == 0 {
		note := p.Label("esc closes " + p.Glyph.Dash + " " + whose)
		return p.Panel("errors", note, []string{p.Style.Good.Render("none so far")}, width, min(height, 3))
	}
	selected = max(0, min(selected, len(list)-1))
	all := int64(0)
	for _, e := range list {
		all += e.Count
	}
	inner, rows := width-4, height-2
	sample := strings.Split(ansi.Wrap(draw.Clean(list[selected].Sample), max(1, inner), ""), "\n")
	shown := max(1, min(len(list), max(rows/2, rows-len(sample)-2)))
	first := max(0, min(selected-shown/2, len(list)-shown))
	var body []string
	for i := first; i < first+shown; i++ {
		body = append(body, p.errorLine(list[i], float64(list[i].Count)/float64(max(1, all)), i == selected, inner))
	}
	body = append(body, "", p.Label("one of them, word for word"))
	for _, line := range sample {
		body = append(body, p.Style.Text.Render(line))
	}
	note := p.Label("up and down choose " + p.Glyph.Dash + " esc closes " + p.Glyph.Dash + " " + whose)
	return p.Panel("errors", note, body, width, height)
}

// errorLine draws one kind of failure, and its share of all.
func (p pen) errorLine(e result.ErrorCount, share float64, selected bool, width int) string {
	pointer, message := "  ", p.Style.Text.Render(draw.Clean(e.Message))
	if selected {
		pointer, message = p.Style.Mark.Render(p.Glyph.Pointer)+" ", p.Style.Strong.Render(draw.Clean(e.Message))
	}
	word := strings.ReplaceAll(draw.Clean(string(e.Outcome)), "_", " ")
	return p.Cut(pointer+p.Figure(draw.Right(units.Count(e.Count), 9))+p.Label(draw.Right(units.Share(share), 9))+"  "+p.Style.Bad.Render(draw.Left(word, 12))+"  "+message, width)
}
