package search

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/price"
	"flashwave/bench/prompt"
	"flashwave/bench/scenario"
	"flashwave/bench/schema/schematest"
	"flashwave/bench/servertest"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
)

// A tally is a server that counts what it refuses, with all that lies between the steps.
type tally struct {
	*servertest.Server
	sent, refused atomic.Int64
}

func (c *tally) Do(ctx context.Context, req *client.Request, sink client.Sink) client.Result {
	res := c.Server.Do(ctx, req, sink)
	c.sent.Add(1)
	if res.Outcome == outcome.RateLimited {
		c.refused.Add(1)
	}
	return res
}

// searchModel searches a model in virtual time, for one SLO on e2e.p95. It answers with the
// share of the requests that were refused, too.
func searchModel(t *testing.T, m servertest.Model, bound time.Duration, bounds func(*Config)) (doc *capacity.Document, refused float64) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		epoch := time.Now()
		server := &tally{Server: servertest.New(m, epoch)}
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
		holds(t, doc)
		refused = float64(server.refused.Load()) / float64(server.sent.Load())
	})
	schematest.Values(t, "capacity", doc)
	if rate := doc.Capacity.RPS; rate != nil && doc.Plan.Raised() != capacity.InFlight && !slices.ContainsFunc(doc.Steps, func(st capacity.Step) bool { return capacity.SameRate(st.RateRPS, *rate) }) {
		t.Errorf("%.4g/s is named and did not run", *rate)
	}
	return doc, refused
}

func seeded(m servertest.Model, seed uint64) servertest.Model { m.Seed = seed; return m }

const sale = 800 * time.Millisecond

// A served is a server whose capacity is known, and how well it must be found.
type served struct {
	name   string
	model  servertest.Model
	truth  servertest.Model // of which the capacity is that of the model
	bound  time.Duration    // of e2e.p95
	off    float64          // of the truth at most; ratio
	most   time.Duration    // for the search
	limit  capacity.Limit
	bounds func(*Config)
}

const (
	latencyTime = 550 * time.Second // for nearly all; their mean is 330 s
	quotaTime   = 240 * time.Second
)

func queue(name string, m servertest.Model, bounds func(*Config)) served {
	return served{name, m, m, sale, 0.07, latencyTime, capacity.ByLatency, bounds}
}

func limited(name string, q servertest.Quota, bounds func(*Config)) served {
	m := servertest.Limited(q)
	return served{name, m, m, sale, 0.03, quotaTime, capacity.ByRateLimit, bounds}
}

// scaling is an endpoint that scales out, and takes so many times as long for each request.
func scaling(name string, slow time.Duration) served {
	m := servertest.Autoscaled
	m.Service = servertest.Fixed(slow * 200 * time.Millisecond)
	return served{
		name, m,
		servertest.Model{Workers: m.Scaling.Most, Service: m.Service},
		slow * sale, 0.07, 28 * time.Minute, capacity.ByLatency,
		func(c *Config) { c.HoldFor = 3 * time.Minute },
	}
}

func stepping(d time.Duration) func(*Config) { return func(c *Config) { c.StepFor = d } }

var queues = []served{
	queue("M/M/8", servertest.MM8, nil),
	{"429s over 16 in flight", servertest.Concurrency16, servertest.Concurrency16, 10 * time.Second, 0.07, latencyTime, capacity.ByRateLimit, nil},
}

var others = []served{
	limited("a window, told", servertest.Quota{PerMinute: 1200, Headers: true}, nil),
	limited("a window", servertest.Quota{PerMinute: 1200}, nil),
	limited("a deep bucket", servertest.Quota{PerMinute: 1200, Depth: 1200}, nil),
}

// variants are servers that the others stand for, at a fraction of their requests, and some
// whose steps or searches are long: they are searched with -full.
var variants = []served{
	{"the first minute three times slower", servertest.Cold, servertest.MM8, sale, 0.07, 10 * time.Minute, capacity.ByLatency, nil},
	limited("a deep bucket of tokens, told", servertest.Quota{PerMinute: 21_600, Tokens: true, Depth: 21_600, Headers: true}, nil),
	limited("a bucket of 50, told", servertest.Quota{PerMinute: 1200, Depth: 50, Headers: true}, nil),
	limited("a deep bucket, told without its reset", servertest.Quota{PerMinute: 1200, Depth: 1200, Headers: true, NoReset: true}, nil),
	queue("M/D/8", servertest.MD8, nil),
	limited("a window, told without its reset", servertest.Quota{PerMinute: 1200, Headers: true, NoReset: true}, nil),
	limited("a deep bucket, told", servertest.Quota{PerMinute: 1200, Depth: 1200, Headers: true}, nil),
	limited("a window of tokens, told", servertest.Quota{PerMinute: 21_600, Tokens: true, Headers: true}, nil),
	limited("a bucket of 50", servertest.Quota{PerMinute: 1200, Depth: 50}, nil),
	queue("one in ten is long", servertest.Bimodal8, nil),
	queue("a shared processor", servertest.Shared8, nil),
	{"noisy by 30 %", servertest.Noisy8, servertest.Noisy8, sale, 0.07, 11 * time.Minute, capacity.ByLatency, nil},
	queue("M/M/8, steps of 5 s", servertest.MM8, stepping(5*time.Second)),
	limited("a deep bucket, told, steps of 3 s", servertest.Quota{PerMinute: 3000, Depth: 3000, Headers: true}, stepping(3*time.Second)),
	scaling("scaling from 4 to 32, four times as slow, held", 4),
	scaling("scaling from 4 to 32, held", 1),
	{"the same, warmed up", servertest.Cold, servertest.MM8, sale, 0.07, 8 * time.Minute, capacity.ByLatency, func(c *Config) { c.Warmup = 2 * time.Minute }},
}

// The command whose figures the package doc tells:
//
//	go test ./bench/capacity/search -run TestTheSearchFindsTheTruth -full -v
func TestTheSearchFindsTheTruth(t *testing.T) {
	list := slices.Concat(queues, others)
	if *full {
		list = append(list, variants...)
	}
	for i, tc := range list {
		if raced && i%6 != 0 {
			continue // CI proves the table without the detector
		}
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			truth := tc.truth.Capacity(servertest.SLO{Quantile: 0.95, Bound: tc.bound, Errors: 0.01}, false)
			doc, refused := searchModel(t, tc.model, tc.bound, tc.bounds)
			a := doc.Capacity
			if a.RPS == nil {
				t.Fatalf("no answer: %+v", doc.Verdict)
			}
			t.Logf("%s: %.4g/s of %.4g/s (%+.1f %%) in %.0f s, %.2f %% refused: %s", tc.name, *a.RPS, truth, 100*(*a.RPS/truth-1), doc.DurationS, 100*refused, doc.Verdict.Headline)
			if p := a.Saturated; p != nil {
				t.Logf("%s: saturated at %.4g/s (%.4g to %.4g) of %d steps", tc.name, p.RPS, p.LowRPS, p.HighRPS, p.Steps)
			}
			switch {
			case math.Abs(*a.RPS/truth-1) > tc.off, !a.Confirmed, doc.Verdict.ExitCode != verdict.ExitPass:
				t.Errorf("%.4g/s of %.4g/s: %+v", *a.RPS, truth, doc.Verdict)
			case doc.DurationS > tc.most.Seconds():
				t.Errorf("it took %.0f s", doc.DurationS)
			case a.LimitedBy != tc.limit:
				t.Errorf("limited by %q", a.LimitedBy)
			case tc.model.Quota != nil && refused > 0.02:
				t.Errorf("%.1f %% of the requests ended with a 429", 100*refused)
			}
		})
	}
}

// Nine searches in ten come within 5 % or so, whatever the random numbers:
//
//	go test ./bench/capacity/search -run TestMostSearchesAreClose -full -v
func TestMostSearchesAreClose(t *testing.T) {
	if !*full {
		t.Skip("-full asks for it")
	}
	const seeds = 10
	for _, tc := range slices.Concat(queues, others, variants) {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			truth := tc.truth.Capacity(servertest.SLO{Quantile: 0.95, Bound: tc.bound, Errors: 0.01}, false)
			off, took := make([]float64, seeds), make([]float64, seeds)
			t.Run("seeds", func(t *testing.T) {
				for i := range seeds {
					t.Run(fmt.Sprint(i), func(t *testing.T) {
						t.Parallel()
						doc, _ := searchModel(t, seeded(tc.model, uint64(100+i)), tc.bound, tc.bounds)
						off[i], took[i] = -100, doc.DurationS
						if doc.Capacity.RPS != nil && doc.Verdict.ExitCode == verdict.ExitPass {
							off[i] = 100 * (*doc.Capacity.RPS/truth - 1)
						}
					})
				}
			})
			slices.Sort(off)
			slices.Sort(took)
			t.Logf("%s: off by %.1f %%, in %.0f s", tc.name, off, took)
			far := 0
			for _, o := range off {
				if math.Abs(o) > 7 {
					far++
				}
			}
			if 5*far > seeds {
				t.Errorf("%d of %d are off by more than 7 %%", far, seeds)
			}
		})
	}
}

// What changes while it is measured is named, and no answer that is of the past passes.
func TestADriftIsNamed(t *testing.T) {
	if !*full {
		t.Skip("-full asks for it: the search of which nothing is foretold names it as well")
	}
	t.Parallel()
	doc, _ := searchModel(t, servertest.Drifting, 2*time.Second, nil)
	named := slices.ContainsFunc(doc.Findings, func(f capacity.Finding) bool { return f.Kind == capacity.Drifts })
	if !named || doc.Verdict.ExitCode != verdict.ExitInconclusive || !strings.Contains(doc.Verdict.Headline, "drifts") || doc.DurationS > 600 {
		t.Errorf("%+v, %+v in %v s", doc.Verdict, doc.Findings, doc.DurationS)
	}
}

func TestAScaleOutIsNamed(t *testing.T) {
	if !*full {
		t.Skip("-full asks for it: the search of which nothing is foretold names it as well")
	}
	t.Parallel()
	m := scaling("", 4)
	doc, _ := searchModel(t, m.model, m.bound, nil)
	if !slices.ContainsFunc(doc.Findings, func(f capacity.Finding) bool { return f.Kind == capacity.ScalesOut }) {
		t.Errorf("%+v, %+v", doc.Verdict, doc.Findings)
	}
}

// A warm-up is load that does not count.
func TestAWarmUpComesFirst(t *testing.T) {
	t.Parallel()
	doc, _ := searchModel(t, servertest.Cold, sale, func(c *Config) { c.Warmup, c.Soak, c.MaxRate = 70*time.Second, 0, 60 })
	if doc.Steps[0].Kind != capacity.Warm || doc.Capacity.RPS == nil || *doc.Capacity.RPS < 59 || doc.DurationS > 200 {
		t.Errorf("%+v in %v s", doc.Verdict, doc.DurationS)
	}
}

// It ends when latency stands still, which it does soon where little chance is in it, and
// lasts for as long as was given where an endpoint goes on to get faster.
func TestAWarmUpEndsWhenLatencyStandsStill(t *testing.T) {
	warming := servertest.MD8
	warming.Slower = func(age time.Duration) float64 { return 1 + 4*math.Exp(-age.Seconds()/15) }
	endless := servertest.MD8
	endless.Slower = func(age time.Duration) float64 { return math.Exp2(-age.Seconds() / 10) }
	for _, tc := range []struct {
		name        string
		model       servertest.Model
		least, most float64 // seconds
	}{
		{"warm already", servertest.MD8, 8, 12},
		{"by chance", servertest.MM8, 8, 122},
		{"warming", warming, 40, 110},
		{"no end to it, but for the highest rate", endless, 30, 35},
		{"cold for a minute", servertest.Cold, 60, 122},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			doc, _ := searchModel(t, tc.model, sale, func(c *Config) { c.Warmup, c.Soak, c.MaxRate = 2*time.Minute, 0, 40 })
			if st := doc.Steps[0]; st.Kind != capacity.Warm || st.DurationS < tc.least || st.DurationS > tc.most {
				t.Errorf("%s for %.0f s", st.Kind, st.DurationS)
			}
		})
	}
}
