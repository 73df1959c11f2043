package search

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/forecast"
	"flashwave/bench/price"
	"flashwave/bench/prompt"
	"flashwave/bench/scenario"
	"flashwave/bench/schema/schematest"
	"flashwave/bench/servertest"
	"flashwave/bench/trend"
	"flashwave/bench/verdict"
)

// against prepares a search of a model, in virtual time; its demand is a night.
func against(t *testing.T, m servertest.Model, arrivals string, night []string, test func(t *testing.T, s *Search)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		epoch := time.Now()
		sc := scenario.Default()
		sc.Target.URL, sc.Target.Model = "http://endpoint.test/v1", "model"
		sc.Workload.Prompts, sc.Arrivals = "synthetic:16", arrivals
		sc.SLO = []string{"e2e.p95 < 600ms"}
		switch { // whose answers take longer
		case m.MaxOpen > 0:
			sc.SLO = []string{"e2e.p95 < 5s"}
		case m.Scaling != nil:
			sc.SLO = []string{"e2e.p95 < 3200ms"}
		}
		demand(night...)(sc)
		if err := sc.Resolve(scenario.Machine{}); err != nil {
			t.Fatal(err)
		}
		source, err := prompt.Open(sc.Workload.Prompts, "", "", sc.Seed)
		if err != nil {
			t.Fatal(err)
		}
		cfg := Defaults()
		cfg.Options = bench.Options{
			Scenario: sc, Client: servertest.New(m, epoch), Epoch: epoch, ID: "test",
			Price: &price.Price{Input: 1, Output: 2}, Prompts: []prompt.Source{source},
		}
		cfg.Rehearse = &capacity.Shape{Speed: 1, Scale: 1}
		s, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		s.began = time.Now()
		test(t, s)
		synctest.Wait()
	})
}

// steps measures what a search would: closed steps (so many requests in flight), and
// open ones below and above the capacity.
func (s *Search) stepsOf(t *testing.T, closed []int, open []float64, length time.Duration) {
	t.Helper()
	for _, n := range closed {
		settle := time.Second
		st, ok := s.closedStep(t.Context(), capacity.Saturate, n, s.filled(n, settle, length), settle+length)
		if !ok {
			t.Fatalf("no step with %d in flight: %+v", n, s.stop)
		}
		if n == 1 {
			s.idle = latency(st.Step)
		}
		s.settleDown(t.Context(), st, move{capacity.Saturate, float64(n)})
	}
	for _, rate := range open {
		st, ok := s.measure(t.Context(), point{kind: capacity.Bracket, rate: rate, length: length, looks: 1})
		if !ok {
			t.Fatalf("no step at %v/s: %+v", rate, s.stop)
		}
		s.settleDown(t.Context(), st, move{capacity.Bracket, rate})
	}
}

// alike are the endpoints that others stand for, or whose steps are long.
var alike = []string{"M/D/8", "shared", "bimodal", "noisy", "bucket", "bucket, told", "bucket, told without its reset", "window, told"}

// The forecast of a night comes true on every kind of endpoint: 200 requests a minute,
// then a quarter more than the endpoint serves, then few again. The command whose figures
// the doc of package forecast tells:
//
//	go test ./bench/capacity/search -run TestForecastsComeTrue -full -v
func TestForecastsComeTrue(t *testing.T) {
	const few = 3.3
	quota := func(q servertest.Quota) servertest.Model { return servertest.Limited(q) }
	for _, tc := range []struct {
		name    string
		model   servertest.Model
		serves  float64 // requests per second; the answer of the search
		rush    float64
		refuses bool
		nights  int
	}{
		{"M/M/8", servertest.MM8, 75, 100, false, fewer(3)},
		{"M/D/8", servertest.MD8, 75, 100, false, fewer(3)},
		{"shared", servertest.Shared8, 70, 100, false, fewer(3)},
		{"bimodal", servertest.Bimodal8, 70, 100, false, fewer(3)},
		{"noisy", servertest.Noisy8, 70, 100, false, fewer(5)},
		{"16 open", servertest.Concurrency16, 24, 50, true, fewer(3)},
		{"shedding", servertest.Shedding, 75, 100, true, fewer(3)},
		{"bucket", quota(servertest.Quota{PerMinute: 1200, Depth: 100}), 20, 50, true, fewer(3)},
		{"bucket, told", quota(servertest.Quota{PerMinute: 1200, Depth: 100, Headers: true}), 20, 50, true, fewer(3)},
		{"bucket, told without its reset", quota(servertest.Quota{PerMinute: 1200, Depth: 100, Headers: true, NoReset: true}), 20, 50, true, fewer(3)},
		{"window", quota(servertest.Quota{PerMinute: 1200}), 20, 50, true, fewer(3)},
		{"window, told", quota(servertest.Quota{PerMinute: 1200, Headers: true}), 20, 50, true, fewer(3)},
	} {
		if !*full && slices.Contains(alike, tc.name) {
			continue
		}
		if raced && tc.name != "M/M/8" && tc.name != "16 open" {
			continue // some are enough to find races; CI proves the table without the detector
		}
		for _, arrivals := range []string{"constant", "poisson"} {
			if regular := tc.name == "M/D/8"; arrivals == "constant" && !regular || arrivals == "poisson" && regular && !*full {
				continue // the chances of the service outweigh those of the arrivals
			}
			t.Run(tc.name+", "+arrivals, func(t *testing.T) {
				t.Parallel()
				night := []string{fmt.Sprintf("calm:%v/s:20s", few), fmt.Sprintf("rush:%v/s:40s", tc.rush), fmt.Sprintf("after:%v/s:60s", few)}
				against(t, tc.model, arrivals, night, func(t *testing.T, s *Search) {
					length := 20 * time.Second
					if tc.model.Slower != nil { // the longer, the nearer to its mean
						length = 150 * time.Second
					}
					if tc.model.Quota != nil { // only a search finds it
						if !s.ramp(t.Context()) || !s.hunting(t.Context()) {
							t.Fatalf("no answer: %+v", s.stop)
						}
					} else {
						s.stepsOf(t, []int{1, 4, 16, 32, 400}, []float64{0.7 * tc.serves, tc.serves, 1.3 * tc.serves}, length)
						s.answer = tc.serves
					}
					if testing.Verbose() {
						for _, st := range s.steps {
							t.Logf("  %s: served %s, refusals %+v", st.Asked(), known(st.SucceededRPS), st.Refusals)
						}
					}
					var wait, errors, cost several
					for range tc.nights {
						s.rehearse(t.Context())
						r := s.rehearsed
						if r == nil {
							t.Fatalf("no rehearsal: %+v", s.stop)
						}
						wait.add(r.WorstWait)
						errors.add(r.ErrorRate)
						cost.add(r.Cost)
						pause(t.Context(), 30*time.Second)
					}
					t.Logf("worst wait %s s; errors %s; cost %s $", wait, errors, cost)
					t.Logf("  %+v", *s.rehearsed.Forecast.Service)
					off := wait.median(ratio)
					if tc.model.Slower != nil { // so few nights are no measure of an endpoint that wanders
						off = ratio(*wait[0].Predicted, nightsOf(tc.model, few, tc.rush))
					}
					if math.Abs(off) > 0.2 && tc.rush > tc.serves && !tc.refuses {
						t.Errorf("the worst wait is off by %+.0f%%", 100*off)
					}
					if in := wait.inside(); in < 0.6 && !tc.refuses {
						t.Errorf("%.0f%% of the nights are within the band", 100*in)
					}
					if off := errors.median(difference); math.Abs(off) > 0.03 {
						t.Errorf("the errors are off by %+.1f points", 100*off)
					}
					if off := cost.median(ratio); math.Abs(off) > 0.15 {
						t.Errorf("the cost is off by %+.0f%%", 100*off)
					}
				})
			})
		}
	}
}

// nightsOf is the longest wait of the middle one of many nights, by a simulation that
// shares no code with the forecast nor the engine.
func nightsOf(m servertest.Model, few, rush float64) float64 {
	var worst []float64
	for k := range 99 {
		at := 211 * float64(k+1)
		arrivals := []float64{0}
		for _, part := range []struct{ rate, length float64 }{{few, 20}, {rush, 40}, {few, 60}} {
			for i := range int(part.rate * part.length) {
				arrivals = append(arrivals, at+(float64(i)+0.5)/part.rate)
			}
			at += part.length
		}
		longest := 0.0
		for _, o := range m.Simulate(arrivals)[1:] {
			longest = max(longest, o.E2E)
		}
		worst = append(worst, longest-0.1)
	}
	return trend.Median(worst)
}

// several are a figure of several nights.
type several []capacity.Compared

func (n *several) add(c capacity.Compared) { *n = append(*n, c) }

// inside is the share of the nights that came within the band.
func (n several) inside() (share float64) {
	for _, c := range n {
		if *c.Measured >= *c.Low*0.95 && *c.Measured <= *c.High*1.05 {
			share += 1 / float64(len(n))
		}
	}
	return share
}

// median is how far the predictions are off, in the middle one of the nights.
func (n several) median(off func(predicted, measured float64) float64) float64 {
	var list []float64
	for _, c := range n {
		list = append(list, off(*c.Predicted, *c.Measured))
	}
	return trend.Median(list)
}

func ratio(predicted, measured float64) float64      { return predicted/measured - 1 }
func difference(predicted, measured float64) float64 { return predicted - measured }

func (n several) String() string {
	var list []string
	for _, c := range n {
		list = append(list, fmt.Sprintf("%s (%s to %s) → %s", known(c.Predicted), known(c.Low), known(c.High), known(c.Measured)))
	}
	return strings.Join(list, ", ")
}

func known(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.3g", *v)
}

// The search as it is finds what the forecast needs.
func TestASearchForetellsItsNight(t *testing.T) {
	if !*full {
		t.Skip("-full asks for it: the search that is rehearsed foretells its night as well")
	}
	for name, m := range map[string]servertest.Model{"M/M/8": servertest.MM8, "shared": servertest.Shared8, "shedding": servertest.Shedding} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			against(t, m, "poisson", []string{"calm:3.3/s:20s", "rush:100/s:40s", "after:3.3/s:60s"}, func(t *testing.T, s *Search) {
				doc := s.Run(t.Context())
				r := doc.Rehearsal
				if r == nil {
					t.Fatalf("no rehearsal: %+v", doc.Verdict)
				}
				schematest.Values(t, "capacity", doc)
				t.Logf("worst wait %s; errors %s; cost %s", several{r.WorstWait}, several{r.ErrorRate}, several{r.Cost})
				// The steps of a search are short, and the longest wait of one night is chance:
				// the band has to say so.
				if off := *r.WorstWait.Off; math.Abs(off) > 0.4 || (several{r.WorstWait}).inside() < 1 && math.Abs(off) > 0.2 {
					t.Errorf("the worst wait is off by %+.0f%%", 100*off)
				}
				if off := *r.Cost.Off; math.Abs(off) > 0.15 {
					t.Errorf("the cost is off by %+.0f%%", 100*off)
				}
				if off := *r.ErrorRate.Predicted - *r.ErrorRate.Measured; math.Abs(off) > 0.03 {
					t.Errorf("the errors are off by %+.1f points", 100*off)
				}
			})
		})
	}
}

// An endpoint that changes while it is measured gives no ground: nothing is foretold, and
// the night itself is asked for.
func TestOfWhatChangesNothingIsForetold(t *testing.T) {
	for name, tc := range map[string]struct {
		model     servertest.Model
		ground    forecast.Ground
		finding   capacity.FindingKind
		rehearsed bool
	}{
		"autoscaled":          {scaling("", 4).model, forecast.ScalesOut, capacity.ScalesOut, false},
		"drifting, rehearsed": {servertest.Drifting, forecast.Drifts, capacity.Drifts, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			against(t, tc.model, "poisson", []string{"calm:2/s:10s", "rush:10/s:20s", "after:2/s:10s"}, func(t *testing.T, s *Search) {
				if !tc.rehearsed {
					s.stage = nil
				}
				doc := s.Run(t.Context())
				schematest.Values(t, "capacity", doc)
				f := doc.Forecast
				if f.Ground != tc.ground || f.Fits != nil || f.Simulated != nil || f.Band != nil || f.Service != nil || doc.Capacity.Saturated != nil {
					t.Errorf("foretold all the same: %+v", f)
				}
				if !slices.ContainsFunc(doc.Findings, func(f capacity.Finding) bool { return f.Kind == tc.finding }) {
					t.Errorf("%q is not named: %+v", tc.finding, doc.Findings)
				}
				reasons := strings.Join(doc.Verdict.Reasons, "\n")
				if doc.Verdict.ExitCode != verdict.ExitInconclusive || !strings.Contains(reasons, "is not known") || strings.Contains(reasons, "--rehearse") == tc.rehearsed {
					t.Errorf("%+v", doc.Verdict)
				}
				r := doc.Rehearsal
				if r == nil {
					if tc.rehearsed {
						t.Error("no rehearsal")
					}
					return
				}
				for name, c := range map[string]capacity.Compared{"worst wait": r.WorstWait, "e2e p95": r.E2EP95, "peak backlog": r.PeakBacklog, "error rate": r.ErrorRate} {
					if c.Predicted != nil || c.Off != nil || c.Measured == nil {
						t.Errorf("%s: %s", name, said(c))
					}
				}
			})
		})
	}
}
