package health

import (
	"sync"
	"time"

	"flashwave/bench/alarm"
)

// A readProbe measures how late this process reads what has arrived. At absolute
// ticks something can be read, and whoever reads streams reads it, or a goroutine that
// waits for it as one waits for a stream: what the poller, the scheduler and the machine
// add there, they add to TTFT and ITL as well. The ticks go on while the process does not,
// so that one that was stopped finds how long it was gone.
type readProbe struct {
	stop    func() // and waits for the last observation
	streams bool   // whoever reads streams reads it
}

// startReadProbe calls observe with the ticks as they are taken, one or many at a
// time, never two at once. Each goroutine that reads streams is probed by itself, for what
// holds up one of them the others do not see.
func startReadProbe(observe func(Overdue), streams []alarm.Watch) *readProbe {
	var one sync.Mutex
	observed := func(o Overdue) {
		one.Lock()
		defer one.Unlock()
		observe(o)
	}
	var stops []func()
	stop := func() {
		for _, end := range stops {
			end()
		}
	}
	for _, w := range streams {
		l := newLookout(observed)
		end, ok := alarm.Through(w, l.next(), l.take)
		if !ok {
			stop()
			return &readProbe{stop: watchAlone(observed)}
		}
		stops = append(stops, func() {
			end()
			l.last()
		})
	}
	if len(stops) == 0 {
		return &readProbe{stop: watchAlone(observed)}
	}
	return &readProbe{streams: true, stop: stop}
}

// watchAlone takes ticks on a goroutine of its own until it is stopped.
func watchAlone(observe func(Overdue)) (stop func()) {
	l, bell := newLookout(observe), alarm.New()
	var running sync.WaitGroup
	running.Go(func() {
		for next := l.next(); bell.Wait(next); {
			next = l.take()
		}
		l.last()
	})
	return func() {
		bell.Stop()
		running.Wait()
	}
}

// A lookout takes the ticks of one goroutine.
type lookout struct {
	began   time.Time
	ticks   Ticks
	effort  effort
	observe func(Overdue)
}

func newLookout(observe func(Overdue)) *lookout {
	return &lookout{began: time.Now(), ticks: Ticks{sparse: true}, effort: effort{cpu: CPUTime()}, observe: observe}
}

// next is how long it is until ticks are due.
func (l *lookout) next() time.Duration { return l.ticks.next(time.Since(l.began)) }

// take takes those that are due, and says in how long the next are.
func (l *lookout) take() (next time.Duration) {
	now := time.Since(l.began)
	l.observe(l.ticks.Take(now))
	l.ticks.sparse = !l.effort.busy(now)
	return l.next()
}

// last takes what was missed just before the end.
func (l *lookout) last() { l.observe(l.ticks.Take(time.Since(l.began))) }

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
