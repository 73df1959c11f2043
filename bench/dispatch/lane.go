package dispatch

import (
	"sync"
	"sync/atomic"
	"time"

	"flashwave/bench/alarm"
	"flashwave/bench/arrival"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// far is an instant that never comes.
const far = time.Duration(1<<63 - 1)

// A lane drives its waves one after the other. Its load is either open (arrivals
// of a plan) or closed (a number of requests in flight); everything that touches
// it holds mu. What is due is done by whoever comes first: the lane's own
// goroutine, or a request that ends. So a request that ends after its wave finds
// the next one there, and its slot goes on without a gap.
type lane struct {
	dispatcher *Dispatcher
	index      int
	name       string
	stretch    []stretch
	alarm      alarm.Alarm   // rings when something is due; stopped after the last wave
	tickets    atomic.Uint64 // scheduled so far; counted under mu
	sessions   atomic.Uint64 // of them: the first of a session

	mu      sync.Mutex
	load    load          // nil before the first stretch and after the last
	due     time.Duration // when there is something to do
	factor  float64
	paused  bool
	live    int // the wave whose wall time it is; result.Over after its last
	open    int // requests that have not ended
	begun   int // stretches that have begun
	turns   turns
	resumed time.Duration // the end of the last pause: no turn was due before
	bursts  []result.Burst
	past    []result.CurvePoint // of finished stretches
}

// A stretch is what a lane does without a break: a sequence of open waves, which
// is one rate curve, or a single closed wave.
type stretch struct {
	begin func(at time.Duration) load
	// planned is the curve, if the stretch began at that instant since the start.
	planned func(at time.Duration) []result.CurvePoint
}

// load is the live stretch of a lane. All instants are on the run's clock.
type load interface {
	// advance does what is due at now. It says when there is more to do, or that
	// the stretch is over, and since when.
	advance(now time.Duration) (next time.Duration, over bool)
	leave(at time.Duration) // it is over, or the run stops
	pause(now time.Duration, on bool)
	scale(now time.Duration, by float64) string
	skip(now time.Duration)
	burst(now time.Duration, n int)
	curve() []result.CurvePoint
	// ended is told that a request of the lane has ended, of whichever wave, and
	// answers with the one that takes over its slot at once.
	ended(e Ending) (Ticket, bool)
	sent(wave int, at time.Duration) // a request of that closed wave was sent
}

// drive runs the lane's stretches, the first of them from start on, and returns
// when the last is over or the run stops.
func (l *lane) drive(start time.Duration) {
	l.mu.Lock()
	l.begin(start)
	l.mu.Unlock()
	defer l.alarm.Stop()
	for {
		if l.dispatcher.stopped() { // more may be due than there is time for
			l.halt()
			return
		}
		l.mu.Lock()
		l.step(l.now())
		next, over := l.due, l.load == nil
		l.mu.Unlock()
		if over {
			return
		}
		l.alarm.Wait(l.rest(next - l.now()))
	}
}

// A lane to which the next request comes soon rests for a breather, and sends together
// what is due by then: to wake for one request costs more than to send it. What it rests
// too long is lateness of ours: it is lag, and a millisecond is borne.
const (
	soon     = 250 * time.Microsecond
	breather = 400 * time.Microsecond
)

// rest is how long a lane rests that has something to do in d.
func (l *lane) rest(d time.Duration) time.Duration {
	if 0 < d && d < soon && !l.dispatcher.config.Virtual { // virtual time is exact
		return breather
	}
	return d
}

// step does what is due at now, and goes on to the next stretch when one is over.
// l.mu is held.
func (l *lane) step(now time.Duration) {
	for l.load != nil {
		next, over := l.load.advance(now)
		if !over {
			l.due = next
			return
		}
		l.load.leave(next)
		l.past = append(l.past, l.load.curve()...)
		l.begin(next)
	}
}

// begin starts the next stretch, or ends the lane after the last. l.mu is held.
func (l *lane) begin(at time.Duration) {
	if l.begun == len(l.stretch) {
		l.load = nil
		l.enter(result.Over, at)
		return
	}
	l.load = l.stretch[l.begun].begin(at)
	l.begun++
}

// now is the instant on the run's clock.
func (l *lane) now() time.Duration { return l.dispatcher.config.Now() }

// halt ends the live wave because the run stops.
func (l *lane) halt() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.load == nil {
		return
	}
	now := l.now()
	l.load.leave(now)
	l.past = append(l.past, l.load.curve()...)
	l.load = nil
	l.enter(result.Over, now)
}

// enter makes wave the live one from at on. l.mu is held.
func (l *lane) enter(wave int, at time.Duration) {
	before := l.live
	l.live = wave
	l.dispatcher.slots.enter(l.index, wave, at)
	l.dispatcher.observer.Entered(l.index, before, wave, at)
}

// dispatch schedules one request, and reports whether it has a slot or a place in the
// line. l.mu is held.
func (l *lane) dispatch(t Ticket) bool {
	t = l.schedule(t)
	d := l.dispatcher
	switch d.slots.take(t, t.Closed || d.scenario.Overflow != "drop") {
	case admitted:
		if !d.workers.call(t) { // the run is over, and nobody waits for this lane
			l.open--
			d.observer.Unsent(t)
			return false
		}
	case queued:
	case refused:
		l.open--
		d.observer.Dropped(t)
		if d.scenario.Overflow != "drop" {
			d.lineFull.Do(func() {
				d.observer.Noted(units.Count(MaxLine) + " requests wait for a slot: those that come beyond are dropped")
			})
		}
		return false
	case shut:
		l.open--
		d.observer.Unsent(t)
		return false
	}
	return true
}

// shed counts requests that were due, and that nobody had a place for, as scheduled and
// dropped. l.mu is held.
func (l *lane) shed(s arrival.Shed) {
	index := l.tickets.Load()
	l.tickets.Add(uint64(s.N)) // their prompts are not asked
	session := l.sessions.Load()
	l.sessions.Add(uint64(s.N))
	l.dispatcher.observer.Shed(Ticket{
		Lane: l.index, Wave: s.Wave, During: l.live, Index: index, Session: session, Scheduled: s.From, Enqueued: l.now(),
	}, s)
}

// schedule counts a request, of which the load says its wave and its instant, as
// scheduled. l.mu is held.
func (l *lane) schedule(t Ticket) Ticket {
	t.Lane, t.Index, t.Enqueued, t.During = l.index, l.tickets.Load(), l.now(), l.live
	l.tickets.Add(1)
	if t.Turn == 0 {
		t.Session = l.sessions.Add(1) - 1
	}
	l.open++
	l.dispatcher.observer.Scheduled(t)
	return t
}

// ended is told that a request has ended, and answers with the one that takes over
// its slot if a closed wave goes on with it.
func (l *lane) ended(e Ending) (Ticket, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dispatcher.stopped() {
		l.open--
		return Ticket{}, false
	}
	if now := l.now(); l.due <= now { // its slot still counts: the next wave takes it over
		l.step(now)
	}
	l.open--
	if l.load == nil {
		return Ticket{}, false
	}
	l.goOn(e)
	return l.load.ended(e)
}

// sent is told that a request of a closed wave was sent.
func (l *lane) sent(t Ticket, at time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.load != nil {
		l.load.sent(t.Wave, at)
	}
}

// dueAt makes the lane look again at an instant, if it would look later. l.mu is
// held.
func (l *lane) dueAt(at time.Duration) {
	if at < l.due {
		l.due = at
		l.alarm.Nudge()
	}
}

// steer changes the live load by hand and notes it as an event.
func (l *lane) steer(act func(now time.Duration) string) {
	l.mu.Lock()
	if l.load == nil || l.live == result.Warmup { // the run's clock hangs on the warm-up
		l.mu.Unlock()
		return
	}
	now := l.now()
	text := act(now)
	l.dueAt(now)
	wave := l.live
	l.mu.Unlock()
	l.dispatcher.observer.Steered(l.index, wave, now, text)
}

func (l *lane) togglePause() {
	l.steer(func(now time.Duration) string {
		l.paused = !l.paused
		l.load.pause(now, l.paused)
		l.resumed = now
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
		l.bursts = append(l.bursts, result.Burst{At: l.dispatcher.since(now), N: n})
		return "burst of " + units.Of(n, "request", "requests")
	})
}
