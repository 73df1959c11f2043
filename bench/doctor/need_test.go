package doctor

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"flashwave/bench/scenario"
)

// plan is a resolved scenario of the waves given.
func plan(t testing.TB, change func(*scenario.Scenario), specs ...string) *scenario.Scenario {
	t.Helper()
	sc := scenario.Default()
	for _, spec := range specs {
		lane, w, err := scenario.ParseWave(spec)
		if err != nil {
			t.Fatal(err)
		}
		sc.AddWave(lane, w)
	}
	if change != nil {
		change(sc)
	}
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	return sc
}

func TestNeedOf(t *testing.T) {
	tests := []struct {
		name  string
		sc    *scenario.Scenario
		want  Need
		stepS float64 // of 5 s
	}{
		{"the benchmark", plan(t, nil), Need{Concurrency: 50, MostStreams: 50, UsualStreams: 50, Connections: 50}, 5},
		{
			"a sale", plan(t, nil, "calm:200/m:2m", "rush:12000/m:5m"),
			Need{PeakRPS: 200, MostStreams: 10_000, UsualStreams: 1000, Connections: 10_000},
			5,
		},
		{
			"a few requests are never more streams", plan(t, nil, "short:100/s:20x"),
			Need{PeakRPS: 100, MostStreams: 20, UsualStreams: 20, Connections: 20},
			1,
		},
		{"a timeout bounds what is open", plan(t, func(sc *scenario.Scenario) {
			sc.Target.Timeout, sc.Target.IdleTimeout = scenario.Duration(3*time.Second), scenario.Duration(3*time.Second)
		}, "w:10/s:4s"), Need{PeakRPS: 10, MostStreams: 30, UsualStreams: 30, Connections: 30}, 4},
		{
			"lanes add up", plan(t, nil, "chat/a:10/s:60s", "sale/b:20/s:60s", "bulk/c:c30:60s", "bulk/d:c70:60s"),
			Need{PeakRPS: 30, Concurrency: 70, MostStreams: 1870, UsualStreams: 220, Connections: 1870},
			5,
		},
		{
			"slots bound everything", plan(t, func(sc *scenario.Scenario) { sc.MaxInFlight = 40 }, "w:1000/s:60s"),
			Need{PeakRPS: 1000, MostStreams: 40, UsualStreams: 40, Connections: 40},
			5,
		},
		{
			"HTTP/2 shares connections", plan(t, func(sc *scenario.Scenario) { sc.Target.HTTP2 = true }, "w:200/s:60s"),
			Need{PeakRPS: 200, MostStreams: 10_000, UsualStreams: 1000, Connections: 100},
			5,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := NeedOf(tt.sc)
			ignore := cmpopts.IgnoreFields(Need{}, "Slots", "OpenFiles", "MemoryBytes", "MaxLagMS")
			if diff := cmp.Diff(tt.want, got, ignore, cmpopts.IgnoreUnexported(Need{})); diff != "" {
				t.Error(diff)
			}
			if got.OpenFiles <= int64(got.Connections) || got.MemoryBytes <= 0 || got.MaxLagMS != 20 || !got.loopback || !got.builtin {
				t.Errorf("%+v", got)
			}
			if step := stepFor(tt.sc, 5*time.Second).Seconds(); step != tt.stepS {
				t.Errorf("a step of %v s, want %v", step, tt.stepS)
			}
		})
	}
}
