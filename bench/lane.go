package bench

import (
	"sync"
	"sync/atomic"
	"time"

	"flashwave/bench/prompt"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/units"
)

// far is an instant that never comes.
const far = time.Duration(1<<63 - 1)

// A lane drives its waves one after the other. Its load is either open (arrivals
// of a plan) or closed (a number of requests in flight); everything that touches
// it holds mu.
type lane struct {
	run      *Run
	index    int
	name     string
	workload scenario.Workload
	source   prompt.Source
	stretch  []stretch
	live     atomic.Int64 // the wave whose wall time it is; result.Tail after the last
	wake     chan struct{}

	mu      sync.Mutex
	load    load
	factor  float64
	paused  bool
	tickets uint64
	begun   int // stretches that have begun
	bursts  []result.Burst
	past    []result.CurvePoint // of finished stretches
	after   *recovery           // from the last surge; nil: there was none
}

// A stretch is what a lane does without a break: a sequence of open waves, which
// is one rate curve, or a single closed wave.
type stretch struct {
	first, last int // waves
	begin       func(at time.Duration) load
	// planned is the curve, if the stretch began at that instant since the start.
	planned func(at time.Duration) []result.CurvePoint
}

// load is the live stretch of a lane. All instants are on the run's clock.
type load interface {
	// advance does what is due at now. It says when there is more to do, or that
	// the stretch is over, and since when.
	advance(now time.Duration) (next time.Duration, over bool)
	pause(now time.Duration, on bool)
	scale(now time.Duration, by float64) string
	skip(now time.Duration)
	burst(now time.Duration, n int)
	curve() []result.CurvePoint
	freed(now time.Duration) bool // a request of this closed wave ended: is another due?
	sent(at time.Duration)        // a request of this closed wave was sent
}

// drive runs the lane's stretches, the first of them from start on, and returns
// when the last is over or the run stops.
func (l *lane) drive(start time.Duration) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for _, st := range l.stretch {
		l.mu.Lock()
		l.load = st.begin(start)
		l.begun++
		l.mu.Unlock()
		for {
			l.mu.Lock()
			next, over := l.load.advance(l.run.now())
			if over {
				l.past = append(l.past, l.load.curve()...)
				l.load = nil
			}
			l.mu.Unlock()
			if over {
				start = next
				break
			}
			timer.Reset(next - l.run.now())
			select {
			case <-timer.C:
			case <-l.wake:
			case <-l.run.stopping:
				l.halt()
				return
			}
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.enter(result.Tail, start)
}

// halt ends the live wave because the run stops.
func (l *lane) halt() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.load != nil {
		l.past = append(l.past, l.load.curve()...)
	}
	l.load = nil
	l.enter(result.Tail, l.run.now())
}

// enter makes wave the live one from at on. l.mu is held.
func (l *lane) enter(wave int, at time.Duration) {
	before := int(l.live.Swap(int64(wave)))
	l.run.slots.enter(l.index, wave, at)
	l.run.waveChanged(l, before, wave, at)
}

// here is the wave whose wall time it is.
func (l *lane) here() int { return int(l.live.Load()) }

// dispatch schedules one request. l.mu is held.
func (l *lane) dispatch(scheduled time.Duration, wave int, closed bool) {
	t := l.ticket(scheduled, wave, closed)
	r := l.run
	switch r.slots.take(t, closed || r.scenario.Overflow != "drop") {
	case admitted:
		r.working.Add(1)
		go r.work(t)
	case queued:
	case refused:
		r.drop(t)
	case shut:
		r.giveUp(t)
	}
}

// ticket counts one request as scheduled.
func (l *lane) ticket(scheduled time.Duration, wave int, closed bool) ticket {
	t := ticket{lane: l, wave: wave, index: l.tickets, closed: closed, scheduled: scheduled, enqueued: l.run.now(), after: l.after}
	l.tickets++
	if wave != result.Warmup {
		s := l.run.rec.shard(t.index)
		s.mu.Lock()
		s.part(wave).Requests.Scheduled++
		s.mu.Unlock()
	}
	return t
}

// freed is told that a request has ended, and answers with the one that takes
// its place if it belonged to a closed wave that goes on.
func (l *lane) freed(t ticket, ended time.Duration) (ticket, bool) {
	if !t.closed || closed(l.run.stopping) {
		return ticket{}, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.load == nil || l.here() != t.wave || !l.load.freed(l.run.now()) {
		return ticket{}, false
	}
	return l.ticket(ended, t.wave, true), true
}

// sentOne is told that a request of a closed wave was sent.
func (l *lane) sentOne(t ticket, at time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.load != nil && l.here() == t.wave {
		l.load.sent(at)
	}
}

// nudge makes drive look again.
func (l *lane) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// steer changes the live load by hand and notes it as an event.
func (l *lane) steer(act func(now time.Duration) string) {
	l.mu.Lock()
	if l.load == nil || l.here() == result.Warmup { // the run's clock hangs on the warm-up
		l.mu.Unlock()
		return
	}
	now := l.run.now()
	text := act(now)
	l.mu.Unlock()
	l.nudge()
	l.run.event(result.Event{
		TS: l.run.since(now).Seconds(), Kind: result.Steered, Lane: l.name,
		Wave: l.run.waveName(l.here()), Text: text,
	})
}

func (l *lane) togglePause() {
	l.steer(func(now time.Duration) string {
		l.paused = !l.paused
		l.load.pause(now, l.paused)
		if l.paused {
			return "paused"
		}
		return "resumed"
	})
}

func (l *lane) scaleLoad(by float64) {
	l.steer(func(now time.Duration) string { return l.load.scale(now, by) })
}

func (l *lane) nextWave() {
	l.steer(func(now time.Duration) string {
		l.load.skip(now)
		return "skipped to the next wave"
	})
}

func (l *lane) fireBurst(n int) {
	l.steer(func(now time.Duration) string {
		l.load.burst(now, n)
		l.bursts = append(l.bursts, result.Burst{At: l.run.since(now), N: n})
		return "burst of " + units.Of(n, "request", "requests")
	})
}
