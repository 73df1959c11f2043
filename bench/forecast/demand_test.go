package forecast

import (
	"slices"
	"testing"
	"time"

	"flashwave/bench/scenario"
)

// Lanes run side by side, closed waves leave a gap.
func TestDemandOfLanes(t *testing.T) {
	d := planned(t, "chat/calm:10/s:60s", "sale/pause:c5:20s", "sale/rush:0/s..40/s:10s")
	near(t, "the requests", d.Requests(), 600+200, 1e-9)
	if d.Length() != 60*time.Second {
		t.Errorf("the night lasts %v", d.Length())
	}
	at, most := d.curve.busiest(1, 0.1)
	near(t, "the busiest second", most, 10+38, 1e-6)
	near(t, "when it begins", at, 29, 1e-6)
	arrivals := slices.Collect(d.Arrivals())
	if len(arrivals) != 800 || !slices.IsSorted(arrivals) {
		t.Errorf("%d arrivals, sorted: %v", len(arrivals), slices.IsSorted(arrivals))
	}
	if rush := slices.IndexFunc(arrivals, func(at float64) bool { return at >= 20 }); rush != 200 {
		t.Errorf("%d requests before the rush", rush)
	}
}

// The demand arrives at the instants at which a run would send it.
func TestDemandIsSeededAsARun(t *testing.T) {
	sc := scenario.Default()
	sc.Arrivals, sc.Seed = "poisson", 7
	for _, spec := range []string{"w:20/s:30s"} {
		_, w, err := scenario.ParseWave(spec)
		if err != nil {
			t.Fatal(err)
		}
		sc.AddWave("", w)
	}
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	of := func() []float64 {
		d, err := Of(sc)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Collect(d.Arrivals())
	}
	first := of()
	if !slices.Equal(first, of()) {
		t.Error("the same seed gives other arrivals")
	}
	sc.Seed = 8
	if slices.Equal(first, of()) {
		t.Error("another seed gives the same arrivals")
	}
}
