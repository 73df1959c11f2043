package search

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/scenario"
	"flashwave/client/mock"
)

// holds is the law that no load holds at which an SLO does not, whatever it was asked for.
func holds(t *testing.T, doc *capacity.Document) {
	t.Helper()
	broke := func(st capacity.Step) bool {
		return slices.ContainsFunc(st.SLOs, func(j capacity.Judged) bool { return j.OK != nil && !*j.OK })
	}
	for _, st := range doc.Steps {
		if st.Concurrency != nil && *st.Concurrency < 1 {
			t.Errorf("%s with %d in flight", st.Kind, *st.Concurrency)
		}
		if st.Verdict == capacity.Held && broke(st) {
			t.Errorf("%s %s held, and an SLO did not: %s", st.Kind, st.Asked(), st.Why)
		}
	}
	for _, p := range doc.Curve {
		if p.Verdict != capacity.Held {
			continue
		}
		var last capacity.Step // above the answer
		for _, st := range doc.Steps {
			same := p.RateRPS != nil && st.RateRPS != nil && capacity.SameRate(p.RateRPS, *st.RateRPS) ||
				p.Concurrency != nil && st.Concurrency != nil && *p.Concurrency == *st.Concurrency
			if same && st.Kind.Above() {
				last = st
			}
		}
		if broke(last) {
			t.Errorf("the curve says that %s held", last.Asked())
		}
	}
}

// find searches the built-in endpoint in virtual time.
func find(t *testing.T, c mock.Config, change func(*scenario.Scenario), bounds func(*Config)) *capacity.Document {
	t.Helper()
	_, doc := seek(t, c, change, bounds)
	return doc
}

// seek is find, and answers with the search, too.
func seek(t *testing.T, c mock.Config, change func(*scenario.Scenario), bounds func(*Config)) (s *Search, doc *capacity.Document) {
	t.Helper()
	onMock(t, c, change, func(t *testing.T, o bench.Options) {
		cfg := Defaults()
		cfg.Options = o
		cfg.Progress = func(line string) { t.Log(line) }
		if bounds != nil {
			bounds(&cfg)
		}
		var err error
		if s, err = New(cfg); err != nil {
			t.Fatal(err)
		}
		doc = s.Run(t.Context())
	})
	t.Log(doc.Verdict.Headline)
	holds(t, doc)
	return s, doc
}

// The model's own SLO capacity comes from a fine sweep of the documented formulae,
// played apart from the endpoint, the client and the engine.
func TestTheSearchFindsTheModelsCapacity(t *testing.T) {
	for i, tc := range []struct {
		batch, tokens int
		step          time.Duration
		bound         time.Duration
		often         bool // without -full, too
	}{
		{4, 4, 100 * time.Millisecond, 800 * time.Millisecond, true},
		{8, 4, 200 * time.Millisecond, 800 * time.Millisecond, false},
		{16, 6, 250 * time.Millisecond, 1500 * time.Millisecond, false},
		{32, 8, 150 * time.Millisecond, 800 * time.Millisecond, false},
		{64, 4, 200 * time.Millisecond, 500 * time.Millisecond, false}, // the bound is met long before the batch is full
	} {
		if !*full && !tc.often || raced && i > 0 {
			continue
		}
		t.Run(fmt.Sprintf("batch %d, step %v", tc.batch, tc.step), func(t *testing.T) {
			t.Parallel()
			c := mock.Default()
			c.Batch, c.Tokens, c.Step = tc.batch, tc.tokens, tc.step
			truth := sweep(c, 16, tc.bound.Seconds())
			doc := find(t, c, func(sc *scenario.Scenario) {
				sc.SLO = []string{fmt.Sprintf("ttft.p95 < %dms", tc.bound.Milliseconds())}
			}, nil)
			a := doc.Capacity
			switch {
			case a.RPS == nil || !a.Confirmed:
				t.Fatalf("no answer: %+v", doc.Verdict)
			case math.Abs(*a.RPS/truth-1) > 0.10:
				t.Errorf("%.4g/s, the sweep says %.4g/s", *a.RPS, truth)
			case a.LimitedBy != capacity.ByLatency:
				t.Errorf("limited by %q", a.LimitedBy)
			}
			t.Logf("%.4g/s of %.4g/s in %d steps", *a.RPS, truth, len(doc.Steps))
			if len(doc.Steps) > 16 {
				t.Errorf("%d steps", len(doc.Steps))
			}
		})
	}
}

func TestTheSearchNamesA429(t *testing.T) {
	for _, tc := range []struct {
		name   string
		window time.Duration
	}{{"a steady limit", 0}, {"a window of a minute", time.Minute}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := mock.Default()
			c.Tokens, c.RPM, c.RateWindow = 1, 3000, tc.window
			doc := find(t, c, nil, nil)
			a := doc.Capacity
			if a.RPS == nil || math.Abs(*a.RPS/50-1) > 0.05 || a.LimitedBy != capacity.ByRateLimit {
				t.Errorf("%+v", a)
			}
		})
	}
}
