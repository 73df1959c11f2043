package bench_test

import (
	"context"
	"strings"
	"testing"

	"flashwave/bench"
	"flashwave/bench/scenario"
	"flashwave/client"
)

func prepared(t *testing.T, edit func(*scenario.Scenario)) *bench.Setup {
	t.Helper()
	sc := scenario.Default()
	sc.Workload.MaxTokens = 8
	edit(sc)
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	s, err := bench.Prepare(context.Background(), sc, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// A check goes through every phase of one request, in their order.
func TestCheck(t *testing.T) {
	t.Parallel()
	s := prepared(t, func(*scenario.Scenario) {})
	for range 2 { // the second time, too, it connects anew
		p := s.Check(context.Background())
		if !p.OK() || p.Status != 200 || p.Err != "" {
			t.Fatalf("%+v", p)
		}
		if p.Phases.Connect <= 0 || p.Phases.Connect > p.FirstByte {
			t.Errorf("connect took %v, the first byte came after %v", p.Phases.Connect, p.FirstByte)
		}
		if p.FirstByte > p.FirstToken || p.FirstToken > p.LastToken || p.LastToken > p.Done {
			t.Errorf("out of order: %+v", p)
		}
		if p.Usage.Output < 1 || p.Usage.From != client.FromUsage || p.Text == "" || p.CostUSD == nil || *p.CostUSD <= 0 {
			t.Errorf("tokens, text or cost are missing: %+v", p)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if p := s.Check(ctx); p.Outcome != "cancelled" || p.FirstToken >= 0 {
		t.Errorf("a cancelled check: %+v", p)
	}
}

// An appraisal says what a prepared run would, without an endpoint.
func TestAppraise(t *testing.T) {
	t.Parallel()
	sc := scenario.Default()
	sc.Target.URL = "https://shop.example/v1"
	sc.Target.Model = "nobody-knows-it"
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	e, err := bench.Appraise(sc)
	if err != nil || e.Requests != 1000 || e.Cost != nil || e.OutputTokens != 300_000 {
		t.Errorf("%+v, %v", e, err)
	}
	sc.Budget = 1
	if _, err := bench.Appraise(sc); err == nil || !strings.Contains(err.Error(), "price") {
		t.Errorf("a budget without a price: %v", err)
	}
	s := prepared(t, func(*scenario.Scenario) {})
	here, err := bench.Appraise(s.Scenario)
	if want := s.Estimate(); err != nil || here.Requests != want.Requests || *here.Cost != *want.Cost {
		t.Errorf("appraised %+v, prepared %+v, %v", here, want, err)
	}
}
