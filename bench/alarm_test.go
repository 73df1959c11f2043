package bench

import (
	"testing"
	"time"
)

// Both alarms ring in time, are nudged, and stop.
func TestAlarms(t *testing.T) {
	for name, a := range map[string]alarm{"of the system": newAlarm(), "of the runtime": newTimed()} {
		t.Run(name, func(t *testing.T) {
			for _, d := range []time.Duration{1, 100 * time.Microsecond, 7 * time.Millisecond} {
				if began := time.Now(); !a.wait(d) || time.Since(began) < d {
					t.Errorf("%s after %s", time.Since(began), d)
				}
			}
			for _, late := range []time.Duration{0, -time.Hour} {
				if !a.wait(late) {
					t.Errorf("it does not go on after %s", late)
				}
			}
			a.nudge() // before it is waited for
			a.wait(far)
			time.AfterFunc(time.Millisecond, a.nudge)
			a.wait(far)
			time.AfterFunc(time.Millisecond, a.stop)
			if a.wait(far) {
				t.Error("it does not end")
			}
			for range 100 { // whatever else has come by then
				a.nudge()
				if a.wait(time.Nanosecond) || a.wait(0) {
					t.Fatal("it goes on after its end")
				}
			}
			a.nudge() // nobody hears it
		})
	}
}

// Nobody who nudges is lost, however close to the beginning of a wait it was: what he
// had to tell is seen after the wait.
func TestNudgesAreHeard(t *testing.T) {
	for name, a := range map[string]alarm{"of the system": newAlarm(), "of the runtime": newTimed()} {
		t.Run(name, func(t *testing.T) {
			told, heard := make(chan int), make(chan int)
			go func() {
				for i := range told {
					a.nudge()
					heard <- i
				}
			}()
			for i := range 2000 {
				told <- i
				if !a.wait(far) {
					t.Fatal("it was stopped")
				}
				<-heard
			}
			a.stop()
			close(told)
		})
	}
}

// How punctual the alarms are, and what a ring costs.
func BenchmarkAlarm(b *testing.B) {
	for name, a := range map[string]alarm{"of the system": newAlarm(), "of the runtime": newTimed()} {
		b.Run(name, func(b *testing.B) {
			var late time.Duration
			before := cpuTime()
			for range b.N {
				due := time.Now().Add(1500 * time.Microsecond)
				a.wait(time.Until(due))
				late += time.Since(due)
			}
			b.ReportMetric(float64(late)/float64(b.N), "late-ns/op")
			b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op")
		})
		a.stop()
	}
}
