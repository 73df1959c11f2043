package objective

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A probed is a record of probes at even instants, the last one now: true is good.
type probed struct {
	every time.Duration
	good  []bool
}

// known is how long ago the first one was.
func (p probed) known() time.Duration { return time.Duration(len(p.good)) * p.every }

// over counts those of the time that has just passed.
func (p probed) over(last time.Duration) (t Tally) {
	n := min(int(last/p.every), len(p.good))
	for _, good := range p.good[len(p.good)-n:] {
		t.All++
		if good {
			t.Good++
		}
	}
	return t
}

// steady is a record of n probes of which every k-th was bad, the last one among them.
func steady(every time.Duration, n, k int) probed {
	p := probed{every: every, good: make([]bool, n)}
	for i := range p.good {
		p.good[n-1-i] = i%k != 0
	}
	return p
}

func TestPairs(t *testing.T) {
	week := func(every time.Duration) int { return int(7 * 24 * time.Hour / every) }
	outage := func(every, of time.Duration) probed {
		p := steady(every, week(every), 1<<30)
		for i := range int(of / every) {
			p.good[len(p.good)-1-i] = false
		}
		return p
	}
	over := func(p probed, since time.Duration) probed {
		for range int(since / p.every) {
			p.good = append(p.good, true)
		}
		return p
	}
	one := steady(time.Minute, week(time.Minute), 1<<30)
	one.good[len(one.good)-1] = false
	for _, c := range []struct {
		why  string
		o    Objective
		p    probed
		want float64 // the rate of the pair that fires; 0: none does
	}{
		{"all is well", 0.999, steady(15*time.Second, week(15*time.Second), 1<<30), 0},
		{"a single failure of a probe a minute, 16.7 times the budget of an hour", 0.999, one, 0},
		{"5 minutes of outage are 8.3 % of an hour", 0.995, outage(15*time.Second, 5*time.Minute), 14.4},
		{"4 minutes of outage are 13.3 times the budget of an hour", 0.995, outage(15*time.Second, 4*time.Minute), 0},
		{"an outage that is over, its short windows say, but for those of six hours", 0.995, over(outage(15*time.Second, 30*time.Minute), 31*time.Minute), 1},
		{"an outage that has been over for long", 0.995, over(outage(15*time.Second, 30*time.Minute), 7*time.Hour), 0},
		{"one in 13 bad burns 15.4 times", 0.995, steady(15*time.Second, week(15*time.Second), 13), 14.4},
		{"one in 20 bad burns 10 times", 0.995, steady(15*time.Second, week(15*time.Second), 20), 6},
		{"one in 150 bad burns 1.3 times", 0.995, steady(15*time.Second, week(15*time.Second), 150), 1},
		{"one in 250 bad burns 0.8 times", 0.995, steady(15*time.Second, week(15*time.Second), 250), 0},
		{"all that there is was bad, and that is three", 0.995, probed{15 * time.Second, []bool{false, false, false}}, 14.4},
		{"all that there is was bad, and that is two", 0.995, probed{15 * time.Second, []bool{false, false}}, 0},
		{"an objective so low that nothing burns 14.4 times: everything fails", 0.9, outage(15*time.Second, time.Hour), 14.4},
		{"three of the first 53 probes were bad, which says nothing of three days", 0.99, steady(2*time.Second, 53, 20), 0},
		{"three of the first 20 probes were bad", 0.99, steady(2*time.Second, 20, 8), 14.4},
		{"nothing was probed", 0.995, probed{every: time.Minute}, 0},
	} {
		got, _ := Firing(c.o, c.p.known(), c.p.over)
		if got.Rate != c.want {
			t.Errorf("%s: the pair of %v fires, want %v", c.why, got.Rate, c.want)
		}
	}
}

// Availability is good ÷ all, and burn follows from it, whatever a window holds; a tally of
// two stretches is that of both.
func TestTallies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tally := func(name string) Tally {
			all := rapid.Int64Range(0, 1e6).Draw(t, name)
			return Tally{Good: rapid.Int64Range(0, all).Draw(t, name+" good"), All: all}
		}
		a, b := tally("a"), tally("b")
		sum := a.Add(b)
		o := Objective(rapid.Float64Range(0.01, 0.99999).Draw(t, "objective"))
		share, ok := sum.Availability()
		burn, burns := o.Burn(sum)
		if ok != (sum.All > 0) || burns != ok {
			t.Fatalf("%v: availability %v, burn %v", sum, ok, burns)
		}
		if !ok {
			return
		}
		if want := float64(a.Good+b.Good) / float64(a.All+b.All); share != want {
			t.Fatalf("availability %v, want %v", share, want)
		}
		if want := (1 - share) / (1 - float64(o)); math.Abs(burn-want) > 1e-6*math.Max(1, want) {
			t.Fatalf("burn %v, want %v", burn, want)
		}
		if o.Met(sum) != (burn <= 1+1e-9) {
			t.Fatalf("met %v at a burn of %v", o.Met(sum), burn)
		}
	})
}

// An objective that is met by whole numbers is met, however its share is written in binary.
func TestMetExactly(t *testing.T) {
	for _, c := range []struct {
		o    Objective
		t    Tally
		want bool
	}{
		{0.995, Tally{199, 200}, true},
		{0.995, Tally{198, 200}, false},
		{0.999, Tally{999, 1000}, true},
		{0.9, Tally{9, 10}, true},
		{0.7, Tally{7, 10}, true},
		{0.7, Tally{6, 10}, false},
		{0.995, Tally{}, false},
	} {
		if got := c.o.Met(c.t); got != c.want {
			t.Errorf("%v with %v: %v", c.o, c.t, got)
		}
	}
}

// What a rate of probes resolves: at the finest objective of a pair three bad probes burn
// at just its rate, and Needs is the other way round.
func TestFinest(t *testing.T) {
	for _, c := range []struct {
		every time.Duration
		pair  int
		want  float64
	}{
		{15 * time.Second, 0, 0.99913},
		{time.Minute, 0, 0.99653},
		{time.Minute, 1, 0.99861},
		{time.Minute, 2, 0.99931},
		{5 * time.Minute, 0, 0.98264},
		{time.Hour, 0, 0.79167},
		{6 * time.Hour, 0, 0},
	} {
		if got := Pairs[c.pair].Finest(c.every); math.Abs(float64(got)-c.want) > 5e-6 {
			t.Errorf("a probe every %v resolves %v over %v, want %v", c.every, got, Pairs[c.pair].Long, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(Pairs).Draw(t, "pair")
		o := Objective(rapid.Float64Range(0.9, 0.99999).Draw(t, "objective"))
		every := p.Needs(o)
		if every == 0 {
			return
		}
		if !p.Resolves(o, every) || p.Resolves(o, every+every/100+1) {
			t.Fatalf("%v needs a probe every %v, at which %v is the finest", o, every, p.Finest(every))
		}
	})
}

// An incident opens once, closes once after the quiet, and neither for want of probes.
func TestState(t *testing.T) {
	const every = 15 * time.Second
	at := time.Unix(1e9, 0)
	p := steady(every, 4*60*24, 1<<30)
	var s State
	changes := map[Change]int{}
	run := func(of time.Duration, good func(i int) bool) {
		for i := range int(of / every) {
			p.good = append(p.good, good(i))
			at = at.Add(every)
			var c Change
			s, c = s.Look(at, 0.995, p.known(), p.over)
			changes[c]++
		}
	}
	run(time.Hour, func(int) bool { return true })
	if s.Open || changes[Opened] != 0 {
		t.Fatalf("an incident without a failure: %+v", s)
	}
	run(10*time.Minute, func(int) bool { return false })
	if !s.Open || changes[Opened] != 1 {
		t.Fatalf("no incident in an outage: %+v", s)
	}
	for range 6 { // it flaps: up for four minutes, down for four
		run(4*time.Minute, func(int) bool { return true })
		run(4*time.Minute, func(int) bool { return false })
	}
	if !s.Open || changes[Opened] != 1 || changes[Closed] != 0 {
		t.Fatalf("flapping: %+v, %v", s, changes)
	}
	for range 1000 { // nothing is probed: p.over goes by probes, so that an empty record stands for it
		at = at.Add(every)
		s, _ = s.Look(at, 0.995, p.known(), func(time.Duration) Tally { return Tally{} })
	}
	if !s.Open {
		t.Fatal("nothing was probed, and that is a recovery")
	}
	run(7*time.Hour, func(int) bool { return true })
	if s.Open || changes[Closed] != 1 || changes[Opened] != 1 {
		t.Fatalf("recovered: %+v, %v", s, changes)
	}
}
