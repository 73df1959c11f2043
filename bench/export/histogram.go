package export

import (
	"math"
	"sort"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"flashwave/bench/result"
)

// schema is the resolution of the native histograms: 2^schema buckets for every doubling.
// It is as fine as the 2.2 % that a bucket is wide; an HdrHistogram's are 0.1 %.
const schema = 5

// zeroThreshold is the width of the bucket around 0, in seconds: what a histogram of
// package result cannot tell from 0.
const zeroThreshold = 1e-6

// bounds are those of the classic buckets, in seconds.
var bounds = [...]float64{
	0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8,
	1, 1.25, 1.5, 2, 3, 4, 5, 7.5, 10, 15, 20, 30, 45, 60, 90, 120,
}

// A histogram is a native one that has classic buckets, too.
type histogram struct {
	prometheus.Metric
	classic []*dto.Bucket
}

// Write implements [prometheus.Metric].
func (h histogram) Write(out *dto.Metric) error {
	if err := h.Metric.Write(out); err != nil {
		return err
	}
	out.Histogram.Bucket = h.classic
	return nil
}

// newHistogram is h, which may be nil, as a metric. created is when its counting began.
func newHistogram(desc *prometheus.Desc, h *result.Hist, created time.Time, labels ...string) (prometheus.Metric, error) {
	var zero uint64
	native := map[int]int64{}
	classic := make([]uint64, len(bounds))
	var all uint64
	if h != nil {
		h.ForEach(func(lower, count int64) bool {
			n := uint64(count)
			all += n
			seconds := time.Duration(lower).Seconds() // as [result.Hist.CountAtOrBelow] has it
			if i := sort.SearchFloat64s(bounds[:], seconds); i < len(bounds) {
				classic[i] += n
			}
			if seconds <= zeroThreshold {
				zero += n
			} else {
				native[bucket(seconds)] += count
			}
			return true
		})
	}
	metric, err := prometheus.NewConstNativeHistogram(desc, all, time.Duration(h.Totals().Sum).Seconds(), native, nil, zero, schema, zeroThreshold, created, labels...)
	if err != nil {
		return nil, err
	}
	out := histogram{Metric: metric}
	var sofar uint64
	for i, bound := range bounds {
		sofar += classic[i]
		out.classic = append(out.classic, &dto.Bucket{UpperBound: new(bound), CumulativeCount: new(sofar)})
	}
	return out, nil
}

// bucket is the index of the native bucket of a value over 0: those up to 2^(i ÷ 2^schema)
// that are over the one before.
func bucket(seconds float64) int {
	return int(math.Ceil(math.Log2(seconds)*(1<<schema) - 1e-9))
}
