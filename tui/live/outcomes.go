package live

import (
	"math"
	"slices"
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/client/outcome"
	"flashwave/tui/draw"
)

// outcomeWord is an outcome's word on the screen.
func outcomeWord(o outcome.Outcome) string {
	if o == outcome.RateLimited {
		return "429"
	}
	return strings.ReplaceAll(draw.Clean(string(o)), "_", " ")
}

// A tally is one line of the outcomes.
type tally struct {
	word  string
	n     int64
	style draw.Ink
}

// tallies lists what became of the requests: ok always, everything else where
// it happened.
func (p pen) tallies(s result.Stats) []tally {
	list := []tally{{outcomeWord(outcome.OK), s.Outcomes[outcome.OK], p.Style.Good}}
	add := func(word string, n int64, style draw.Ink) {
		if n > 0 {
			list = append(list, tally{word, n, style})
		}
	}
	for _, o := range outcome.In(s.Outcomes) {
		style := p.Style.Bad
		if o == outcome.RateLimited {
			style = p.Style.Near
		}
		if o.Failed() { // cancelled is unfinished
			add(outcomeWord(o), s.Outcomes[o], style)
		}
	}
	add("dropped", s.Requests.Dropped, p.Style.Near)
	add("unsent", s.Requests.Unsent, p.Style.Near)
	add("unfinished", s.Requests.Unfinished, p.Style.Near)
	return list
}

// outcomes draws the panel of outcomes, of the run so far or of the wave in
// view.
func (p pen) outcomes(s result.Snapshot, width, height int) []string {
	stats, whose := subject(s)
	inner, rows := width-4, height-2
	foot := p.judged(s, stats, inner)
	list := p.tallies(stats)
	var total int64
	for _, t := range list {
		total += t.n
	}
	room := max(1, rows-len(foot))
	if len(list) > room {
		list = p.folded(list, room)
	}
	widest := 5
	for _, t := range list {
		widest = max(widest, len(units.Count(t.n)))
	}
	var body []string
	for _, t := range list {
		share := p.Glyph.None
		if total > 0 {
			share = units.Share(float64(t.n) / float64(total))
		}
		figures := p.Figure(draw.Right(units.Count(t.n), widest)) + p.Label(draw.Right(share, 9))
		body = append(body, p.Ends(t.style.Render(t.word), figures, inner))
	}
	if len(body)+len(foot)+2 <= rows && total > 0 {
		body = append(body, "", p.shares(list, total, inner))
	}
	for len(body)+len(foot) < rows {
		body = append(body, "")
	}
	return p.Panel("outcomes", p.Label(whose), append(body, foot...), width, height)
}

// shares draws the outcomes as one bar, each as long as its share; what is not
// nothing has a cell at least. Only ok is solid, so that it reads without colours.
func (p pen) shares(list []tally, total int64, width int) string {
	bars := make([]string, len(list))
	left := width
	for i := len(list) - 1; i > 0; i-- {
		cells := max(1, int(math.Round(float64(list[i].n)/float64(total)*float64(width))))
		cells = min(cells, max(0, left-i))
		left -= cells
		bars[i] = list[i].style.Render(strings.Repeat(p.Glyph.Shades[len(p.Glyph.Shades)/2], cells))
	}
	if list[0].n == 0 {
		left = 0
	}
	bars[0] = list[0].style.Render(strings.Repeat(p.Glyph.Full, left))
	return strings.Join(bars, "")
}

// folded joins the last lines of a list that is too long into one.
func (p pen) folded(list []tally, room int) []tally {
	rest := tally{word: "others", style: p.Style.Muted}
	for _, t := range list[room-1:] {
		rest.n += t.n
	}
	return append(slices.Clone(list[:room-1]), rest)
}

// subject is what counts are of: a wave if one is in view as a whole, else the
// run so far.
func subject(s result.Snapshot) (stats result.Stats, whose string) {
	if s.View.Window == 0 && s.View.Wave >= 0 && s.View.Wave < len(s.Waves) {
		return s.Window, windowName(s)
	}
	return s.Total, "whole run"
}

// judged is the foot of the outcomes: error rate and goodput, with their marks.
func (p pen) judged(s result.Snapshot, stats result.Stats, width int) []string {
	lines := []string{p.Ends(p.Label("errors"), p.ratio(stats.ErrorRate, s.SLOs, "error_rate"), width)}
	if stats.Goodput != nil {
		lines = append(lines, p.Ends(p.Label("goodput"), p.Figure(units.PerSecond(stats.Goodput.RPS))+
			p.Figure(draw.Right(units.Share(stats.Goodput.GoodFraction), 9))+p.space(s.SLOs, "good_fraction", "goodput"), width))
	}
	if n := stats.Unjudged; n != nil && *n > 0 {
		lines = append(lines, p.Ends(p.Label("not judged"), p.Figure(units.Count(*n)), width))
	}
	return lines
}

// space is the mark of the worst SLO on one of some metrics, after a blank; ""
// if there is none.
func (p pen) space(slos []result.SLOStatus, metrics ...string) string {
	g, found := draw.Unknown, false
	for _, s := range slos {
		if slices.Contains(metrics, s.Metric) {
			g, found = max(g, liveGrade(s)), true
		}
	}
	if !found {
		return ""
	}
	return " " + p.Marked(g)
}

// ratio draws a share with the mark of the SLOs on it.
func (p pen) ratio(v *float64, slos []result.SLOStatus, metric string) string {
	if v == nil {
		return p.Style.Faint.Render(p.Glyph.None)
	}
	style := p.Style.Strong
	for _, s := range slos {
		if s.Metric == metric && liveGrade(s) == draw.Bad {
			style = p.Style.Bad
		}
	}
	return style.Render(units.Share(*v)) + p.space(slos, metric)
}

// tallyLines draws outcomes and cost in a line or two, for windows that have no room
// for panels.
func (p pen) tallyLines(s result.Snapshot, width, height int) []string {
	stats, _ := subject(s)
	var parts []string
	list := p.tallies(stats)
	var total int64
	for _, t := range list {
		total += t.n
	}
	for _, t := range list {
		text := t.style.Render(t.word) + " " + p.Figure(units.Count(t.n))
		if total > 0 {
			text += " " + p.Label(units.Share(float64(t.n)/float64(total)))
		}
		parts = append(parts, text)
	}
	second := []string{p.Label("errors ") + p.ratio(stats.ErrorRate, s.SLOs, "error_rate")}
	if stats.Goodput != nil {
		second = append(second, p.Label("goodput ")+p.Figure(units.PerSecond(stats.Goodput.RPS))+" "+p.Label(units.Share(stats.Goodput.GoodFraction)))
	}
	if n := stats.Unjudged; n != nil && *n > 0 {
		second = append(second, p.Label("not judged ")+p.Figure(units.Count(*n)))
	}
	second = append(second, p.costParts(s)...)
	if height == 1 {
		return []string{p.Spread(append(second[:1:1], parts...), 3, width)}
	}
	gap := 3
	if joined := draw.Cells(strings.Join(second, "   ")); joined > width {
		gap = 2
	}
	return []string{p.Spread(parts, 3, width), p.Spread(second, gap, width)}
}
