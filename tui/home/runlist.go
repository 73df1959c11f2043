package home

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"flashwave/bench/history"
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A runList is the earlier runs and searches, of which some runs are marked for
// comparing.
type runList struct {
	kept   []history.Kept // the newest first
	err    error
	loaded bool
	at     int // the selected one, among those shown
	by     history.Order
	marked []string
	finder draw.Finder // lets through what matches
}

// order are what the list is sorted by, one after the other.
var order = []history.Order{history.Newest, history.Name, history.Rate, history.TTFT, history.Errors, history.Cost}

// orderNames say what comes first.
var orderNames = map[history.Order]string{
	history.Name: "by name", history.Rate: "highest rate first", history.TTFT: "slowest TTFT first", history.Errors: "most errors first", history.Cost: "dearest first",
}

// take takes over a list that was read; the pointer stays on what it was on, or goes to
// the newest.
func (l *runList) take(kept []history.Kept, err error, newest bool) {
	was, ok := l.selected()
	l.kept, l.err, l.loaded = kept, err, true
	if newest {
		l.at = 0
	} else if ok {
		l.point(was.ID)
	}
	l.marked = slices.DeleteFunc(l.marked, func(id string) bool {
		return !slices.ContainsFunc(kept, func(k history.Kept) bool { return k.ID == id })
	})
	l.move(0)
}

// point points at an id, if it is shown.
func (l *runList) point(id string) {
	if i := slices.IndexFunc(l.shown(), func(k history.Kept) bool { return k.ID == id }); i >= 0 {
		l.at = i
	}
}

// sort goes on to the next order; the pointer stays on what it is on.
func (l *runList) sort() {
	was, _ := l.selected()
	l.by = order[(slices.Index(order, l.by)+1)%len(order)]
	l.point(was.ID)
}

// shown are those that the finder lets through, in their order.
func (l *runList) shown() []history.Kept {
	list := slices.Clone(l.kept)
	if l.finder.Query() != "" {
		list = slices.DeleteFunc(list, func(k history.Kept) bool { return !l.finder.Matches(findable(k)) })
	}
	history.Sort(list, l.by)
	return list
}

// findable is what a run or a search is found by.
func findable(k history.Kept) string {
	status := "incomplete"
	switch {
	case k.Broken != nil:
		status = "broken"
	case k.Status != nil:
		status = string(*k.Status)
	}
	return strings.Join([]string{k.ID, k.Name, k.Target, k.Model, status, string(k.Kind), labels(k)}, " ")
}

// labels are those of a run or a search in the order of their names.
func labels(k history.Kept) string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(k.Labels)) {
		list = append(list, key+"="+k.Labels[key])
	}
	return draw.Clean(strings.Join(list, " "))
}

// selected is the one under the pointer.
func (l *runList) selected() (history.Kept, bool) {
	list := l.shown()
	if l.at < 0 || l.at >= len(list) {
		return history.Kept{}, false
	}
	return list[l.at], true
}

func (l *runList) move(by int) { l.at = max(0, min(l.at+by, len(l.shown())-1)) }

// mark marks the selected run, or takes its mark away. Of three the oldest mark
// goes.
func (l *runList) mark() {
	k, ok := l.selected()
	if !ok || !canCompare(k) {
		return
	}
	if i := slices.Index(l.marked, k.ID); i >= 0 {
		l.marked = slices.Delete(l.marked, i, i+1)
		return
	}
	l.marked = append(l.marked, k.ID)
	l.marked = l.marked[max(0, len(l.marked)-2):]
}

// canCompare reports whether something is a run that can be read.
func canCompare(k history.Kept) bool { return k.Kind == history.Run && k.Broken == nil }

// pair is what there is to compare, the older run first: the two that are marked,
// or the marked one and the selected one.
func (l *runList) pair() (base, other string, ok bool) {
	ids := slices.Clone(l.marked)
	if k, there := l.selected(); there && len(ids) == 1 && ids[0] != k.ID && canCompare(k) {
		ids = append(ids, k.ID)
	}
	if len(ids) != 2 {
		return "", "", false
	}
	slices.Sort(ids) // ids begin with the time
	return ids[0], ids[1], true
}

// last is the newest run or search of a target that came to its end and says something.
func (l *runList) last(target string) (history.Kept, bool) {
	for _, k := range l.kept {
		if k.Complete && k.Broken == nil && k.Status != nil && k.Target == target && (k.SucceededRPS != nil || k.Kind == history.Search && k.RateRPS != nil) {
			return k, true
		}
	}
	return history.Kept{}, false
}

// lastLatency is the p95 of the end-to-end time of the newest run against a target.
func (l *runList) lastLatency(target string) (p95 time.Duration, ok bool) {
	for _, k := range l.kept {
		if k.E2EP95MS != nil && k.Target == target {
			return time.Duration(*k.E2EP95MS * float64(time.Millisecond)), true
		}
	}
	return 0, false
}

// unreadable is how many of them nothing can be told of.
func (l *runList) unreadable() (n int) {
	for _, k := range l.kept {
		if k.Broken != nil {
			n++
		}
	}
	return n
}

// note says in the edge of the panel what of the list is shown, and how.
func (l *runList) note(p draw.Pen) string {
	if l.finder.Typing() || l.finder.Query() != "" {
		return p.FilterNote(l.finder.Query(), l.finder.Typing())
	}
	var parts []string
	if n := len(l.marked); n > 0 {
		parts = append(parts, units.Count(n)+" marked")
	}
	if n := l.unreadable(); n > 0 {
		parts = append(parts, units.Count(n)+" unreadable")
	}
	if l.by != history.Newest {
		parts = append(parts, orderNames[l.by])
	}
	if shown := len(l.kept); shown > 0 {
		parts = append(parts, fmt.Sprintf("%s of %s", units.Count(min(l.at+1, shown)), units.Count(shown)))
	}
	return p.Label(strings.Join(parts, "   "))
}

// A column of the list is shown where there is room for it; it stands in the same place
// whatever it holds.
type listColumn struct {
	title string
	width int
	rank  int  // those of a lower one have room first
	right bool // it holds figures
	text  func(p draw.Pen, k history.Kept) string
}

var listColumns = []listColumn{
	{"when", 10, 0, false, func(p draw.Pen, k history.Kept) string {
		if k.StartedAt == nil {
			return p.Glyph.None
		}
		return units.Ago(time.Since(*k.StartedAt))
	}},
	{"kind", 6, 6, false, func(_ draw.Pen, k history.Kept) string { return string(k.Kind) }},
	{nameTitle, 14, 1, false, func(_ draw.Pen, k history.Kept) string { return draw.Clean(k.Name) }},
	{"rate", 8, 2, true, func(p draw.Pen, k history.Kept) string { return p.Maybe(k.RateRPS, units.PerSecond) }},
	{"served", 8, 5, true, func(p draw.Pen, k history.Kept) string { return p.Maybe(k.SucceededRPS, units.PerSecond) }},
	{"TTFT p95", 10, 3, true, func(p draw.Pen, k history.Kept) string { return p.Maybe(k.TTFTP95MS, units.Millis) }},
	{"errors", 8, 4, true, func(p draw.Pen, k history.Kept) string { return p.Maybe(k.ErrorRate, units.Share) }},
	{"cost", 9, 7, true, func(p draw.Pen, k history.Kept) string { return p.Maybe(k.CostUSD, units.USD) }},
	{"target", 16, 8, false, func(_ draw.Pen, k history.Kept) string { return draw.Clean(k.Target) }},
	{"labels", 14, 9, false, func(_ draw.Pen, k history.Kept) string { return labels(k) }},
}

const (
	nameTitle  = "name"
	widestName = 32
	// lead is how wide what stands before the columns is: pointer, mark and verdict.
	lead = 5
)

// columnsIn are those that a width has room for; the name has what is left over.
func columnsIn(width int) []listColumn {
	left, ranks := width-lead+1, 0 // no space after the last one
	for ; ranks < len(listColumns); ranks++ {
		i := slices.IndexFunc(listColumns, func(c listColumn) bool { return c.rank == ranks })
		if need := listColumns[i].width + 1; need <= left {
			left -= need
		} else {
			break
		}
	}
	list := slices.DeleteFunc(slices.Clone(listColumns), func(c listColumn) bool { return c.rank >= max(2, ranks) })
	for i, c := range list {
		if c.title == nameTitle {
			list[i].width = min(c.width+left, widestName)
		}
	}
	return list
}

// firstRow is the first of those shown that stands in so many rows.
func (l *runList) firstRow(rows int) int {
	return max(0, min(l.at-rows/2, len(l.shown())-rows))
}

// lines draws the list with its heading; focused says whether keys go to it.
func (l *runList) lines(p draw.Pen, focused bool, width, height int) []string {
	switch {
	case l.err != nil:
		return draw.Wrapped(p.Style.Bad, draw.Clean(l.err.Error()), width)
	case !l.loaded:
		return []string{p.Label("reading " + p.Glyph.Cut)}
	case len(l.kept) == 0:
		return draw.Wrapped(p.Style.Muted, "none yet: enter runs what the form says, and it stands here when it is over", width)
	}
	columns := columnsIn(width)
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = padded(c.title, c)
	}
	lines := []string{p.Label(p.Cut(strings.Repeat(" ", lead)+strings.Join(titles, " "), width))}
	list, rows := l.shown(), max(1, height-1)
	from := l.firstRow(rows)
	for i := from; i < min(len(list), from+rows); i++ {
		line := p.Cut(l.line(p, list[i], focused && i == l.at, columns, width), width)
		lines = append(lines, l.finder.Mark(p, line))
	}
	if len(list) == 0 {
		lines = append(lines, p.Label("nothing matches the filter"))
	}
	return lines
}

// line draws one run or search.
func (l *runList) line(p draw.Pen, k history.Kept, selected bool, columns []listColumn, width int) string {
	line := "  "
	if selected {
		line = p.Style.Mark.Render(p.Glyph.Pointer) + " "
	}
	mark := " "
	if slices.Contains(l.marked, k.ID) {
		mark = p.Style.Mark.Render(p.Glyph.Dot)
	}
	line += mark + verdictGlyph(p, k) + " "
	write := p.Style.Text.Render
	if selected {
		write = p.Figure
	}
	if k.Broken != nil {
		return line + write(draw.Left(p.Glyph.None, columns[0].width)+" "+p.Cut(k.ID+" cannot be read: "+draw.Clean(*k.Broken), max(0, width-lead-columns[0].width-1)))
	}
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = padded(p.Cut(c.text(p, k), c.width), c)
	}
	return line + write(strings.Join(cells, " "))
}

// padded fills a cell of the list: names stand left, figures right.
func padded(s string, c listColumn) string {
	if c.right {
		return draw.Right(s, c.width)
	}
	return draw.Left(s, c.width)
}

// unknown marks what has no verdict.
const unknown = "?"

// verdictGlyph is the verdict of what was kept in one cell.
func verdictGlyph(p draw.Pen, k history.Kept) string {
	if k.Broken != nil || !k.Complete || k.Status == nil {
		return p.Style.Near.Render(unknown)
	}
	return p.Marked(draw.Judged(*k.Status == result.Pass, *k.Status == result.Fail))
}

// nameOf is a run or a search as a sentence names it.
func nameOf(k history.Kept) string {
	name := string(k.Kind) + " " + cmp.Or(draw.Clean(k.Name), k.ID)
	if k.StartedAt != nil {
		name += ", " + units.Ago(time.Since(*k.StartedAt))
	}
	return name
}
