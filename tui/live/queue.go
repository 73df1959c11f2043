package live

import (
	"math"
	"slices"
	"strings"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A taskClass is what the screen shows of a class of tasks: now, at the instant that is pointed
// at, or of a run that is over. A figure that is nil is not known.
type taskClass struct {
	name, priorities string
	grade            draw.Grade // of the SLOs on it
	past             bool       // all is as it was at the instant that is pointed at
	depth            *int64     // of a run that is over the deepest
	most             int64      // the deepest so far
	oldest           *time.Duration
	p50, p95         *time.Duration
	late             draw.Grade // of the SLO on the wait
	taken, done      *float64   // tasks per second
	starving         bool
	nothing          *time.Duration // for how long it got nothing; of a run that is over at most
	hungry           draw.Grade     // of the SLO on that
	tasks            result.TierTasks
}

// taskClasses are those of a queue, the most urgent first.
func taskClasses(s result.Snapshot, o outlook) (list []taskClass) {
	at, pointed := tierRowAt(s.Queue, o)
	for i, c := range s.Queue.Classes {
		t := taskClass{name: draw.Clean(c.Name), priorities: draw.Clean(c.Priorities), tasks: c.Tasks, most: c.DepthMax, past: pointed}
		t.grade, t.late, t.hungry = classGrades(s, c.Name)
		switch {
		case pointed:
			t.at(s.Queue.Timeline[at].Classes[i], s.Queue.RowS(at))
		case i < len(s.Queue.Now):
			t.now(s.Queue.Now[i])
		default:
			t.over(c)
		}
		list = append(list, t)
	}
	return list
}

// now takes over how a class is now.
func (t *taskClass) now(n result.TierNow) {
	t.depth, t.oldest, t.nothing, t.starving = &n.Depth, n.Oldest, n.Hungry, n.Starving
	t.most = max(t.most, n.Depth) // that is newer
	t.taken, t.done = &n.Taken, &n.Done
	t.tasks.Waiting, t.tasks.Running = n.Waiting, n.Running
	t.waited(n.Wait)
}

// over takes over what a class was like over a run.
func (t *taskClass) over(c result.TierClass) {
	t.depth, t.oldest, t.nothing = &c.DepthMax, length(c.OldestMSMax), length(c.StarvedMSMax)
	t.waited(c.Latency.Wait)
}

// at takes over how a class was in a step of the timeline.
func (t *taskClass) at(c result.TierCell, stepS float64) {
	t.depth, t.oldest, t.starving = &c.Depth, length(c.OldestMS), c.Starving
	if stepS > 0 {
		t.taken, t.done = new(float64(c.Taken)/stepS), new(float64(c.Done)/stepS)
	}
	t.tasks.Waiting = c.Waiting
}

func (t *taskClass) waited(l *result.Latency) {
	if l != nil && l.Count > 0 {
		t.p50, t.p95 = length(&l.P50), length(&l.P95)
	}
}

// length is a number of milliseconds that may not be known.
func length(ms *float64) *time.Duration {
	if ms == nil {
		return nil
	}
	return new(time.Duration(*ms * float64(time.Millisecond)))
}

// classGrades are the worst of the SLOs on a class, of those on its wait, and of those on how
// long it gets nothing.
func classGrades(s result.Snapshot, class string) (all, late, hungry draw.Grade) {
	for _, o := range s.SLOs {
		g := liveGrade(o)
		of := o.Kind == result.OfWorkload && o.Wave == class
		if of {
			all = max(all, g)
		}
		if !of && o.Wave != "" {
			continue
		}
		switch slo.Metric(o.Metric) {
		case slo.Wait:
			late = max(late, g)
		case slo.Starved:
			hungry = max(hungry, g)
		}
	}
	return all, late, hungry
}

// tierRowAt is which row of a queue's timeline is pointed at.
func tierRowAt(q *result.TierStatus, o outlook) (at int, ok bool) {
	if !o.pointed {
		return 0, false
	}
	for i, r := range q.Timeline {
		if o.cursor >= r.TS && o.cursor < r.TS+q.RowS(i) && len(r.Classes) == len(q.Classes) {
			return i, true
		}
	}
	return 0, false
}

// A taskTable is how the classes of a queue are drawn in a width: their names, their depths as
// bars over time, and their figures.
type taskTable struct {
	pen
	name    int // cells
	bars    int
	figures int // all of them
	columns []taskColumn
	axis    draw.TimeAxis
	to      float64
	cursor  int  // the column that is pointed at; negative: none
	over    bool // the run is
}

// A taskColumn is a column of figures.
type taskColumn struct {
	head  string
	width int
	of    func(t taskTable, c taskClass) (text string, ink draw.Ink)
}

// The cells of a count and of a length of time, with a blank before them.
const (
	countCells = 7
	timeCells  = 8
)

var (
	depthColumn  = taskColumn{"depth", countCells, func(t taskTable, c taskClass) (string, draw.Ink) { return t.count(c.depth) }}
	oldestColumn = taskColumn{"oldest", timeCells, func(t taskTable, c taskClass) (string, draw.Ink) {
		return t.time(c.oldest, t.Style.Strong, starvingGrade(c))
	}}
	p50Column   = taskColumn{"wait p50", 10, func(t taskTable, c taskClass) (string, draw.Ink) { return t.time(c.p50, t.Style.P50, draw.Unknown) }}
	p95Column   = taskColumn{"wait p95", 9, func(t taskTable, c taskClass) (string, draw.Ink) { return t.time(c.p95, t.Style.P95, c.late) }}
	takenColumn = taskColumn{"taken/s", 9, func(t taskTable, c taskClass) (string, draw.Ink) { return t.rate(c.taken) }}
	doneColumn  = taskColumn{"done/s", 9, func(t taskTable, c taskClass) (string, draw.Ink) { return t.rate(c.done) }}
	// Of a run that is over:
	deepestColumn = taskColumn{"deepest", 8, depthColumn.of}
	finishColumn  = taskColumn{"done", 9, func(t taskTable, c taskClass) (string, draw.Ink) { return t.count(&c.tasks.Done) }}
	hungerColumn  = taskColumn{"starved", 9, func(t taskTable, c taskClass) (string, draw.Ink) { return t.time(c.nothing, t.Style.Strong, c.hungry) }}
)

func starvingGrade(c taskClass) draw.Grade {
	if c.starving {
		return draw.Bad
	}
	return draw.Unknown
}

// newTaskTable divides a width, which no figure changes.
func (p pen) newTaskTable(s result.Snapshot, list []taskClass, o outlook, width, rows int) taskTable {
	t := taskTable{pen: p, over: s.Queue.Now == nil && !o.pointed, cursor: -1}
	for _, c := range list {
		name := c.name
		if rows == 1 && width >= 80 {
			name += " " + c.priorities
		}
		t.name = max(t.name, draw.Cells(name)+3)
	}
	t.name = min(max(t.name, draw.Gutter+2), 18)
	switch {
	case width < 56:
		t.name = min(t.name, 10)
		t.columns = []taskColumn{depthColumn, oldestColumn, p95Column}
	case width < 96:
		t.columns = []taskColumn{depthColumn, oldestColumn, p95Column, takenColumn}
	default:
		t.columns = []taskColumn{depthColumn, oldestColumn, p50Column, p95Column, takenColumn, doneColumn}
	}
	if t.over {
		for i, c := range t.columns {
			switch c.head {
			case depthColumn.head:
				t.columns[i] = deepestColumn
			case takenColumn.head:
				t.columns[i] = hungerColumn
			case doneColumn.head:
				t.columns[i] = finishColumn
			}
		}
	}
	for _, c := range t.columns {
		t.figures += c.width
	}
	t.bars = max(0, width-t.name-t.figures)
	from, to := chartSpan(s, o)
	t.to, t.axis = to, draw.NewTimeAxis(from, to, t.bars, s.Verdict == nil)
	if o.pointed {
		t.cursor = t.axis.Column(o.cursor)
	}
	return t
}

func (t taskTable) none() (string, draw.Ink) { return t.Glyph.None, t.Style.Faint }

func (t taskTable) count(n *int64) (string, draw.Ink) {
	if n == nil {
		return t.none()
	}
	text := units.Count(*n)
	if draw.Cells(text) >= countCells {
		text = units.Short(*n)
	}
	return text, t.Style.Strong
}

func (t taskTable) rate(v *float64) (string, draw.Ink) {
	if v == nil {
		return t.none()
	}
	return units.Rate(*v), t.Style.Strong
}

// time writes a length of time in a colour, or in that of its SLO if it is missed.
func (t taskTable) time(d *time.Duration, ink draw.Ink, g draw.Grade) (string, draw.Ink) {
	if d == nil {
		return t.none()
	}
	if g == draw.Bad {
		ink = t.Style.Bad
	}
	return brief(*d, timeCells-1), ink
}

// brief writes a length of time in so many cells: as a clock does where its units do not fit.
func brief(d time.Duration, cells int) string {
	text := units.Duration(d)
	if draw.Cells(text) > cells {
		text = units.Clock(d)
	}
	return text
}

// heading names the columns.
func (t taskTable) heading(title string) string {
	line := draw.Left(strings.Repeat(" ", t.name)+t.Cut(title, t.bars), t.name+t.bars)
	for _, c := range t.columns {
		line += draw.Right(c.head, c.width)
	}
	return t.Label(line)
}

// class draws a class in so many rows.
func (t taskTable) class(q *result.TierStatus, i int, c taskClass, rows int) []string {
	depths, starving := t.depths(q, i)
	top := leastDepth
	for _, v := range depths {
		if v > top {
			top = v
		}
	}
	top *= float64(rows) / (float64(rows) - 0.2) // it stays apart from the class above
	bars := t.Bars(depths, top, rows, func(column int) draw.Ink {
		if starving[column] > 0 {
			return t.Style.Bad
		}
		return t.Style.P95
	})
	names, figures := t.names(c, rows), t.lines(c, rows)
	lines := make([]string, rows)
	for row := range lines {
		bar := draw.Left(bars[row], t.bars)
		if t.cursor >= 0 && (row == 0 || math.IsNaN(depths[t.cursor])) {
			bar = draw.Over(bar, t.Style.Mark.Render(t.Glyph.Axis), draw.At(t.cursor, 0, 1, 1), t.bars)
		}
		lines[row] = draw.Left(names[row], t.name) + bar + figures[row]
	}
	return lines
}

// leastDepth is the depth that a scale reaches at least: a task or two fill no bar.
const leastDepth = 10.0

// depths are those of a class over time, and where it starved.
func (t taskTable) depths(q *result.TierStatus, class int) (depths, starving []float64) {
	sample := func(value func(result.TierCell) float64) []float64 {
		return t.axis.Sample(len(q.Timeline), func(i int) draw.Stretch {
			row, v := q.Timeline[i], math.NaN()
			if class < len(row.Classes) {
				v = value(row.Classes[class])
			}
			return draw.Stretch{From: row.TS, Length: q.RowS(i), Value: v}
		}, draw.Highest)
	}
	return sample(func(c result.TierCell) float64 { return float64(c.Depth) }), sample(func(c result.TierCell) float64 {
		if c.Starving {
			return 1
		}
		return 0
	})
}

// names are the lines before the bars: the class, and its priorities.
func (t taskTable) names(c taskClass, rows int) []string {
	lines := make([]string, rows)
	mark := " "
	if c.grade > draw.Unknown {
		mark = t.Marked(c.grade)
	}
	if c.starving {
		mark = t.Marked(draw.Bad)
	}
	name := t.Style.Text.Render(c.name)
	if rows == 1 && t.name > draw.Gutter+2+draw.Cells(c.priorities) {
		name += " " + t.Label(c.priorities)
	}
	lines[0] = t.Cut(mark+" "+name, t.name-1)
	if rows > 1 {
		lines[1] = t.Label(t.Cut("  "+c.priorities, t.name-1))
	}
	return lines
}

// lines are those after the bars: the columns, then how many wait or that the class
// starves, then what went wrong.
func (t taskTable) lines(c taskClass, rows int) []string {
	lines := make([]string, rows)
	for i, column := range t.columns {
		text, ink := column.of(t, c)
		if rows == 1 && c.starving && i == len(t.columns)-1 {
			text, ink = "starving", t.Style.Bad
		}
		lines[0] += ink.Render(draw.Right(text, column.width))
	}
	const indent = "  "
	if rows > 1 {
		lines[1] = indent + t.Cut(t.state(c, rows), t.figures-len(indent))
	}
	if rows > 2 && !c.past { // what went wrong is of the run so far
		lines[2] = indent + t.troubles(c.tasks, t.figures-len(indent))
	}
	return lines
}

// state is what becomes of the tasks of a class, or that it starves. In the end, where there
// is no row for what went wrong, it is here.
func (t taskTable) state(c taskClass, rows int) string {
	if c.starving {
		text := "starving"
		if c.nothing != nil {
			text += ": nothing for " + units.Duration(*c.nothing)
		}
		return t.Style.Bad.Bold().Render(t.Glyph.Mark(draw.Bad) + " " + text)
	}
	count := func(label string, n int64) string { return t.Pair(label, draw.Left(units.Count(n), 6)) }
	if c.past {
		return count("waiting", c.tasks.Waiting)
	}
	parts := []string{count("waiting", c.tasks.Waiting), count("running", c.tasks.Running), t.Pair("deepest", units.Count(c.most))}
	switch {
	case t.over && rows > 2:
		parts = parts[:2]
	case t.over:
		parts = append(parts[:2], t.troubleParts(c.tasks)...)
	}
	return t.Spread(parts, 2, t.figures-2)
}

// troubles are the tasks that were not done once, in their order, as far as there is room.
func (p pen) troubles(n result.TierTasks, width int) string {
	return p.Spread(p.troubleParts(n), 2, width)
}

func (p pen) troubleParts(n result.TierTasks) []string {
	bad := func(label string, n int64) string {
		if n == 0 {
			return p.warned(label, n)
		}
		return p.Label(label+" ") + p.Style.Bad.Render(units.Count(n))
	}
	return []string{bad("lost", n.Lost), bad("dead", n.Dead), p.warned("inversions", n.Inversions), p.warned("duplicates", n.Duplicates)}
}

// queue draws the panel of a queue: a lane for each class.
func (p pen) queue(s result.Snapshot, o outlook, width, height int) []string {
	if s.Queue == nil {
		return p.Nothing("queue", width, height)
	}
	inner, left := width-4, height-2
	list := taskClasses(s, o)
	rows := laneRows(height, len(list))
	t := p.newTaskTable(s, list, o, inner, rows)
	body := []string{t.heading("tasks in the queue")}
	for i, c := range list {
		if len(body)+rows > left {
			break
		}
		body = append(body, t.class(s.Queue, i, c, rows)...)
	}
	if rows > 1 && len(body) < left {
		body = append(body, strings.Repeat(" ", t.name-draw.Gutter-2)+p.ClockRuler(t.axis, t.to))
	}
	notes := []string{""}
	if _, pointed := tierRowAt(s.Queue, o); !pointed { // what went wrong is of the run so far
		notes = []string{p.troubles(s.Queue.Total.Tasks, inner), p.troubles(s.Queue.Total.Tasks, 16)}
	}
	return p.Titled([]string{"queue " + p.Glyph.Dash + " " + p.whenTasks(s, o), "queue"}, notes, body, width, height)
}

// laneRows is how many rows each of so many classes has in a panel. With more than one of
// them there is a line for the time.
func laneRows(height, classes int) int {
	const around = 4 // the frame, the heading and the time
	return max(1, (height-around)/max(1, classes))
}

// whenTasks says of which time the figures of a queue are.
func (p pen) whenTasks(s result.Snapshot, o outlook) string {
	if _, pointed := tierRowAt(s.Queue, o); pointed {
		return "at " + units.Clock(draw.Seconds(o.cursor))
	}
	if s.Queue.Now == nil || s.View.Window == 0 { // tasks are not told of waves
		return "whole run"
	}
	return "last " + windowLength(s.View.Window)
}

// queueLines draws a queue without a frame, in a window that has no room for one.
func (p pen) queueLines(s result.Snapshot, o outlook, width int) []string {
	list := taskClasses(s, o)
	t := p.newTaskTable(s, list, o, width, 1)
	lines := []string{t.heading("")}
	for i, c := range list {
		lines = append(lines, t.class(s.Queue, i, c, 1)...)
	}
	return lines
}

// starvedBetween reports whether a class of tasks starved between two instants, in seconds.
func starvedBetween(q *result.TierStatus, from, to float64) bool {
	if q == nil {
		return false
	}
	for i, row := range q.Timeline {
		if row.TS >= to {
			break
		}
		if row.TS+q.RowS(i) <= from {
			continue
		}
		if slices.ContainsFunc(row.Classes, func(c result.TierCell) bool { return c.Starving }) {
			return true
		}
	}
	return false
}
