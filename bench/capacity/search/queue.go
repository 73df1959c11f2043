package search

import (
	"cmp"
	"fmt"
	"slices"

	"flashwave/bench/capacity"
	"flashwave/bench/forecast"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/units"
)

// queueFound is what the search found of the classes; nil: it is no queue.
func (s *Search) queueFound() *capacity.Queue {
	if !s.queued() {
		return nil
	}
	q := &capacity.Queue{Workers: whole(float64(s.workers())), ServedRPS: some(s.done()), MostRPS: some(s.served()), Classes: []capacity.QueueClass{}}
	if q.Workers != nil && q.ServedRPS != nil {
		q.PerWorkerRPS = new(*q.ServedRPS / float64(*q.Workers))
	}
	at := s.at(s.answer)
	broke := s.past()
	for i, share := range s.base.Mix {
		c := capacity.QueueClass{Class: share.Name, Priorities: share.Priorities, Share: share.Share}
		if at != nil && i < len(at.Tasks) {
			t := at.Tasks[i]
			c.WaitP50MS, c.WaitP95MS, c.WaitMaxMS, c.StarvedMS = t.WaitP50MS, t.WaitP95MS, t.WaitMaxMS, t.StarvedMS
		}
		for _, st := range broke {
			if what := s.failed(st, i); what != "" {
				c.FailsFirst, c.FailsRPS = &what, st.RateRPS
				break
			}
		}
		q.Classes = append(q.Classes, c)
	}
	for _, st := range broke {
		for i := range slices.Backward(q.Classes) {
			if q.StarvesFirst == nil && s.starved(st, i) {
				q.StarvesFirst, q.StarvesFromRPS = &q.Classes[i].Class, st.RateRPS
			}
		}
	}
	return q
}

// past are the steps at rates above the answer, the lowest first.
func (s *Search) past() (list []capacity.Step) {
	for _, st := range s.steps {
		if rate, ok := st.Tried(); ok && st.GeneratorValid && rate > s.answer*(1+slack) {
			list = append(list, st.Step)
		}
	}
	slices.SortStableFunc(list, func(a, b capacity.Step) int { return cmp.Compare(*a.RateRPS, *b.RateRPS) })
	return list
}

// failed is what of a class failed in a step; "": nothing did.
func (s *Search) failed(st capacity.Step, class int) string {
	name := s.base.Mix[class].Name
	for i, c := range s.criteria {
		if c.class != nil && c.class.name == name && i < len(st.SLOs) && st.SLOs[i].OK != nil && !*st.SLOs[i].OK {
			return c.Text
		}
	}
	if class < len(st.Tasks) && st.Tasks[class].PiledUp {
		return string(capacity.ByBacklog)
	}
	return ""
}

// starved reports whether tasks of a class piled up in a step, or it starved for longer
// than it may.
func (s *Search) starved(st capacity.Step, class int) bool {
	if class < len(st.Tasks) && st.Tasks[class].PiledUp {
		return true
	}
	for i, c := range s.criteria {
		if c.Metric == slo.Starved && c.class != nil && c.class.name == s.base.Mix[class].Name && i < len(st.SLOs) && st.SLOs[i].OK != nil && !*st.SLOs[i].OK {
			return true
		}
	}
	return false
}

// workers is how many take tasks, as was said or is known of the queue; 0: unknown.
func (s *Search) workers() int {
	if t := s.cfg.Options.Tier; s.cfg.Workers == 0 && t != nil {
		return t.Workers
	}
	return s.cfg.Workers
}

// manned is by how much more workers there are on the night that is asked about than there were
// in the search.
func (s *Search) manned() float64 {
	if s.tonight == 0 {
		return 1
	}
	return float64(s.tonight) / float64(s.workers())
}

// done is the tasks per second that were done at the answer; 0: there is none. More are done
// where all classes pile up, but not of the mix that comes: workers that take a batch of one
// priority have small ones while the urgent trickle, and so many workers more hold so much
// more of the same mix.
func (s *Search) done() float64 {
	if at := s.at(s.answer); at != nil {
		return valueOf(at.SucceededRPS)
	}
	return 0
}

// fuller is by how much more must be done where tasks pile up than at the answer before it
// is worth a word.
const fuller = 1.25

// batchWarnings say where workers end less of this mix than they could.
func (s *Search) batchWarnings() []string {
	served, most := s.done(), s.served()
	if !s.queued() || served == 0 || most < fuller*served || s.hunt == nil || len(s.hunt.breaks) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("workers ended %s tasks a second where many of every class waited, and %s of the mix that holds: while a few tasks of a more urgent priority come again and again, the batches taken for them are small",
		units.Rate(most), units.Rate(served))}
}

// tasksNight foretells the night of each class, and whether it holds; nothing where no
// step says how fast workers are.
func (s *Search) tasksNight(f *forecast.Forecast, d forecast.Demand, sc *scenario.Scenario) {
	f.Replicas = nil // workers are needed, and not more of the queue
	in := forecast.TasksInput{Demand: d, ServedRPS: s.done() * s.manned(), Workers: cmp.Or(s.tonight, s.workers()), Headroom: s.cfg.Headroom, Bounds: s.taskBounds(sc)}
	if !(in.ServedRPS > 0) || len(sc.Mix) == 0 || f.Ungrounded() != "" {
		return
	}
	for _, share := range sc.Mix {
		in.Classes = append(in.Classes, forecast.TaskClass{Name: share.Name, Share: share.Share})
	}
	night := forecast.MakeTasks(in)
	f.Tasks, f.Assumptions = &night, in.Assumptions()
	if night.Holds != nil {
		f.Fits = night.Holds
	}
}

// taskBounds are the SLOs that a fluid can keep or break: on waits, on the whole time of
// tasks, and on starving. What is waited or taken where nobody stands in line is what was
// seen at the answer.
func (s *Search) taskBounds(sc *scenario.Scenario) (list []forecast.TaskBound) {
	at := s.at(s.answer)
	for i, c := range s.criteria {
		b := forecast.TaskBound{Expr: c.Text, Class: -1, Most: c.Value / 1000, Starved: c.Metric == slo.Starved}
		if c.class != nil {
			b.Class = slices.IndexFunc(sc.Mix, func(of scenario.Share) bool { return of.Name == c.class.name })
			if b.Class < 0 {
				continue
			}
		}
		q, isRank := c.Quantile()
		switch {
		case b.Starved:
		case c.Metric != slo.Wait && c.Metric != slo.E2E, c.Service:
			continue
		case isRank:
			b.Rank = q
		case c.Stat == slo.Max:
			b.Rank = 1
		default:
			continue
		}
		if at != nil && i < len(at.SLOs) && !b.Starved {
			b.Base = valueOf(at.SLOs[i].Observed) / 1000
		}
		list = append(list, b)
	}
	return list
}

// fitTasks says of the night of a queue whether its classes hold, and what it takes.
func fitTasks(t *forecast.Tasks, asks string) string {
	with := "with the workers there are"
	if t.Workers != nil {
		with = "with the " + units.Of(*t.Workers, "worker", "workers")
	}
	if *t.Holds {
		return asks + ": every class holds " + with
	}
	text := asks + ": the classes do not hold " + with
	for _, l := range t.SLOs {
		if !l.OK {
			text += fmt.Sprintf(" (%s: %s)", l.Expr, units.Seconds(l.ForetoldS))
			break
		}
	}
	switch {
	case t.WorkersNeeded != nil:
		text += fmt.Sprintf("; that takes %s", units.Of(*t.WorkersNeeded, "worker", "workers"))
	case t.TimesNeeded != nil:
		text += fmt.Sprintf("; that takes %s times as many", units.Figure(*t.TimesNeeded))
	}
	return text
}
