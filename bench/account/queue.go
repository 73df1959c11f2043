package account

import (
	"time"

	"flashwave/bench/result"
)

// queueFigures are those of a queue in a view, as of the last full second; nil: there is none.
func (a *Account) queueFigures(f *figures, view result.View) *result.TierStatus {
	if a.Tier == nil {
		return nil
	}
	s := &result.TierStatus{Tier: *a.Tier.Told()}
	s.Join(f.total, f.workloads)
	tasks, length := a.Tier.Sofar(), a.Waves.LoadLength()
	if view.Window > 0 {
		tasks, length = a.Tier.Lately(view.Window)
	}
	for _, p := range tasks.Classes {
		n := result.TierNow{Wait: p.Wait.Latency(false)}
		if s := length.Seconds(); s > 0 {
			n.Enqueued, n.Taken, n.Done = float64(p.Tasks.Enqueued)/s, float64(p.Taken)/s, float64(p.Tasks.Done)/s
		}
		s.Now = append(s.Now, n)
	}
	return s
}

// queue is a queue at an instant; nil: there is none.
func (a *Account) queue(f *figures, at time.Duration, now Now) *result.TierStatus {
	if f.queue == nil {
		return nil
	}
	s := *f.queue
	if now.Verdict != nil {
		s.Now = nil
		return &s
	}
	s.Now = a.Tier.Now(at)
	for i, of := range f.queue.Now {
		n := &s.Now[i]
		n.Wait, n.Enqueued, n.Taken, n.Done = of.Wait, of.Enqueued, of.Taken, of.Done
	}
	return &s
}
