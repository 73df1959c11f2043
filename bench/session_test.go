package bench

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// What was steered by hand becomes a scenario that does the same by itself.
func TestSessionRepeatsWhatWasSteered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, nil, "calm:10/s:20s", "surge:10/s..50/s:10s", "rush:50/s:20s", "never:1/s:20s")
		run, _ := start(t, sc, always(reply{wait: 10 * time.Millisecond, tokens: 1}))
		time.Sleep(5 * time.Second)
		run.Scale(0, 2) // calm: 20/s from 5 s on
		time.Sleep(5 * time.Second)
		run.TogglePause(0)
		time.Sleep(3 * time.Second)
		run.TogglePause(0)
		time.Sleep(5 * time.Second)
		run.Burst(0, 40)
		time.Sleep(25 * time.Second)
		run.Stop()
		doc := run.Wait()
		again := result.Session(doc.Scenario, run.Snapshot(result.View{Wave: -1}))
		text, err := again.YAML()
		if err != nil {
			t.Fatal(err)
		}
		read, err := scenario.Parse("session.yaml", text)
		if err == nil {
			err = read.Resolve(scenario.Machine{})
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		n, known := read.PlannedRequests()
		if scheduled := doc.Total.Requests.Scheduled; !known || math.Abs(float64(n-scheduled)) > 0.01*float64(scheduled)+3 {
			t.Errorf("%d requests planned, %d were scheduled:\n%s", n, scheduled, text)
		}
		length, _ := read.Planned()
		if d := length.Seconds() - doc.DurationS; math.Abs(d) > 0.2 {
			t.Errorf("it lasts %v, the run %v s", length, doc.DurationS)
		}
		names := map[string]bool{}
		for _, w := range read.Lanes[0].Waves {
			names[w.Name] = true
		}
		if !names["calm"] || !names["surge"] || !names["rush"] || names["never"] {
			t.Errorf("waves:\n%s", text)
		}
	})
}
