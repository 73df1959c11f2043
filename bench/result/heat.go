package result

import (
	"math"
	"slices"
	"time"
)

// The geometry of a heat: buckets of equal ratio from heatFrom on, heatPerDecade
// of them to a power of ten. It is the same in every row, so that the heats of
// rows, waves and runs add up.
const (
	heatFrom      = time.Millisecond
	heatDecades   = 6
	heatPerDecade = 16

	// HeatBuckets is how many buckets a heat has: 16 a decade, from 1 ms to
	// 1000 s.
	HeatBuckets = heatDecades * heatPerDecade
)

// A Heat says how many requests had which latency in one step of time: a column
// of a heatmap, which shows the several modes that percentiles hide. Its length
// is HeatBuckets; [HeatBounds] says what each counts. Shorter latencies are in
// the first bucket, longer ones in the last. nil is "no data".
type Heat []uint32

// heatBounds are the lower ends of the buckets in nanoseconds, and the upper end
// of the last one.
var heatBounds = func() (b [HeatBuckets + 1]int64) {
	for i := range b {
		b[i] = int64(math.Round(float64(heatFrom) * math.Pow(10, float64(i)/heatPerDecade)))
	}
	return b
}()

// HeatBounds are the latencies that bucket i of a heat counts, from ≤ d < to. It
// panics unless 0 ≤ i < HeatBuckets.
func HeatBounds(i int) (from, to time.Duration) {
	return time.Duration(heatBounds[i]), time.Duration(heatBounds[i+1])
}

// Heat counts the durations of h in the geometry of heats, to h's resolution of
// three digits; nil when nothing was recorded.
func (h *Hist) Heat() Heat {
	if h.Count() == 0 {
		return nil
	}
	return heatOf(h.ForEach)
}

// heatOf counts what each tells of, in rising order.
func heatOf(each func(func(value, count int64) bool)) Heat {
	heat, i := make(Heat, HeatBuckets), 0
	each(func(value, count int64) bool {
		for i < HeatBuckets-1 && value >= heatBounds[i+1] {
			i++
		}
		heat[i] += uint32(min(count, math.MaxUint32-int64(heat[i])))
		return true
	})
	return heat
}

// Add is h and o together, a new heat unless one of them is nil.
func (h Heat) Add(o Heat) Heat {
	if h == nil || o == nil {
		return append(h, o...)
	}
	sum := slices.Clone(h)
	for i, n := range o {
		sum[i] += min(n, math.MaxUint32-sum[i])
	}
	return sum
}

// RowHeat is the heat of one row: response and service time of TTFT and E2E.
type RowHeat struct {
	TTFT, E2E HeatPair
}

// A HeatPair is the heat of a latency from the scheduled instant and from the
// instant of sending. Documents keep no histogram of a row's service time: it is
// nil in rows of a stored run.
type HeatPair struct {
	Response, Service Heat
}

// heat counts the latencies of a step.
func (s *step) heat() *RowHeat {
	hists := s.whole().hists
	return &RowHeat{
		TTFT: HeatPair{hists[0].heat(), hists[1].heat()},
		E2E:  HeatPair{hists[2].heat(), hists[3].heat()},
	}
}

// WithHeat is rows of a document with the heat of each, read from the histograms
// that they carry; rows that have theirs stay as they are. A histogram that cannot
// be read is no data. It takes about 50 ms for a full timeline: compute it once.
func WithHeat(rows []Row) []Row {
	out := slices.Clone(rows)
	for i, row := range out {
		if row.Heat == nil {
			out[i].Heat = &RowHeat{
				TTFT: HeatPair{Response: storedHeat(row.Latency.TTFT.Response)},
				E2E:  HeatPair{Response: storedHeat(row.Latency.E2E.Response)},
			}
		}
	}
	return out
}

func storedHeat(p *RowPercentile) Heat {
	if p == nil || p.HDR == "" {
		return nil
	}
	h, err := DecodeHist(p.HDR)
	if err != nil {
		return nil
	}
	return h.Heat()
}
