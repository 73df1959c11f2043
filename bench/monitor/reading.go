package monitor

import (
	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// A Reader reads one target of a monitor, for whoever passes its figures on. It may be
// used by several goroutines at once.
type Reader struct{ w *watched }

// Readers are those of all targets.
func (m *Monitor) Readers() (list []Reader) {
	for _, w := range m.list {
		list = append(list, Reader{w})
	}
	return list
}

// Done is closed when the readings change no more.
func (r Reader) Done() <-chan struct{} { return r.w.m.Done() }

// Reading is what the probes of this process came to, as a run of one wave, and whether
// they kept the objective: of all of them, and of now, which an open incident denies.
func (r Reader) Reading() result.Reading {
	w := r.w
	w.mu.Lock()
	defer w.mu.Unlock()
	out := result.Reading{
		Snapshot: result.Snapshot{
			Name: w.m.Name, Target: w.Name, Model: w.model, State: result.Running, At: w.m.since(),
			Health: result.Health{OK: w.last == nil || !w.last.Unjudged || w.last.Good},
		},
		Parts: []result.Portion{{Name: "probes", Part: w.part.Clone()}},
	}
	if w.tier != nil {
		out.Watched = w.queueReading()
	}
	select {
	case <-w.m.Done():
		out.State = result.Done
	default:
	}
	o := w.objective()
	held := verdict.Hold(verdict.Assertion{Expr: o}, verdict.Stretch{Part: w.part, Judged: true})
	status := result.SLOStatus{Expr: o.Text, Metric: string(o.Metric), Op: string(o.Op), Bound: o.Value, Unit: string(o.Unit), RunOK: held.OK}
	if w.counts.Good+w.counts.Bad > 0 {
		status.LiveOK = new(w.open == nil)
	}
	out.SLOs = []result.SLOStatus{status}
	return out
}

// queueReading is how the queue stood when it was last seen; w.mu is held.
func (w *watched) queueReading() *result.QueueReading {
	f, q := &w.figures, w.queueRow()
	return &result.QueueReading{
		Class: w.Class, Depth: q.Depth, Dead: q.Dead, Oldest: q.Oldest, Starved: q.Starved,
		Arrived: number(f.arrived), Taken: number(f.taken), Done: number(f.done),
	}
}
