// Package dispatch sends the requests of a scenario when they are due. Its lanes drive
// their waves, whose load says when a request is due; a request that has one of the
// [slots] is sent, and one that finds none waits in line, or is dropped.
//
// How to send is a [Sender]'s business; what becomes of everything hears an [Observer].
//
// The goroutines of a [Dispatcher] are one for each lane, which [Dispatcher.Drive] starts
// and waits for, and one for each request in flight, for which [Dispatcher.Wait] waits;
// those of them that rest [Dispatcher.Close] sends away. A lane's lock comes before that
// of the slots and that of the workers, and the observer is called with the lane's lock
// held.
package dispatch

import (
	"iter"
	"sync"
	"time"

	"flashwave/bench/alarm"
	"flashwave/bench/arrival"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/client/outcome"
)

// A Ticket is one scheduled request on its way to being sent.
type Ticket struct {
	Lane      int
	Wave      int    // index of the wave that scheduled it; result.Warmup for warm-up load
	During    int    // whose wall time it was then
	Index     uint64 // of the lane
	Session   uint64 // of the lane: picks the prompt; without conversations each request is one
	Turn      uint32 // of the session, from 0
	Row       uint32 // of the trace that its wave follows, from 1: picks the prompt then; 0: none
	Closed    bool   // it is of a closed wave
	Scheduled time.Duration
	Enqueued  time.Duration // when it began to wait for a slot
	Queue     time.Duration // how long it waited
	failures  int           // how often its slot of a closed wave failed in a row before it
}

// An Ending is how a request ended, as far as the load wants to know.
type Ending struct {
	Ticket     Ticket
	At         time.Duration
	Took       time.Duration // from when its slot was free for it
	Outcome    outcome.Outcome
	RetryAfter time.Duration // as the endpoint said; 0 or less: it said nothing
	GoesOn     bool          // its session has another turn
	Think      time.Duration // how long after At
}

// A Sender sends one request and blocks until it has ended. It must be safe for
// concurrent use. As soon as a request of a closed wave is sent, the sender says so to the
// dispatcher, with [Dispatcher.Sent].
type Sender interface {
	Send(d *Dispatcher, t Ticket) Ending
}

// An Observer is told what becomes of requests and of waves. It must be safe for
// concurrent use, must not block for long, and must not call the dispatcher, but for
// [Dispatcher.Stop].
type Observer interface {
	Scheduled(t Ticket)                                  // it was due
	Dropped(t Ticket)                                    // it found no slot and may not wait
	Unsent(t Ticket)                                     // it is given up: the run is over
	Shed(first Ticket, of arrival.Shed)                  // so many were due and dropped at once
	Waited(wave int, index uint64, wait time.Duration)   // a slot of a closed wave, after a failure
	Unheeded(wave int, index uint64, wait time.Duration) // the endpoint asked for it in vain

	Planned(lane int, starts []arrival.Boundary, end time.Duration) // when waves began and will begin
	Entered(lane, before, now int, at time.Duration)                // a lane went from one wave to another
	Fill(wave int, at time.Duration, fill, least int)               // the slots of a closed wave fill: see ledger.Fill
	Completed(wave int, at time.Duration)                           // a request, in the wall time of a closed wave
	Steered(lane, wave int, at time.Duration, text string)          // by hand
	Noted(text string)
}

// Config is what a dispatcher needs.
type Config struct {
	Scenario *scenario.Scenario // resolved
	Sender   Sender
	Observer Observer
	Now      func() time.Duration // the clock of the run
	Virtual  bool                 // it is: nothing is as exact
}

// A Dispatcher sends the requests of a scenario. Its methods are safe for concurrent use.
type Dispatcher struct {
	config   Config
	scenario *scenario.Scenario
	observer Observer
	start    time.Duration // when the first wave begins
	lanes    []*lane
	slots    *slots
	workers  workers
	stopping chan struct{} // closed: send nothing more
	stopOnce sync.Once
	lineFull sync.Once // that was said
	unheeded sync.Once // waits asked for in vain: that was said
}

// New plans the lanes of a scenario.
func New(c Config) (*Dispatcher, error) {
	d := &Dispatcher{
		config: c, scenario: c.Scenario, observer: c.Observer, slots: newSlots(c.Scenario.Slots()), stopping: make(chan struct{}),
	}
	d.workers.send = d.work
	return d, d.plan()
}

// Begin says when the first wave begins. It comes before everything else.
func (d *Dispatcher) Begin(start time.Duration) {
	d.start = start
	for _, l := range d.lanes {
		if d.config.Virtual {
			l.alarm = alarm.Timed()
		} else {
			l.alarm = alarm.New()
		}
	}
}

// Drive runs the lanes from an instant on, and returns when all are over or the
// dispatcher was stopped.
func (d *Dispatcher) Drive(from time.Duration) {
	var lanes sync.WaitGroup
	for _, l := range d.lanes {
		lanes.Go(func() { l.drive(from) })
	}
	lanes.Wait()
}

// Stop ends the sending.
func (d *Dispatcher) Stop() {
	d.stopOnce.Do(func() {
		close(d.stopping)
		for _, l := range d.lanes {
			l.alarm.Nudge()
		}
	})
}

// Stopping is closed when the sending is stopped.
func (d *Dispatcher) Stopping() <-chan struct{} { return d.stopping }

// stopped reports whether nothing more is to be sent.
func (d *Dispatcher) stopped() bool {
	select {
	case <-d.stopping:
		return true
	default:
		return false
	}
}

// Abandon gives up everybody who still waits for a slot, and whoever comes yet.
func (d *Dispatcher) Abandon() {
	for t := range d.slots.clear() {
		d.observer.Unsent(t)
	}
}

// Wait blocks until no request is open, once the dispatcher is closed.
func (d *Dispatcher) Wait() { d.workers.busy.Wait() }

// Close ends the sending of what lanes schedule. What waits for a slot still gets one.
func (d *Dispatcher) Close() { d.workers.close() }

// Sent says that a request of a closed wave was sent.
func (d *Dispatcher) Sent(t Ticket, at time.Duration) { d.lanes[t.Lane].sent(t, at) }

// Load says how many requests are in flight and how many wait, and how many were in
// flight at most.
func (d *Dispatcher) Load() (inFlight, waiting, most int) { return d.slots.load() }

// Waiting is everybody who waits for a slot. Whoever comes or goes meanwhile may be
// missing.
func (d *Dispatcher) Waiting() iter.Seq[Ticket] { return d.slots.allWaiting() }

// Asked is how many sessions a lane has begun so far: requests, where there are no
// conversations.
func (d *Dispatcher) Asked(lane int) int64 { return int64(d.lanes[lane].sessions.Load()) }

// since is an instant as counted from the first wave.
func (d *Dispatcher) since(at time.Duration) time.Duration { return at - d.start }

// work sends a ticket that has a slot, and then whatever ticket gets the slot
// next, until none does.
func (d *Dispatcher) work(t Ticket) {
	for ok := true; ok; {
		t, ok = d.next(d.config.Sender.Send(d, t))
	}
}

// next is the ticket that gets the slot of one that has ended; false: none does.
func (d *Dispatcher) next(e Ending) (Ticket, bool) {
	if t, ok := d.lanes[e.Ticket.Lane].ended(e); ok {
		return d.slots.swap(t, d.config.Now()), true
	}
	return d.slots.release(d.config.Now())
}

// Lanes are the lanes as steering has left them.
func (d *Dispatcher) Lanes() []result.LaneStatus {
	list := make([]result.LaneStatus, len(d.lanes))
	for i, l := range d.lanes {
		list[i] = l.status()
	}
	return list
}

// TogglePause stops the clock of a lane, or lets it go on. What is open goes on.
func (d *Dispatcher) TogglePause(lane int) { d.lanes[lane].togglePause() }

// Scale multiplies the rate, or the concurrency, of a lane from now on.
func (d *Dispatcher) Scale(lane int, by float64) { d.lanes[lane].scaleLoad(by) }

// Burst sends n requests more at once.
func (d *Dispatcher) Burst(lane, n int) { d.lanes[lane].fireBurst(n) }

// NextWave cuts the live wave of a lane short.
func (d *Dispatcher) NextWave(lane int) { d.lanes[lane].nextWave() }
