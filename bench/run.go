package bench

import (
	"context"
	"io"
	"sync"
	"time"

	"flashwave/bench/alarm"
	"flashwave/bench/arrival"
	"flashwave/bench/dispatch"
	"flashwave/bench/health"
	"flashwave/bench/ledger"
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

	clocks  func() health.ClockOffsets // for tests: watch with these clocks, and without a probe
	observe func(*dispatch.Config)     // for tests: change what is dispatched
}

// A Run is one execution of a scenario. Its methods are safe for concurrent use.
type Run struct {
	*account
	options   Options
	startedAt time.Time
	events    *events
	journal   *journalWriter
	budget    *dispatch.Budget
	refusals  *refusals
	health    *health.Watch
	ticker    *ticker

	ctx      context.Context // of requests
	cancel   context.CancelFunc
	aborting chan struct{} // closed: give up what is open
	done     chan struct{} // closed: the document is ready

	mu         sync.Mutex
	state      result.State
	why        verdict.Ending
	insisted   time.Time // when the user did; zero: not yet
	behind     int       // requests that were left behind
	linesLost  int64     // of the log of requests
	requestErr error     // of the log of requests
	document   *result.Run
	cached     viewFigures
}

// Start begins a run. It goes on until its waves are over and drained, or it is
// stopped; Wait tells.
func Start(opts Options) (*Run, error) {
	r, err := newRun(opts)
	if err != nil {
		return nil, err
	}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.health = health.New(health.Config{
		Load: watched{r.account}, Waves: len(r.waves.list), Now: r.now, Epoch: r.epoch, MaxLag: r.scenario.MaxLag.D(),
		Streams: streamsOf(opts.Client), Machine: opts.Machine, Shared: opts.InProcessMock, Clocks: opts.clocks,
	})
	now := r.now()
	r.start = now + r.scenario.Warmup.D()
	r.startedAt = time.Now().Add(r.scenario.Warmup.D())
	r.ledger.Begin(now, r.start)
	r.dispatch.Begin(r.start)
	r.waves.expect(len(r.scenario.Lanes))
	r.ticker = newTicker(r)
	r.journal.hand(func(j Journal) error { return j.Begin(r.report()) })
	go r.run(now)
	return r, nil
}

// streamsOf is where a client reads streams; nil if it does not say. What wraps a client
// says what it wraps by a method Unwrap.
func streamsOf(c Client) (list []alarm.Watch) {
	switch c := c.(type) {
	case interface {
		ReadWatches() []func(fd int, ready func()) (stop func(), ok bool)
	}:
		for _, w := range c.ReadWatches() {
			list = append(list, w)
		}
		return list
	case interface{ Unwrap() Client }:
		return streamsOf(c.Unwrap())
	}
	return nil
}

// newRun joins the parts of a run. Nothing goes on yet.
func newRun(opts Options) (*Run, error) {
	sc, clock := opts.Scenario, &clock{epoch: opts.Epoch}
	list, err := wavesOf(sc)
	if err != nil {
		return nil, err
	}
	r := &Run{
		account: &account{clock: clock, scenario: sc, priced: opts.Price != nil, waves: &waves{clock: clock, list: list}},
		options: opts, events: &events{clock: clock}, budget: &dispatch.Budget{Limit: sc.Budget},
		aborting: make(chan struct{}), done: make(chan struct{}), state: result.Warming,
	}
	if opts.Price != nil {
		r.budget.Price = *opts.Price
	}
	r.journal = &journalWriter{to: opts.Journal, events: r.events}
	r.refusals = newRefusals(sc, r.stop)
	if r.assertions, err = verdict.Parse(sc.SLO, sc.AbortOn, r.waves.names()); err != nil {
		return nil, err
	}
	r.ledger = newLedger(opts, list, r.assertions.Judged())
	d := dispatch.Config{Scenario: sc, Sender: sender{r}, Observer: observer{r.ledger, r}, Now: r.now, Virtual: !opts.Machine}
	if opts.observe != nil {
		opts.observe(&d)
	}
	if r.dispatch, err = dispatch.New(d); err != nil {
		return nil, err
	}
	return r, nil
}

// newLedger is an empty ledger of the run.
func newLedger(opts Options, waves []wave, judged bool) *ledger.Ledger {
	c := ledger.Config{
		Measured: result.Measured{Priced: opts.Price != nil, Judged: judged},
		Requests: opts.Requests, Excerpt: opts.Excerpt,
	}
	for _, l := range opts.Scenario.Lanes {
		c.Lanes = append(c.Lanes, l.Name)
	}
	for i := range waves {
		w := &waves[i]
		c.Waves = append(c.Waves, ledger.Wave{Name: w.Name, Lane: w.Lane, Closed: w.Closed})
	}
	return ledger.New(c)
}

// newTicker is the ticker of the run.
func newTicker(r *Run) *ticker {
	return &ticker{
		account: r.account, health: r.health, events: r.events, journal: r.journal,
		sending:  func() bool { return r.isIn(result.Running) },
		stop:     func(why verdict.Ending, detail string) { r.stop(why, detail) },
		breached: map[string]float64{}, recent: map[string][]result.Row{}, overload: map[string]result.Overload{},
	}
}

// run is the life of the run.
func (r *Run) run(now time.Duration) {
	ticking := make(chan struct{})
	ticked := make(chan struct{})
	go func() {
		defer close(ticked)
		r.ticker.run(ticking)
	}()
	driven := bounded(r, lanesBy, false, func() bool { r.dispatch.Drive(now); return true })
	r.ledger.EndLoad()
	r.waves.endLoad()
	r.dispatch.Close() // a lane that is stuck may come to itself yet
	if ended := r.drain(); !ended || !driven {
		r.leaveBehind()
	}
	r.health.Stop() // what it finds last belongs to the last second
	close(ticking)
	if !bounded(r, tickBy, false, func() bool { <-ticked; return true }) {
		r.journal.giveUp()
	}
	r.waves.finish()
	r.ticker.second() // the last, though the ticker may be stuck
	r.finish()
	close(r.done)
}

// drain waits for what is open, at most for the grace period, and reports whether all
// of it has ended.
func (r *Run) drain() bool {
	r.enter(result.Draining)
	idle := make(chan struct{})
	go func() {
		r.dispatch.Wait()
		close(idle)
	}()
	grace := time.NewTimer(r.scenario.Grace.D())
	defer grace.Stop()
	stopping := r.dispatch.Stopping()
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
			r.dispatch.Abandon()
		}
	}
	r.dispatch.Abandon()
	r.cancel()
	return r.calledOff(idle)
}

// enter makes a state that of the run.
func (r *Run) enter(s result.State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state = s
}

// isIn reports whether a state is that of the run.
func (r *Run) isIn(s result.State) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state == s
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
	if r.hasLane(lane) {
		r.dispatch.TogglePause(lane)
	}
}

// Scale multiplies the rate, or the concurrency, of a lane from now on.
func (r *Run) Scale(lane int, by float64) {
	if r.hasLane(lane) && by > 0 {
		r.dispatch.Scale(lane, by)
	}
}

// Burst sends n requests more at once, a million at most.
func (r *Run) Burst(lane, n int) {
	if r.hasLane(lane) && n > 0 {
		r.dispatch.Burst(lane, min(n, arrival.MaxRate))
	}
}

// NextWave cuts the live wave of a lane short.
func (r *Run) NextWave(lane int) {
	if r.hasLane(lane) {
		r.dispatch.NextWave(lane)
	}
}

func (r *Run) hasLane(i int) bool { return i >= 0 && i < len(r.scenario.Lanes) }

// JournalError says why the run could not be saved; nil if it was.
func (r *Run) JournalError() error { return r.journal.failure() }

// RequestLog says, once the run is over, how many lines its log of requests lacks
// because they came faster than they could be written, and what broke it; nil: nothing.
func (r *Run) RequestLog() (lost int64, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.linesLost, r.requestErr
}
