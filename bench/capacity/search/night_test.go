package search

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/schema/schematest"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
	"flashwave/client/mock"
)

// small is an endpoint that is full at a few requests per second, so that nights
// against it are short of requests.
func small() mock.Config {
	c := mock.Default()
	c.Batch, c.Tokens, c.Step = 8, 6, 200*time.Millisecond
	return c
}

// demand gives a scenario waves.
func demand(specs ...string) func(*scenario.Scenario) {
	return func(sc *scenario.Scenario) {
		for _, spec := range specs {
			lane, w, err := scenario.ParseWave(spec)
			if err != nil {
				panic(err)
			}
			sc.AddWave(lane, w)
		}
	}
}

// What a forecast says of a surge above the capacity comes true: the longest wait
// within 20 %.
func TestRehearsalsComeAsForecast(t *testing.T) {
	night, err := filepath.Abs(filepath.Join("..", "..", "forecast", "testdata", "flash-sale-night.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for i, tc := range []struct {
		name  string
		waves []string
		shape capacity.Shape
	}{
		{"a surge", []string{"calm:2/s:30s", "surge:2/s..12/s:20s", "rush:12/s:60s", "after:1/s:60s"}, capacity.Shape{Speed: 1, Scale: 1}},
		{"the flash-sale night", []string{"night:trace=" + night}, capacity.Shape{Speed: 60, Scale: 0.00125}},
	} {
		if !*full && i > 0 {
			continue
		}
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s, doc := seek(t, small(), demand(tc.waves...), func(c *Config) {
				c.Rehearse, c.MaxRate = &tc.shape, 100
				c.Options.Scenario.Target.Timeout = scenario.Duration(10 * time.Minute)
				c.Options.Scenario.Target.IdleTimeout = scenario.Duration(10 * time.Minute)
			})
			schematest.Values(t, "capacity", doc)
			r := doc.Rehearsal
			if r == nil {
				t.Fatalf("no rehearsal: %+v", doc.Verdict)
			}
			for name, c := range map[string]capacity.Compared{"worst wait": r.WorstWait, "TTFT p95": r.TTFTP95, "peak backlog": r.PeakBacklog, "time to drain": r.TimeToDrain, "cost": r.Cost} {
				t.Logf("%-14s %s", name, said(c))
			}
			if w := r.WorstWait; w.Off == nil || math.Abs(*w.Off) > 0.2 || *w.Measured < 3 {
				t.Errorf("worst wait %s", said(w))
			}
			if c := r.Cost; c.Off == nil || math.Abs(*c.Off) > 0.1 {
				t.Errorf("cost %s", said(c))
			}
			broke := func(l result.SLO) bool { return l.Expr == "ttft.p95 < 800ms" && l.Assumed && !*l.OK }
			if s.rehearsedOn != result.GroundSLO || !slices.ContainsFunc(r.SLOs, broke) {
				t.Errorf("judged on %q: %+v", s.rehearsedOn, r.SLOs)
			}
			if f := doc.Forecast; f.Fits == nil || *f.Fits || doc.Verdict.ExitCode != verdict.ExitFailed || *f.Replicas < 2 {
				t.Errorf("fits: %+v, %+v", f.Fits, doc.Verdict)
			}
		})
	}
}

func said(c capacity.Compared) string {
	write := func(v *float64) string {
		if v == nil {
			return units.NoData
		}
		return fmt.Sprintf("%.3g", *v)
	}
	return fmt.Sprintf("%s predicted, %s measured, off by %s", write(c.Predicted), write(c.Measured), write(c.Off))
}

// A demand that fits passes, one within what is not known is undecided.
func TestVerdictsOverTheDemand(t *testing.T) {
	for _, tc := range []struct {
		name     string
		wave     string
		headroom float64
		exit     int
		often    bool // without -full, too
	}{
		{"fits", "calm:1/s:2m", 1.5, verdict.ExitPass, true},
		{"does not", "calm:50/s:2m", 1, verdict.ExitFailed, false},
		{"not with that headroom", "calm:1/s:2m", 60, verdict.ExitFailed, true},
	} {
		if !*full && !tc.often {
			continue
		}
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			doc := find(t, small(), demand(tc.wave), func(c *Config) { c.Headroom, c.Soak = tc.headroom, 0 })
			schematest.Values(t, "capacity", doc)
			if doc.Verdict.ExitCode != tc.exit {
				t.Errorf("%+v", doc.Verdict)
			}
			f, c := doc.Forecast, doc.Cost
			if f.Headroom == nil || f.Quota.TokensPM == nil || c.ExpectedUSD == nil || len(c.Models) == 0 || *c.LowUSD > *c.ExpectedUSD {
				t.Errorf("%+v\n%+v", f, c)
			}
		})
	}
}
