package forecast

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flashwave/bench/arrival"
)

var shop = []TaskClass{{"urgent", 0.2}, {"normal", 0.5}, {"bulk", 0.3}}

// A rush of three times what the workers end, by hand: urgent and normal are the first two
// tenths and a half of 30 a second, the workers end 10.
func TestTasksByHand(t *testing.T) {
	d := Demand{curve: lines(
		arrival.Segment{From: 30, To: 30, For: 100 * time.Second},
		arrival.Segment{From: 1, To: 1, For: 900 * time.Second},
	)}
	f := MakeTasks(TasksInput{Demand: d, Classes: shop, ServedRPS: 10, Workers: 4, Bounds: []TaskBound{
		{Expr: "wait.p95 < 2s in urgent", Class: 0, Rank: 0.95, Most: 2, Base: 0.4},
		{Expr: "starved < 60s in bulk", Class: 2, Starved: true, Most: 60},
	}})
	urgent, normal, bulk := f.Classes[0], f.Classes[1], f.Classes[2]
	if urgent.LongestWaitS != 0 || urgent.Backlog != 0 || urgent.StarvesAtS != nil || urgent.DrainedAtS != nil {
		t.Errorf("urgent: %+v", urgent)
	}
	// Normal comes at 15 and is taken at 4 a second; 1100 wait in the end, which go at 9.8.
	near(t, "the backlog of normal", normal.Backlog, 1100, 1e-6)
	near(t, "the longest wait of normal", normal.LongestWaitS, 1100/9.8, 0.5)
	near(t, "normal is drained at", *normal.DrainedAtS, 100+1100/(10-0.2-0.5), 1.5)
	// Bulk comes at 9 and gets nothing until normal is done: that begins with the rush.
	near(t, "the backlog of bulk", bulk.Backlog, 900+0.3*1100/9.3, 1)
	near(t, "bulk starves from", *bulk.StarvesAtS, 0, 1e-9)
	near(t, "bulk starves for", bulk.StarvedS, 100+1100/9.3, 1.5)
	near(t, "bulk is drained at", *bulk.DrainedAtS, 100+2000/9.0, 1.5)
	if *f.StarvesFirst != "bulk" || *f.Holds || f.SLOs[1].OK || !f.SLOs[0].OK || f.SLOs[0].ForetoldS != 0.4 {
		t.Errorf("%+v", f)
	}
	// Ten workers end 25 a second: bulk gets 4 of its 9 all the time, and never starves. Nine
	// end 22.5, and it gets 1.5. So few as leave it nothing for a minute do not hold.
	if n := *f.WorkersNeeded; n != 9 {
		t.Errorf("%d workers are needed, want 9", n)
	}
}

func anyNight(t *rapid.T) TasksInput {
	a := rapid.Float64Range(0.01, 0.98).Draw(t, "a")
	b := rapid.Float64Range(0, 1-a).Draw(t, "b")
	return TasksInput{
		Demand: Demand{curve: anyCurve(t)}, Classes: []TaskClass{{"urgent", a}, {"normal", b}, {"bulk", 1 - a - b}},
		ServedRPS: rapid.Float64Range(0.5, 60).Draw(t, "served"), Workers: rapid.IntRange(0, 20).Draw(t, "workers"),
		Bounds: []TaskBound{{Expr: "wait.p95 < 2s in normal", Class: 1, Rank: 0.95, Most: 2}, {Expr: "wait.max < 9s", Class: -1, Rank: 1, Most: 9}},
	}
}

// At every instant what came waits or was served, no more is served than workers can, and
// a less urgent class gets something only where no more urgent one waits.
func TestTasksAreConserved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anyNight(t)
		n := in.play(in.ServedRPS, 1)
		last := len(n.came[0]) - 1
		all := 0.0
		for k := 1; k <= last; k++ {
			served, urgentWaits := 0.0, false
			for i := range in.Classes {
				took := n.served[i][k] - n.served[i][k-1]
				if took < 0 || n.served[i][k] > n.came[i][k]*(1+1e-12)+1e-9 {
					t.Fatalf("class %d took %v in step %d", i, took, k)
				}
				if urgentWaits && took > 1e-6 {
					t.Fatalf("class %d took %v in step %d, and a more urgent one waits", i, took, k)
				}
				served += took
				urgentWaits = urgentWaits || n.waiting(i, k) > 1e-6
			}
			if served > in.ServedRPS*n.step*(1+1e-9) {
				t.Fatalf("%v served in a step", served)
			}
		}
		for i := range in.Classes {
			all += n.served[i][last]
		}
		if want := in.Demand.Requests(); math.Abs(all-want) > 1e-6*max(want, 1) {
			t.Fatalf("%v served of %v", all, want)
		}
	})
}

// More workers never let anybody wait longer, and what is more urgent never waits longer
// than what is less. The workers that are needed hold, and one fewer do not.
func TestMoreWorkersNeverWaitLonger(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anyNight(t)
		few := MakeTasks(in)
		more := in
		more.ServedRPS *= rapid.Float64Range(1, 4).Draw(t, "times")
		many := MakeTasks(more)
		for i, a := range few.Classes {
			b := many.Classes[i]
			if b.LongestWaitS > a.LongestWaitS+1e-6 || b.WaitP95S > a.WaitP95S+1e-6 || b.Backlog > a.Backlog+1e-6 || b.StarvedS > a.StarvedS+1 {
				t.Fatalf("%s: %+v with more, %+v with fewer", a.Class, b, a)
			}
			if i > 0 && a.Tasks > 1 && few.Classes[i-1].LongestWaitS > a.LongestWaitS+1 {
				t.Fatalf("%+v waits longer than %+v", few.Classes[i-1], a)
			}
		}
		if in.Workers == 0 || few.WorkersNeeded == nil {
			return
		}
		each := in.ServedRPS / float64(in.Workers)
		if need := *few.WorkersNeeded; !in.holds(each*float64(need)) || need > 1 && in.holds(each*float64(need-1)) {
			t.Fatalf("%d workers are said to be needed", need)
		}
	})
}

func TestNoTasks(t *testing.T) {
	f := MakeTasks(TasksInput{Demand: Demand{curve: lines(arrival.Segment{For: time.Minute})}, Classes: shop, ServedRPS: 10, Workers: 2, Bounds: []TaskBound{
		{Expr: "wait.p95 < 2s", Class: -1, Rank: 0.95, Most: 2},
	}})
	for _, c := range f.Classes {
		if c.Backlog != 0 || c.LongestWaitS != 0 || c.StarvedS != 0 || c.DrainedAtS != nil || c.Tasks != 0 {
			t.Errorf("%+v", c)
		}
	}
	if f.StarvesFirst != nil || f.DrainedAtS != nil || !*f.Holds || *f.WorkersNeeded != 1 || len(f.Curve) != 0 {
		t.Errorf("%+v", f)
	}
}

// A shift is workers of which each takes a batch, works on it for a time, and comes again.
type shift struct {
	workers, batch int
	cycle          float64 // seconds
}

// A queued is a class as the shift worked on it.
type queued struct {
	longest, backlog float64
	drained          float64 // when the last was taken that had waited for more than two cycles
}

// play plays a night task by task. Workers take in the order of the classes, first come,
// first served, and fill their batches from the next.
func (s shift) play(d Demand, classes []TaskClass) []queued {
	lines, out := make([][]float64, len(classes)), make([]queued, len(classes))
	due := make([]float64, len(classes)) // how many of a class are still to come, as parts
	var arrivals []float64
	for at := range d.Arrivals() {
		arrivals = append(arrivals, at)
	}
	next := make([]float64, s.workers)
	for i := range next {
		next[i] = s.cycle * float64(i) / float64(s.workers)
	}
	left := len(arrivals)
	for left > 0 {
		w := 0
		for i := range next {
			if next[i] < next[w] {
				w = i
			}
		}
		now := next[w]
		for len(arrivals) > 0 && arrivals[0] <= now {
			of := 0
			for i, c := range classes {
				if due[i] += c.Share; due[i] > due[of] {
					of = i
				}
			}
			due[of]--
			lines[of] = append(lines[of], arrivals[0])
			arrivals = arrivals[1:]
		}
		room := s.batch
		for i := range lines {
			out[i].backlog = max(out[i].backlog, float64(len(lines[i])))
			for ; room > 0 && len(lines[i]) > 0; room-- {
				out[i].longest = max(out[i].longest, now-lines[i][0])
				if now-lines[i][0] > 2*s.cycle {
					out[i].drained = now
				}
				lines[i] = lines[i][1:]
				left--
			}
		}
		next[w] += s.cycle
	}
	return out
}

// The fluid is what workers with batches do, to a batch of each worker and to two of their
// cycles, or a fiftieth.
func TestTasksAgreeWithWorkersOfBatches(t *testing.T) {
	for _, s := range []shift{{4, 10, 0.8}, {1, 10, 2}, {20, 10, 1.3}, {8, 1, 0.2}} {
		rate := float64(s.workers*s.batch) / s.cycle
		at := func(times float64) string { return fmt.Sprintf("%.4f/s", times*rate) }
		d := planned(t, "calm:"+at(0.2)+":60s", "surge:"+at(0.2)+".."+at(3)+":20s", "rush:"+at(3)+":60s", "after:"+at(0.3)+":600s")
		f := MakeTasks(TasksInput{Demand: d, Classes: shop, ServedRPS: rate, Workers: s.workers})
		for i, played := range s.play(d, shop) {
			c := f.Classes[i]
			slack := 2*s.cycle + 0.02*played.longest
			near(t, c.Class+": the longest wait", c.LongestWaitS, played.longest, slack)
			near(t, c.Class+": the backlog", c.Backlog, played.backlog, float64(2*s.workers*s.batch)+0.02*played.backlog)
			if played.drained > 0 {
				near(t, c.Class+": drained at", *c.DrainedAtS, played.drained, slack+0.02*played.drained)
			}
		}
	}
}

// However slow workers are, and however long the night, it is played in a bounded time.
func TestTheLongestNights(t *testing.T) {
	days := Demand{curve: lines(arrival.Segment{From: 200, To: 200, For: 12 * time.Hour})}
	night := func(served float64, workers int) Tasks {
		return MakeTasks(TasksInput{Demand: days, Classes: shop, ServedRPS: served, Workers: workers, Bounds: []TaskBound{
			{Expr: "wait.p95 < 2s in bulk", Class: 2, Rank: 0.95, Most: 2},
		}})
	}
	if f := night(0.001, 1); f.TimesNeeded != nil {
		t.Errorf("%v times as many are needed", *f.TimesNeeded)
	}
	if f := night(10, 2); *f.WorkersNeeded != 40 {
		t.Errorf("%d workers of 5 a second are needed for 200", *f.WorkersNeeded)
	}
	if need := 150 * *night(150, 0).TimesNeeded; need < 199 || need > 202 {
		t.Errorf("%v a second are needed for 200", need)
	}
}
