package capacity

import (
	"fmt"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench"
	"flashwave/bench/forecast"
	"flashwave/bench/price"
	"flashwave/bench/prompt"
	"flashwave/bench/scenario"
	"flashwave/bench/servertest"
	"flashwave/bench/trend"
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
		cfg.Rehearse = &Shape{1, 1}
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
		st, ok := s.closedStep(t.Context(), Saturate, n, filled(n, settle, length), settle+length)
		if !ok {
			t.Fatalf("no step with %d in flight: %+v", n, s.stop)
		}
		if n == 1 {
			s.idle = latency(st.Step)
		}
		pause(t.Context(), 10*time.Second)
	}
	for _, rate := range open {
		if _, ok := s.measure(t.Context(), point{kind: Bracket, rate: rate, length: length, looks: 1}); !ok {
			t.Fatalf("no step at %v/s: %+v", rate, s.stop)
		}
		pause(t.Context(), 10*time.Second)
	}
}

// The forecast of a night comes true on every kind of endpoint: 200 requests a minute,
// then a quarter more than the endpoint serves, then few again.
func TestForecastsComeTrue(t *testing.T) {
	const few = 3.3
	quota := func(q servertest.Quota) servertest.Model { return servertest.Limited(q) }
	for _, tc := range []struct {
		name    string
		model   servertest.Model
		serves  float64 // requests per second; the answer of the search
		rush    float64
		refuses bool
	}{
		{"M/M/8", servertest.MM8, 75, 100, false},
		{"M/D/8", servertest.MD8, 75, 100, false},
		{"shared", servertest.Shared8, 70, 100, false},
		{"bimodal", servertest.Bimodal8, 70, 100, false},
		{"noisy", servertest.Noisy8, 70, 100, false},
		{"16 open", servertest.Concurrency16, 24, 50, true},
		{"shedding", servertest.Shedding, 75, 100, true},
		{"bucket", quota(servertest.Quota{PerMinute: 1200, Depth: 100}), 20, 50, true},
		{"bucket, told", quota(servertest.Quota{PerMinute: 1200, Depth: 100, Headers: true}), 20, 50, true},
		{"window", quota(servertest.Quota{PerMinute: 1200}), 20, 50, true},
		{"window, told", quota(servertest.Quota{PerMinute: 1200, Headers: true}), 20, 50, true},
	} {
		for _, arrivals := range []string{"constant", "poisson"} {
			t.Run(tc.name+", "+arrivals, func(t *testing.T) {
				t.Parallel()
				night := []string{fmt.Sprintf("calm:%v/s:20s", few), fmt.Sprintf("rush:%v/s:40s", tc.rush), fmt.Sprintf("after:%v/s:60s", few)}
				against(t, tc.model, arrivals, night, func(t *testing.T, s *Search) {
					s.stepsOf(t, []int{1, 4, 16, 32, 400}, []float64{0.7 * tc.serves, tc.serves, 1.3 * tc.serves}, 20*time.Second)
					s.answer = tc.serves
					for _, st := range s.steps {
						t.Logf("%s %s: served %s, in flight %s, e2e %v, refusals %+v", loadOf(st), st.Verdict, known(st.SucceededRPS), known(st.InFlightMean), st.Latency.ServiceE2E.P50, st.Refusals)
					}
					var figures [3][]float64
					var first *Rehearsal
					for range 3 {
						s.rehearse(t.Context())
						r := s.rehearsed
						if r == nil {
							t.Fatalf("no rehearsal: %+v", s.stop)
						}
						if first == nil {
							first = r
						}
						for i, c := range []Compared{r.WorstWait, r.ErrorRate, r.Cost} {
							figures[i] = append(figures[i], *c.Measured)
						}
						t.Logf("wait %s (%s to %s), errors %s, cost %s, peak %s, drain %s", said(r.WorstWait), known(r.WorstWait.Low), known(r.WorstWait.High), said(r.ErrorRate), said(r.Cost), said(r.PeakBacklog), said(r.TimeToDrain))
						pause(t.Context(), 30*time.Second)
					}
					f := first.Forecast
					t.Logf("%+v", *f.Service)
					if w := trend.Median(figures[0]); !tc.refuses && math.Abs(*first.WorstWait.Predicted/w-1) > 0.2 {
						t.Errorf("worst wait %.3g, measured %.3g", *first.WorstWait.Predicted, w)
					}
					if e := trend.Median(figures[1]); math.Abs(*first.ErrorRate.Predicted-e) > 0.03 {
						t.Errorf("errors %.3g, measured %.3g", *first.ErrorRate.Predicted, e)
					}
					if c := trend.Median(figures[2]); math.Abs(*first.Cost.Predicted/c-1) > 0.15 {
						t.Errorf("cost %.3g, measured %.3g", *first.Cost.Predicted, c)
					}
				})
			})
		}
	}
}

func known(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.3g", *v)
}

func loadOf(st step) string { return st.load() }

var _ = forecast.Firm
