// Package tier watches the tasks of a run that go through a Redis queue: what customers of
// each class wait, what is lost, and who starves.
package tier

import (
	"fmt"
	"sync"
	"time"

	"flashwave/bench/result"
	"flashwave/client"
	"flashwave/client/queue"
)

// mostRows is how many rows a timeline has, at most.
const mostRows = 600

// mostLost is how many lost tasks are named.
const mostLost = 100

// A Tally counts what a client says of its tasks. It implements [queue.Watcher], and is safe
// for concurrent use.
type Tally struct {
	mu      sync.Mutex
	layout  string
	classes []*class
	lost    []string
	rows    []result.TierRow
	step    int           // seconds of a row
	filled  int           // of the last row
	origin  time.Duration // when the first wave begins
	second  time.Duration // when the current second began
}

// New is a tally of a layout with these classes, the most urgent first.
func New(layout string, classes []queue.Class) *Tally {
	t := &Tally{layout: layout, step: 1}
	for _, c := range classes {
		t.classes = append(t.classes, &class{Class: c, waits: map[string]time.Duration{}, wait: result.NewHist(), service: result.NewHist()})
	}
	return t
}

// Begin says when the first wave begins.
func (t *Tally) Begin(at time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.origin = at
}

// A class is the tasks of one.
type class struct {
	queue.Class
	tasks         result.TierTasks
	wait, service *result.Hist
	waits         map[string]time.Duration // since when each task waits
	order         []string                 // of those, the oldest first; who is taken stays until it is passed
	hungry        time.Duration            // since when some wait and nothing was taken
	starved       time.Duration
	ever          bool // some waited
	depth         int64
	oldest        *float64
	cell          result.TierCell // of the current second
}

func (t *Tally) with(i int, do func(c *class)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	do(t.classes[i])
}

// Enqueued implements [queue.Watcher].
func (t *Tally) Enqueued(task queue.Task) {
	t.with(task.Class, func(c *class) {
		c.tasks.Enqueued++
		c.cell.Enqueued++
		c.await(task.ID, task.Enqueued)
	})
}

// await: a task waits from an instant on.
func (c *class) await(id string, from time.Duration) {
	if len(c.waits) == 0 {
		c.hungry = from
	}
	c.ever = true
	c.tasks.Waiting++
	c.waits[id] = from
	c.order = append(c.order, id)
}

// Taken implements [queue.Watcher].
func (t *Tally) Taken(task queue.Task, inverted bool) {
	t.with(task.Class, func(c *class) {
		from, waits := c.waits[task.ID]
		if !waits {
			return
		}
		at := max(task.Taken, from) // of a task that is taken again the first time is known
		c.starved = max(c.starved, at-c.hungry)
		c.hungry = at
		delete(c.waits, task.ID)
		c.tasks.Waiting--
		c.tasks.Running++
		c.cell.Taken++
		if task.Taken >= from {
			c.wait.Record(max(task.Taken-task.Enqueued, 0))
		}
		if inverted {
			c.tasks.Inversions++
		}
	})
}

// Requeued implements [queue.Watcher].
func (t *Tally) Requeued(task queue.Task, at time.Duration) {
	t.with(task.Class, func(c *class) {
		c.tasks.Running--
		c.await(task.ID, at)
	})
}

// Ended implements [queue.Watcher].
func (t *Tally) Ended(task queue.Task, fate queue.Fate) {
	t.with(task.Class, func(c *class) {
		c.tasks.Running--
		c.tasks.Retries += int64(task.Answer.Retries)
		switch fate {
		case queue.Done:
			c.tasks.Done++
			c.cell.Done++
			if task.Taken != client.Never {
				c.service.Record(max(task.Done-task.Taken, 0))
			}
		case queue.Dead:
			c.tasks.Dead++
			c.cell.Failed++
		case queue.Lost:
			c.tasks.Lost++
			c.cell.Failed++
			if len(t.lost) < mostLost {
				t.lost = append(t.lost, task.ID)
			}
		}
	})
}

// Duplicate implements [queue.Watcher].
func (t *Tally) Duplicate(task queue.Task, _ time.Duration) {
	t.with(task.Class, func(c *class) { c.tasks.Duplicates++ })
}

// Depths implements [queue.Watcher]: a second is over.
func (t *Tally) Depths(at time.Duration, all []int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	row := result.TierRow{TS: (t.second - t.origin).Seconds()}
	for i, c := range t.classes {
		c.cell.Depth, c.cell.Waiting, c.cell.OldestMS = all[i], c.tasks.Waiting, c.oldestAt(at)
		c.depth = max(c.depth, all[i])
		if o := c.cell.OldestMS; o != nil && (c.oldest == nil || *o > *c.oldest) {
			c.oldest = o
		}
		row.Classes = append(row.Classes, c.cell)
		c.cell = result.TierCell{}
	}
	t.second = at
	t.add(row)
}

// oldestAt is how long the oldest task of a class has waited, in ms; nil: none waits.
func (c *class) oldestAt(at time.Duration) *float64 {
	for len(c.order) > 0 {
		if from, ok := c.waits[c.order[0]]; ok {
			return new(result.Millis(at - from))
		}
		c.order = c.order[1:]
	}
	return nil
}

// add puts a second into the timeline, whose rows merge in pairs when it is full.
func (t *Tally) add(row result.TierRow) {
	if t.filled > 0 && t.filled < t.step {
		last := &t.rows[len(t.rows)-1]
		for i, c := range row.Classes {
			last.Classes[i] = last.Classes[i].Add(c)
		}
		t.filled++
		return
	}
	if len(t.rows) == mostRows {
		for i := range mostRows / 2 {
			a, b := t.rows[2*i], t.rows[2*i+1]
			for j := range a.Classes {
				a.Classes[j] = a.Classes[j].Add(b.Classes[j])
			}
			t.rows[i] = a
		}
		t.rows = t.rows[:mostRows/2]
		t.step *= 2
	}
	t.rows, t.filled = append(t.rows, row), 1
}

// Document is what became of the tasks up to an instant, as a client saw it.
func (t *Tally) Document(at time.Duration, seen queue.Stats) *result.Tier {
	t.mu.Lock()
	defer t.mu.Unlock()
	q := &result.Tier{
		Layout: t.layout, PollMS: result.Millis(seen.Poll), BrokenLooks: seen.Broken,
		Total: result.TierClass{Name: result.WholeRun}, Classes: []result.TierClass{},
		LostIDs: append([]string(nil), t.lost...), TimelineStepS: float64(t.step), Timeline: []result.TierRow{},
	}
	if seen.Looks > 1 {
		q.ResolutionMS, q.LongestLookMS = new(result.Millis(seen.Resolution)), new(result.Millis(seen.Longest))
	}
	wait, service := result.NewHist(), result.NewHist()
	for _, c := range t.classes {
		of := c.document(at)
		q.Classes = append(q.Classes, of)
		q.Total.Add(of)
		wait.Merge(c.wait)
		service.Merge(c.service)
	}
	if n := len(t.classes); n > 0 {
		q.Total.Priorities = priorities(t.classes[0].Low, t.classes[n-1].High)
	}
	q.Total.Latency = result.TierLatency{Wait: wait.Latency(true), Service: service.Latency(true)}
	for _, r := range t.rows {
		r.Classes = append([]result.TierCell(nil), r.Classes...)
		q.Timeline = append(q.Timeline, r)
	}
	return q
}

// document is what became of a class's tasks.
func (c *class) document(at time.Duration) result.TierClass {
	d := result.TierClass{
		Name: c.Name, Priorities: priorities(c.Low, c.High), Tasks: c.tasks, DepthMax: c.depth, OldestMSMax: c.oldest,
		Latency: result.TierLatency{Wait: c.wait.Latency(true), Service: c.service.Latency(true)},
	}
	if c.ever {
		starved := c.starved
		if len(c.waits) > 0 {
			starved = max(starved, at-c.hungry)
		}
		d.StarvedMSMax = new(result.Millis(starved))
	}
	return d
}

func priorities(low, high int) string {
	if low == high {
		return fmt.Sprint(low)
	}
	return fmt.Sprintf("%d-%d", low, high)
}
