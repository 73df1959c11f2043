package forecast

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"flashwave/bench/units"
)

// A TasksInput is what the forecast of a queue's night is made of.
type TasksInput struct {
	Demand  Demand
	Classes []TaskClass // the most urgent first; their shares add up to 1

	ServedRPS float64 // tasks per second that all workers end together, above 0
	Workers   int     // that do; 0: not known
	Headroom  float64 // so many times the demand must hold; 0: 1
	Bounds    []TaskBound
}

// A TaskClass is the tasks of one class.
type TaskClass struct {
	Name  string
	Share float64 // of all tasks, from 0 to 1
}

// A TaskBound is an SLO as far as a fluid can keep it.
type TaskBound struct {
	Expr    string
	Class   int     // whose tasks; negative: all
	Starved bool    // on the time in which the class gets nothing; else on a wait
	Rank    float64 // of the wait, 0 to 1; 1 is the longest
	Most    float64 // seconds
	Base    float64 // seconds that are waited, or taken, where nobody stands in line: as measured
}

// Tasks is the night of a queue: which class waits for how long, and how many workers it
// takes. It is a section of the capacity document. Instants count from the start of the
// demand's curve.
type Tasks struct {
	ServedRPS    float64  `json:"served_rps"`     // tasks per second that the workers end together, as measured
	Workers      *int     `json:"workers"`        // that do; null: not known
	PerWorkerRPS *float64 `json:"per_worker_rps"` // null: likewise

	Holds         *bool    `json:"holds"`          // every SLO of every class, with the workers there are; null: the SLOs say nothing that is foretold
	TimesNeeded   *float64 `json:"times_needed"`   // so many times these workers hold every SLO; null: ten thousand times as many do not
	WorkersNeeded *int     `json:"workers_needed"` // the fewest that do; null: likewise, or it is not known how many there are

	StarvesFirst *string  `json:"starves_first"` // the class that first gets nothing while it waits; null: none does
	StarvesAtS   *float64 `json:"starves_at_s"`
	StarvedS     *float64 `json:"starved_s"`    // for so long, at the longest
	DrainedAtS   *float64 `json:"drained_at_s"` // when the last wait is over; null: nobody waits

	Classes []TaskNight   `json:"classes"` // the most urgent first
	SLOs    []TaskSLO     `json:"slos"`
	Curve   []TaskWaiting `json:"curve"` // at most 240 points; empty: nobody waits
}

// A TaskNight is the night of one class. Waits are beyond what a task waits where nobody
// stands in line.
type TaskNight struct {
	Class        string   `json:"class"`
	Tasks        float64  `json:"tasks"`   // expected
	Backlog      float64  `json:"backlog"` // most that wait at once
	BacklogAtS   *float64 `json:"backlog_at_s"`
	LongestWaitS float64  `json:"longest_wait_s"`
	WaitP50S     float64  `json:"wait_p50_s"`
	WaitP95S     float64  `json:"wait_p95_s"`
	StarvedS     float64  `json:"starved_s"`    // the longest that it gets nothing while it waits
	StarvesAtS   *float64 `json:"starves_at_s"` // when it first does; null: it never does
	DrainedAtS   *float64 `json:"drained_at_s"` // null: nobody waits
}

// A TaskSLO is what is foretold of an SLO.
type TaskSLO struct {
	Expr      string  `json:"expr"`
	ForetoldS float64 `json:"foretold_s"`
	OK        bool    `json:"ok"`
}

// A TaskWaiting is a point of the backlogs over time, by class.
type TaskWaiting struct {
	TS      float64   `json:"t_s"`
	Waiting []float64 `json:"waiting"`
}

// MakeTasks makes the forecast of a queue: a fluid of each class that comes by the demand's
// curve and goes at the rate of all workers, the most urgent first. It is exact for a curve
// that is straight within each second, and knows no chance and no batches.
func MakeTasks(in TasksInput) Tasks {
	night := in.play(in.ServedRPS, 1)
	f := Tasks{ServedRPS: in.ServedRPS, Classes: []TaskNight{}, SLOs: []TaskSLO{}, Curve: []TaskWaiting{}}
	if in.Workers > 0 {
		f.Workers, f.PerWorkerRPS = &in.Workers, ptr(in.ServedRPS/float64(in.Workers))
	}
	for i := range in.Classes {
		n := night.of(i)
		if n.StarvesAtS != nil && (f.StarvesAtS == nil || *n.StarvesAtS <= *f.StarvesAtS) { // of two the least urgent
			f.StarvesFirst, f.StarvesAtS, f.StarvedS = &n.Class, n.StarvesAtS, ptr(n.StarvedS)
		}
		if n.DrainedAtS != nil && (f.DrainedAtS == nil || *n.DrainedAtS > *f.DrainedAtS) {
			f.DrainedAtS = n.DrainedAtS
		}
		f.Classes = append(f.Classes, n)
	}
	if f.DrainedAtS != nil {
		f.Curve = night.curve(*f.DrainedAtS)
	}
	for _, b := range in.Bounds {
		v := night.foretold(b)
		f.SLOs = append(f.SLOs, TaskSLO{b.Expr, v, v <= b.Most})
	}
	if len(in.Bounds) > 0 {
		f.Holds = ptr(in.holds(in.ServedRPS))
		in.need(&f)
	}
	return f
}

// mostTimes bounds how many times the workers are looked for, and finely is how close, as
// a ratio, where their number is not known.
const (
	mostTimes = 1e4
	finely    = 0.005
)

// need finds the fewest workers that hold every SLO. More of them never wait longer, so
// that halving finds them.
func (in TasksInput) need(f *Tasks) {
	if in.Workers > 0 {
		each := in.ServedRPS / float64(in.Workers)
		most := int(mostTimes) * in.Workers
		n := 1 + sort.Search(most, func(n int) bool { return in.holds(each * float64(n+1)) })
		if n <= most {
			f.WorkersNeeded, f.TimesNeeded = &n, ptr(float64(n)/float64(in.Workers))
		}
		return
	}
	low, high := 1/mostTimes, mostTimes
	if !in.holds(in.ServedRPS * high) {
		return
	}
	for high/low > 1+finely {
		if by := math.Sqrt(low * high); in.holds(in.ServedRPS * by) {
			high = by
		} else {
			low = by
		}
	}
	f.TimesNeeded = &high
}

// holds reports whether every SLO holds at a rate of service, with the headroom.
func (in TasksInput) holds(served float64) bool {
	night := in.play(served, max(in.Headroom, 1))
	return !slices.ContainsFunc(in.Bounds, func(b TaskBound) bool { return night.foretold(b) > b.Most })
}

// Assumptions are what the forecast takes for granted, in sentences.
func (in TasksInput) Assumptions() []string {
	served := "the workers together end " + units.Rate(in.ServedRPS) + " tasks a second, as they did of this mix at the highest rate that held"
	if in.Workers > 0 {
		served = fmt.Sprintf("each worker ends %s tasks a second, as those that were measured did of this mix at the highest rate that held: %s %s",
			units.Rate(in.ServedRPS/float64(in.Workers)), units.Of(in.Workers, "worker", "workers"), units.Rate(in.ServedRPS))
	}
	return []string{
		served,
		"twice the workers end twice as much: the endpoint that they ask keeps up",
		"a more urgent class is always taken first, and within one the oldest",
		"workers that take a batch of one priority at a time have fuller ones in a rush than at the rate that held: then the least urgent are done earlier than foretold",
		"no task fails, is tried again or is lost",
	}
}
