package result

import (
	"encoding/json"
	"maps"
	"time"
)

// A TaskPart is what happened to the tasks of a class of a queue in a stretch of time. Those
// of stretches that follow one another add up exactly, and so do those of classes. A TaskPart
// is not safe for concurrent use. Its JSON lacks the histograms.
type TaskPart struct {
	// Tasks count what happened. Of them Waiting and Running are by how many these became
	// more: over a whole run they are how many there are.
	Tasks TierTasks
	Taken int64
	// Starved is the longest that some waited and none of them was taken, be it that it
	// ended in the stretch or lasts at its end; nil: none waited.
	Starved *time.Duration
	// Starving: of a whole run, some wait at its end and were never waiting for longer
	// without one being taken. It may go on. It is in no log.
	Starving bool
	// Deepest is the most that were in the queue when it was looked at, with tasks of others;
	// nil: nobody looked. Oldest is the longest that one of ours had waited then, or at the end
	// of the stretch, looked at or not; nil: none did.
	Deepest *int64
	Oldest  *time.Duration
	// Since is by how many those became more that wait since a tenth of a second, counted
	// on the run's clock: over a whole run how many do.
	Since map[int64]int64
	// At is the end of the stretch on that clock: when the ages of those that wait are told.
	At      time.Duration
	LostIDs []string // of the first that were lost

	Wait, Service *Hist // nil: nothing recorded
}

// A loggedTasks is a TaskPart in a log, where there is one a second.
type loggedTasks struct {
	Tasks   []int64         `json:"n,omitempty"` // as [TaskPart.counts] has them
	Starved *time.Duration  `json:"starved_ns,omitempty"`
	Deepest *int64          `json:"deepest,omitempty"`
	Oldest  *time.Duration  `json:"oldest_ns,omitempty"`
	Since   map[int64]int64 `json:"since,omitempty"`
	At      time.Duration   `json:"at_ns,omitempty"`
	LostIDs []string        `json:"lost_ids,omitempty"`
}

// counts are all that are in a log, in their order there.
func (p *TaskPart) counts() []*int64 {
	t := &p.Tasks
	return []*int64{&t.Enqueued, &p.Taken, &t.Done, &t.Dead, &t.Lost, &t.Waiting, &t.Running, &t.Retries, &t.Duplicates, &t.Inversions}
}

// MarshalJSON implements [json.Marshaler].
func (p *TaskPart) MarshalJSON() ([]byte, error) {
	l := loggedTasks{Starved: p.Starved, Deepest: p.Deepest, Oldest: p.Oldest, Since: p.Since, At: p.At, LostIDs: p.LostIDs}
	for i, n := range p.counts() {
		if *n != 0 {
			l.Tasks = append(l.Tasks, make([]int64, i+1-len(l.Tasks))...)
			l.Tasks[i] = *n
		}
	}
	return json.Marshal(l)
}

// UnmarshalJSON implements [json.Unmarshaler]. Counts that it does not know are left out.
func (p *TaskPart) UnmarshalJSON(b []byte) error {
	var l loggedTasks
	if err := json.Unmarshal(b, &l); err != nil {
		return err
	}
	*p = TaskPart{Starved: l.Starved, Deepest: l.Deepest, Oldest: l.Oldest, Since: l.Since, At: l.At, LostIDs: l.LostIDs}
	for i, n := range p.counts() {
		if i < len(l.Tasks) {
			*n = l.Tasks[i]
		}
	}
	return nil
}

// sinceStep is how exactly it is kept since when tasks wait.
const sinceStep = 100 * time.Millisecond

// mostLostIDs is how many lost tasks are named.
const mostLostIDs = 100

// Merge adds a later stretch, or another class. from may be nil and stays as it is.
func (p *TaskPart) Merge(from *TaskPart) {
	if from == nil {
		return
	}
	p.Tasks.add(from.Tasks)
	p.Taken += from.Taken
	p.Starving = p.Starving || from.Starving
	p.Starved, p.Oldest, p.Deepest = Larger(p.Starved, from.Starved), Larger(p.Oldest, from.Oldest), Larger(p.Deepest, from.Deepest)
	for since, n := range from.Since {
		p.await(since, n)
	}
	p.At = max(p.At, from.At)
	p.LostIDs = append(p.LostIDs, from.LostIDs...)
	p.LostIDs = p.LostIDs[:min(len(p.LostIDs), mostLostIDs):min(len(p.LostIDs), mostLostIDs)]
	p.Wait, p.Service = mergeHist(p.Wait, from.Wait), mergeHist(p.Service, from.Service)
}

// Clone is a TaskPart of its own with the same content.
func (p *TaskPart) Clone() *TaskPart {
	c := &TaskPart{}
	c.Merge(p)
	return c
}

// Starve says that tasks waited for so long and none of them was taken.
func (p *TaskPart) Starve(d time.Duration) { p.Starved = Larger(p.Starved, &d) }

// Age says how old the oldest of ours was that waited.
func (p *TaskPart) Age(oldest time.Duration) { p.Oldest = Larger(p.Oldest, &oldest) }

// Look says how many were in the queue when it was looked at, and how old the oldest of ours
// was that waited; nil: none did.
func (p *TaskPart) Look(depth int64, oldest *time.Duration) {
	p.Deepest, p.Oldest = Larger(p.Deepest, &depth), Larger(p.Oldest, oldest)
}

// Larger is the larger of two figures that may not be known; nil: neither is.
func Larger[N ~int64 | ~float64](a, b *N) *N {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}

// Await says that a task waits since an instant (by 1), or does not any more (by -1).
func (p *TaskPart) Await(since time.Duration, by int64) {
	p.Tasks.Waiting += by
	p.await(int64(since/sinceStep), by)
}

func (p *TaskPart) await(since, by int64) {
	if p.Since == nil {
		p.Since = map[int64]int64{}
	}
	if p.Since[since] += by; p.Since[since] == 0 {
		delete(p.Since, since)
	}
}

// Lately is p, a window that ends now, with those that wait as sofar has them: an SLO on
// what they wait for counts them, whenever they began.
func (p *TaskPart) Lately(sofar *TaskPart) *TaskPart {
	c := *p
	c.Since, c.At = maps.Clone(sofar.Since), sofar.At
	return &c
}

// Older is how many wait for longer than that, to a tenth of a second in their favour.
func (p *TaskPart) Older(than time.Duration) (n int64) {
	for since, count := range p.Since {
		if p.At-time.Duration(since+1)*sinceStep >= than {
			n += count
		}
	}
	return n
}

// Lose says that a task was lost.
func (p *TaskPart) Lose(id string) {
	p.Tasks.Lost++
	if len(p.LostIDs) < mostLostIDs {
		p.LostIDs = append(p.LostIDs, id)
	}
}

// RecordWait adds how long a task waited.
func (p *TaskPart) RecordWait(d time.Duration) { p.Wait = recorded(p.Wait, d) }

// RecordService adds how long a worker had a task.
func (p *TaskPart) RecordService(d time.Duration) { p.Service = recorded(p.Service, d) }

func recorded(h *Hist, d time.Duration) *Hist {
	if h == nil {
		h = NewHist()
	}
	h.Record(max(d, 0))
	return h
}

// figures are those of a document, over a whole run.
func (p *TaskPart) figures(of TierClass, withHDR bool) TierClass {
	of.Tasks, of.DepthMax = p.Tasks, 0
	if p.Deepest != nil {
		of.DepthMax = *p.Deepest
	}
	of.StarvedMSMax, of.OldestMSMax = MillisOf(p.Starved), MillisOf(p.Oldest)
	of.Latency.Wait, of.Latency.Service = p.Wait.Latency(withHDR), p.Service.Latency(withHDR)
	of.Calls, of.Latency.TTFT = nil, nil
	return of
}

// MillisOf is a length of time that may not be known, in milliseconds.
func MillisOf(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	return new(Millis(*d))
}

// Tasks are those of each class of a queue in a stretch of time.
type Tasks struct {
	Names   []string // of the classes, the most urgent first
	Classes []*TaskPart
}

// Of is what happened to those of a class, or to all ("") of them; nil: there is no such
// class. It is not to be written to.
func (t *Tasks) Of(name string) *TaskPart {
	if name == "" {
		all := &TaskPart{}
		for _, c := range t.Classes {
			all.Merge(c)
		}
		return all
	}
	for i, n := range t.Names {
		if n == name {
			return t.Classes[i]
		}
	}
	return nil
}

// A TierSecond is what a second of a run says of a queue.
type TierSecond struct {
	Classes []*TaskPart `json:"classes"`        // the most urgent first
	Rows    []TierRow   `json:"rows,omitempty"` // of the timeline, those that came
	Looks   TierLooks   `json:"looks,omitzero"` // so far
}

// A TierTimeline is the rows of a queue, one a second at first: when it is full they merge in
// pairs. The zero value is empty. It is not safe for concurrent use.
type TierTimeline struct {
	rows   []TierRow
	step   int // seconds of a row; 0: 1
	filled int // of the last row
}

// Add puts a second at the end. Its cells are not to be written to afterwards.
func (t *TierTimeline) Add(row TierRow) {
	t.step = max(t.step, 1)
	if t.filled > 0 && t.filled < t.step {
		last := &t.rows[len(t.rows)-1]
		last.merge(row)
		t.filled++
		return
	}
	if len(t.rows) == maxRows {
		half := make([]TierRow, 0, maxRows)
		for i := 0; i < maxRows; i += 2 {
			t.rows[i].merge(t.rows[i+1])
			half = append(half, t.rows[i])
		}
		t.rows, t.step = half, 2*t.step
	}
	t.rows, t.filled = append(t.rows, row), 1
}

// Rows are those so far, and the seconds that each has. They are never written to.
func (t *TierTimeline) Rows() (rows []TierRow, stepS float64) {
	return append([]TierRow{}, t.rows...), float64(max(t.step, 1))
}

// Clone is a timeline of its own with the same rows.
func (t *TierTimeline) Clone() *TierTimeline {
	c := *t
	c.rows = append([]TierRow(nil), t.rows...)
	return &c
}

// merge takes in a later row. Its cells are new ones, for readers have the old.
func (r *TierRow) merge(o TierRow) {
	cells := append([]TierCell(nil), r.Classes...)
	for i := range min(len(cells), len(o.Classes)) {
		cells[i] = cells[i].Add(o.Classes[i])
	}
	r.Classes = cells
}

// With is q, of which the layout and the classes are known, with what happened to its tasks
// and how it was over time. What a tap heard is not in it.
func (q Tier) With(tasks []*TaskPart, timeline *TierTimeline, looks TierLooks, withHDR bool) *Tier {
	q.TierLooks, q.Tap = looks, nil
	q.Timeline, q.TimelineStepS = timeline.Rows()
	q.Classes = append([]TierClass{}, q.Classes...)
	priorities := q.Total.Priorities
	q.Total = TierClass{Name: WholeRun, Priorities: priorities}
	all := &TaskPart{}
	for i, c := range q.Classes {
		part := &TaskPart{}
		if i < len(tasks) {
			part = tasks[i]
		}
		q.Classes[i] = part.figures(c, withHDR)
		all.Merge(part)
	}
	q.Total, q.LostIDs = all.figures(q.Total, withHDR), all.LostIDs
	return &q
}
