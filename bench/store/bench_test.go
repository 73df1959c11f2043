package store

import "testing"

// A second of two lanes at ten requests a second: what the log costs the machine
// that makes the load.
func BenchmarkSecond(b *testing.B) {
	w := &writer{sampled: map[sampled]bool{}, tags: tagsOf(begun("")), intervals: &meter{}, tail: &meter{}, events: &meter{}}
	in, row := newSynthetic(1, 10, 50).second()
	b.ReportAllocs()
	for b.Loop() {
		if err := w.second(in, row); err != nil {
			b.Fatal(err)
		}
	}
}
