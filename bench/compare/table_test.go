package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/servertest"
	"flashwave/bench/verdict"
)

// A trial is a pair of endpoints, compared over and over.
type trial struct {
	base, fresh play
	runs        int // a side
}

// codes counts the exit codes of so many comparisons.
func (tt trial) codes(pairs int, o Options) map[int]int {
	count := map[int]int{}
	for i := range uint64(pairs) {
		var base, fresh []*result.Run
		for k := range uint64(tt.runs) {
			seed := 2 * (i*uint64(tt.runs) + k)
			base, fresh = append(base, tt.base.run(seed)), append(fresh, tt.fresh.run(seed+1))
		}
		count[Compare(base, fresh, o).Gate.ExitCode]++
	}
	return count
}

// loaded is a queue of eight workers at a utilisation.
func loaded(utilisation float64, seconds int) play {
	return play{model: servertest.MM8, rate: 80 * utilisation, seconds: seconds}
}

// change makes a play into another.
type change struct {
	name string
	of   func(play) play
}

// latencyChanges are what may have become of an endpoint. All latencies may be longer as
// they are, by just what matters; or all work, which makes the queue longer besides.
var latencyChanges = []change{
	{"unchanged", func(p play) play { return p }},
	{"+10 %", func(p play) play { p.slower = 1.1; return p }},
	{"-10 %", func(p play) play { p.slower = 1 / 1.1; return p }},
	{"work +30 %", func(p play) play { return p.work(1.3) }},
	{"work ×1.92", func(p play) play { return p.work(1.92) }},
	{"all ×1.92", func(p play) play { p.slower = 1.92; return p }},
}

// work makes all of it longer.
func (p play) work(by float64) play {
	p.model.Service = servertest.Exponential(time.Duration(by * float64(100*time.Millisecond)))
	return p
}

// failing makes a part of the requests fail, whenever they come.
func failing(part float64) change {
	return change{fmt.Sprintf("0 → %.0f %%", 100*part), func(p play) play {
		p.fails = func(_ float64, r *rand.Rand) bool { return r.Float64() < part }
		return p
	}}
}

// bursts makes all requests of a second fail, and of others later: the first begins at
// once with first, and each second has a chance.
func bursts(name string, chance float64, first bool) change {
	return change{name, func(p play) play {
		p.burst = func(second int, r *rand.Rand) bool { return first && second == p.seconds/2 || r.Float64() < chance }
		return p
	}}
}

var errorChanges = []change{
	failing(0), failing(0.01), failing(0.02), failing(0.05),
	bursts("one burst", 0, true), bursts("bursts, 1 % of the time", 0.01, false), bursts("bursts, 5 % of the time", 0.05, false),
}

// Prints the tables of the doc.
func TestTables(t *testing.T) {
	if !*full {
		t.Skip("-full prints them")
	}
	const most = 300 // pairs a cell
	table := func(title string, utilisation float64, runs int, changes []change, lengths ...int) {
		fmt.Printf("\n%-28s", title)
		for _, s := range lengths {
			fmt.Printf("%11s", fmt.Sprintf("%d s", s))
		}
		for _, c := range changes {
			fmt.Printf("\n  %-26s", c.name)
			for _, s := range lengths {
				base := loaded(utilisation, s)
				pairs := max(most/max(s/10, 1)/runs, 40)
				got := trial{base, c.of(base), runs}.codes(pairs, Options{})
				percent := func(code int) float64 { return 100 * float64(got[code]) / float64(pairs) }
				fmt.Printf("%11s", fmt.Sprintf("%.0f/%.0f", percent(verdict.ExitPass), percent(verdict.ExitFailed)))
			}
		}
		fmt.Println()
	}
	table("utilisation 0.5", 0.5, 1, latencyChanges, 5, 10, 60, 300)
	table("errors, utilisation 0.5", 0.5, 1, errorChanges, 5, 10, 60, 300)
	table("utilisation 0.87", 0.87, 1, latencyChanges[:3], 5, 10, 60, 300)
	table("utilisation 0.87", 0.87, 1, latencyChanges[3:], 5, 10, 60)
	table("0.87, four runs a side", 0.87, 4, latencyChanges, 5, 10, 60)
}

// However short the runs, at low load and near saturation: of endpoints that differ by just
// what matters at most one comparison in twenty says that they do, or that they do not;
// what is plain is found, of one run a side or of four.
func TestFalseAlarmsAndPower(t *testing.T) {
	named := func(name string) change {
		for _, c := range slices.Concat(latencyChanges, errorChanges) {
			if c.name == name {
				return c
			}
		}
		t.Fatal(name)
		return change{}
	}
	const all, rare, mostly = 1, 0.05, 0.9
	for _, tt := range []struct {
		utilisation   float64
		seconds, runs int
		change        string
		pairs         int
		pass          float64 // at most
		fail, failed  float64 // at least, at most
	}{
		{0.5, 5, 1, "unchanged", 100, all, 0, rare},
		{0.87, 5, 1, "unchanged", 100, all, 0, rare},
		{0.5, 5, 1, "+10 %", 200, rare, 0, rare},
		{0.5, 10, 1, "+10 %", 200, rare, 0, rare},
		{0.5, 60, 1, "+10 %", 100, rare, 0, rare},
		{0.5, 300, 1, "+10 %", 25, rare, 0, rare},
		{0.87, 5, 1, "+10 %", 200, rare, 0, rare},
		{0.87, 10, 1, "+10 %", 200, rare, 0, rare},
		{0.87, 60, 1, "+10 %", 100, rare, 0, rare},
		{0.87, 300, 1, "+10 %", 25, rare, 0, rare},
		{0.5, 5, 1, "work ×1.92", 100, 0, mostly, all},
		{0.5, 5, 1, "all ×1.92", 100, 0, mostly, all},
		{0.5, 10, 1, "all ×1.92", 50, 0, mostly, all},
		{0.5, 60, 1, "all ×1.92", 10, 0, mostly, all},
		{0.5, 60, 1, "work +30 %", 40, 0, mostly, all},
		{0.87, 5, 4, "work ×1.92", 20, 0, mostly, all},
		{0.87, 60, 4, "work +30 %", 5, 0, mostly, all},
		{0.87, 5, 4, "+10 %", 60, rare, 0, rare},

		{0.5, 60, 1, "0 → 1 %", 100, rare, 0, rare},
		{0.5, 60, 1, "0 → 2 %", 30, 0, mostly, all},
		{0.5, 5, 1, "one burst", 30, 0, 0, 0},
		{0.5, 60, 1, "one burst", 30, 0, 0, 0},
		{0.5, 60, 1, "bursts, 1 % of the time", 50, all, 0, rare},
		{0.5, 300, 1, "bursts, 5 % of the time", 10, 0, mostly, all},
	} {
		name := fmt.Sprintf("%s, utilisation %v, %d of %d s", tt.change, tt.utilisation, tt.runs, tt.seconds)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.pairs = some(tt.pairs)
			base := loaded(tt.utilisation, tt.seconds)
			got := trial{base, named(tt.change).of(base), tt.runs}.codes(tt.pairs, Options{})
			if !(frequency{0, tt.pass}).holds(got[verdict.ExitPass], tt.pairs) || !(frequency{tt.fail, tt.failed}).holds(got[verdict.ExitFailed], tt.pairs) {
				t.Errorf("%v of %d", got, tt.pairs)
			}
		})
	}
}

// Near saturation a run says so itself, and the comparison that cannot tell says that
// more runs can; at low load none does.
func TestSaturationIsTold(t *testing.T) {
	for _, tt := range []struct {
		utilisation float64
		least, most int // of 20
	}{{0.5, 0, 0}, {0.87, 12, 20}, {0.95, 18, 20}} {
		told := 0
		for i := range uint64(20) {
			p := loaded(tt.utilisation, 30)
			d := Compare(one(p.run(2*i)), one(p.run(2*i+1)), Options{})
			if len(d.warned(NearFull)) == 0 {
				continue
			}
			told++
			if g := d.Gate; g.Status == GateTooNoisy && (!strings.HasPrefix(g.Headline, "too few runs to say: ") || !strings.Contains(g.Headline, "--repeat 4")) {
				t.Error(g.Headline)
			}
		}
		if told < tt.least || told > tt.most {
			t.Errorf("utilisation %v: told %d times of 20", tt.utilisation, told)
		}
	}
}

// A closed wave keeps the endpoint full on purpose.
func TestClosedWavesAreNotNearSaturation(t *testing.T) {
	run := loaded(0.95, 30).run(1)
	run.Waves[0].Kind = result.ClosedWave
	if d := beside(run); len(d.warned(NearFull)) != 0 {
		t.Error(d.Warnings)
	}
}

// An endpoint at which nobody waits is not near saturation, however long its work takes
// beside the run, and however its rate changes: its backlog fills, follows what is asked
// of it, and drains.
func TestIdleIsNotNearSaturation(t *testing.T) {
	shapes := map[string]func(at, seconds float64) float64{
		"a steady rate": func(_, _ float64) float64 { return 1 },
		"a ramp":        func(at, seconds float64) float64 { return at / seconds },
		"a fall":        func(at, seconds float64) float64 { return 1 - at/seconds },
		"a hill":        func(at, seconds float64) float64 { return math.Sin(math.Pi * at / seconds) },
	}
	for what, model := range map[string]servertest.Model{
		"memoryless work of 1 s":         {Service: servertest.Exponential(time.Second)},
		"memoryless work of 4 s":         {Service: servertest.Exponential(4 * time.Second)},
		"fixed work of 2 s":              {Service: servertest.Fixed(2 * time.Second)},
		"work of 1 s beside a neighbour": {Service: servertest.Fixed(time.Second), Slower: servertest.Noisy(0.05, 3*time.Second, 3)},
	} {
		for shape, of := range shapes {
			for _, seconds := range []int{12, 40} {
				told, of20 := 0, some(20)
				for i := range uint64(of20) {
					p := play{model: model, rate: 40, seconds: seconds, keep: func(at float64) float64 { return of(at, float64(seconds)) }}
					told += len(beside(p.run(i)).warned(NearFull)) / 2
				}
				if told > 1 {
					t.Errorf("%s, %s, %d s: told %d times of %d", what, shape, seconds, told, of20)
				}
			}
		}
	}
}

// Failures that come independently of each other are no burst, however few seconds there
// are, and however late the others end: by chance alone one is named in twenty at most.
// Those that come together are, wherever they are.
func TestIndependentFailuresAreNoBurst(t *testing.T) {
	for _, service := range []time.Duration{100 * time.Millisecond, time.Second, 4 * time.Second} {
		for _, rate := range []float64{5, 40} {
			for _, seconds := range []int{4, 12, 40} {
				for _, part := range []float64{0.02, 0.1} {
					p := play{model: servertest.Model{Service: servertest.Exponential(service)}, rate: rate, seconds: seconds}
					named, of20 := 0, some(20)
					for i := range uint64(of20) {
						named += len(beside(failing(part).of(p).run(i)).warned(Burst)) / 2
					}
					if named > 1 {
						t.Errorf("%.0f %% of %v/s, work of %v, %d s: named %d times of %d", 100*part, rate, service, seconds, named, of20)
					}
				}
			}
		}
	}
	for _, service := range []time.Duration{100 * time.Millisecond, time.Second, 4 * time.Second} {
		for what, fails := range map[string]func(at float64, r *rand.Rand) bool{
			"all that comes in a second":           func(at float64, _ *rand.Rand) bool { return at >= 20 && at < 21 },
			"a third of what comes in 3 s":         func(at float64, r *rand.Rand) bool { return at >= 20 && at < 23 && r.Float64() < 0.3 },
			"all of a second, and 1 % of the rest": func(at float64, r *rand.Rand) bool { return at >= 20 && at < 21 || r.Float64() < 0.01 },
		} {
			run := play{model: servertest.Model{Service: servertest.Exponential(service)}, rate: 40, seconds: 60, fails: fails}.run(1)
			if d := beside(run); len(d.warned(Burst)) != 2 {
				t.Errorf("%s fails, work of %v: %v", what, service, d.Warnings)
			}
		}
	}
}

// However crowded failures are, all of them are one event at least, and a share is not
// less sure than that.
func TestAllFailuresAreOneEventAtLeast(t *testing.T) {
	p := loaded(0.5, 4)
	for i := range uint64(40) {
		run := failing(0.01).of(p).run(i)
		r := beside(run).Row("error_rate", "", "")
		share, n := *r.Base, float64(run.Total.Requests.Scheduled)
		if share == 0 || r.Low == nil {
			continue
		}
		one := exact(share, 1/share)
		if most := math.Hypot(share-one.low, one.high-share); *r.High > most+1e-9 {
			t.Errorf("%v of %v failed, and the interval is %s, beyond that of one event: %v", share, n, r.FormatInterval(), most)
		}
	}
}

// A burst is named where it leaves the comparison open.
func TestABurstIsTold(t *testing.T) {
	base := loaded(0.5, 60)
	d := Compare(one(base.run(1)), one(bursts("", 0, true).of(base).run(2)), Options{})
	if len(d.warned(Burst)) != 1 || d.Gate.ExitCode != verdict.ExitInconclusive || !strings.Contains(d.Gate.Headline, "error rate") {
		t.Errorf("%+v, %v", d.Gate, d.Warnings)
	}
	if d := Compare(one(base.run(1)), one(failing(0.02).of(base).run(2)), Options{}); len(d.warned(Burst)) != 0 {
		t.Errorf("%v", d.Warnings)
	}
}

// Gaps between tokens have intervals of one run a side, too.
func TestGapsHaveIntervals(t *testing.T) {
	base := loaded(0.5, 300)
	base.stream = true
	slower := base
	slower.slower = 1.5
	for _, tt := range []struct {
		fresh play
		want  Verdict
	}{{base, NoDifference}, {slower, Worse}} {
		d := Compare(one(base.run(1)), one(tt.fresh.run(2)), Options{Rules: parsed(t, "tpot.p95 > +10%")})
		for _, path := range [][2]string{{"itl", "p50"}, {"tpot", "p50"}} {
			if r := d.Row(path[0], path[1], ""); r.Verdict != tt.want || r.Gates {
				t.Errorf("%s: %s, %s", r.Name(), r.FormatInterval(), r.Verdict)
			}
		}
		coherent(t, d)
	}
}

// Where the schedule offers more to one side, the share of good requests gates; where
// the endpoint sets the pace, or both get as many, good requests a second.
func TestWhichGoodRequestsGate(t *testing.T) {
	base := loaded(0.5, 60)
	base.bound = 1
	more := base
	more.rate *= 1.2
	closed := func(r *result.Run) *result.Run {
		r.Waves[0].Kind = result.ClosedWave
		return r
	}
	for _, tt := range []struct {
		what        string
		base, fresh *result.Run
		gates       string
	}{
		{"the same schedule", base.run(1), base.run(1), "goodput"},
		{"more is offered", base.run(1), more.run(2), "good_fraction"},
		{"a closed wave", closed(base.run(1)), closed(more.run(2)), "goodput"},
	} {
		d := Compare(one(tt.base), one(tt.fresh), Options{})
		for _, name := range []string{"goodput", "good_fraction"} {
			if r := d.Row(name, "", ""); r.Gates != (name == tt.gates) {
				t.Errorf("%s: %s gates: %v", tt.what, name, r.Gates)
			}
		}
		coherent(t, d)
	}
}

// What would have been seen stands in the headline, and what is needed must have been.
func TestNeeds(t *testing.T) {
	p := loaded(0.5, 300)
	p.bound = 1
	base, fresh := p.run(1), p.run(2)
	for _, tt := range []struct {
		need   string
		code   int
		status Status
	}{
		{"", verdict.ExitPass, GateNoDifference},
		{"10%", verdict.ExitPass, GateNoDifference},
		{"1pp", verdict.ExitPass, GateNoDifference},
		{"0.1%", verdict.ExitInconclusive, GateTooNoisy},
		{"0.001pp", verdict.ExitInconclusive, GateTooNoisy},
	} {
		var needs []Need
		if tt.need != "" {
			need, err := ParseNeed(tt.need)
			if err != nil {
				t.Fatal(err)
			}
			needs = append(needs, need)
		}
		d := Compare(one(base), one(fresh), Options{Needs: needs})
		if d.Gate.ExitCode != tt.code || d.Gate.Status != tt.status || tt.code == verdict.ExitPass && !strings.Contains(d.Gate.Headline, "would have been seen") {
			t.Errorf("%q: %+v", tt.need, d.Gate)
		}
	}
	for _, tt := range []struct {
		need, rule string
		concerns   bool
	}{
		{"10%", "error_rate > +20pp", false},
		{"10%", "lost > +20%", false},
		{"1pp", "error_rate > +20pp", true},
		{"1pp", "e2e.p95 > +50ms", false},
		{"10%", "e2e.p95 > +1h", true},
		{"10%", "goodput < -90%", true},
	} {
		need, err := ParseNeed(tt.need)
		if err != nil {
			t.Fatal(err)
		}
		o := Options{Needs: []Need{need}, Rules: parsed(t, tt.rule)}
		if got := need.Concerns(o.Rules); got != tt.concerns {
			t.Errorf("%s concerns %s: %v", tt.need, tt.rule, got)
		}
		if g := Compare(one(base), one(fresh), o).Gate; (g.ExitCode == verdict.ExitPass) != tt.concerns {
			t.Errorf("%s of %s: %+v", tt.need, tt.rule, g)
		}
	}
	for _, wrong := range []string{"", "10", "-10%", "0%", "10ms", "x%"} {
		if _, err := ParseNeed(wrong); err == nil {
			t.Errorf("%q is a need", wrong)
		}
	}
}
