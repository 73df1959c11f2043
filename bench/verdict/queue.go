package verdict

import (
	"math"
	"strings"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
)

// ofTasks is the value of a metric that speaks of the tasks of a queue.
func (s Stretch) ofTasks(e slo.Expr) (slo.Range, bool) {
	of := s.Tasks.Tasks
	switch e.Metric {
	case slo.Depth:
		if s.Tasks.Deepest == nil {
			return slo.Range{}, false
		}
		return counted(e, *s.Tasks.Deepest, of.Enqueued, of.Enqueued)
	case slo.Oldest:
		return lasted(s.Tasks.Oldest)
	case slo.Starved:
		starved, ok := lasted(s.Tasks.Starved)
		if s.Tasks.Starving && e.Holds(starved.Low) == e.Op.Upper() { // what it may come to decides
			starved = slo.Range{Low: math.Floor(starved.Low/100) * 100, High: math.Inf(1)}
		}
		return starved, ok
	case slo.Dead:
		return counted(e, of.Dead, of.Done+of.Dead+of.Lost, of.Enqueued)
	case slo.Duplicates:
		return counted(e, of.Duplicates, of.Done, of.Enqueued)
	case slo.Inversions:
		return counted(e, of.Inversions, s.Tasks.Taken, of.Enqueued)
	}
	q := s.Part.Requests
	return counted(e, q.Lost()+of.Lost, q.Scheduled, q.Scheduled)
}

// lasted is a length of time that may not be known.
func lasted(d *time.Duration) (slo.Range, bool) {
	if d == nil {
		return slo.Range{}, false
	}
	return slo.At(result.Millis(*d)), true
}

// counted is a count of those of which it might have been, or its share of the whole. Where
// it was none and might have been none it is not known: that no task failed says nothing while
// all wait. In a window something may become of tasks that were enqueued before.
func counted(e slo.Expr, n, of, whole int64) (slo.Range, bool) {
	switch {
	case of == 0 && n == 0, e.Share && whole == 0:
		return slo.Range{}, false
	case e.Share:
		return slo.At(float64(n) / float64(whole)), true
	}
	return slo.At(float64(n)), true
}

// waits are how long tasks waited that were taken. Those that wait for longer than the bound
// rank above it, as do those that were never enqueued; one that waits for less may yet be
// taken in time.
func (s Stretch) waits(e slo.Expr) (slo.Sample, bool) {
	if s.Tasks == nil {
		return slo.Sample{}, false
	}
	q, h := s.Part.Requests, s.Tasks.Wait
	sample := slo.Sample{Lost: s.Tasks.Older(fromMillis(e.Value)) + q.Dropped + q.Unsent}
	if h.Count() > 0 {
		sample.Count, sample.Max, sample.Mean = h.Count(), result.Millis(h.Max()), result.Millis(h.Mean())
		sample.AtQuantile = func(q float64) float64 { return result.Millis(h.Quantile(q)) }
		sample.CountAtOrBelow = func(ms float64) int64 { return h.CountAtOrBelow(fromMillis(ms)) }
	}
	return sample, sample.Count+sample.Lost > 0
}

// longHunger is how long a class of tasks may get nothing while others are served, where no
// SLO says how long.
const longHunger = 10 * time.Second

// Starves reports whether a class of tasks starves, of which some have waited for so long and
// none was taken: for longer than an SLO on that allows, or where there is none for long while
// others were served.
func (a *Assertions) Starves(class string, hungry time.Duration, othersServed bool) bool {
	bound, given := longHunger, false
	for _, s := range a.SLOs {
		of := ""
		if c := a.Class(s.Expr); c >= 0 {
			of = a.Classes[c].Name
		}
		if s.Metric != slo.Starved || !s.Op.Upper() || s.Wave != "" && of != class {
			continue
		}
		if v := fromMillis(s.Value); !given || v < bound {
			bound, given = v, true
		}
	}
	return hungry >= bound && hungry > 0 && (given || othersServed)
}

// servedTasks says in a shop's words how long the tasks of each class waited, which class got
// nothing for too long, and what became of tasks that were not done; "" while none was
// enqueued.
func (a *Assertions) servedTasks(tasks *result.Tasks) string {
	var waited, rest []string
	for i, p := range tasks.Classes {
		name := tasks.Names[i]
		starved := p.Starved != nil && a.Starves(name, *p.Starved, true)
		if starved {
			rest = append(rest, name+" got nothing for "+units.Duration(*p.Starved))
		}
		switch at := waitedP95(p); {
		case p.Tasks.Enqueued == 0 || at == "" && starved:
		case at == "":
			rest = append([]string{"no " + name + " task was taken"}, rest...)
		case len(waited) == 0:
			waited = append(waited, name+" tasks waited "+at+" at p95")
		default:
			waited = append(waited, name+" "+at)
		}
	}
	all := tasks.Of("").Tasks
	if all.Lost > 0 {
		rest = append(rest, units.Of(all.Lost, "task was lost", "tasks were lost"))
	}
	if all.Dead > 0 {
		rest = append(rest, units.Of(all.Dead, "task failed for good", "tasks failed for good"))
	}
	if len(waited) > 0 {
		rest = append([]string{strings.Join(waited, ", ")}, rest...)
	}
	return strings.Join(rest, "; ")
}

// waitedP95 is what 95 of 100 tasks waited at most, of those that were taken and those that
// have waited for longer than these; "" where none was taken.
func waitedP95(p *result.TaskPart) string {
	if p.Wait.Count() == 0 {
		return ""
	}
	e := slo.Expr{Metric: slo.Wait, Stat: slo.P95, Op: slo.LessOrEqual, Unit: slo.Milliseconds, Value: result.Millis(p.Wait.Quantile(0.95))}
	sample, _ := Stretch{Part: &result.Part{}, Tasks: p}.waits(e)
	switch seen := slo.Observe(e, sample); {
	case seen.Value != nil:
		return units.Millis(*seen.Value)
	case seen.AtLeast != nil:
		return "over " + units.Millis(*seen.AtLeast)
	}
	return ""
}
