package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
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

	failing  float64 // part of the requests that fail at any time
	hanging  float64 // part of the others that never end
	unary    bool    // nothing is streamed
	unjudged bool    // nothing says what is good
}

// numLived is how many latencies a world has: TTFT and E2E.
const numLived = 2

var usual = world{seconds: 600, rps: 60, within: 0.05, memory: 0.7, between: 0.015, bursts: 1.0 / 120}

// lived is a run of the world: the document, and its timeline ready to be resampled.
func (w world) lived(rng *rand.Rand, slower float64) (*result.Run, *series) {
	level := rng.NormFloat64() * w.between
	wander := rng.NormFloat64() * w.within
	burst := 0
	rows := make([]result.Row, w.seconds)
	var cells [numLived][]map[int]int64
	var all [numLived][]float64
	seen := [numLived]map[int]bool{{}, {}}
	var ok, failures, unfinished int64
	for i := range rows {
		wander = w.memory*wander + math.Sqrt(1-w.memory*w.memory)*w.within*rng.NormFloat64()
		if rng.Float64() < w.bursts {
			burst = 5
		}
		n := int64(w.rps)
		bad := int64(0)
		for range int64(w.rps) {
			if w.failing > 0 && rng.Float64() < w.failing {
				bad++
			}
		}
		if burst > 0 {
			burst--
			bad = max(bad, n/10)
		}
		stuck := int64(w.hanging * float64(n-bad))
		n -= stuck
		rows[i] = result.Row{
			TS: float64(i), StepS: 1, Waves: []string{"rush"},
			Counts: result.Counts{Scheduled: n + stuck, Sent: n + stuck, Succeeded: n - bad, Failed: bad, RateLimited: bad, Unfinished: stuck},
		}
		if !w.unjudged {
			rows[i].Counts.Good = new(n - bad)
		}
		ok, failures, unfinished = ok+n-bad, failures+bad, unfinished+stuck
		here := [numLived]map[int]int64{{}, {}}
		for range n - bad {
			first := 0.2 * slower * math.Exp(level+wander+0.35*rng.NormFloat64())
			whole := first + 0.8*slower*math.Exp(level+wander+0.2*rng.NormFloat64())
			for in, seconds := range [numLived]float64{first, whole} {
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
		if in != int(ttft) || !w.unary {
			s.hists[in] = fillGrid(cells[in], seen[in])
		}
	}
	return w.document(rows, all, ok, failures, unfinished), s
}

func (w world) document(rows []result.Row, all [numLived][]float64, ok, failures, unfinished int64) *result.Run {
	latency := func(v []float64) *result.Latency {
		if len(v) == 0 {
			return nil
		}
		slices.Sort(v)
		at := func(q float64) float64 { return v[int(math.Ceil(q*float64(len(v))))-1] }
		if failures+unfinished > 0 {
			h := result.NewHist()
			for _, ms := range v {
				h.Record(time.Duration(ms * float64(time.Millisecond)))
			}
			return h.Latency(true)
		}
		return &result.Latency{Count: int64(len(v)), P50: at(0.5), P90: at(0.9), P95: at(0.95), P99: at(0.99), Max: v[len(v)-1]}
	}
	length := float64(w.seconds)
	t := result.Stats{
		Name: "total", Kind: "total", DurationS: length,
		Requests: result.Requests{Scheduled: ok + failures + unfinished, Sent: ok + failures + unfinished, Succeeded: ok, Failed: failures, Unfinished: unfinished},
		Outcomes: map[outcome.Outcome]int64{outcome.OK: ok, outcome.RateLimited: failures},
	}
	if ended := ok + failures; ended > 0 {
		t.ErrorRate = new(float64(failures) / float64(ended))
		t.Rate.Succeeded = new(float64(ok) / length)
		if !w.unjudged {
			t.Goodput = &result.Goodput{RPS: float64(ok) / length, GoodFraction: float64(ok) / float64(ended+unfinished)}
		}
	}
	if t.Latency.E2E.Response = latency(all[e2e]); !w.unary {
		t.Latency.TTFT.Response = latency(all[ttft])
	}
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
		run.ID = fmt.Sprintf("%d of %p", i, s)
		s.runs, s.series = append(s.runs, run), append(s.series, series)
	}
	return s
}

// outcomes counts the exit codes of so many comparisons.
func (w world) outcomes(trials, runs int, slower float64) map[int]int {
	count := map[int]int{}
	for i := range trials {
		rng := rand.New(rand.NewPCG(uint64(i), uint64(runs)))
		d := compareSides(w.aside(rng, runs, 1), w.aside(rng, runs, slower), Options{})
		count[d.Gate.ExitCode]++
	}
	return count
}

// A job of CI runs for 60 s at 20 requests a second. Of an endpoint that did not
// change most pairs of such runs pass and none fails; of one that became slower by
// just the margin few pass, and few fail; with noise between runs as well as within.
// Long runs and several of them tell more.
func TestHowOftenTheGateIsRight(t *testing.T) {
	job := world{seconds: 60, rps: 20, within: 0.05, memory: 0.7, between: 0.01}
	steady := job
	steady.between = 0
	several := usual
	several.seconds, several.rps, several.between = 120, 30, 0.02
	for _, tt := range []struct {
		name         string
		world        world
		trials, runs int
		slower       float64
		pass, worse  frequency
	}{
		{"a job, unchanged", job, 100, 1, 1, frequency{0.6, 1}, frequency{0, 0}},
		{"a job, slower by the margin", steady, 100, 1, 1.1, frequency{0, 0.05}, frequency{0, 0.2}},
		{"a job, 25 % slower", job, 40, 1, 1.25, frequency{0, 0}, frequency{0.9, 1}},
		{"one run a side, unchanged", usual, 12, 1, 1, frequency{0.75, 1}, frequency{0, 0}},
		{"one run a side, 15 % slower", usual, 30, 1, 1.15, frequency{0, 0}, frequency{0.8, 1}},
		{"eight runs a side, unchanged", several, 5, 8, 1, frequency{0.8, 1}, frequency{0, 0}},
		{"eight runs a side, 15 % slower", several, 5, 8, 1.15, frequency{0, 0}, frequency{0.8, 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.trials = some(tt.trials)
			got := tt.world.outcomes(tt.trials, tt.runs, tt.slower)
			t.Log(got)
			for code, want := range map[int]frequency{verdict.ExitPass: tt.pass, verdict.ExitFailed: tt.worse} {
				if !want.holds(got[code], tt.trials) {
					t.Errorf("of %d exited %d: %v, want %.0f to %.0f %%", tt.trials, code, got, 100*want.least, 100*want.most)
				}
			}
		})
	}
}
