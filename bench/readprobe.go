package bench

import (
	"sync"
	"time"
)

// A readProbe measures how late this process reads what has arrived. At absolute
// ticks something can be read, and whoever reads streams reads it, or who waits for it
// as one waits for a stream: what the poller, the scheduler and the machine add there,
// they add to TTFT and ITL as well. The ticks go on while the process does not, so
// that one that was stopped finds how long it was gone.
type readProbe struct {
	clock   metronome
	observe func(overdue)
	taken   ticks
	unwatch func() // nil: a goroutine of the probe's own reads
	running sync.WaitGroup
}

// A watcher reads files where streams are read, as [client.Client.WatchReads] does.
type watcher func(fd int, ready func()) (stop func(), ok bool)

// watcherOf is where a client reads streams; nil if it does not say.
func watcherOf(c Client) watcher {
	if w, ok := c.(interface {
		WatchReads(fd int, ready func()) (stop func(), ok bool)
	}); ok {
		return w.WatchReads
	}
	return nil
}

// startReadProbe calls observe with the ticks as they are taken, one or many at a
// time, never two at once. They are read by watch (nil: there is none) where that can.
func startReadProbe(observe func(overdue), watch watcher) *readProbe {
	p := &readProbe{clock: newMetronome(), observe: observe}
	if file, ok := p.clock.(interface{ watched(watcher, func()) func() }); ok && watch != nil {
		p.unwatch = file.watched(watch, p.take)
	}
	if p.unwatch == nil {
		p.running.Go(func() {
			for p.clock.wait() {
				p.take()
			}
		})
	}
	return p
}

// take takes the ticks that are due.
func (p *readProbe) take() { p.observe(p.taken.take(p.clock.now())) }

// stop ends the probe and waits for its last observation.
func (p *readProbe) stop() {
	if p.unwatch != nil {
		p.unwatch()
	}
	p.clock.stop()
	p.running.Wait()
	p.take() // what was missed just before the end
}

// A metronome beats at every tick. now counts from its start, on the clock of the
// beats; it is safe for concurrent use.
type metronome interface {
	now() time.Duration
	wait() bool // blocks until a tick is due; false: it was stopped
	stop()
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
