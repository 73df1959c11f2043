package home

import (
	"slices"
	"strings"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/store"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A runList is the earlier runs, of which some are marked for comparing.
type runList struct {
	entries []store.Entry
	err     error
	loaded  bool
	at      int // the selected one, among those shown
	marked  []string
	filter  string
	typing  bool
}

// shown are the entries that the filter lets through.
func (l *runList) shown() []store.Entry {
	if l.filter == "" {
		return l.entries
	}
	want := strings.ToLower(l.filter)
	var list []store.Entry
	for _, e := range l.entries {
		if strings.Contains(strings.ToLower(strings.Join([]string{e.ID, e.Name, e.Target, e.Model, string(e.Status)}, " ")), want) {
			list = append(list, e)
		}
	}
	return list
}

// selected is the entry under the pointer.
func (l *runList) selected() (store.Entry, bool) {
	list := l.shown()
	if l.at < 0 || l.at >= len(list) {
		return store.Entry{}, false
	}
	return list[l.at], true
}

func (l *runList) move(by int) { l.at = max(0, min(l.at+by, len(l.shown())-1)) }

// mark marks the selected run, or takes its mark away. Of three the oldest mark
// goes.
func (l *runList) mark() {
	e, ok := l.selected()
	if !ok || e.Broken != nil {
		return
	}
	if i := slices.Index(l.marked, e.ID); i >= 0 {
		l.marked = slices.Delete(l.marked, i, i+1)
		return
	}
	l.marked = append(l.marked, e.ID)
	l.marked = l.marked[max(0, len(l.marked)-2):]
}

// pair is what there is to compare, the older run first: the two that are marked,
// or the marked one and the selected one.
func (l *runList) pair() (base, other string, ok bool) {
	ids := slices.Clone(l.marked)
	if e, there := l.selected(); there && len(ids) == 1 && ids[0] != e.ID && e.Broken == nil {
		ids = append(ids, e.ID)
	}
	if len(ids) != 2 {
		return "", "", false
	}
	slices.Sort(ids) // ids begin with the time
	return ids[0], ids[1], true
}

// lastLatency is the mean end-to-end time of the newest run against a target.
func (l *runList) lastLatency(target string) (mean time.Duration, ok bool) {
	for _, e := range l.entries {
		if e.E2EMean != nil && e.Target == target {
			return time.Duration(*e.E2EMean * float64(time.Millisecond)), true
		}
	}
	return 0, false
}

// A column of the list is shown where there is room for it.
type listColumn struct {
	title string
	width int
	least int // width of the whole list from which it is there
	text  func(p draw.Pen, e store.Entry) string
}

var listColumns = []listColumn{
	{"when", 10, 0, func(_ draw.Pen, e store.Entry) string { return units.Ago(time.Since(e.StartedAt)) }},
	{"name", 16, 0, func(_ draw.Pen, e store.Entry) string { return draw.Clean(e.Name) }},
	{"target", 16, 80, func(_ draw.Pen, e store.Entry) string { return draw.Clean(e.Target) }},
	{"peak", 8, 63, func(p draw.Pen, e store.Entry) string { return p.Maybe(e.PeakRPS, units.PerSecond) }},
	{"TTFT p95", 11, 45, func(p draw.Pen, e store.Entry) string {
		return p.Maybe(e.TTFTP95, units.Millis)
	}},
	{"errors", 8, 54, func(p draw.Pen, e store.Entry) string { return p.Maybe(e.ErrorRate, units.Share) }},
	{"cost", 10, 91, func(p draw.Pen, e store.Entry) string { return p.Maybe(e.CostUSD, units.USD) }},
}

// lines draws the list with its heading; focused says whether keys go to it.
func (l *runList) lines(p draw.Pen, focused bool, width, height int) []string {
	switch {
	case l.err != nil:
		return []string{p.Style.Bad.Render(draw.Clean(l.err.Error()))}
	case !l.loaded:
		return []string{p.Label("reading…")}
	case len(l.entries) == 0:
		return []string{p.Label("none yet: enter starts the first")}
	}
	columns := slices.DeleteFunc(slices.Clone(listColumns), func(c listColumn) bool { return width < c.least })
	head := "     "
	for _, c := range columns {
		head += padded(c.title, c)
	}
	lines := []string{p.Label(p.Cut(head, width))}
	list, rows := l.shown(), max(1, height-1)
	from := max(0, min(l.at-rows/2, len(list)-rows))
	for i := from; i < min(len(list), from+rows); i++ {
		lines = append(lines, p.Cut(l.line(p, list[i], focused && i == l.at, columns), width))
	}
	if len(list) == 0 {
		lines = append(lines, p.Label("nothing matches the filter"))
	}
	return lines
}

// line draws one run.
func (l *runList) line(p draw.Pen, e store.Entry, selected bool, columns []listColumn) string {
	lead := "  "
	if selected {
		lead = p.Style.Mark.Render(p.Glyph.Pointer) + " "
	}
	mark := " "
	if slices.Contains(l.marked, e.ID) {
		mark = p.Style.Mark.Render(p.Glyph.Dot)
	}
	line := lead + mark + verdictGlyph(p, e) + " "
	for _, c := range columns {
		text := padded(p.Cut(c.text(p, e), c.width), c)
		if selected {
			line += p.Figure(text)
		} else {
			line += p.Style.Text.Render(text)
		}
	}
	return line
}

// padded fills a cell of the list: names stand left, figures right.
func padded(s string, c listColumn) string {
	if c.title == "when" || c.title == "name" || c.title == "target" {
		return draw.Left(s, c.width) + " "
	}
	return draw.Right(s, c.width) + " "
}

// verdictGlyph is the verdict of a kept run in one cell.
func verdictGlyph(p draw.Pen, e store.Entry) string {
	switch {
	case e.Broken != nil || !e.Complete:
		return p.Style.Near.Render("?")
	default:
		return p.Marked(draw.Judged(e.Status == result.Pass, e.Status == result.Fail))
	}
}
