package forecast

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"flashwave/bench/result"
)

// passes is which of some requests, at these instants, are let in.
func passes(q Allowance, at ...float64) (list []bool) {
	g := Limits{Quota: q}.gate()
	for _, t := range at {
		list = append(list, g.pass(t))
	}
	return list
}

func TestAllowances(t *testing.T) {
	soon := 500 * time.Millisecond
	for _, tc := range []struct {
		name string
		q    Allowance
		at   []float64
		want []bool
	}{
		{"none", Allowance{}, []float64{0, 0, 0}, []bool{true, true, true}},
		{"a bucket of two, refilled by one a second", Allowance{RPS: 1, Depth: 2}, []float64{0, 0, 0, 0.5, 1, 1.5}, []bool{true, true, false, false, true, false}},
		{"a window of two", Allowance{RPS: 2, Window: time.Second}, []float64{0, 0.4, 0.9, 1, 1.1, 1.2}, []bool{true, true, false, true, true, false}},
		{"a window that began before the night", Allowance{RPS: 2, Window: time.Second, Anew: &soon}, []float64{0, 0.2, 0.4, 0.5, 0.6, 0.7}, []bool{true, true, false, true, true, false}},
	} {
		if got := passes(tc.q, tc.at...); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

// Beyond a number in flight requests are refused at once, and those within are served as
// they would be alone.
func TestForecastOfALimitOfConcurrency(t *testing.T) {
	step := Step{InFlight: 4, SucceededRPS: 20, Service: timesOf(200*time.Millisecond, 1), Closed: true}
	s := Make(Input{Demand: planned(t, "rush:100/s:60s"), Steps: []Step{step}, Limits: Limits{Open: 8}}).Simulated
	near(t, "the share refused", s.RefusedShare, 1-40./100, 0.05)
	if *s.InFlight > 8 || s.WorstWaitS > 0.1 {
		t.Errorf("%v in flight, a wait of %v s", *s.InFlight, s.WorstWaitS)
	}
}

// Who waits too long is refused then, and nobody waits longer.
func TestForecastOfShedding(t *testing.T) {
	s := Make(Input{Demand: planned(t, "rush:200/s:60s"), Steps: batching(), Limits: Limits{Shed: 2 * time.Second}}).Simulated
	near(t, "the share shed", *s.ShedShare, 0.5*58/60, 0.03)
	near(t, "the longest wait", s.WorstWaitS, 2, 0.2)
	if s.Refused != 0 || *s.TimedOut != 0 {
		t.Errorf("%+v", s)
	}
}

// A step of many in flight tells those who share from those who wait in line.
func TestDisciplines(t *testing.T) {
	for _, want := range []Discipline{Queue, Sharing} {
		p := profile{law: law{places: 8, most: 8}, alone: 0.1}
		if want == Sharing {
			p.places = math.MaxInt
		}
		var drawn times
		drawn.add(timesOf(100*time.Millisecond, 5), 1)
		p.work = drawn.table()
		steps := []Step{closedStep(p, 1), closedStep(p, 4), closedStep(p, 64)}
		f := Make(Input{Demand: planned(t, "rush:100/s:30s"), Steps: steps})
		if f.Service.Discipline != want {
			t.Errorf("%s: %+v", want, f.Service)
		}
		near(t, "the saturation", *f.SaturationRPS, 80, 4)
	}
}

// closedStep is what a step sees of an endpoint with so many in flight.
func closedStep(p profile, n int) Step {
	const length = 30
	play := playing(p.station(), 1e9, 9)
	play.keep(n, 10, 10+length)
	h := result.NewHist()
	for _, w := range play.wholes {
		h.Record(time.Duration(float64(w) * 1e9))
	}
	return Step{InFlight: float64(n), SucceededRPS: float64(len(play.wholes)) / (length - h.Mean().Seconds()), Service: h, Closed: true, Cut: true, SettledS: 10, LengthS: length}
}

// Where the endpoint changed while it was measured nothing is foretold.
func TestForecastWithoutGround(t *testing.T) {
	f := Make(Input{Demand: planned(t, "rush:200/s:60s"), Steps: batching(), Capacity: 90, High: 91, Ground: ScalesOut, Because: "it grew"})
	if f.Fits != nil || f.Simulated != nil || f.Fluid != nil || f.Band != nil || f.Ground != ScalesOut || !strings.Contains(f.Assumptions[0], "it grew") {
		t.Errorf("%+v", f)
	}
	if f.Headroom == nil || f.Quota.PeakRequestsPM == 0 {
		t.Errorf("what follows from the demand is left out: %+v", f)
	}
}

// The band holds the forecast, and is as wide as the service rate is unsure.
func TestBands(t *testing.T) {
	sure := batching()
	f := Make(Input{Demand: planned(t, "rush:150/s:60s"), Steps: sure, Seed: 1})
	unsure := slices.Clone(sure)
	for i := range unsure {
		if unsure[i].Growing {
			unsure[i].Served = []int64{100, 60, 140, 100, 130, 70, 80, 120, 90, 110, 60, 140}
		}
	}
	g := Make(Input{Demand: planned(t, "rush:150/s:60s"), Steps: unsure, Seed: 1})
	for _, f := range []Forecast{f, g} {
		w := f.Simulated.WorstWaitS
		if b := f.Band.WorstWaitS; w < b.Low || w > b.High || f.Band.Nights != mostNights {
			t.Errorf("%v s in %+v of %d nights", w, *b, f.Band.Nights)
		}
	}
	if a, b := f.Band.WorstWaitS, g.Band.WorstWaitS; b.High-b.Low < 2*(a.High-a.Low) {
		t.Errorf("the band of %+v is hardly wider than that of %+v", *b, *a)
	}
}
