package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"flashwave/bench/result"
	"flashwave/client/outcome"
)

// A world is an endpoint whose latencies wander from second to second, are others in
// every run, and which refuses requests in bursts.
type world struct {
	seconds int
	rps     float64
	within  float64 // standard deviation of a second's level, of its logarithm
	memory  float64 // correlation of successive seconds
	between float64 // standard deviation of a run's level
	bursts  float64 // chance of one to begin in a second; it lasts 5 s, and refuses a tenth
}

var usual = world{seconds: 600, rps: 60, within: 0.05, memory: 0.7, between: 0.015, bursts: 1.0 / 120}

// lived is a run of the world: the document, and its timeline ready to be resampled.
func (w world) lived(rng *rand.Rand, slower float64) (*result.Run, *series) {
	level := rng.NormFloat64() * w.between
	wander := rng.NormFloat64() * w.within
	burst := 0
	rows := make([]result.Row, w.seconds)
	var cells [numKept][]map[int]int64
	var all [numKept][]float64
	seen := [numKept]map[int]bool{{}, {}}
	ok, failures := int64(0), int64(0)
	for i := range rows {
		wander = w.memory*wander + math.Sqrt(1-w.memory*w.memory)*w.within*rng.NormFloat64()
		if rng.Float64() < w.bursts {
			burst = 5
		}
		n := int64(w.rps)
		bad := int64(0)
		if burst > 0 {
			burst--
			bad = n / 10
		}
		rows[i] = result.Row{
			TS: float64(i), StepS: 1, Waves: []string{"rush"},
			Counts: result.Counts{Scheduled: n, Sent: n, Succeeded: n - bad, Failed: bad, RateLimited: bad, Good: new(n - bad)},
		}
		ok, failures = ok+n-bad, failures+bad
		here := [numKept]map[int]int64{{}, {}}
		for range n - bad {
			first := 0.2 * slower * math.Exp(level+wander+0.35*rng.NormFloat64())
			whole := first + 0.8*slower*math.Exp(level+wander+0.2*rng.NormFloat64())
			for in, seconds := range [numKept]float64{first, whole} {
				bin := int(math.Round(binsPerE * math.Log(seconds*1e9)))
				here[in][bin]++
				seen[in][bin] = true
				all[in] = append(all[in], seconds*1e3)
			}
		}
		for in := range cells {
			cells[in] = append(cells[in], here[in])
		}
	}
	s := newSeries(rows)
	for in := range cells {
		s.hists[in] = fillGrid(cells[in], seen[in])
	}
	return w.document(rows, all, ok, failures), s
}

func (w world) document(rows []result.Row, all [numKept][]float64, ok, failures int64) *result.Run {
	latency := func(v []float64) *result.Latency {
		slices.Sort(v)
		at := func(q float64) float64 { return v[int(math.Ceil(q*float64(len(v))))-1] }
		return &result.Latency{Count: int64(len(v)), P50: at(0.5), P90: at(0.9), P95: at(0.95), P99: at(0.99), Max: v[len(v)-1]}
	}
	length := float64(w.seconds)
	t := result.Stats{
		Name: "total", Kind: "total", DurationS: length,
		Requests:  result.Requests{Scheduled: ok + failures, Sent: ok + failures, Succeeded: ok, Failed: failures},
		Outcomes:  map[outcome.Outcome]int64{outcome.OK: ok, outcome.RateLimited: failures},
		ErrorRate: new(float64(failures) / float64(ok+failures)),
		Goodput:   &result.Goodput{RPS: float64(ok) / length, GoodFraction: float64(ok) / float64(ok+failures)},
		Rate:      result.Rate{Succeeded: new(float64(ok) / length)},
	}
	t.Latency.TTFT.Response, t.Latency.E2E.Response = latency(all[ttft]), latency(all[e2e])
	wave := t
	wave.Name, wave.Kind = "rush", "open"
	return &result.Run{
		Schema: result.Schema, Name: "synthetic", DurationS: length, Total: t, Waves: []result.Stats{wave},
		Generator: result.Generator{Valid: true}, Timeline: rows, Verdict: result.Verdict{Status: result.Pass},
	}
}

// aside is a side of so many runs.
func (w world) aside(rng *rand.Rand, runs int, slower float64) *side {
	s := &side{}
	for i := range runs {
		run, series := w.lived(rng, slower)
		run.ID = fmt.Sprint(i)
		s.runs, s.series = append(s.runs, run), append(s.series, series)
	}
	return s
}

// outcomes counts how the gate judges so many comparisons.
func (w world) outcomes(trials, runs int, slower float64) map[Status]int {
	count := map[Status]int{}
	for i := range trials {
		rng := rand.New(rand.NewPCG(uint64(i), uint64(runs)))
		d := compareSides(w.aside(rng, runs, 1), w.aside(rng, runs, slower), Options{})
		count[d.Gate.Status]++
	}
	return count
}

// Two runs of an unchanged endpoint come out "no difference" at least 95 times in
// 100, and one that became 15 % slower is found at least 9 times in 10, with noise
// between runs as well as within. Under the race detector a few of them must do.
func TestHowOftenTheGateIsRight(t *testing.T) {
	trials := 100
	if raced {
		trials = 8
	}
	for _, tt := range []struct {
		name   string
		runs   int
		slower float64
		want   Status
		least  float64 // share of the trials
	}{
		{"one run a side, unchanged", 1, 1, GateNoDifference, 0.95},
		{"one run a side, 15 % slower", 1, 1.15, GateWorse, 0.9},
		{"eight runs a side, unchanged", 8, 1, GateNoDifference, 0.95},
		{"eight runs a side, 15 % slower", 8, 1.15, GateWorse, 0.9},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w, trials := usual, trials
			if tt.runs > 1 { // each is one observation
				w.seconds, w.between, trials = 200, 0.02, min(trials, 25)
			}
			got := w.outcomes(trials, tt.runs, tt.slower)
			t.Log(got)
			if least := tt.least * float64(trials); float64(got[tt.want]) < least {
				t.Errorf("%d of %d came out as %s, want %.0f: %v", got[tt.want], trials, tt.want, least, got)
			}
		})
	}
}
