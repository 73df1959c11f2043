package capacity

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench"
	"flashwave/bench/price"
	"flashwave/bench/prompt"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/schema/schematest"
	"flashwave/bench/servertest"
	"flashwave/bench/verdict"
)

// searchModel searches a model at virtual time, for one SLO on e2e.p95.
func searchModel(t *testing.T, m servertest.Model, bound time.Duration, bounds func(*Config)) *Document {
	t.Helper()
	var doc *Document
	synctest.Test(t, func(t *testing.T) {
		epoch := time.Now()
		server := servertest.New(m, epoch)
		sc := scenario.Default()
		sc.Target.Model = "model"
		sc.Workload.Prompts = "synthetic:16"
		sc.SLO = []string{fmt.Sprintf("e2e.p95 < %dms", bound.Milliseconds())}
		if err := sc.Resolve(scenario.Machine{}); err != nil {
			t.Fatal(err)
		}
		source, err := prompt.Open(sc.Workload.Prompts, sc.Workload.Prompt, sc.Workload.System, sc.Seed)
		if err != nil {
			t.Fatal(err)
		}
		cfg := Defaults()
		cfg.Options = bench.Options{
			Scenario: sc, Client: server, Epoch: epoch, ID: "test", Price: &price.Price{Input: 1, Output: 2},
			Prompts: []prompt.Source{source},
		}
		cfg.MaxRate = 10_000
		cfg.Progress = func(line string) { t.Log(line) }
		if bounds != nil {
			bounds(&cfg)
		}
		s, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		doc = s.Run(t.Context())
		synctest.Wait()
	})
	return doc
}

const sale = 800 * time.Millisecond

func seeded(m servertest.Model, seed uint64) servertest.Model { m.Seed = seed; return m }

var servers = []struct {
	name   string
	model  servertest.Model
	bound  time.Duration
	off    float64       // of the truth, at most; a ratio
	most   time.Duration // that the search may take
	limit  Limit
	truth  float64 // requests/s; 0: that of the model
	bounds func(*Config)
}{
	{"M/M/8", servertest.MM8, sale, 0.07, 440 * time.Second, ByLatency, 0, nil},
	{"M/M/8, steps of 5 s", servertest.MM8, sale, 0.07, 440 * time.Second, ByLatency, 0, func(c *Config) { c.StepFor = 5 * time.Second }},
	{"M/D/8", servertest.MD8, sale, 0.07, 440 * time.Second, ByLatency, 0, nil},
	{"a shared processor", servertest.Shared8, sale, 0.07, 440 * time.Second, ByLatency, 0, nil},
	{"one in ten is long", servertest.Bimodal8, sale, 0.07, 440 * time.Second, ByLatency, 0, nil},
	{"noisy by 30 %", servertest.Noisy8, sale, 0.07, 440 * time.Second, ByLatency, 0, nil},
	{"429s over 16 in flight", servertest.Concurrency16, 10 * time.Second, 0.07, 440 * time.Second, ByRateLimit, 0, nil},
	{"a window, told", servertest.Limited(servertest.Quota{PerMinute: 1200, Headers: true}), sale, 0.03, 240 * time.Second, ByRateLimit, 0, nil},
	{"a window", servertest.Limited(servertest.Quota{PerMinute: 1200}), sale, 0.03, 240 * time.Second, ByRateLimit, 0, nil},
	{"a deep bucket, told", servertest.Limited(servertest.Quota{PerMinute: 1200, Depth: 1200, Headers: true}), sale, 0.03, 240 * time.Second, ByRateLimit, 0, nil},
	{"a deep bucket", servertest.Limited(servertest.Quota{PerMinute: 1200, Depth: 1200}), sale, 0.03, 240 * time.Second, ByRateLimit, 0, nil},
	{"a deep bucket, told, steps of 3 s", servertest.Limited(servertest.Quota{PerMinute: 3000, Depth: 3000, Headers: true}), sale, 0.03, 240 * time.Second, ByRateLimit, 0, func(c *Config) { c.StepFor = 3 * time.Second }},
	{"the first minute three times slower", servertest.Cold, sale, 0.07, 900 * time.Second, ByLatency, 0, nil},
}

func TestSeeds(t *testing.T) {
	for seed := range uint64(10) {
		for _, tc := range servers[:7] {
			t.Run(fmt.Sprint(tc.name, " ", seed), func(t *testing.T) {
				t.Parallel()
				truth := tc.model.Capacity(servertest.SLO{Quantile: 0.95, Bound: tc.bound, Errors: 0.01}, false)
				doc := searchModel(t, seeded(tc.model, seed+100), tc.bound, tc.bounds)
				found := 0.0
				if doc.Capacity.RPS != nil {
					found = *doc.Capacity.RPS
				}
				fmt.Printf("| %s | %+.1f %% | %.0f s | %d steps %d\n", tc.name, 100*(found/truth-1), doc.DurationS, len(doc.Steps), doc.Verdict.ExitCode)
			})
		}
	}
}

func TestChanging(t *testing.T) {
	auto := servertest.Autoscaled
	for _, tc := range []struct {
		name   string
		m      servertest.Model
		bound  time.Duration
		bounds func(*Config)
	}{
		{"scaled", auto, sale, nil},
		{"scaled, held", auto, sale, func(c *Config) { c.HoldFor = 3 * time.Minute }},
		{"drifting 800", servertest.Drifting, sale, nil},
		{"drifting 2s", servertest.Drifting, 2 * time.Second, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			doc := searchModel(t, tc.m, tc.bound, tc.bounds)
			t.Logf("%+v %v", doc.Verdict, doc.DurationS)
			for _, f := range doc.Findings {
				t.Log(f.Kind, f.Text)
			}
		})
	}
}

func TestTheSearchFindsTheTruth(t *testing.T) {
	for _, tc := range servers {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			truth := tc.truth
			if truth == 0 {
				honest := tc.model
				if tc.model.Slower != nil && tc.name == "the first minute three times slower" {
					honest.Slower = nil
				}
				truth = honest.Capacity(servertest.SLO{Quantile: 0.95, Bound: tc.bound, Errors: 0.01}, false)
			}
			doc := searchModel(t, tc.model, tc.bound, tc.bounds)
			schematest.Values(t, "capacity", doc)
			a := doc.Capacity
			found := 0.0
			if a.RPS != nil {
				found = *a.RPS
			}
			refused, sent := refusals(doc)
			said := fmt.Sprintf("| %s | %.4g | %.4g (%+.1f %%) | %.0f s | %d of %d | %s", tc.name, truth, found, 100*(found/truth-1), doc.DurationS, refused, sent, doc.Verdict.Headline)
			t.Log(said)
			fmt.Println(said)
			switch {
			case math.Abs(found/truth-1) > tc.off, !a.Confirmed, doc.Verdict.ExitCode != verdict.ExitPass:
				t.Errorf("%.4g/s of %.4g/s: %+v", found, truth, doc.Verdict)
			case doc.DurationS > tc.most.Seconds():
				t.Errorf("it took %.0f s", doc.DurationS)
			case a.LimitedBy != tc.limit:
				t.Errorf("limited by %q", a.LimitedBy)
			case tc.model.Quota != nil && float64(refused) > 0.02*float64(sent):
				t.Errorf("%d of %d requests ended with a 429", refused, sent)
			}
		})
	}
}

// refusals are the requests of a search that ended with a 429, and all.
func refusals(doc *Document) (refused, sent int64) {
	for _, st := range doc.Steps {
		refused, sent = refused+st.RateLimited, sent+st.Requests.Sent
	}
	return refused, sent
}

var (
	_ = strings.Contains
	_ = result.Pass
)
