package versus

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flashwave/bench/capacity"
	"flashwave/bench/compare"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/schema/schematest"
	"flashwave/bench/units"
)

// search is one that found a bracket; 0 is no such rate.
func search(low, high float64) *capacity.Document {
	sc := scenario.Default()
	sc.Target.URL, sc.Target.Model = "http://a.test/v1", "m"
	d := &capacity.Document{
		Schema: capacity.Schema, ID: "capacity-1", Name: "sale", Scenario: sc, StartedAt: time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC),
		SLOs: []capacity.SLO{{Expr: "ttft.p95 < 800ms"}, {Expr: "error_rate <= 1%", Assumed: true}}, DurationS: 60,
		Capacity: capacity.Capacity{Confirmed: true, LimitedBy: capacity.ByLatency, SLO: new("ttft.p95 < 800ms")},
	}
	if low > 0 {
		d.Capacity.RPS, d.Capacity.LowRPS = &low, &low
		d.Capacity.InFlight, d.Capacity.OutputTPS = new(low/2), new(10*low)
	}
	if high > 0 {
		d.Capacity.HighRPS = &high
	}
	return d
}

// at is a rate that was measured.
func at(rate, ttft, e2e float64) capacity.Step {
	return capacity.Step{
		Kind: capacity.Bisect, RateRPS: &rate, DurationS: 10, GeneratorValid: true, Verdict: capacity.Held,
		Requests: result.Requests{Scheduled: 100, Succeeded: 100}, OfferedRPS: &rate, SucceededRPS: &rate, InFlightMean: new(rate / 2),
		Latency:          capacity.StepLatency{TTFT: &result.Latency{Count: 100, P95: ttft}, E2E: &result.Latency{Count: 100, P95: e2e}},
		PerThousandOKUSD: new(rate / 100),
	}
}

func TestGate(t *testing.T) {
	for name, tc := range map[string]struct {
		base, fresh [2]float64
		status      compare.Status
		code        int
		says        string
	}{
		"the same":                       {[2]float64{20, 21}, [2]float64{20, 21}, compare.GateNoDifference, 0, "no difference: BASE 20.0 to 21.0/s, NEW 20.0 to 21.0/s"},
		"a little less":                  {[2]float64{20, 20.2}, [2]float64{19, 19.2}, compare.GateNoDifference, 0, ""},
		"less by more than the margin":   {[2]float64{20, 21}, [2]float64{17, 17.9}, compare.GateWorse, 99, "NEW holds less"},
		"less, but perhaps by less":      {[2]float64{20, 21}, [2]float64{17.5, 18.5}, compare.Inconclusive, 120, "that cannot be told"},
		"more by more than the margin":   {[2]float64{20, 21}, [2]float64{24, 25}, compare.GateBetter, 0, "NEW holds more"},
		"more, but perhaps by less":      {[2]float64{20, 21}, [2]float64{21, 23}, compare.GateNotWorse, 0, "NEW does not hold less"},
		"the same, wide brackets":        {[2]float64{20, 26}, [2]float64{20, 26}, compare.Inconclusive, 120, "cannot be told"},
		"nothing broke in either":        {[2]float64{20, 0}, [2]float64{20, 0}, compare.Inconclusive, 120, "BASE 20.0/s or more"},
		"nothing broke in NEW":           {[2]float64{20, 21}, [2]float64{21, 0}, compare.GateNotWorse, 0, "NEW 21.0/s or more"},
		"nothing broke in NEW, far more": {[2]float64{20, 21}, [2]float64{40, 0}, compare.GateBetter, 0, ""},
		"nothing broke in BASE":          {[2]float64{20, 0}, [2]float64{10, 11}, compare.GateWorse, 99, ""},
		"nothing held in NEW":            {[2]float64{20, 21}, [2]float64{0, 0.1}, compare.GateWorse, 99, "NEW less than 0.100/s"},
		"nothing held in BASE":           {[2]float64{0, 0.1}, [2]float64{20, 21}, compare.GateBetter, 0, ""},
		"nothing held in either":         {[2]float64{0, 0.1}, [2]float64{0, 0.1}, compare.Inconclusive, 120, ""},
		"nothing known of NEW":           {[2]float64{20, 21}, [2]float64{0, 0}, compare.Inconclusive, 120, "NEW unknown"},
	} {
		d := Compare(search(tc.base[0], tc.base[1]), search(tc.fresh[0], tc.fresh[1]), result.Tool{})
		if d.Gate.Status != tc.status || d.Gate.ExitCode != tc.code || !strings.Contains(d.Gate.Headline, tc.says) {
			t.Errorf("%s: %+v", name, d.Gate)
		}
		if tc.code == 120 && len(d.Gate.Reasons) == 0 {
			t.Errorf("%s: no reason", name)
		}
		schematest.Values(t, "capacity-compare", d)
	}
}

// Whatever the capacities within the brackets are, a verdict is true of them; where none
// is given, some of them contradict one another.
func TestVerdictsAreTrueOfAllThatIsKnown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bracket := func(name string) interval {
			low := rapid.Float64Range(1, 100).Draw(t, name)
			return interval{low, low * (1 + rapid.Float64Range(0.001, 0.3).Draw(t, name+" width"))}
		}
		base, fresh := bracket("base"), bracket("new")
		_, status := change(base, fresh).verdict()
		truths := map[string]bool{}
		for range 50 {
			b, f := rapid.Float64Range(base.low, base.high).Draw(t, "b"), rapid.Float64Range(fresh.low, fresh.high).Draw(t, "f")
			c := f/b - 1
			switch {
			case c < -margin-1e-9:
				truths["worse"] = true
			case c > margin+1e-9:
				truths["better"] = true
			}
		}
		if status == compare.GateWorse && (truths["better"] || len(truths) == 0) ||
			status == compare.GateBetter && (truths["worse"] || len(truths) == 0) ||
			status == compare.GateNoDifference && len(truths) > 0 ||
			status == compare.GateNotWorse && truths["worse"] {
			t.Fatalf("%v against %v: %s, yet %v", base, fresh, status, truths)
		}
		// Seen from the other side worse is better; the margin is of the other base.
		if _, other := change(fresh, base).verdict(); status == compare.GateBetter && other != compare.GateWorse && change(fresh, base).high < -margin {
			t.Fatalf("%v against %v: %s and %s", base, fresh, status, other)
		}
	})
}

func TestRows(t *testing.T) {
	base, fresh := search(20, 21), search(18, 19)
	base.Steps = []capacity.Step{at(10, 100, 1000), at(20, 300, 2000), at(21, 900, 3000)}
	fresh.Steps = []capacity.Step{at(10, 100, 1000), at(18, 200, 1800), at(19, 800, 2800)}
	over := at(40, 5, 5)
	over.OversaturatedS = new(3.0)
	fresh.Steps = append(fresh.Steps, over)
	d := Compare(base, fresh, result.Tool{})
	rows := map[string]Row{}
	for _, r := range d.Rows {
		rows[r.Metric] = r
	}
	if r := rows["capacity"]; !r.Gates || *r.Base != 20 || *r.New != 18 || math.Abs(*r.LowRatio-(18./21-1)) > 1e-12 || math.Abs(*r.HighRatio-(19./20-1)) > 1e-12 {
		t.Errorf("%+v", r)
	}
	// 19/s is the highest that both measured: in BASE it lies between 10 and 20.
	if r := rows["ttft"]; *r.AtRPS != 19 || math.Abs(*r.Base-280) > 1e-9 || *r.New != 800 || r.Verdict != compare.Unknown || r.Gates || r.Name() != "p95 TTFT at 19.0/s" {
		t.Errorf("%+v", r)
	}
	if r := rows["per_1k_ok"]; *r.Base != 0.20 || *r.New != 0.18 {
		t.Errorf("%+v", r)
	}
	fresh.Steps = []capacity.Step{at(30, 1, 1)}
	for _, r := range Compare(base, fresh, result.Tool{}).Rows {
		if r.Metric == "e2e" && (r.Base != nil || r.AtRPS != nil || r.Verdict != compare.NoData) {
			t.Errorf("no rate is common: %+v", r)
		}
	}
}

func TestWhatIsNoComparison(t *testing.T) {
	for name, tc := range map[string]struct {
		change  func(d *capacity.Document)
		refused bool
		says    string
	}{
		"other SLOs":       {func(d *capacity.Document) { d.SLOs[0].Expr = "ttft.p95 < 1s" }, true, "the SLOs differ"},
		"in another order": {func(d *capacity.Document) { d.SLOs[0], d.SLOs[1] = d.SLOs[1], d.SLOs[0] }, false, ""},
		"a what-if":        {func(d *capacity.Document) { d.WhatIf = &capacity.WhatIf{} }, true, "NEW is an answer of capacity --what-if"},
		"a refusal":        {func(d *capacity.Document) { d.Scenario = nil }, true, "never began"},
		"another endpoint": {func(d *capacity.Document) { d.Scenario.Target.URL = "http://b.test/v1" }, false, "the endpoints differ"},
		"longer answers":   {func(d *capacity.Document) { d.Scenario.Workload.MaxTokens = 1 }, false, "the longest answers differ"},
		"no soak":          {func(d *capacity.Document) { d.Capacity.Confirmed = false }, false, "NEW was not confirmed"},
	} {
		fresh := search(20, 21)
		tc.change(fresh)
		d := Compare(search(20, 21), fresh, result.Tool{})
		schematest.Values(t, "capacity-compare", d)
		said := strings.Join(append(d.Warnings, d.Gate.Headline), "; ")
		if refused := d.Gate.ExitCode == 104; refused != tc.refused || !strings.Contains(said, tc.says) || tc.says == "" && len(d.Warnings) > 0 {
			t.Errorf("%s: %+v, %v", name, d.Gate, d.Warnings)
		}
	}
}

// byConcurrency is a search by requests in flight that found a bracket.
func byConcurrency(low, high int) *capacity.Document {
	d := search(0, 0)
	d.Plan.By = new(capacity.InFlight)
	d.Capacity.Concurrency, d.Capacity.LowConcurrency, d.Capacity.RPS = &low, &low, new(80.0)
	if high > 0 {
		d.Capacity.HighConcurrency = &high
	}
	return d
}

// Searches by concurrency go by what is in flight, and do not compare to those by rate.
func TestSearchesByConcurrency(t *testing.T) {
	for name, tc := range map[string]struct {
		base, fresh *capacity.Document
		code        int
		says        string
	}{
		"less":          {byConcurrency(16, 17), byConcurrency(12, 13), 99, "NEW holds less: BASE 16 to 17 in flight, NEW 12 to 13 in flight"},
		"the same":      {byConcurrency(16, 17), byConcurrency(16, 17), 0, "no difference"},
		"open above":    {byConcurrency(16, 17), byConcurrency(16, 0), 0, "NEW 16 in flight or more"},
		"one by rate":   {byConcurrency(16, 17), search(16, 17), 104, "BASE is a search by concurrency, NEW one by rate"},
		"the other one": {search(16, 17), byConcurrency(16, 17), 104, "BASE is a search by rate"},
	} {
		d := Compare(tc.base, tc.fresh, result.Tool{})
		schematest.Values(t, "capacity-compare", d)
		if d.Gate.ExitCode != tc.code || !strings.Contains(d.Gate.Headline, tc.says) {
			t.Errorf("%s: %+v", name, d.Gate)
		}
		if tc.code != 104 && (d.Rows[0].Unit != units.Things || d.Rows[0].Base == nil) {
			t.Errorf("%s: %+v", name, d.Rows[0])
		}
	}
}

// What is in doubt about one search is in doubt about the comparison, whatever the
// brackets say; that a demand does not fit is no such doubt.
func TestADoubtedSearchDecidesNothing(t *testing.T) {
	headline := "holds 20.0 requests/s"
	for name, tc := range map[string]struct {
		change func(*capacity.Document)
		code   int
	}{
		"nothing is in doubt": {func(*capacity.Document) {}, 0},
		"a demand that does not fit": {func(d *capacity.Document) {
			d.Verdict.Status, d.Verdict.ExitCode = result.Fail, 99
		}, 0},
		"no soak was asked": {func(d *capacity.Document) { d.Capacity.Confirmed = false }, 0},
		"the soak did not confirm": {func(d *capacity.Document) {
			d.Capacity.Confirmed, d.Plan.SoakS = false, 60
		}, 120},
		"aborted":                    {func(d *capacity.Document) { d.Verdict.Status, d.Verdict.ExitCode = result.Aborted, 121 }, 120},
		"limited by this machine":    {func(d *capacity.Document) { d.Capacity.LimitedBy, d.Capacity.SLO = capacity.ByGenerator, nil }, 120},
		"this machine was late":      {func(d *capacity.Document) { d.Steps = append(d.Steps, capacity.Step{Kind: capacity.Bisect}) }, 120},
		"late only above the answer": {func(d *capacity.Document) { d.Steps = append(d.Steps, capacity.Step{Kind: capacity.Beyond}) }, 0},
		"drifted": {func(d *capacity.Document) {
			d.Findings = append(d.Findings, capacity.Finding{Kind: capacity.Drifts, Text: "the endpoint got slower"})
		}, 120},
		"scaled out": {func(d *capacity.Document) {
			d.Findings = append(d.Findings, capacity.Finding{Kind: capacity.ScalesOut, Text: "the endpoint got faster"})
		}, 0},
	} {
		for _, side := range []string{"BASE", "NEW"} {
			base, fresh := search(20, 20.2), search(20, 20.2)
			base.Steps, fresh.Steps = []capacity.Step{at(20, 1, 2)}, []capacity.Step{at(20, 1, 2)}
			of := map[string]*capacity.Document{"BASE": base, "NEW": fresh}[side]
			of.Verdict.Headline = headline
			tc.change(of)
			d := Compare(base, fresh, result.Tool{})
			said := len(d.Gate.Reasons) == 1 && strings.HasPrefix(d.Gate.Reasons[0], side) && strings.HasSuffix(d.Gate.Reasons[0], headline)
			if d.Gate.ExitCode != tc.code || said != (tc.code == 120) || (d.Rows[0].Verdict == compare.NoDifference) != (tc.code == 0) {
				t.Errorf("%s in %s: %+v, %s", name, side, d.Gate, d.Rows[0].Verdict)
			}
			schematest.Values(t, "capacity-compare", d)
		}
	}
}

// Of two sides that are refused the first is named, always.
func TestARefusalNamesBase(t *testing.T) {
	base, fresh := search(20, 21), search(20, 21)
	base.Scenario, fresh.Scenario = nil, nil
	for range 50 {
		if d := Compare(base, fresh, result.Tool{}); !strings.Contains(d.Gate.Headline, "BASE is") {
			t.Fatal(d.Gate.Headline)
		}
	}
}
