package health

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
)

// A wave is a load of one wave that goes on, with three requests open.
type wave struct{ part *result.Part }

func (wave) Live() iter.Seq[int]             { return slices.Values([]int{0}) }
func (wave) InFlight() iter.Seq2[int, int64] { return maps.All(map[int]int64{0: 3}) }
func (w wave) ReadLate(_ int, late iter.Seq[time.Duration]) {
	for d := range late {
		w.part.Record(result.ReadLag, d)
	}
}

// Whoever is called once a second and comes late is a witness, even where no probe
// is; two witnesses of one stop are one stop.
func TestALateSecondIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		epoch := time.Now()
		now := func() time.Duration { return time.Since(epoch) }
		w := New(Config{
			Load: wave{result.NewPart()}, Waves: 1, Now: now, Epoch: epoch, MaxLag: 20 * time.Millisecond,
			Clocks: func() ClockOffsets { return ClockOffsets{} },
		})
		defer w.Stop()
		inASecond := func() time.Duration { return time.Second }
		w.Ticked((&Ticks{}).Take(0)) // the wave is there
		w.Witness(now(), inASecond)
		time.Sleep(1600 * time.Millisecond) // it should have been called after one
		w.Witness(now(), inASecond)
		w.mu.Lock()
		w.stopped(now()-700*time.Millisecond, now())
		stops := w.stops
		w.mu.Unlock()
		if stops.times != 1 || stops.longest != 700*time.Millisecond || stops.sum != stops.longest {
			t.Errorf("%+v", stops)
		}
		if live := w.Live(10*time.Second, result.NewPart()); !strings.Contains(strings.Join(live.Warnings, "\n"), "stood still for 700 ms") {
			t.Errorf("%q", live.Warnings)
		}
	})
}
