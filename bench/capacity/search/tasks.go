package search

import (
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/tier"
	"flashwave/bench/verdict"
)

// A class is the tasks of a queue that an SLO concerns.
type class struct {
	name  string
	share float64 // of all
}

// queued reports whether requests are tasks of a queue.
func (s *Search) queued() bool { return s.base != nil && s.base.Target.API == scenario.QueueAPI }

// checkQueue refuses what says nothing of a queue.
func (c Config) checkQueue() error {
	switch {
	case c.Options.Scenario.Target.API != scenario.QueueAPI:
		return nil
	case c.inFlight():
		return &scenario.Error{Message: "so many unfinished tasks are no load that a queue can hold or not: its customers come at a rate", Hint: "leave --by concurrency out"}
	case c.Rehearse != nil:
		return &scenario.Error{Message: "the demand of a queue is not rehearsed in a search: what was forecast of its classes is held against no run", Hint: "leave --rehearse out, and run the same waves with flashwave run --api queue"}
	}
	return nil
}

// classOf is the class of a queue whose tasks an SLO concerns; nil: it concerns all, or
// something that only the whole of a step tells.
func classOf(sc *scenario.Scenario, e slo.Expr) *class {
	if sc.Target.API != scenario.QueueAPI || !e.Metric.OfQueue() && e.Metric != slo.Lost {
		return nil
	}
	for _, share := range sc.Mix {
		if e.Wave == share.Name {
			return &class{share.Name, share.Share}
		}
	}
	return nil
}

// perTask makes of a count of tasks that may not be a share of them: of none in a run
// there may be none at any rate.
func perTask(sc *scenario.Scenario, e slo.Expr) slo.Expr {
	if sc.Target.API != scenario.QueueAPI || e.Unit != slo.Count || e.Value != 0 || e.Op != slo.LessOrEqual {
		return e
	}
	e.Share, e.Unit = true, slo.Ratio
	return e
}

// times are those that a criterion on their mean is about.
func (c criterion) times(s verdict.Stretch) *result.Hist {
	if c.Metric == slo.Wait && s.Tasks != nil {
		return s.Tasks.Wait
	}
	m, _ := verdict.MetricOf(c.Expr)
	return s.Part.Hists[m]
}

// holdStarved holds where the longest time is within its bound. It has no interval: a step
// that is shorter than the bound says that much and no more.
func (c criterion) holdStarved(s verdict.Stretch) capacity.Judged {
	j := capacity.Judged{Expr: c.Text}
	v, ok := s.Scalar(c.Expr)
	if !ok {
		return j
	}
	j.Samples = s.Tasks.Tasks.Enqueued
	j.Observed = &v.Low
	if holds := c.Holds(v.Low); !holds || j.Samples >= minShare {
		j.OK = &holds
	}
	return j
}

// starves reports whether a class starved for longer than it may already.
func (c criterion) starves(look sight) bool {
	if c.Metric != slo.Starved {
		return false
	}
	v, ok := look.of(c).Ended.Scalar(c.Expr)
	return ok && !c.Holds(v.Low)
}

// count begins to count the tasks of each look by themselves.
func (m *measuring) count() {
	t := m.search.tier
	if t == nil {
		return
	}
	m.cohorts = nil
	for k := range m.looks {
		m.cohorts = append(m.cohorts, t.Due(m.settle, m.settle+time.Duration(k+1)*m.length))
	}
	m.piled = make([]bool, len(m.search.base.Mix))
}

// cohort is the tally of the tasks that were due up to the k-th look; nil: there are none.
func (m *measuring) cohort(k int) *tier.Tally {
	if k < 1 || k > len(m.cohorts) {
		return nil
	}
	return m.cohorts[k-1]
}

// see looks at what was due up to the k-th look.
func (m *measuring) see(k int) sight {
	return see(m.run, m.waves(k)...).with(m.search.queue(m.cohort(k)))
}

// see looks at waves that are all of a run.
func (s *Search) see(run *bench.Run, waves ...string) sight {
	return see(run, waves...).with(s.queue(nil))
}

// queue is what became of the tasks of a tally (nil: of all of the newest run); nil: there
// are none. How long classes starved is of the whole run.
func (s *Search) queue(of *tier.Tally) *result.Tasks {
	t := s.tier
	if t == nil {
		return nil
	}
	all := t.Became(t.Tally)
	if of == nil {
		return all
	}
	q := t.Became(of)
	for i := range q.Classes {
		q.Classes[i].Starved = all.Classes[i].Starved
	}
	return q
}

// tasks are the figures of each class, and whether its tasks piled up; nil: there are none.
func (s *Search) tasks(of *tier.Tally, piled []bool) (list []capacity.StepTasks) {
	q := s.queue(of)
	if q == nil {
		return nil
	}
	for i, c := range q.Classes {
		st := capacity.StepTasks{
			Class: q.Names[i], Enqueued: c.Tasks.Enqueued, Done: c.Tasks.Done, Dead: c.Tasks.Dead, Lost: c.Tasks.Lost,
			Waiting: c.Tasks.Waiting, Inversions: c.Tasks.Inversions, PiledUp: i < len(piled) && piled[i],
			StarvedMS: result.MillisOf(c.Starved),
		}
		if w := c.Wait.Latency(false); w != nil {
			st.WaitP50MS, st.WaitP95MS, st.WaitMaxMS = &w.P50, &w.P95, &w.Max
		}
		list = append(list, st)
	}
	return list
}

// with is a sight of requests that are tasks, of which this became; nil: they are none.
func (v sight) with(q *result.Tasks) sight {
	if q == nil {
		return v
	}
	lanes, total := v.of, q.Of("")
	all := func(l bench.Look) bench.Look {
		l.Ended.Tasks, l.Now.Tasks = total, total
		return l
	}
	return sight{all(v.Look), func(c criterion) bench.Look {
		if c.class == nil {
			return all(lanes(c))
		}
		return ofClass(q.Of(c.class.name), v.Ended.Length)
	}}
}

// ofClass is what is known of the tasks of a class.
func ofClass(c *result.TaskPart, length time.Duration) bench.Look {
	part := result.NewPart()
	n := c.Tasks
	part.Requests = result.Requests{Scheduled: n.Enqueued, Sent: n.Enqueued, Succeeded: n.Done, Failed: n.Dead + n.Lost, Unfinished: n.Waiting + n.Running}
	s := verdict.Stretch{Part: part, Length: length, Tasks: c}
	return bench.Look{Ended: s, Now: s, Open: n.Waiting + n.Running}
}
