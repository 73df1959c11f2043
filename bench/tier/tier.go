// Package tier watches the tasks of a run that go through a Redis queue: what customers of
// each class wait, what is lost, and who starves. Who makes several runs of one queue, and
// judges parts of them, has each counted by itself: see [Tier.Anew] and [Tier.Due].
package tier

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"flashwave/bench/result"
	"flashwave/client"
	"flashwave/client/queue"
)

// A Tally counts what a client says of its tasks. It implements [queue.Watcher], and is safe
// for concurrent use.
//
// What happened is told of the current second, which [Tally.EndSecond] ends, of the last
// minute's, and of all of them together. Nobody needs to end seconds who asks for all alone.
type Tally struct {
	mu       sync.Mutex
	frame    result.Tier // layout and classes, without figures
	classes  []*class
	timeline result.TierTimeline
	origin   time.Duration // when the first wave begins
	second   time.Duration // when the current second of the timeline began
	ring     [ringSeconds]second
	ended    int                                // seconds; the newest is ring[(ended-1)%ringSeconds]
	endedAt  time.Duration                      // when that ended
	windows  map[int]window                     // of the newest second, by their seconds: SLOs and the screen ask for the same ones
	untold   []result.TierRow                   // of the timeline
	looks    func() queue.Stats                 // how well the client sees; nil: nobody says
	heard    func(q *result.Tier, withHDR bool) // adds what a tap heard; nil: none is listened to
	starves  Starves                            // nil: nobody says
}

// Starves says whether a class starves of which some have waited for so long and none was
// taken; othersServed: tasks of another class were taken meanwhile.
type Starves func(class string, hungry time.Duration, othersServed bool) bool

// ringSeconds is how far back a window reaches.
const ringSeconds = 60

// mostUntold is how many rows are kept for who does not ask for them.
const mostUntold = 100

// A second is one that has ended: what happened in it, by class. It is never written again.
type second struct {
	length time.Duration
	parts  []*result.TaskPart
}

// New is a tally of a layout with these classes, the most urgent first.
func New(layout string, classes []queue.Class) *Tally {
	t := &Tally{frame: result.Tier{Layout: layout}}
	for _, c := range classes {
		t.classes = append(t.classes, &class{Class: c, waits: map[string]time.Duration{}, took: client.Never, sofar: &result.TaskPart{}, now: &result.TaskPart{}, untold: &result.TaskPart{}})
		t.frame.Classes = append(t.frame.Classes, result.TierClass{Name: c.Name, Priorities: priorities(c.Low, c.High)})
	}
	if n := len(classes); n > 0 {
		t.frame.Total.Priorities = priorities(classes[0].Low, classes[n-1].High)
	}
	return t
}

// Begin says when the first wave begins.
func (t *Tally) Begin(at time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.origin = at
}

// Judge says what starving is.
func (t *Tally) Judge(starves Starves) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.starves = starves
}

// starving reports whether a class starves at an instant.
func (t *Tally) starving(c *class, at time.Duration) bool {
	return t.starves != nil && len(c.waits) > 0 && t.starves(c.Name, at-c.hungry, t.othersServed(c))
}

// othersServed reports whether tasks of another class were taken since a class got nothing.
func (t *Tally) othersServed(c *class) bool {
	return slices.ContainsFunc(t.classes, func(o *class) bool { return o != c && o.took != client.Never && o.took > c.hungry })
}

// A class is the tasks of one.
type class struct {
	queue.Class
	sofar  *result.TaskPart         // of the seconds that ended; a reader's, and never written to
	now    *result.TaskPart         // of the current one
	untold *result.TaskPart         // of those that ended since somebody asked for news
	waits  map[string]time.Duration // since when each task waits
	order  []string                 // of those, the oldest first; who is taken stays until it is passed
	hungry time.Duration            // since when some wait and nothing was taken
	took   time.Duration            // when the last was taken; Never: none was
	depth  int64                    // when it was looked at last
	cell   result.TierCell          // of the current second of the timeline
}

func (t *Tally) with(i int, do func(c *class)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	do(t.classes[i])
}

// Enqueued implements [queue.Watcher].
func (t *Tally) Enqueued(task queue.Task) {
	t.with(task.Class, func(c *class) {
		c.now.Tasks.Enqueued++
		c.cell.Enqueued++
		c.await(task.ID, task.Enqueued)
	})
}

// await: a task waits from an instant on.
func (c *class) await(id string, from time.Duration) {
	if len(c.waits) == 0 {
		c.hungry = from
	}
	c.now.Await(from, 1)
	c.now.Starve(0)
	c.waits[id] = from
	if len(c.order) > 2*len(c.waits)+tidyAt { // the oldest may wait for ever
		c.order = slices.DeleteFunc(c.order, func(id string) bool { _, waits := c.waits[id]; return !waits })
	}
	c.order = append(c.order, id)
}

// tidyAt is how many tasks that were taken stay in the order of those that wait, at least.
const tidyAt = 1000

// Taken implements [queue.Watcher].
func (t *Tally) Taken(task queue.Task, inverted bool) {
	t.with(task.Class, func(c *class) {
		from, waits := c.waits[task.ID]
		if !waits {
			return
		}
		at := max(task.Taken, from, c.hungry) // of a task that is taken again the first time is known
		c.now.Starve(at - c.hungry)
		c.hungry, c.took = at, at
		delete(c.waits, task.ID)
		c.now.Await(from, -1)
		c.now.Tasks.Running++
		c.now.Taken++
		c.cell.Taken++
		if task.Taken >= from {
			c.now.RecordWait(task.Taken - task.Enqueued)
		}
		if inverted {
			c.now.Tasks.Inversions++
		}
	})
}

// Requeued implements [queue.Watcher].
func (t *Tally) Requeued(task queue.Task, at time.Duration) {
	t.with(task.Class, func(c *class) {
		c.now.Tasks.Running--
		c.await(task.ID, at)
	})
}

// Ended implements [queue.Watcher].
func (t *Tally) Ended(task queue.Task, fate queue.Fate) {
	t.with(task.Class, func(c *class) {
		n := &c.now.Tasks
		n.Running--
		n.Retries += int64(task.Answer.Retries)
		switch fate {
		case queue.Done:
			n.Done++
			c.cell.Done++
			if task.Taken != client.Never {
				c.now.RecordService(task.Done - task.Taken)
			}
		case queue.Dead:
			n.Dead++
			c.cell.Failed++
		case queue.Lost:
			c.now.Lose(task.ID)
			c.cell.Failed++
		}
	})
}

// Duplicate implements [queue.Watcher].
func (t *Tally) Duplicate(task queue.Task, _ time.Duration) {
	t.with(task.Class, func(c *class) { c.now.Tasks.Duplicates++ })
}

// Depths implements [queue.Watcher]: a second of the timeline is over.
func (t *Tally) Depths(at time.Duration, all []int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	row := result.TierRow{TS: (t.second - t.origin).Seconds()}
	for i, c := range t.classes {
		c.depth = all[i]
		cell, oldest := t.look(c, at)
		c.now.Look(all[i], oldest)
		row.Classes = append(row.Classes, cell)
		c.cell = result.TierCell{}
	}
	t.second = at
	t.timeline.Add(row)
	if t.untold = append(t.untold, row); len(t.untold) > mostUntold {
		t.untold = t.untold[1:]
	}
}

// look is what happened in a class since the last second of the timeline was over, and how it
// stands.
func (t *Tally) look(c *class, at time.Duration) (cell result.TierCell, oldest *time.Duration) {
	cell = c.cell
	cell.Depth, cell.Waiting, cell.Starving = c.depth, int64(len(c.waits)), t.starving(c, at)
	if age, waits := c.oldest(at); waits {
		cell.OldestMS, oldest = new(result.Millis(age)), &age
	}
	return cell, oldest
}

// whole is the timeline with what happened since its last second was over, if anything did.
// Depths are those of then.
func (t *Tally) whole(at time.Duration) *result.TierTimeline {
	row, some := result.TierRow{TS: (t.second - t.origin).Seconds()}, false
	for _, c := range t.classes {
		some = some || c.cell != result.TierCell{}
		cell, _ := t.look(c, at)
		row.Classes = append(row.Classes, cell)
	}
	whole := t.timeline.Clone()
	if some {
		whole.Add(row)
	}
	return whole
}

// oldest is how long the oldest task of a class has waited; false: none waits.
func (c *class) oldest(at time.Duration) (age time.Duration, waits bool) {
	for len(c.order) > 0 {
		if from, ok := c.waits[c.order[0]]; ok {
			return at - from, true
		}
		c.order = c.order[1:]
	}
	return 0, false
}

// part is what happened since the last second ended, as if the current one ended at an
// instant.
func (c *class) part(at time.Duration) *result.TaskPart {
	p := c.now.Clone()
	p.At = at
	if age, waits := c.oldest(at); waits {
		p.Starve(at - c.hungry)
		p.Age(age) // nobody may have looked since: Redis is gone, or hangs
	}
	return p
}

// looksOf says how well a client saw.
func looksOf(seen queue.Stats) result.TierLooks {
	l := result.TierLooks{PollMS: result.Millis(seen.Poll), BrokenLooks: seen.Broken}
	if seen.Looks > 1 {
		l.ResolutionMS, l.LongestLookMS = new(result.Millis(seen.Resolution)), new(result.Millis(seen.Longest))
	}
	return l
}

// seen is how well the client sees. The tally's lock must not be held.
func (t *Tally) seen() queue.Stats {
	if t.looks == nil {
		return queue.Stats{}
	}
	return t.looks()
}

// addHeard adds what a tap heard to a document. The tally's lock must not be held.
func (t *Tally) addHeard(q *result.Tier, withHDR bool) {
	if t.heard != nil {
		t.heard(q, withHDR)
	}
}

func priorities(low, high int) string {
	if low == high {
		return fmt.Sprint(low)
	}
	return fmt.Sprintf("%d-%d", low, high)
}
