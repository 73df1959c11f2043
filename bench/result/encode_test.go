package result

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// What is encoded here is what the library would have written, to the last byte.
func TestEncodeIsTheLibrarys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := NewHist()
		if rapid.Bool().Draw(t, "dense") {
			h = NewDenseHist()
		}
		for _, v := range rapid.SliceOf(rapid.OneOf(
			rapid.Int64Range(0, 5000), rapid.Int64Range(0, highest), rapid.Int64Range(1e6, 1e6+3000), rapid.SampledFrom([]int64{0, 1, lowest, 512, 1 << 20, 1<<20 - 1, highest}),
		)).Draw(t, "values") {
			for range rapid.IntRange(1, 3).Draw(t, "times") {
				h.Record(time.Duration(v))
			}
		}
		if h.Count() == 0 {
			if h.Encode() != "" {
				t.Fatal("nothing was encoded as something")
			}
			return
		}
		want, err := h.Packed().EncodeV2()
		if err != nil {
			t.Fatal(err)
		}
		if got := h.Encode(); got != string(want) {
			t.Fatalf("%s\n%s", got, want)
		}
	})
}

// Counts of any size are encoded alike.
func TestEncodeManyTimesTheSame(t *testing.T) {
	h := NewHist()
	for range 50 {
		h.Record(3 * time.Millisecond)
		more := NewHist()
		more.Merge(h)
		h.Merge(more)
		if h.Count() > 1<<50 {
			break
		}
		want, err := h.Packed().EncodeV2()
		if err != nil || h.Encode() != string(want) {
			t.Fatalf("%d times: %v", h.Count(), err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	h := NewHist()
	for i := range 200 {
		h.Record(time.Duration(i*i) * time.Microsecond)
	}
	b.ReportAllocs()
	for b.Loop() {
		h.Encode()
	}
}
