package compare

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/servertest"
	"flashwave/bench/verdict"
)

var tables = flag.Int("tables", 0, "print the tables of the package's doc, from so many pairs a cell")

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
	if *tables == 0 {
		t.Skip("-tables N prints them")
	}
	table := func(title string, utilisation float64, runs int, changes []change, lengths ...int) {
		fmt.Printf("\n%-28s", title)
		for _, s := range lengths {
			fmt.Printf("%11s", fmt.Sprintf("%d s", s))
		}
		for _, c := range changes {
			fmt.Printf("\n  %-26s", c.name)
			for _, s := range lengths {
				base := loaded(utilisation, s)
				pairs := max(*tables/max(s/10, 1)/runs, 40)
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
