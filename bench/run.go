// Package bench is the engine: it sends the requests of a scenario when they are
// due, and records what happens to them. How that is judged says package verdict, which
// it asks while the run goes on and at its end.
//
// The way of one request: a lane's load gives an instant, [slots] give the right
// to have it open, the client sends it and calls back for every token with the
// instant its bytes were read, the recorder takes that in, and once a second an
// interval of all that becomes part of the result. Readers get plain values;
// nothing they do can slow the load.
package bench

import (
	"context"
	"io"
	"sync"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/price"
	"flashwave/bench/prompt"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
	"flashwave/client"
)

// A Client sends one request and blocks until it has ended. It must be safe for
// concurrent use, and its instants count from Options.Epoch.
type Client interface {
	Do(ctx context.Context, req *client.Request, sink client.Sink) client.Result
}

// A Journal keeps a run on disk while it goes on. Its methods are called from one
// goroutine; they must not block for long.
type Journal interface {
	Begin(*result.Run) error
	Interval(in result.Interval, row result.Row) error
	Event(result.Event) error
	End(*result.Run) error
}

// Options are what a run needs.
type Options struct {
	Scenario *scenario.Scenario // resolved
	Client   Client
	Epoch    time.Time       // what the client's instants count from
	Prompts  []prompt.Source // one a lane
	// FirstPrompts are the indexes, by lane, of the prompts to begin with; nil: 0.
	// A run that continues another begins where [result.Run.NextPrompts] says.
	FirstPrompts []uint64
	Price        *price.Price // nil: unknown
	ID           string
	Target       string // what the screen calls the endpoint
	Tool         result.Tool

	Journal       Journal   // nil: the run is not kept
	Requests      io.Writer // nil: no line per request
	Machine       bool      // watch the health of this process (not in virtual time)
	InProcessMock bool      // the endpoint shares this process, and its CPU
	// Excerpt: whoever drives the run cuts it short as soon as it knows enough, so that
	// a stream that had begun to answer by then is not held against the endpoint.
	Excerpt bool

	clocks func() clockOffsets // for tests: watch with these clocks, and without a probe
}

// A Run is one execution of a scenario. Its methods are safe for concurrent use.
type Run struct {
	options    Options
	scenario   *scenario.Scenario
	client     Client
	priced     bool
	slots      *slots
	budget     *budget
	rec        *recorder
	assertions *verdict.Assertions
	refusals   *refusals
	health     *health
	pace       *pace
	lanes      []*lane
	open       openRequests
	lineFull   sync.Once // that was said
	unheeded   sync.Once // waits asked for: that was said

	requestLog *requestLog

	epoch     time.Time
	start     time.Duration // when the first wave begins, on the run's clock
	startedAt time.Time
	ctx       context.Context // of requests
	cancel    context.CancelFunc
	working   sync.WaitGroup // goroutines that send requests
	stopping  chan struct{}  // closed: send nothing more
	aborting  chan struct{}  // closed: give up what is open
	done      chan struct{}  // closed: the document is ready

	mu        sync.Mutex
	state     result.State
	why       verdict.Ending
	waves     []wave
	events    []result.Event
	loadEnd   time.Duration // when the last lane was over; 0: not yet
	end       time.Duration
	document  *result.Run
	journaled int // events handed to the journal
	lastRow   result.Row
	overload  *result.Overload // nil: the endpoint keeps up
	insisted  time.Time        // when the user did; zero: not yet
	behind    int              // requests that were left behind

	seconds    sync.Mutex    // held while an interval ends
	watch      watch         // guarded by seconds
	told       told          // what the journal knows; guarded by seconds
	limitNoted time.Duration // when rate limits last made an event; guarded by seconds
	journalErr error
	linesLost  int64 // of the log of requests
	requestErr error // of the log of requests
	windows    windowCache
}

// Start begins a run. It goes on until its waves are over and drained, or it is
// stopped; Wait tells.
func Start(opts Options) (*Run, error) {
	sc := opts.Scenario
	r := &Run{
		options: opts, scenario: sc, client: opts.Client, epoch: opts.Epoch,
		priced: opts.Price != nil,
		slots:  newSlots(sc.Slots()), watch: newWatch(),
		stopping: make(chan struct{}), aborting: make(chan struct{}), done: make(chan struct{}),
		state: result.Warming,
	}
	r.budget = &budget{limit: sc.Budget}
	if opts.Price != nil {
		r.budget.price = *opts.Price
	}
	r.refusals = newRefusals(r)
	if opts.Requests != nil {
		r.requestLog = newRequestLog(opts.Requests)
	}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	err := r.plan()
	if err == nil {
		r.assertions, err = assertions(r)
	}
	if err != nil {
		r.cancel()
		return nil, err
	}
	lanes := make([]string, len(r.waves))
	for i := range r.waves {
		lanes[i] = r.waves[i].Lane
	}
	r.rec = newRecorder(result.NewTimeline(lanes, result.Measured{Priced: r.priced, Judged: r.assertions.Judged()}))
	r.health = newHealth(r)
	now := r.now()
	r.pace = newPace(now, len(r.waves))
	r.start = now + sc.Warmup.D()
	r.startedAt = time.Now().Add(sc.Warmup.D())
	r.rec.begin(now, r.start)
	r.planWaves()
	r.journal(func(j Journal) error { return j.Begin(r.report()) })
	go r.run(now)
	return r, nil
}

// now is the instant on the run's clock.
func (r *Run) now() time.Duration { return time.Since(r.epoch) }

// since is an instant of the run's clock as counted from the first wave.
func (r *Run) since(at time.Duration) time.Duration { return at - r.start }

// run is the life of the run.
func (r *Run) run(now time.Duration) {
	ticking := make(chan struct{})
	ticked := make(chan struct{})
	go func() {
		defer close(ticked)
		r.tick(ticking)
	}()
	var lanes sync.WaitGroup
	for _, l := range r.lanes {
		lanes.Go(func() { l.drive(now) })
	}
	driven := bounded(r, lanesBy, false, func() bool { lanes.Wait(); return true })
	r.endLoad()
	if ended := r.drain(); !ended || !driven {
		r.leaveBehind()
	}
	r.health.stop() // what it finds last belongs to the last second
	close(ticking)
	if !bounded(r, tickBy, false, func() bool { <-ticked; return true }) {
		r.giveJournalUp()
	}
	r.lastSecond()
	r.finish()
	close(r.done)
}

// endLoad notes that nothing is offered any more: what ends from now on is in no rate.
func (r *Run) endLoad() {
	for _, l := range r.lanes {
		l.live.Store(result.Tail)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.loadEnd = r.start
	for i := range r.waves {
		if w := &r.waves[i]; w.Begun {
			w.end = min(w.end, r.now()) // its lane may be stuck
			r.loadEnd = max(r.loadEnd, w.end)
		}
	}
}

// drain waits for what is open, at most for the grace period, and reports whether all
// of it has ended.
func (r *Run) drain() bool {
	r.setState(result.Draining)
	idle := make(chan struct{})
	go func() {
		r.working.Wait()
		close(idle)
	}()
	grace := time.NewTimer(r.scenario.Grace.D())
	defer grace.Stop()
	stopping := r.stopping
	for over := false; !over; {
		select {
		case <-idle:
			over = true
		case <-grace.C:
			over = true
		case <-r.aborting:
			over = true
		case <-stopping:
			stopping = nil
			r.sendHome()
		}
	}
	r.sendHome()
	r.cancel()
	return r.calledOff(idle)
}

// sendHome gives up everybody who still waits for a slot.
func (r *Run) sendHome() {
	for _, t := range r.slots.clear() {
		r.giveUp(t)
	}
}

// Wait blocks until the run is over, and answers with its document.
func (r *Run) Wait() *result.Run {
	<-r.done
	return r.document
}

// Done is closed when the run is over.
func (r *Run) Done() <-chan struct{} { return r.done }

// Stop stops sending and waits for what is open, for the grace period; called
// again, it gives up at once. The run is recorded as interrupted.
func (r *Run) Stop() { r.stop(verdict.Interrupted) }

// TogglePause stops the clock of a lane, or lets it go on. What is open goes on.
func (r *Run) TogglePause(lane int) {
	if l := r.lane(lane); l != nil {
		l.togglePause()
	}
}

// Scale multiplies the rate, or the concurrency, of a lane from now on.
func (r *Run) Scale(lane int, by float64) {
	if l := r.lane(lane); l != nil && by > 0 {
		l.scaleLoad(by)
	}
}

// Burst sends n requests more at once, a million at most.
func (r *Run) Burst(lane, n int) {
	if l := r.lane(lane); l != nil && n > 0 {
		l.fireBurst(min(n, arrival.MaxRate))
	}
}

// NextWave cuts the live wave of a lane short.
func (r *Run) NextWave(lane int) {
	if l := r.lane(lane); l != nil {
		l.nextWave()
	}
}

func (r *Run) lane(i int) *lane {
	if i < 0 || i >= len(r.lanes) {
		return nil
	}
	return r.lanes[i]
}

func (r *Run) setState(s result.State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state = s
}
