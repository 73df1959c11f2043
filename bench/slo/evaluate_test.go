package slo_test

import (
	"math"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"flashwave/bench/slo"
)

// figures is a lookup over values in memory.
type figures struct {
	scalar  map[slo.Metric]slo.Range
	latency map[slo.Metric]slo.Sample
}

func (f figures) Scalar(e slo.Expr) (slo.Range, bool) {
	v, ok := f.scalar[e.Metric]
	return v, ok
}

func (f figures) Latency(e slo.Expr) (slo.Sample, bool) {
	s, ok := f.latency[e.Metric]
	return s, ok
}

// sample makes an exact sample of observed values in ms.
func sample(lost int64, observed ...float64) slo.Sample {
	sort.Float64s(observed)
	s := slo.Sample{Count: int64(len(observed)), Lost: lost}
	for _, v := range observed {
		s.Mean += v / float64(len(observed))
		s.Max = max(s.Max, v)
	}
	s.AtQuantile = func(q float64) float64 {
		return observed[int(math.Round(q*float64(len(observed))))-1]
	}
	s.CountAtOrBelow = func(ms float64) int64 {
		return int64(sort.Search(len(observed), func(i int) bool { return observed[i] > ms }))
	}
	return s
}

// upTo is 1, 2 … n.
func upTo(n int) []float64 {
	vs := make([]float64, n)
	for i := range vs {
		vs[i] = float64(i + 1)
	}
	return vs
}

func parse(t testing.TB, s string) slo.Expr {
	t.Helper()
	e, err := slo.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEvaluateLatency(t *testing.T) {
	tests := []struct {
		why, expr string
		sample    slo.Sample
		want      slo.Result // Expr is filled in
	}{
		{
			"all observed: the value of rank 95 of 100", "ttft.p95 <= 95ms", sample(0, upTo(100)...),
			slo.Result{Observed: new(95.0), Within: new(0.95), OK: new(true)},
		},
		{
			"the bound itself does not satisfy <", "ttft.p95 < 95ms", sample(0, upTo(100)...),
			slo.Result{Observed: new(95.0), Within: new(0.95), OK: new(false)},
		},
		{
			"ranks round up: half of three is the second", "ttft.p50 <= 2ms", sample(0, upTo(3)...),
			slo.Result{Observed: new(2.0), Within: new(2.0 / 3), OK: new(true)},
		},
		{
			"lost requests push the rank up: 95 of 100 is the last observed", "ttft.p95 < 1s", sample(5, upTo(95)...),
			slo.Result{Observed: new(95.0), Within: new(0.95), OK: new(true)},
		},
		{
			"one more lost, and the rank falls among them", "ttft.p95 < 1s", sample(6, upTo(94)...),
			slo.Result{AtLeast: new(1000.0), Within: new(0.94), OK: new(false)},
		},
		{
			"what was observed proves more than the bound", "ttft.p95 < 50ms", sample(6, upTo(94)...),
			slo.Result{AtLeast: new(94.0), Within: new(0.5), OK: new(false)},
		},
		{
			"a collapsed endpoint has no survivors to pass on", "e2e.p50 < 8s", sample(100),
			slo.Result{AtLeast: new(8000.0), Within: new(0.0), OK: new(false)},
		},
		{
			"one survivor of a hundred", "e2e.p50 < 8s", sample(99, 1),
			slo.Result{AtLeast: new(8000.0), Within: new(0.01), OK: new(false)},
		},
		{
			"p99.9 of a thousand is the next to last", "ttft.p99.9 <= 999ms", sample(0, upTo(1000)...),
			slo.Result{Observed: new(999.0), Within: new(0.999), OK: new(true)},
		},
		{
			"a mean", "ttft.mean <= 2ms", sample(0, 1, 2, 3),
			slo.Result{Observed: new(2.0), Within: new(2.0 / 3), OK: new(true)},
		},
		{
			"a mean with one lost is beyond all bounds", "ttft.mean < 8ms", sample(1, 1, 2, 3),
			slo.Result{AtLeast: new(8.0), Within: new(0.75), OK: new(false)},
		},
		{
			"a maximum", "ttft.max < 4ms", sample(0, 1, 2, 3),
			slo.Result{Observed: new(3.0), Within: new(1.0), OK: new(true)},
		},
		{
			"a maximum with one lost", "ttft.max < 2ms", sample(1, 1, 2, 3),
			slo.Result{AtLeast: new(3.0), Within: new(0.5), OK: new(false)},
		},
		{
			"a lower bound", "ttft.p50 > 1ms", sample(0, 1, 2, 3),
			slo.Result{Observed: new(2.0), Within: new(2.0 / 3), OK: new(true)},
		},
		{
			"a lower bound is proven whatever the lost one took", "ttft.p50 >= 2ms", sample(1, 2, 3, 4),
			slo.Result{AtLeast: new(2.0), Within: new(0.5), OK: new(true)}, // rank 2 of {lost, 2, 3, 4}; 2 itself counts as below
		},
		{
			"a lower bound that the lost ones could undo", "ttft.p50 > 2ms", sample(2, 2, 3, 4),
			slo.Result{AtLeast: new(2.0), Within: new(2.0 / 5), OK: new(false)},
		},
		{
			"a lower bound with the rank among the lost", "ttft.p50 > 2ms", sample(3, 2, 3, 4),
			slo.Result{Within: new(2.0 / 6), OK: new(false)},
		},
		{
			"a lower bound and no survivor", "ttft.max > 1ms", sample(3),
			slo.Result{Within: new(0.0), OK: new(false)},
		},
		{
			"a mean from below counts the lost as 0", "ttft.mean > 1ms", sample(1, 1, 2, 3),
			slo.Result{AtLeast: new(1.5), Within: new(0.5), OK: new(true)},
		},
		{
			"a maximum from below is what was seen", "ttft.max > 2ms", sample(5, 1, 2, 3),
			slo.Result{AtLeast: new(3.0), Within: new(1.0 / 8), OK: new(true)},
		},
		{
			"nobody asked", "ttft.p95 < 800ms",
			slo.Sample{},
			slo.Result{},
		},
		{
			"per request is no assertion over a wave", "ttft < 800ms", sample(0, 1, 2, 3),
			slo.Result{},
		},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			e := parse(t, tt.expr)
			tt.want.Expr = e
			metric := e.Metric
			got := slo.Evaluate(e, figures{latency: map[slo.Metric]slo.Sample{metric: tt.sample}})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestEvaluateWithoutCounts(t *testing.T) {
	s := sample(0, 1, 2, 3)
	s.CountAtOrBelow = nil
	e := parse(t, "ttft.p50 <= 2ms")
	got := slo.Evaluate(e, figures{latency: map[slo.Metric]slo.Sample{slo.TTFT: s}})
	want := slo.Result{Expr: e, Observed: new(2.0), OK: new(true)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestEvaluateScalar(t *testing.T) {
	tests := []struct {
		why, expr string
		scalar    map[slo.Metric]slo.Range
		want      slo.Result // Expr is filled in
	}{
		{"holds on the bound", "error_rate <= 1%", map[slo.Metric]slo.Range{slo.ErrorRate: slo.At(1.0 / 100)}, slo.Result{Observed: new(0.01), OK: new(true)}},
		{"does not hold on the bound", "error_rate < 1%", map[slo.Metric]slo.Range{slo.ErrorRate: slo.At(3.0 / 300)}, slo.Result{Observed: new(0.01), OK: new(false)}},
		{"a floor", "goodput >= 12000/m", map[slo.Metric]slo.Range{slo.Goodput: slo.At(200)}, slo.Result{Observed: new(200.0), OK: new(true)}},
		{"missing data never passes", "cost < $5", nil, slo.Result{}},
		{"nor does what is no number", "rps > 1/s", map[slo.Metric]slo.Range{slo.RPS: slo.At(math.NaN())}, slo.Result{}},
		{"nor infinity", "rps > 1/s", map[slo.Metric]slo.Range{slo.RPS: {Low: math.Inf(1), High: math.Inf(1)}}, slo.Result{}},
		{"nor minus infinity", "rps < 1/s", map[slo.Metric]slo.Range{slo.RPS: {Low: math.Inf(-1), High: 0}}, slo.Result{}},
		{"at least so much", "rps > 1/s", map[slo.Metric]slo.Range{slo.RPS: {Low: 2, High: math.Inf(1)}}, slo.Result{AtLeast: new(2.0), OK: new(true)}},
		{"at least so much, and maybe too much", "rps < 3/s", map[slo.Metric]slo.Range{slo.RPS: {Low: 2, High: math.Inf(1)}}, slo.Result{AtLeast: new(2.0)}},
		{"at least too much", "rps < 1/s", map[slo.Metric]slo.Range{slo.RPS: {Low: 2, High: math.Inf(1)}}, slo.Result{AtLeast: new(2.0), OK: new(false)}},
		{"both ends hold", "good_fraction >= 99%", map[slo.Metric]slo.Range{slo.GoodFraction: {Low: 0.99, High: 1}}, slo.Result{AtLeast: new(0.99), AtMost: new(1.0), OK: new(true)}},
		{"neither end holds", "good_fraction >= 99%", map[slo.Metric]slo.Range{slo.GoodFraction: {Low: 0, High: 0.98}}, slo.Result{AtLeast: new(0.0), AtMost: new(0.98), OK: new(false)}},
		{"one end holds", "good_fraction >= 99%", map[slo.Metric]slo.Range{slo.GoodFraction: {Low: 0, High: 1}}, slo.Result{AtLeast: new(0.0), AtMost: new(1.0)}},
		{"a ceiling, and one end holds", "goodput < 10/s", map[slo.Metric]slo.Range{slo.Goodput: {Low: 9, High: 10}}, slo.Result{AtLeast: new(9.0), AtMost: new(10.0)}},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			e := parse(t, tt.expr)
			got := slo.Evaluate(e, figures{scalar: tt.scalar})
			tt.want.Expr = e
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	e := parse(t, "ttft.p95 < 800ms")
	if got := slo.Evaluate(e, figures{}); got.OK != nil {
		t.Errorf("no latency at all: %+v", got)
	}
}

// A percentile is the value at its place in the line of all ranked requests,
// the lost ones at the end that counts against the assertion.
func TestEvaluateRanksEveryRequest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		observed := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 {
			return float64(rapid.IntRange(0, 2000).Draw(t, "ms"))
		}), 0, 60).Draw(t, "observed")
		lost := rapid.IntRange(0, 60).Draw(t, "lost")
		stat := rapid.SampledFrom([]struct {
			name     string
			permille int
		}{{"p50", 500}, {"p90", 900}, {"p95", 950}, {"p99", 990}, {"p99.9", 999}}).Draw(t, "stat")
		op := rapid.SampledFrom([]string{"<", "<=", ">", ">="}).Draw(t, "op")
		if len(observed)+lost == 0 {
			t.Skip("nobody asked")
		}
		e, err := slo.Parse("ttft." + stat.name + " " + op + " 1s")
		if err != nil {
			t.Fatal(err)
		}

		stand := math.Inf(1)
		if !e.Op.Upper() {
			stand = 0
		}
		line := append([]float64(nil), observed...)
		for range lost {
			line = append(line, stand)
		}
		sort.Float64s(line)
		want := line[(stat.permille*len(line)+999)/1000-1]

		got := slo.Evaluate(e, figures{latency: map[slo.Metric]slo.Sample{slo.TTFT: sample(int64(lost), observed...)}})
		if got.OK == nil || *got.OK != e.Holds(want) {
			t.Fatalf("%s over %v: %+v, want the judgement of %v", e, line, got, want)
		}
		if got.Observed != nil && *got.Observed != want {
			t.Fatalf("%s over %v: observed %v, want %v", e, line, *got.Observed, want)
		}
		if e.Op.Upper() && (got.Observed == nil) != math.IsInf(want, 1) {
			t.Fatalf("%s over %v: %+v", e, line, got)
		}
		if got.AtLeast != nil && *got.AtLeast > want {
			t.Fatalf("%s over %v: at least %v, but it is %v", e, line, *got.AtLeast, want)
		}
	})
}

// To lose a request never turns a failing assertion into a passing one.
func TestLosingNeverHelps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		observed := rapid.SliceOfN(rapid.Float64Range(0, 2000), 1, 40).Draw(t, "observed")
		lost := int64(rapid.IntRange(0, 40).Draw(t, "lost"))
		stat := rapid.SampledFrom([]string{"p50", "p90", "p99.9", "mean", "max"}).Draw(t, "stat")
		op := rapid.SampledFrom([]string{"<", "<=", ">", ">="}).Draw(t, "op")
		e, err := slo.Parse("ttft." + stat + " " + op + " 1s")
		if err != nil {
			t.Fatal(err)
		}
		judge := func(s slo.Sample) bool {
			return *slo.Evaluate(e, figures{latency: map[slo.Metric]slo.Sample{slo.TTFT: s}}).OK
		}
		if judge(sample(lost+1, observed...)) && !judge(sample(lost, observed...)) {
			t.Fatalf("%s holds over %v only when a request more is lost", e, observed)
		}
	})
}

func TestNear(t *testing.T) {
	tests := []struct {
		why, expr string
		v         float64
		want      bool
	}{
		{"well below", "ttft.p95 < 800ms", 700, false},
		{"on the edge of near", "ttft.p95 < 800ms", 720, true},
		{"just below", "ttft.p95 < 800ms", 799, true},
		{"breached is not near", "ttft.p95 < 800ms", 800, false},
		{"just above a floor", "rps > 200/s", 210, true},
		{"well above a floor", "rps > 200/s", 230, false},
		{"a share of failures", "error_rate <= 1%", 0.0095, true},
		{"few failures", "error_rate <= 1%", 0.005, false},
		{"a share from below is measured from the whole", "good_fraction >= 99%", 0.9905, true},
		{"and is not near when most of the room is left", "good_fraction >= 99%", 0.998, false},
		{"as good as can be", "dropped <= 0", 0, false},
		{"as good as can be, from below", "good_fraction >= 100%", 1, false},
		{"not a number", "rps > 1/s", math.NaN(), false},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			if got := slo.Near(parse(t, tt.expr), tt.v); got != tt.want {
				t.Errorf("Near(%s, %v) = %v", tt.expr, tt.v, got)
			}
		})
	}
}

func TestExprKinds(t *testing.T) {
	tests := []struct {
		expr                string
		latency, perRequest bool
		quantile            float64 // 0: none
	}{
		{"ttft.p50 < 1s", true, false, 0.5},
		{"ttft.p90 < 1s", true, false, 0.9},
		{"ttft.p95 < 1s", true, false, 0.95},
		{"ttft.p99 < 1s", true, false, 0.99},
		{"ttft.p99.9 < 1s", true, false, 0.999},
		{"ttft.mean < 1s", true, false, 0},
		{"ttft.max < 1s", true, false, 0},
		{"ttft < 1s", true, true, 0},
		{"dropped < 5", false, false, 0},
	}
	for _, tt := range tests {
		e := parse(t, tt.expr)
		q, ok := e.Quantile()
		if e.Latency() != tt.latency || e.PerRequest() != tt.perRequest || q != tt.quantile || ok != (tt.quantile > 0) {
			t.Errorf("%s: latency %v, per request %v, quantile %v %v", e, e.Latency(), e.PerRequest(), q, ok)
		}
	}
}

// An assertion over a wave is one over the run, and back.
func TestEverywhere(t *testing.T) {
	for _, text := range []string{"e2e.p99 < 8s in rush", "ttft < 800ms in bulk/rush", `lost <= 1% in "the rush"`, "error_rate <= 1%"} {
		e := parse(t, text)
		all := e.Everywhere()
		if again := parse(t, all.Text); all.Wave != "" || again != all || !strings.HasPrefix(e.Text, all.Text) {
			t.Errorf("%s: %+v", text, all)
		}
		if back := all.In("", e.Wave); e.Wave != "" && back != e {
			t.Errorf("%s: %+v", text, back)
		}
	}
}
