package result

import (
	"testing"
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
	"pgregory.net/rapid"
)

// Packed, dense and growing histograms hold the same of the same values, also
// after they were emptied, are copied and add up alike.
func TestHistogramsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		packed, dense, growing := NewHist(), newDenseHist(), NewGrowingHist()
		for range rapid.IntRange(1, 3).Draw(t, "rounds") {
			packed.Reset()
			dense.Reset()
			growing.Reset()
			step := rapid.Int64Range(1, int64(5*time.Second)).Draw(t, "step")
			for i := range rapid.Int64Range(0, 3*growsAt).Draw(t, "values") {
				d := time.Duration(i * step % int64(2*time.Hour))
				packed.Record(d)
				dense.Record(d)
				growing.Record(d)
			}
			same(t, packed, dense)
			same(t, packed, growing)
			for _, h := range []*Hist{packed, dense, growing} {
				c := h.clone()
				same(t, packed, c)
				c.Record(time.Millisecond) // is no matter of h
				same(t, packed, h)
			}
			sum, other := NewHist(), NewHist()
			for _, h := range []*Hist{packed, dense, growing} {
				sum.Merge(h)
				other.Merge(packed)
			}
			same(t, other, sum)
		}
	})
}

func same(t *rapid.T, want, got *Hist) {
	t.Helper()
	if want.Totals() != got.Totals() || want.Encode() != got.Encode() {
		t.Errorf("%+v, want %+v", got.Totals(), want.Totals())
	}
	for _, q := range []float64{0, 0.5, 0.95, 0.999, 1} {
		if want.Quantile(q) != got.Quantile(q) {
			t.Errorf("quantile %g: %s, want %s", q, got.Quantile(q), want.Quantile(q))
		}
	}
}

// A histogram that was emptied is small again, and keeps its memory for the next
// crowd.
func TestGrowingHistogramShrinks(t *testing.T) {
	h := NewGrowingHist()
	crowd := func() {
		for i := range 10 * growsAt {
			h.Record(time.Duration(i) * time.Millisecond)
		}
	}
	crowd()
	if h.dense == nil || h.Count() != 10*growsAt {
		t.Fatalf("%d values did not make it dense", h.Count())
	}
	h.Reset()
	h.Record(time.Second)
	if h.dense != nil || h.Count() != 1 || h.Quantile(1) != time.Second {
		t.Fatal("an emptied histogram is not small")
	}
	if n := testing.AllocsPerRun(5, func() { h.Reset(); crowd() }); n > 0 {
		t.Errorf("%g allocations to grow again", n)
	}
}

// Emptying and merging a histogram of a few values, as happens every second for
// every shard and wave.
func BenchmarkQuietSecond(b *testing.B) {
	for name, h := range map[string]*Hist{"dense": newDenseHist(), "growing": NewGrowingHist()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for i := range 20 {
					h.Record(time.Duration(20+i) * time.Millisecond)
				}
				sum := NewHist()
				sum.Merge(h)
				h.Reset()
			}
		})
	}
}

// A second of a busy shard: 25,000 gaps.
func BenchmarkBusySecond(b *testing.B) {
	for name, h := range map[string]*Hist{"packed": NewHist(), "dense": newDenseHist(), "growing": NewGrowingHist()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for i := range 25_000 {
					h.Record(time.Duration(i*7919%100_000) * 1000)
				}
				sum := NewHist()
				sum.Merge(h)
				h.Reset()
			}
		})
	}
}

// newDenseHist is an empty histogram that takes 190 KB and records in constant
// time.
func newDenseHist() *Hist { return &Hist{dense: hdr.New(lowest, highest, digits)} }
