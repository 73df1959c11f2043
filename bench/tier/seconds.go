package tier

import (
	"time"

	"flashwave/bench/result"
)

// EndSecond ends the current second at an instant.
func (t *Tally) EndSecond(at time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	ended := second{length: time.Second}
	if t.ended > 0 {
		ended.length = at - t.endedAt
	}
	for _, c := range t.classes {
		p := c.part(at)
		ended.parts = append(ended.parts, p)
		sofar := c.sofar.Clone()
		sofar.Merge(p)
		c.sofar, c.now = sofar, &result.TaskPart{}
		c.untold.Merge(p)
	}
	t.ring[t.ended%ringSeconds] = ended
	t.ended++
	t.endedAt, t.windows = at, map[int]window{}
}

// News is what was not told yet of the seconds that have ended, for whoever writes it down.
func (t *Tally) News() *result.TierSecond {
	looks := looksOf(t.seen())
	t.mu.Lock()
	defer t.mu.Unlock()
	news := &result.TierSecond{Rows: t.untold, Looks: looks}
	for _, c := range t.classes {
		news.Classes = append(news.Classes, c.untold)
		c.untold = &result.TaskPart{}
	}
	t.untold = nil
	return news
}

// Sofar is what happened up to the end of the last second.
func (t *Tally) Sofar() *result.Tasks {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.tasks()
	for _, c := range t.classes {
		all.Classes = append(all.Classes, c.sofar)
	}
	return all
}

// UpTo is what happened up to an instant.
func (t *Tally) UpTo(at time.Duration) *result.Tasks {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.upTo(at)
}

func (t *Tally) upTo(at time.Duration) *result.Tasks {
	all := t.tasks()
	for _, c := range t.classes {
		p := c.sofar.Clone()
		p.Merge(c.part(at))
		all.Classes = append(all.Classes, p)
	}
	return all
}

// Lately is what happened in the last seconds that have ended, up to a minute's, with those
// that wait now, and how long that was.
func (t *Tally) Lately(d time.Duration) (lately *result.Tasks, length time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := min(int(d/time.Second), t.ended, ringSeconds)
	w, known := t.windows[n]
	if !known {
		w.tasks, w.length = t.lately(n)
		if t.windows != nil {
			t.windows[n] = w
		}
	}
	return w.tasks, w.length
}

// A window is some of the seconds that ended last. It is never written again.
type window struct {
	tasks  *result.Tasks
	length time.Duration
}

func (t *Tally) lately(n int) (lately *result.Tasks, length time.Duration) {
	lately = t.tasks()
	for i, c := range t.classes {
		p := &result.TaskPart{}
		for back := n; back > 0; back-- {
			p.Merge(t.ring[(t.ended-back)%ringSeconds].parts[i])
		}
		lately.Classes = append(lately.Classes, p.Lately(c.sofar))
	}
	for back := n; back > 0; back-- {
		length += t.ring[(t.ended-back)%ringSeconds].length
	}
	return lately, length
}

// tasks are those of no time.
func (t *Tally) tasks() *result.Tasks {
	all := &result.Tasks{}
	for _, c := range t.classes {
		all.Names = append(all.Names, c.Name)
	}
	return all
}

// Told is the document up to the end of the last second, without histograms.
func (t *Tally) Told() *result.Tier {
	looks := t.seen()
	sofar := t.Sofar()
	q := func() *result.Tier {
		t.mu.Lock()
		defer t.mu.Unlock()
		return t.frame.With(sofar.Classes, &t.timeline, looksOf(looks), false)
	}()
	q.LostIDs = nil
	t.addHeard(q, false)
	return q
}

// Final is what happened up to an instant, and the document of that.
func (t *Tally) Final(at time.Duration) (tasks *result.Tasks, q *result.Tier) {
	looks := t.seen()
	func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		tasks = t.upTo(at)
		for i, c := range t.classes {
			p := tasks.Classes[i]
			_, waits := c.oldest(at)
			p.Starving = waits && at-c.hungry >= *p.Starved
		}
		q = t.frame.With(tasks.Classes, t.whole(at), looksOf(looks), true)
	}()
	t.addHeard(q, true)
	return tasks, q
}

// Now is how each class is at an instant. Figures of a window are left out.
func (t *Tally) Now(at time.Duration) []result.TierNow {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]result.TierNow, len(t.classes))
	for i, c := range t.classes {
		n := &list[i]
		n.Depth, n.Waiting, n.Running = c.depth, c.sofar.Tasks.Waiting+c.now.Tasks.Waiting, c.sofar.Tasks.Running+c.now.Tasks.Running
		if age, waits := c.oldest(at); waits {
			n.Oldest, n.Hungry, n.Starving = new(age), new(at-c.hungry), t.starving(c, at)
		}
	}
	return list
}
