package arrival

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const ms = time.Millisecond

// drain takes all the arrivals that are due by an instant.
func drain(c *Cursor, until time.Duration) []Arrival {
	var all []Arrival
	for at, ok := c.Due(); ok && at <= until; at, ok = c.Due() {
		all = append(all, c.Take())
	}
	return all
}

// anyStep draws how long until the next act.
func anyStep() *rapid.Generator[time.Duration] {
	return rapid.Custom(func(t *rapid.T) time.Duration {
		some := time.Duration(rapid.Int64Range(0, int64(time.Second)).Draw(t, "some"))
		return some + rapid.SampledFrom([]time.Duration{0, 333 * ms, 1700 * ms}).Draw(t, "more")
	})
}

// rest takes all the arrivals that are left.
func rest(c *Cursor) []Arrival { return drain(c, math.MaxInt64) }

func TestUnsteeredCursorIsTheSchedule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := anyPlan().Draw(t, "plan")
		start := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "start"))
		c := plan.Cursor(start)
		for want := range plan.Instants() {
			// Looking on, and steering that changes nothing, leave it as it is.
			c.Steer(start+want.At, 1)
			c.Resume(start + want.At)
			want.At += start
			if got := c.Take(); got != want {
				t.Fatalf("got %+v, want %+v", got, want)
			}
		}
		if a, ok := c.Due(); ok {
			t.Fatalf("an arrival at %v is left", a)
		}
		if c.End() != start+plan.Length() {
			t.Fatalf("ends at %v", c.End())
		}
	})
}

// A model of steering that knows nothing of the cursor's state: the count that
// was reached is the sum over the stretches of one factor.
type stretches struct {
	curve  curve
	from   time.Duration
	count  float64
	factor float64
}

func (s *stretches) at(now time.Duration) float64 {
	return s.count + s.factor*(s.curve.count(now)-s.curve.count(s.from))
}

func (s *stretches) steer(now time.Duration, factor float64) {
	s.count, s.from, s.factor = s.at(now), now, factor
}

func TestSteeringConservesTheDistance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := anyPlan().Draw(t, "plan")
		c := plan.Cursor(0)
		model := stretches{curve: newCurve(plan.Segments), factor: 1}
		gaps := newGaps(plan.Process, plan.Seed, plan.Stream)
		distance := gaps.first()
		check := func(all []Arrival) {
			for _, a := range all {
				// Rounding an instant to a nanosecond moves the count by rate × 1 ns.
				slack := 2e-9*(1+plan.Peak()*model.factor) + 1e-9
				if got := model.at(a.At); math.Abs(got-distance) > slack && !inSilence(plan, a.At, distance-got) {
					t.Fatalf("%+v arrived at a count of %v, want %v", a, got, distance)
				}
				distance += gaps.next()
			}
		}
		now := time.Duration(0)
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			now += anyStep().Draw(t, "after")
			check(drain(c, now))
			factor := rapid.SampledFrom([]float64{0, 0.1, 0.9, 1, 1.1, 2, 7}).Draw(t, "factor")
			c.Steer(now, factor)
			model.steer(min(now, plan.Length()), factor)
			if c.Factor() != factor {
				t.Fatalf("factor %v", c.Factor())
			}
		}
		check(rest(c))
		if left := distance - model.at(plan.Length()); model.factor > 0 && left < -1e-6 {
			t.Fatalf("an arrival was left out: the curve goes on for %v", -left)
		}
	})
}

// inSilence reports whether an arrival that seems late by a hair was carried over
// a stretch without load that begins where it should have been.
func inSilence(p Plan, at time.Duration, late float64) bool {
	return math.Abs(late) < 1e-6 && p.Rate(at) < 1e-3*(1+p.Peak())
}

func TestSteerMovesThePendingArrival(t *testing.T) {
	c := Plan{Segments: []Segment{{From: 1, To: 1, For: 10 * time.Second}}}.Cursor(0)
	c.Take() // at 0.5; the next is a whole request away, at 1.5
	c.Steer(1000*ms, 2)
	if at, _ := c.Due(); at != 1250*ms {
		t.Errorf("at twice the rate half a request lasts until %v", at)
	}
	c.Steer(1125*ms, 0.5)
	if at, _ := c.Due(); at != 1625*ms {
		t.Errorf("at half the rate a quarter request lasts until %v", at)
	}
	c.Steer(1200*ms, 0)
	if _, ok := c.Due(); ok || c.End() != 10*time.Second {
		t.Error("a factor of 0 still has an arrival, or another end")
	}
	c.Steer(3000*ms, 1)
	if at, _ := c.Due(); at != 3212500*time.Microsecond {
		t.Errorf("the distance left from before lasts until %v", at)
	}
	for _, nonsense := range []float64{-1, math.NaN(), math.Inf(-1)} {
		if c.Steer(3100*ms, nonsense); c.Factor() != 1 {
			t.Errorf("factor %v was taken as %v", nonsense, c.Factor())
		}
	}
	if c.Steer(3100*ms, math.Inf(1)); c.Factor() != maxFactor {
		t.Errorf("an endless factor was taken as %v", c.Factor())
	}
}

func TestLateChangesDoNotMoveWhatWasDue(t *testing.T) {
	plan := Plan{Segments: []Segment{{From: 10, To: 10, For: 10 * time.Second}}}
	change := map[string]func(*Cursor){
		"steer": func(c *Cursor) { c.Steer(time.Second, 0.1) },
		"pause": func(c *Cursor) { c.Pause(time.Second) },
		"skip":  func(c *Cursor) { c.Skip(time.Second) },
	}
	for name, act := range change {
		c := plan.Cursor(0)
		act(c)
		if got, want := drain(c, time.Second), drain(plan.Cursor(0), time.Second); !slices.Equal(got, want) {
			t.Errorf("%s moved what was due: %v", name, got)
		}
	}
}

func TestPauseShiftsTheRestExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := anyPlan().Draw(t, "plan")
		c, want := plan.Cursor(0), plan.Cursor(0)
		factor := rapid.SampledFrom([]float64{1, 1, 0.3, 2.7}).Draw(t, "factor")
		c.Steer(0, factor)
		want.Steer(0, factor)

		var shift time.Duration
		now := time.Duration(0)
		for range rapid.IntRange(1, 3).Draw(t, "pauses") {
			now += anyStep().Draw(t, "pause after")
			pause := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "for"))
			compare(t, drain(c, now), drain(want, now-shift), shift)
			wave, live := c.Wave(now)
			c.Pause(now)
			if _, ok := c.Due(); ok || !c.Paused() {
				t.Fatal("an arrival during a pause")
			}
			now += pause
			if w, ok := c.Wave(now); w != wave || ok != live {
				t.Fatalf("the pause of wave %d became wave %d", wave, w)
			}
			if c.Pause(now); c.End() < now && now-pause-shift < plan.Length() {
				t.Fatalf("still paused at %v, and the end is at %v", now, c.End())
			}
			c.Resume(now)
			if now-pause-shift < plan.Length() {
				shift += pause
			}
		}
		compare(t, rest(c), rest(want), shift)
		if c.End() != plan.Length()+shift {
			t.Fatalf("ends at %v, want %v later than %v", c.End(), shift, plan.Length())
		}
	})
}

func compare(t *rapid.T, got, want []Arrival, shift time.Duration) {
	t.Helper()
	for i := range want {
		want[i].At += shift
	}
	if !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestSkipBeginsTheNextWaveNow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := anyPlan().Draw(t, "plan")
		c := plan.Cursor(0)
		before := c.Starts()
		now := min(anyStep().Draw(t, "now")+anyStep().Draw(t, "and"), plan.Length()-1)
		live := slices.IndexFunc(before, func(b Boundary) bool { return b.At > now }) - 1
		if live < 0 {
			live = len(before) - 1
		}
		drain(c, now)
		c.Skip(now)
		if live == len(before)-1 {
			if _, ok := c.Due(); ok || c.End() != now {
				t.Fatalf("the last wave was skipped, the plan ends at %v", c.End())
			}
			if _, ok := c.Wave(now); ok {
				t.Fatal("a wave after the end")
			}
			return
		}
		shift := before[live+1].At - now
		for i, b := range c.Starts() {
			want := before[i].At
			if i > live {
				want -= shift
			}
			if b.At != want || b.Wave != before[i].Wave {
				t.Fatalf("wave %d begins at %v, want %v", b.Wave, b.At, want)
			}
		}
		if wave, ok := c.Wave(now); !ok || wave != before[live+1].Wave {
			t.Fatalf("wave %d, %v is live after the skip", wave, ok)
		}
		if c.End() != plan.Length()-shift {
			t.Fatalf("ends at %v", c.End())
		}
	})
}

func TestBurstStandsBesideTheCurve(t *testing.T) {
	plan := Plan{Segments: []Segment{
		{From: 1, To: 1, For: 2 * time.Second, Wave: 3},
		{From: 1, To: 1, For: 2 * time.Second, Wave: 5},
	}}
	c := plan.Cursor(time.Second)
	c.Burst(2600*ms, 2) // after the arrivals of 1.5 and 2.5 were due, though none was taken
	c.Pause(3500 * ms)
	c.Burst(4000*ms, 1)
	c.Resume(4500 * ms)
	c.Burst(time.Hour, 5) // after the end
	want := []Arrival{
		{At: 1500 * ms, Wave: 3, Index: 0},
		{At: 2500 * ms, Wave: 3, Index: 1},
		{At: 2600 * ms, Wave: 3, Index: 0, Extra: true},
		{At: 2600 * ms, Wave: 3, Index: 1, Extra: true},
		{At: 3500 * ms, Wave: 5, Index: 2},
		{At: 4000 * ms, Wave: 5, Index: 2, Extra: true},
		{At: 5500 * ms, Wave: 5, Index: 3},
	}
	if got := rest(c); !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestInstantsThatGoBackwardsCountAsTheLatest(t *testing.T) {
	c := Plan{Segments: []Segment{{From: 1, To: 1, For: 4 * time.Second}}}.Cursor(0)
	c.Burst(2*time.Second, 1)
	c.Steer(time.Second, 2) // counts as 2 s
	want := []time.Duration{500 * ms, 1500 * ms, 2000 * ms, 2250 * ms, 2750 * ms, 3250 * ms, 3750 * ms}
	var got []time.Duration
	for _, a := range rest(c) {
		got = append(got, a.At)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestWave(t *testing.T) {
	c := Plan{Segments: []Segment{{For: time.Second, Wave: 2}, {For: time.Second, Wave: 2}, {For: time.Second, Wave: 4}}}.Cursor(time.Minute)
	for _, w := range []struct {
		now  time.Duration
		wave int
		ok   bool
	}{
		{0, 0, false}, {time.Minute, 2, true}, {62*time.Second - 1, 2, true}, {62 * time.Second, 4, true}, {63 * time.Second, 0, false},
	} {
		if wave, ok := c.Wave(w.now); wave != w.wave || ok != w.ok {
			t.Errorf("Wave(%v) = %v, %v", w.now, wave, ok)
		}
	}
}

// Whatever is done to a cursor, arrivals come in order, each in its wave.
func TestCursorUnderAnyHands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := anyPlan().Draw(t, "plan")
		c := plan.Cursor(0)
		var now, last time.Duration
		index := map[bool]int{}
		for range rapid.IntRange(1, 30).Draw(t, "acts") {
			now += anyStep().Draw(t, "after")
			switch rapid.IntRange(0, 7).Draw(t, "act") {
			case 0:
				c.Steer(now, rapid.Float64Range(0, 5).Draw(t, "factor"))
			case 1:
				c.Skip(now)
			case 2:
				c.Burst(now, rapid.IntRange(0, 3).Draw(t, "n"))
			case 3:
				c.Pause(now)
			case 4:
				c.Resume(now)
			default:
				for _, a := range drain(c, now) {
					if a.At < last || a.At > now || !c.Paused() && a.At > c.End() || a.Index != index[a.Extra] {
						t.Fatalf("%+v by %v, after %v, with the end at %v", a, now, last, c.End())
					}
					last = a.At
					index[a.Extra]++
				}
			}
			checkRibbon(t, c)
		}
		if at, ok := c.Due(); ok && (at < last || !c.Paused() && at > c.End()) {
			t.Fatalf("due at %v, after %v, with the end at %v", at, last, c.End())
		}
	})
}

func TestTakeWithNothingDue(t *testing.T) {
	c := Plan{Segments: []Segment{{For: time.Second}}}.Cursor(0)
	if a := c.Take(); a != (Arrival{}) {
		t.Errorf("took %+v", a)
	}
}

func BenchmarkTake(b *testing.B) {
	for _, process := range []Process{Constant, Poisson, {shape: 2.5}} {
		b.Run(process.String(), func(b *testing.B) {
			plan := Plan{Segments: []Segment{{From: 1000, To: 2000, For: 1000 * time.Hour}}, Process: process}
			c := plan.Cursor(0)
			b.ReportAllocs()
			for b.Loop() {
				c.Take()
			}
		})
	}
}

// However many arrivals are due at once, giving them up is one step, and none is counted
// twice or not at all.
func TestShedding(t *testing.T) {
	plan := Plan{Segments: []Segment{
		{From: 100_000, To: 100_000, For: time.Minute, Wave: 0},
		{From: 0, To: 0, For: time.Minute, Wave: 1},
		{From: 0, To: 1_000_000, For: time.Hour, Wave: 2},
	}}
	for _, process := range []Process{Constant, Poisson} {
		plan.Process = process
		c := plan.Cursor(5 * time.Second)
		taken := 0
		for at, ok := c.Due(); ok && at < 15*time.Second; at, ok = c.Due() {
			c.Take()
			taken++
		}
		now := 5*time.Second + 2*time.Minute + 30*time.Minute
		want := plan.Segments[0].area() + 0.25*plan.Segments[2].area() - float64(taken)
		if n := c.Backlog(now); math.Abs(float64(n)/want-1) > 0.001 {
			t.Errorf("%v: a backlog of %d, want %.0f", process, n, want)
		}
		var sum int64
		for _, s := range c.Shed(now) {
			sum += s.N
			if s.From < 15*time.Second || s.To > now || s.From > s.To || s.Wave == 1 {
				t.Errorf("%+v", s)
			}
		}
		if math.Abs(float64(sum)-want) > 1+0.001*want || process == Constant && math.Abs(float64(sum)-want) > 2 {
			t.Errorf("%v: %d given up, want %.0f", process, sum, want)
		}
		if more := c.Shed(now); len(more) > 0 || c.Backlog(now) != 0 {
			t.Errorf("%v: given up twice: %+v", process, more)
		}
		if at, ok := c.Due(); !ok || at <= now || at > now+time.Second {
			t.Errorf("%v: the next arrival is at %v, %v", process, at, ok)
		}
	}
}

// Steering while very much is due neither takes long nor takes up memory: a million are
// kept one by one, and the others are told.
func TestSteeringFarBehind(t *testing.T) {
	plan := Plan{Segments: []Segment{{From: 1_000_000, To: 1_000_000, For: 10 * time.Hour}}}
	c := plan.Cursor(0)
	now := time.Duration(0)
	for range 10 {
		now += time.Hour
		c.Steer(now, 0.5)
		c.Burst(now, 1_000_000_000)
		c.Steer(now, 1)
	}
	var given int64
	for _, s := range c.GivenUp() {
		given += s.N
	}
	n := c.Backlog(now) - 9*1_000_000_000 // the last came when the plan had ended
	if sum, want := given+n, plan.Expected(); math.Abs(float64(sum)/want-1) > 1e-6 {
		t.Errorf("%d given up and %d due, want %.0f", given, n, want)
	}
	if n < maxDue || len(c.ready) > maxDue+20 {
		t.Errorf("%d are due, in %d rows", n, len(c.ready))
	}
	for range 3 {
		c.Take()
	}
}

// A burst is as small as one arrival, however large.
func TestABurstIsTakenOneByOne(t *testing.T) {
	c := Plan{Segments: []Segment{{From: 1, To: 1, For: time.Minute}}}.Cursor(0)
	c.Burst(time.Second, 3)
	c.Burst(time.Second, 2)
	c.Take() // of the curve, due at 500 ms
	for i := range 5 {
		if a := c.Take(); a.Index != i || !a.Extra || a.At != time.Second {
			t.Errorf("%+v, want extra arrival %d", a, i)
		}
	}
	if at, ok := c.Due(); !ok || at != 1500*time.Millisecond {
		t.Errorf("next at %v, %v", at, ok)
	}
}
