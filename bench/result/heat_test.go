package result

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// durations draws latencies of every magnitude.
var durations = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) time.Duration {
	unit := rapid.SampledFrom([]time.Duration{time.Microsecond, time.Millisecond, time.Second}).Draw(t, "unit")
	return time.Duration(rapid.IntRange(1, 3000).Draw(t, "n")) * unit
}), 1, 400)

func histOf(list []time.Duration) *Hist {
	h := NewHist()
	for _, d := range list {
		h.Record(d)
	}
	return h
}

// TestHeatBounds holds that the buckets leave no gap, grow by equal ratios, and
// that a duration is in the bucket that says so.
func TestHeatBounds(t *testing.T) {
	first, _ := HeatBounds(0)
	_, last := HeatBounds(HeatBuckets - 1)
	if first != time.Millisecond || last != 1000*time.Second {
		t.Errorf("a heat reaches from %v to %v", first, last)
	}
	for i := range HeatBuckets {
		from, to := HeatBounds(i)
		if ratio := float64(to) / float64(from); ratio < 1.1547 || ratio > 1.1549 {
			t.Errorf("bucket %d grows by %g, want 10^(1/16)", i, ratio)
		}
		if bucketOf(from) != i || bucketOf(to-1) != i {
			t.Errorf("bucket %d does not hold its own bounds", i)
		}
	}
	if bucketOf(0) != 0 || bucketOf(time.Hour) != HeatBuckets-1 {
		t.Error("what lies outside is not in the outermost buckets")
	}
}

// bucketOf is the bucket of a heat that counts d.
func bucketOf(d time.Duration) int {
	return slices.Index(heatOf(func(see func(value, count int64) bool) { see(int64(d), 1) }), 1)
}

// TestHeatCounts holds that a heat counts every duration once, in its bucket to
// the resolution of the histogram, and that heats add up as histograms do.
func TestHeatCounts(t *testing.T) {
	if NewHist().Heat() != nil {
		t.Error("nothing recorded has a heat")
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := durations.Draw(t, "a"), durations.Draw(t, "b")
		heat := histOf(a).Heat()
		n := 0
		for i := range heat {
			n += int(heat[i])
			_, to := HeatBounds(i)
			below := 0
			for _, d := range a {
				if float64(d) < float64(to)*0.999 || i == HeatBuckets-1 {
					below++
				}
			}
			if n < below {
				t.Fatalf("%d durations up to bucket %d, want %d at least", n, i, below)
			}
		}
		if n != len(a) {
			t.Fatalf("%d counted of %d", n, len(a))
		}
		if got, want := heat.Add(histOf(b).Heat()), histOf(slices.Concat(a, b)).Heat(); !slices.Equal(got, want) {
			t.Fatalf("the sum is\n%v, want\n%v", got, want)
		}
	})
}

// TestCurvePoints holds that a curve's points are the quantiles of its histogram,
// that it never falls, and that it ends where one request is too few to tell.
func TestCurvePoints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := histOf(durations.Draw(t, "durations"))
		c := h.Curve()
		for i, ms := range c {
			if want := Millis(h.Quantile(CurveQuantile(i))); ms != want {
				t.Fatalf("point %d is %g, want %g", i, ms, want)
			}
		}
		if !slices.IsSorted(c) {
			t.Fatalf("it falls: %v", c)
		}
		if end := CurveQuantile(len(c)); len(c) < CurvePoints && (1-end)*float64(h.Count()) >= 1 {
			t.Fatalf("%d points of %d values: it could reach further", len(c), h.Count())
		}
		if got, ok := c.At(CurveIndex(CurveQuantile(len(c) - 1))); !ok || got != c[len(c)-1] {
			t.Fatalf("its end is %g %v", got, ok)
		}
		if _, ok := c.At(float64(len(c))); ok {
			t.Fatal("it goes on past its end")
		}
	})
}

// TestStoredHeatAndCurve holds that a document tells the same as the run did.
func TestStoredHeatAndCurve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := NewPart()
		for _, m := range []Metric{TTFTResponse, E2EResponse, TTFTService, E2EService} {
			p.Hists[m] = histOf(durations.Draw(t, m.String()))
		}
		timeline := NewTimeline([]string{""}, Measured{})
		timeline.Add(Interval{End: time.Second, Parts: map[int]*Part{0: p}}, nil, 0, 0)
		live, stored := timeline.Rows(false)[0], WithHeat(timeline.Rows(true))[0]
		if diff := cmp.Diff(live.Heat.TTFT.Response, stored.Heat.TTFT.Response); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(live.Heat.E2E.Response, stored.Heat.E2E.Response); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(CurvesOf(p), StoredCurves(latencies(p, true))); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestUnreadableHistogram holds that a document whose histogram is damaged has no
// heat and no curve, and breaks nothing.
func TestUnreadableHistogram(t *testing.T) {
	rows := []Row{{Latency: RowLatencies{TTFT: RowPair{Response: &RowPercentile{Count: 1, HDR: "HISTF"}}}}}
	if heat := WithHeat(rows)[0].Heat; heat.TTFT.Response != nil {
		t.Errorf("it has the heat %v", heat.TTFT.Response)
	}
	if rows[0].Heat != nil {
		t.Error("the rows that were handed in have changed")
	}
	if c := StoredCurves(Latencies{E2E: Pair{Service: &Latency{Count: 1, HDR: "!"}}}); c.E2E.Service != nil {
		t.Errorf("it has the curve %v", c.E2E.Service)
	}
}

// TestADayOfRows holds that the timeline of a day takes no more rows, and its heat
// no more memory, than that of an hour, and loses no request.
func TestADayOfRows(t *testing.T) {
	p := NewPart()
	p.Requests.Scheduled = 3
	for _, m := range rowMetrics {
		p.Hists[m] = histOf([]time.Duration{20 * time.Millisecond, 300 * time.Millisecond, 4 * time.Second})
	}
	timeline := NewTimeline([]string{""}, Measured{})
	size := func() (rows, buckets int) {
		for _, row := range timeline.Rows(false) {
			rows++
			buckets += len(row.Heat.TTFT.Response) + len(row.Heat.TTFT.Service) + len(row.Heat.E2E.Response) + len(row.Heat.E2E.Service)
		}
		return rows, buckets
	}
	const day = 86_400
	for second := range time.Duration(day) {
		timeline.Add(Interval{second * time.Second, (second + 1) * time.Second, map[int]*Part{0: p}, nil, nil, nil}, nil, 0, 0)
	}
	rows, buckets := size()
	if rows > maxRows || buckets > maxRows*4*HeatBuckets {
		t.Errorf("%d rows with %d buckets", rows, buckets)
	}
	var scheduled, hot int64
	for _, row := range timeline.Rows(false) {
		scheduled += row.Counts.Scheduled
		for _, n := range row.Heat.E2E.Service {
			hot += int64(n)
		}
	}
	if scheduled != 3*day || hot != 3*day {
		t.Errorf("%d requests and %d in the heat, want %d", scheduled, hot, 3*day)
	}
}
