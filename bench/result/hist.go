// Package result holds what a run found: the histograms and counts of each wave, and
// the documents made of them. What follows is for package verdict to say.
//
// # Metrics
//
// TTFT, TTFA and E2E exist twice. Response time counts from the instant a
// request was scheduled, service time from the instant it was handed to the
// transport. In an open wave the schedule does not wait for the endpoint, so
// response time holds the wait that a stalled endpoint causes to everyone behind
// it: coordinated omission has no place to hide, and nothing is corrected
// afterwards. (Gil Tene, "How NOT to Measure Latency", 2015, names the problem;
// an intended-start schedule is the cure used here.)
//
//	ttft   first token − start            start = scheduled or sent
//	ttfa   first answer token − start     (a token that is not reasoning)
//	e2e    done − start                   requests that ended ok
//	itl    gap between two successive token events
//	tpot   (last token − first token) ÷ (output tokens − 1)
//	stall  longest gap inside one stream           (none of the three where it came in one piece)
//	queue  wait for a slot
//	connect  DNS + TCP + TLS of the requests that opened a connection
//	lag    sent − scheduled − queue: the generator's own lateness
//
// Percentiles come from HdrHistograms of nanoseconds with three significant
// digits, merged exactly; they are never averaged.
package result

import (
	"encoding/base64"
	"fmt"
	"math"
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// The one geometry of every histogram: 1 µs to 1 h in nanoseconds, to three
// significant digits. It is the same everywhere so that histograms of different
// runs and machines add up exactly.
const (
	lowest  = int64(time.Microsecond)
	highest = int64(time.Hour)
	digits  = 3
)

// A Hist is a histogram of durations with their exact sum, minimum and maximum
// beside it. It is not safe for concurrent use.
type Hist struct {
	packed  *hdr.PackedHistogram // sparse: small, for most metrics
	dense   *hdr.Histogram       // fast for many distinct values: inter-token gaps while they are recorded; nil: packed is used
	spare   *hdr.Histogram       // the empty dense one of a Hist that grows, between two uses
	grows   bool                 // packed first, dense when it holds many values
	count   int64
	sum     int64 // ns; 292 years of waiting fit
	min     int64
	max     int64
	refused int64 // values beyond an hour
}

// NewHist is an empty histogram that is small.
func NewHist() *Hist { return &Hist{packed: hdr.NewPacked(lowest, highest, digits)} }

// NewGrowingHist is an empty histogram that is small, and becomes a dense one
// once it holds many different values. It is for what is recorded often and
// emptied soon: to empty and to merge a dense histogram costs as much with one
// value in it as with a million.
func NewGrowingHist() *Hist {
	h := NewHist()
	h.grows = true
	return h
}

// growsAt is how many different values a histogram that grows keeps packed. To
// record a new value among so many costs about as much as among a few.
const growsAt = 512

// Record adds a duration. A negative one counts as 0; one over an hour is
// refused and counted in Refused.
func (h *Hist) Record(d time.Duration) {
	v := max(int64(d), 0)
	var err error
	if h.dense != nil {
		err = h.dense.RecordValue(v)
	} else {
		err = h.packed.RecordValue(v)
		if h.grows && h.packed.Populated() > growsAt {
			h.grow()
		}
	}
	if err != nil {
		h.refused++
		return
	}
	if h.count == 0 || v < h.min {
		h.min = v
	}
	h.max = max(h.max, v)
	h.sum += v
	h.count++
}

// grow makes h dense. What it held fits, for the geometry is the same.
func (h *Hist) grow() {
	h.dense, h.spare = h.spare, nil
	if h.dense == nil {
		h.dense = hdr.New(lowest, highest, digits)
	}
	h.packed.MergeInto(h.dense)
	h.packed.Reset()
}

// Merge adds all of from to h, exactly. from may be nil and stays as it is.
func (h *Hist) Merge(from *Hist) {
	if from == nil || from.count == 0 && from.refused == 0 {
		return
	}
	h.refused += from.refused + h.mergeCounts(from)
	if from.count == 0 {
		return
	}
	if h.count == 0 || from.min < h.min {
		h.min = from.min
	}
	h.max = max(h.max, from.max)
	h.sum += from.sum
	h.count += from.count
}

// clone is a small histogram of what h holds.
func (h *Hist) clone() *Hist {
	if h.dense != nil {
		c := NewHist()
		c.Merge(h)
		return c
	}
	c := *h
	c.packed, c.spare, c.grows = h.packed.Clone(), nil, false
	return &c
}

func (h *Hist) mergeCounts(from *Hist) (dropped int64) {
	switch {
	case h.dense == nil && from.dense == nil:
		return h.packed.Merge(from.packed)
	case h.dense == nil:
		return h.packed.MergeFrom(from.dense)
	case from.dense == nil:
		return from.packed.MergeInto(h.dense)
	default:
		return h.dense.Merge(from.dense)
	}
}

// Without is h less the durations that some also holds, bucket by bucket. What
// some has beyond h is left out: of a window that begins between the two moments
// at which one request was counted, h may know less. h itself stays as it is.
func (h *Hist) Without(some *Hist) *Hist {
	if h.Count() == 0 || some.Count() == 0 {
		return h
	}
	out, taken := NewHist(), some.Packed()
	h.ForEach(func(value, count int64) bool {
		if n := count - taken.CountAtValue(value); n > 0 {
			if out.packed.RecordValues(value, n) != nil {
				out.refused += n
				return true
			}
			out.count += n
		}
		return true
	})
	if out.count == 0 {
		return out
	}
	out.refused += h.refused
	out.min, out.max = max(h.min, out.packed.Min()), min(h.max, out.packed.Max())
	out.sum = int64(out.packed.Mean() * float64(out.count))
	if out.count == h.count-some.count {
		out.sum = max(h.sum-some.sum, 0)
	}
	return out
}

// Reset empties h and keeps its memory. One that grows is small again.
func (h *Hist) Reset() {
	if h.dense != nil {
		h.dense.Reset()
	} else {
		h.packed.Reset()
	}
	if h.grows && h.dense != nil {
		h.dense, h.spare = nil, h.dense
	}
	h.count, h.sum, h.min, h.max, h.refused = 0, 0, 0, 0, 0
}

// Count is how many durations were recorded.
func (h *Hist) Count() int64 {
	if h == nil {
		return 0
	}
	return h.count
}

// Refused is how many durations did not fit.
func (h *Hist) Refused() int64 {
	if h == nil {
		return 0
	}
	return h.refused
}

// Max is the longest duration, exactly; 0 if there is none.
func (h *Hist) Max() time.Duration { return time.Duration(h.max) }

// Mean is the exact mean; 0 if nothing was recorded.
func (h *Hist) Mean() time.Duration {
	if h.count == 0 {
		return 0
	}
	return time.Duration(h.sum / h.count)
}

// Quantile is the duration at the quantile q of 0 to 1, to three significant
// digits and never over Max; 0 if nothing was recorded.
func (h *Hist) Quantile(q float64) time.Duration {
	if h.count == 0 {
		return 0
	}
	q = h.ranked(q)
	var v int64
	if h.dense != nil {
		v = h.dense.ValueAtPercentile(q * 100)
	} else {
		v = h.packed.ValueAtPercentile(q * 100)
	}
	return time.Duration(min(v, h.max))
}

// ranked is the quantile of the rank of an SLO; the library would round q·n instead.
// h must not be empty.
func (h *Hist) ranked(q float64) float64 {
	return float64(rank(q, h.count)) / float64(h.count)
}

// rank is the place among n that the quantile q has, ⌈q·n⌉.
func rank(q float64, n int64) int64 {
	return max(int64(math.Ceil(q*float64(n)-1e-9)), 1)
}

// CountAtOrBelow is how many recorded durations are at most d, to the
// histogram's resolution.
func (h *Hist) CountAtOrBelow(d time.Duration) int64 {
	if h.Count() == 0 {
		return 0
	}
	var n int64
	h.ForEach(func(value, count int64) bool {
		if value > int64(d) {
			return false
		}
		n += count
		return true
	})
	return n
}

// ForEach calls fn for every populated bucket in rising order, with the lower
// end of the bucket in nanoseconds, until fn returns false.
func (h *Hist) ForEach(fn func(value, count int64) bool) { h.Packed().ForEachBucket(fn) }

// Packed is the histogram in its sparse form. It may share memory with h.
func (h *Hist) Packed() *hdr.PackedHistogram {
	if h.dense == nil {
		return h.packed
	}
	p := hdr.NewPacked(lowest, highest, digits)
	p.MergeFrom(h.dense)
	return p
}

// Latency summarises h in milliseconds; nil when nothing was recorded. withHDR
// adds the encoded histogram.
func (h *Hist) Latency(withHDR bool) *Latency {
	if h.Count() == 0 {
		return nil
	}
	l := &Latency{
		Count: h.count,
		Mean:  float64(h.sum) / float64(h.count) / 1e6,
		Min:   Millis(time.Duration(h.min)),
		P50:   Millis(h.Quantile(0.50)),
		P90:   Millis(h.Quantile(0.90)),
		P95:   Millis(h.Quantile(0.95)),
		P99:   Millis(h.Quantile(0.99)),
		P999:  Millis(h.Quantile(0.999)),
		Max:   Millis(h.Max()),
	}
	if withHDR {
		l.HDR = h.Encode()
	}
	return l
}

// RowPercentile summarises h for one row of the timeline; nil when nothing was
// recorded.
func (h *Hist) RowPercentile(withHDR bool) *RowPercentile {
	if h.Count() == 0 {
		return nil
	}
	var at [len(rowQuantiles)]time.Duration
	for i, q := range rowQuantiles {
		at[i] = h.Quantile(q)
	}
	p := rowPercentile(h.Totals(), at)
	if withHDR {
		p.HDR = h.Encode()
	}
	return p
}

// rowQuantiles are the quantiles that a row tells, in rising order.
var rowQuantiles = [...]float64{0.50, 0.95, 0.99}

// rowPercentile summarises a histogram with these totals and row quantiles.
func rowPercentile(t Totals, at [len(rowQuantiles)]time.Duration) *RowPercentile {
	return &RowPercentile{
		Count: t.Count, P50: Millis(at[0]), P95: Millis(at[1]), P99: Millis(at[2]), Max: Millis(time.Duration(t.Max)),
	}
}

// Encode is the histogram as base64 of the HdrHistogram V2 encoding; "" when
// nothing was recorded.
func (h *Hist) Encode() string {
	if h.Count() == 0 {
		return ""
	}
	return encode(h.Packed())
}

// DecodeHist reads what Encode wrote. The sum and the extremes are those of the
// buckets then, exact to three digits only.
func DecodeHist(s string) (*Hist, error) {
	if _, err := base64.StdEncoding.DecodeString(s); err != nil {
		return nil, fmt.Errorf("histogram: %w", err)
	}
	p, err := hdr.DecodePacked([]byte(s))
	if err != nil {
		return nil, fmt.Errorf("histogram: %w", err)
	}
	h := NewHist()
	h.refused = h.packed.Merge(p)
	h.count = h.packed.TotalCount()
	h.sum = int64(h.packed.Mean() * float64(h.count))
	h.min, h.max = h.packed.Min(), h.packed.Max()
	return h, nil
}

// Millis is d in milliseconds.
func Millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
