package forecast

import (
	"cmp"
	"math"
	"slices"
)

// A night is what a fluid does in each step of time.
type night struct {
	in     TasksInput
	step   float64     // seconds
	came   [][]float64 // by class, up to the end of each step; the first is 0, at the start
	served [][]float64 // likewise
}

// mostSteps bounds the work of a night that is long, or long to be drained; else a step is a
// second.
const mostSteps = 200_000

// play lets the demand, so many times, come to workers that end so much a second.
func (in TasksInput) play(rate, times float64) *night {
	length := in.Demand.curve.length()
	drained := in.Demand.Requests() * times / rate
	n := &night{in: in, step: max(1, max(length, drained)/mostSteps)}
	n.came, n.served = make([][]float64, len(in.Classes)), make([][]float64, len(in.Classes))
	for i := range in.Classes {
		n.came[i], n.served[i] = []float64{0}, []float64{0}
	}
	before := 0.0
	for k := 1; ; k++ {
		t := float64(k) * n.step
		arrived := in.Demand.curve.count(min(t, length)) * times
		left, waiting := rate*n.step, 0.0
		for i, c := range in.Classes {
			came := n.came[i][k-1] + (arrived-before)*c.Share
			take := max(0, min(came-n.served[i][k-1], left)) // rounding takes nothing back
			left -= take
			n.came[i] = append(n.came[i], came)
			n.served[i] = append(n.served[i], n.served[i][k-1]+take)
			waiting += came - n.served[i][k]
		}
		before = arrived
		if t >= length && waiting <= none*max(arrived, 1) {
			return n
		}
	}
}

// none is the part of all tasks below which rounding leaves none.
const none = 1e-9

// waiting is how many of a class wait at the end of a step.
func (n *night) waiting(class, step int) float64 {
	w := n.came[class][step] - n.served[class][step]
	if w <= none*max(n.came[class][len(n.came[class])-1], 1) {
		return 0
	}
	return w
}

// of is the night of a class.
func (n *night) of(class int) TaskNight {
	came := n.came[class]
	t := TaskNight{Class: n.in.Classes[class].Name, Tasks: came[len(came)-1]}
	hungry := 0
	for k := 1; k < len(came); k++ {
		at := float64(k) * n.step
		w := n.waiting(class, k)
		if w > t.Backlog {
			t.Backlog, t.BacklogAtS = w, ptr(at)
		}
		if w > 0 {
			t.DrainedAtS = ptr(at + n.step)
		}
		if w > 0 && n.served[class][k]-n.served[class][k-1] <= none*max(t.Tasks, 1) {
			hungry++
			if t.StarvesAtS == nil {
				t.StarvesAtS = ptr(at - n.step)
			}
			t.StarvedS = max(t.StarvedS, float64(hungry)*n.step)
		} else {
			hungry = 0
		}
	}
	waits := n.waits(class)
	t.WaitP50S, t.WaitP95S, t.LongestWaitS = ranked(waits, 0.5), ranked(waits, 0.95), ranked(waits, 1)
	return t
}

// A waited is how long tasks waited, and how many did.
type waited struct{ seconds, tasks float64 }

// waits are those of a class: of the tasks that come in a step, of which those at its end
// wait the longest or those at its start do, both halves count.
func (n *night) waits(class int) (list []waited) {
	came, served := n.came[class], n.served[class]
	before, j := 0.0, 0
	for k := 1; k < len(came); k++ {
		wait := 0.0
		if n.waiting(class, k) > 0 {
			for j = max(j, k); j < len(served)-1 && served[j] < came[k]; j++ {
			}
			t := float64(j)
			if took := served[j] - served[j-1]; took > 0 {
				t -= max(served[j]-came[k], 0) / took
			}
			wait = max(t-float64(k), 0) * n.step
		}
		if tasks := came[k] - came[k-1]; tasks > 0 {
			list = append(list, waited{before, tasks / 2}, waited{wait, tasks / 2})
		}
		before = wait
	}
	slices.SortFunc(list, func(a, b waited) int { return cmp.Compare(a.seconds, b.seconds) })
	return list
}

// ranked is the wait that a part of the tasks does not exceed.
func ranked(list []waited, rank float64) float64 {
	all, sum := 0.0, 0.0
	for _, w := range list {
		all += w.tasks
	}
	for _, w := range list {
		if sum += w.tasks; sum >= rank*all*(1-none) {
			return w.seconds
		}
	}
	return 0
}

// foretold is what an SLO bounds, in seconds.
func (n *night) foretold(b TaskBound) float64 {
	var list []waited
	longest := 0.0
	for i := range n.in.Classes {
		if b.Class >= 0 && b.Class != i {
			continue
		}
		if b.Starved {
			longest = max(longest, n.of(i).StarvedS)
			continue
		}
		list = append(list, n.waits(i)...)
	}
	if b.Starved {
		return longest
	}
	slices.SortFunc(list, func(a, b waited) int { return cmp.Compare(a.seconds, b.seconds) })
	return ranked(list, b.Rank) + b.Base
}

// curve are the backlogs up to an instant, at even steps.
func (n *night) curve(end float64) (points []TaskWaiting) {
	last := min(int(math.Ceil(end/n.step)), len(n.came[0])-1)
	each := (last + mostPoints - 1) / mostPoints
	for k := 0; k <= last; k += max(each, 1) {
		p := TaskWaiting{TS: float64(k) * n.step}
		for i := range n.in.Classes {
			p.Waiting = append(p.Waiting, n.waiting(i, k))
		}
		points = append(points, p)
	}
	return points
}
