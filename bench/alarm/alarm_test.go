package alarm_test

import (
	"math"
	"testing"
	"time"

	"flashwave/bench/alarm"
	"flashwave/bench/health"
)

// far is longer than anybody waits.
const far = time.Duration(math.MaxInt64)

// Both alarms ring in time, are nudged, and stop.
func TestAlarms(t *testing.T) {
	for name, a := range map[string]alarm.Alarm{"of the system": alarm.New(), "of the runtime": alarm.Timed()} {
		t.Run(name, func(t *testing.T) {
			for _, d := range []time.Duration{1, 100 * time.Microsecond, 7 * time.Millisecond} {
				if began := time.Now(); !a.Wait(d) || time.Since(began) < d {
					t.Errorf("%s after %s", time.Since(began), d)
				}
			}
			for _, late := range []time.Duration{0, -time.Hour} {
				if !a.Wait(late) {
					t.Errorf("it does not go on after %s", late)
				}
			}
			a.Nudge() // before it is waited for
			a.Wait(far)
			time.AfterFunc(time.Millisecond, a.Nudge)
			a.Wait(far)
			time.AfterFunc(time.Millisecond, a.Stop)
			if a.Wait(far) || a.Wait(time.Nanosecond) {
				t.Error("it goes on after its end")
			}
			a.Nudge() // nobody hears it
		})
	}
}

// Nobody who nudges is lost, however close to the beginning of a wait it was: what he
// had to tell is seen after the wait.
func TestNudgesAreHeard(t *testing.T) {
	for name, a := range map[string]alarm.Alarm{"of the system": alarm.New(), "of the runtime": alarm.Timed()} {
		t.Run(name, func(t *testing.T) {
			told, heard := make(chan int), make(chan int)
			go func() {
				for i := range told {
					a.Nudge()
					heard <- i
				}
			}()
			for i := range 2000 {
				told <- i
				if !a.Wait(far) {
					t.Fatal("it was stopped")
				}
				<-heard
			}
			a.Stop()
			close(told)
		})
	}
}

// How punctual the alarms are, and what a ring costs.
func BenchmarkAlarm(b *testing.B) {
	for name, a := range map[string]alarm.Alarm{"of the system": alarm.New(), "of the runtime": alarm.Timed()} {
		b.Run(name, func(b *testing.B) {
			var late time.Duration
			before := health.CPUTime()
			for range b.N {
				due := time.Now().Add(1500 * time.Microsecond)
				a.Wait(time.Until(due))
				late += time.Since(due)
			}
			b.ReportMetric(float64(late)/float64(b.N), "late-ns/op")
			b.ReportMetric(float64(health.CPUTime()-before)/float64(b.N), "cpu-ns/op")
		})
		a.Stop()
	}
}
