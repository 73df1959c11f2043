package verdict

import (
	"math"
	"math/rand/v2"
	"testing"

	"flashwave/bench/result"
)

// rowsOf are seconds of two classes: of one nobody waits.
func rowsOf(n int, came float64, waiting func(s int) float64, oldest func(s int) float64) (rows []result.TierRow) {
	for s := range n {
		c := result.TierCell{Enqueued: int64(came), Waiting: int64(math.Round(waiting(s)))}
		if ms := oldest(s); ms > 0 {
			c.OldestMS = &ms
		}
		rows = append(rows, result.TierRow{TS: float64(s), Classes: []result.TierCell{{Enqueued: int64(came)}, c}})
	}
	return rows
}

func TestPilesUp(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	tooth := func(float64) float64 { return 40 * random.Float64() } // four batches of ten
	still := func(int) float64 { return 400 }
	rising := func(s int) float64 { return 400 + 100*float64(s) }
	for _, c := range []struct {
		why     string
		seconds int
		came    float64
		waiting func(int) float64
		oldest  func(int) float64
		want    bool
	}{
		{"a sawtooth", 40, 20, func(int) float64 { return tooth(0) }, func(int) float64 { return 500 * random.Float64() }, false},
		{"it grows under the sawtooth", 40, 20, func(s int) float64 { return tooth(0) + 3*float64(s) }, rising, true},
		{"by less than a twentieth of what comes", 40, 100, func(s int) float64 { return 3 * float64(s) }, rising, false},
		{"the oldest does not grow older", 40, 20, func(s int) float64 { return 3 * float64(s) }, still, false},
		{"too short to tell", 7, 20, func(s int) float64 { return 3 * float64(s) }, rising, false},
		{"it shrinks", 40, 20, func(s int) float64 { return 300 - 3*float64(s) }, func(s int) float64 { return 9000 - 100*float64(s) }, false},
		{"one tooth and a half", 30, 2, func(s int) float64 { return float64(s%20) / 2 }, func(s int) float64 { return 400 * float64(s%20+1) }, false},
		{"a class that gets nothing", 20, 5, func(s int) float64 { return 5 * float64(s+1) }, func(s int) float64 { return 1000 * float64(s+1) }, true},
		{"nobody comes", 20, 0, func(int) float64 { return 0 }, func(int) float64 { return 0 }, false},
	} {
		rows := rowsOf(c.seconds, c.came, c.waiting, c.oldest)
		if got := PilesUp(rows, 1); got != c.want {
			t.Errorf("%s: %v", c.why, got)
		}
		if PilesUp(rows, 0) {
			t.Errorf("%s: nobody waits of the other class, and it piles up", c.why)
		}
	}
}

// A class that keeps up is hardly ever called one that piles up, though it is asked every
// second.
func TestASawtoothIsNoPile(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	called := 0
	const steps = 300
	for range steps {
		rows := rowsOf(60, 15, func(int) float64 { return 40 * random.Float64() }, func(int) float64 { return 900 * random.Float64() })
		for n := 8; n <= len(rows); n++ {
			if PilesUp(rows[:n], 1) {
				called++
				break
			}
		}
	}
	if called > steps/50 {
		t.Errorf("%d of %d steps that keep up pile up", called, steps)
	}
}
