package result

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// What was frozen is what it was, to the last bucket.
func TestFrozen(t *testing.T) {
	if freeze(nil) != nil || (*frozen)(nil).thaw() != nil || (*frozen)(nil).encode() != "" || freeze(NewHist()).encode() != "" {
		t.Error("nothing was frozen as something")
	}
	rapid.Check(t, func(t *rapid.T) {
		h, other := anyHist(t, "one"), anyHist(t, "other")
		f := freeze(h)
		back := f.thaw()
		if back.Totals() != h.Totals() || !reflect.DeepEqual(bucketsOf(back), bucketsOf(h)) {
			t.Fatalf("%+v %v, want %+v %v", back.Totals(), bucketsOf(back), h.Totals(), bucketsOf(h))
		}
		if f.encode() != h.Encode() {
			t.Fatalf("%s, want %s", f.encode(), h.Encode())
		}
		if !reflect.DeepEqual(f.rowPercentile(), h.RowPercentile(false)) || !reflect.DeepEqual(f.heat(), h.Heat()) {
			t.Fatalf("%+v %v, want %+v %v", f.rowPercentile(), f.heat(), h.RowPercentile(false), h.Heat())
		}
		joined := f.join(freeze(other))
		h.Merge(other)
		if joined.totals != h.Totals() || joined.encode() != h.Encode() {
			t.Fatalf("joined %+v, want %+v", joined.totals, h.Totals())
		}
		if f.join(nil) != f || (*frozen)(nil).join(f) != f {
			t.Fatal("with nothing it is another")
		}
	})
}

// anyHist holds anything.
func anyHist(t *rapid.T, name string) *Hist {
	h := NewHist()
	for _, v := range rapid.SliceOf(rapid.OneOf(
		rapid.Int64Range(0, 5000), rapid.Int64Range(0, highest+highest/2), rapid.Int64Range(1e6, 1e6+3000), rapid.SampledFrom([]int64{0, 1, lowest, 512, 1 << 20, 1<<20 - 1, highest}),
	)).Draw(t, name) {
		for range rapid.IntRange(1, 3).Draw(t, "times") {
			h.Record(time.Duration(v))
		}
	}
	return h
}

func bucketsOf(h *Hist) (list [][2]int64) {
	h.ForEach(func(value, count int64) bool {
		list = append(list, [2]int64{value, count})
		return true
	})
	return list
}
