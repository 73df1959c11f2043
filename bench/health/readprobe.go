package health

import (
	"sync"
	"time"

	"flashwave/bench/alarm"
)

// A readProbe measures how late this process reads what has arrived. At absolute
// ticks something can be read, and a goroutine waits for it as one waits for a
// stream: what the poller, the scheduler and the machine add there, they add to
// TTFT and ITL as well. The ticks go on while the process does not, so that
// one that was stopped finds how long it was gone.
type readProbe struct {
	alarm   alarm.Alarm
	running sync.WaitGroup
}

// startReadProbe calls observe with the ticks as they are taken, one or many at a
// time, on one goroutine.
func startReadProbe(observe func(Overdue)) *readProbe {
	p := &readProbe{alarm: alarm.New()}
	p.running.Go(func() {
		began := time.Now()
		t, effort := Ticks{sparse: true}, effort{cpu: CPUTime()}
		for p.alarm.Wait(t.next(time.Since(began))) {
			now := time.Since(began)
			observe(t.Take(now))
			t.sparse = !effort.busy(now)
		}
		observe(t.Take(time.Since(began))) // what was missed just before the end
	})
	return p
}

// stop ends the probe and waits for its last observation.
func (p *readProbe) stop() {
	p.alarm.Stop()
	p.running.Wait()
}

const (
	// effortEvery is how often a process looks at what it does, and busyAt the share of
	// a core from which on it is busy.
	effortEvery = 250 * time.Millisecond
	busyAt      = 0.1
)

// An effort tells whether this process is busy. To wake one that rests takes a hundred
// microseconds of CPU; one that works is awake.
type effort struct {
	at, cpu time.Duration // when it was looked at last
	much    bool
}

func (e *effort) busy(now time.Duration) bool {
	if d := now - e.at; d >= effortEvery {
		cpu := CPUTime()
		e.much = float64(cpu-e.cpu) > busyAt*float64(d)
		e.at, e.cpu = now, cpu
	}
	return e.much
}
