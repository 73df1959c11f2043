package bench

import (
	"sync"
	"time"
)

// A readProbe measures how late this process reads what has arrived. At absolute
// ticks something can be read, and a goroutine waits for it as one waits for a
// stream: what the poller, the scheduler and the machine add there, they add to
// TTFT and ITL as well. The ticks go on while the process does not, so that
// one that was stopped finds how long it was gone.
type readProbe struct {
	clock   metronome
	running sync.WaitGroup
}

// A metronome beats at every tick. now counts from its start, on the clock of the
// beats; it is safe for concurrent use.
type metronome interface {
	now() time.Duration
	wait() bool // blocks until a tick is due; false: it was stopped
	stop()
}

// startReadProbe calls observe with the ticks as they are taken, one or many at a
// time, on one goroutine.
func startReadProbe(observe func(overdue)) *readProbe {
	p := &readProbe{clock: newMetronome()}
	p.running.Go(func() {
		var t ticks
		for p.clock.wait() {
			observe(t.take(p.clock.now()))
		}
		observe(t.take(p.clock.now())) // what was missed just before the end
	})
	return p
}

// stop ends the probe and waits for its last observation.
func (p *readProbe) stop() {
	p.clock.stop()
	p.running.Wait()
}

// A timed metronome is made of the runtime's timers. They are served where the
// network is polled, by the same threads.
type timed struct {
	epoch time.Time
	timer *time.Timer
	quit  chan struct{}
}

func newTimed() metronome {
	return &timed{epoch: time.Now(), timer: time.NewTimer(tickEvery), quit: make(chan struct{})}
}

func (m *timed) now() time.Duration { return time.Since(m.epoch) }

func (m *timed) wait() bool {
	m.timer.Reset(tickEvery - m.now()%tickEvery)
	select {
	case <-m.timer.C:
		return true
	case <-m.quit:
		m.timer.Stop()
		return false
	}
}

func (m *timed) stop() { close(m.quit) }
