package tap

import (
	"testing"

	"pgregory.net/rapid"
)

// Whatever is read when, records come in order, each once, and none is left out that is kept.
func TestRing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 9).Draw(t, "size")
		r := newRing(size)
		var put, read uint64
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "put") {
				_, more := r.since(put, 1)
				put++
				r.put(Record{Call: put})
				select {
				case <-more:
				default:
					t.Fatal("nobody is told of another one")
				}
				continue
			}
			n := rapid.IntRange(1, 5).Draw(t, "few")
			list, _ := r.since(read, n)
			oldest, last := r.bounds()
			want := max(read+1, oldest)
			for _, of := range list {
				if of.N != want || of.Call != want {
					t.Fatalf("%+v, want number %d", of, want)
				}
				want++
			}
			if len(list) < n && want != last+1 || last != put || put-oldest+1 != min(put, uint64(size)) {
				t.Fatalf("%d of %d to %d", len(list), oldest, last)
			}
			read = want - 1
		}
	})
}
