package bench

import (
	"fmt"
	"sync/atomic"
	"time"

	"flashwave/bench/account"
	"flashwave/bench/arrival"
	"flashwave/bench/dispatch"
	"flashwave/bench/health"
	"flashwave/bench/journal"
	"flashwave/bench/ledger"
	"flashwave/bench/result"
	"flashwave/bench/sending"
	"flashwave/bench/serverside"
	"flashwave/bench/ticker"
	"flashwave/bench/timetable"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
)

// A Run is one execution of a scenario. Its methods are safe for concurrent use.
type Run struct {
	options   Options
	account   *account.Account // with all that it is made of
	sender    *sending.Sender
	ticker    *ticker.Ticker
	ending    *ending
	startedAt time.Time

	document atomic.Pointer[result.Run] // nil: it goes on
	left     left
	done     chan struct{} // closed: the document is ready, and what was left behind known
}

// left is what a run left behind.
type left struct {
	requests int
	lines    int64 // of the log of requests
	log      error
}

// Start begins a run. It goes on until its waves are over and drained, or it is
// stopped; Wait tells.
func Start(opts Options) (*Run, error) {
	r, err := join(opts)
	if err != nil {
		return nil, err
	}
	a, sc := r.account, opts.Scenario
	a.Health = health.New(health.Config{
		Load: a.Ledger, Waves: a.Waves.Len(), Now: a.Waves.Now, Epoch: opts.Epoch, MaxLag: sc.MaxLag.D(),
		Streams: sending.Streams(opts.Client), Machine: opts.Machine, Shared: opts.InProcessMock, Clocks: opts.clocks,
	})
	if t := sc.Target; t.ServerMetrics != "" {
		a.Server = serverside.New(serverside.Config{URL: t.ServerMetrics, Metrics: t.ServerMetric, Now: a.Waves.Now, Insecure: t.Insecure, Note: a.Journal.Note})
	}
	now, warmup := a.Waves.Now(), sc.Warmup.D()
	r.startedAt = time.Now().Add(warmup)
	a.Waves.Begin(now + warmup)
	if opts.Tier != nil {
		opts.Tier.Begin(now + warmup)
	}
	a.Ledger.Begin(now, now+warmup)
	a.Dispatch.Begin(now + warmup)
	for _, note := range r.sender.Workload.Skipped(sc) {
		a.Journal.Note(note)
	}
	a.Journal.Begin(r.report(nil))
	if a.Server != nil {
		a.Server.Begin()
	}
	r.ticker = ticker.Start(ticker.Config{Account: a, Sending: r.sending, Stop: r.stop})
	go r.run(now)
	if opts.Began != nil {
		opts.Began(r)
	}
	return r, nil
}

// join joins the parts of a run. Nothing goes on yet.
func join(opts Options) (r *Run, err error) {
	sc, clock := opts.Scenario, &timetable.Clock{Epoch: opts.Epoch}
	a := &account.Account{
		Scenario: sc, Target: opts.Target, Priced: opts.Price != nil, Journal: journal.New(clock, opts.Journal),
		Adapted: func() []string { return sending.Adapted(opts.Client) },
	}
	if opts.Tier != nil {
		a.Tier = opts.Tier.Tally
	}
	r = &Run{options: opts, account: a, ending: newEnding(), done: make(chan struct{})}
	if a.Waves, err = timetable.New(sc, clock); err != nil {
		return nil, err
	}
	if a.Assertions, err = verdict.Parse(sc.SLO, sc.AbortOn, verdict.SubjectsOf(sc)); err != nil {
		return nil, err
	}
	if a.Tier != nil {
		a.Tier.Judge(a.Assertions.Starves)
	}
	workload := sending.Workload{Prompts: opts.Prompts, First: opts.FirstPrompts}
	a.Ledger = ledger.New(ledger.Config{
		Lanes: sc.Lanes, Measured: result.Measured{Priced: a.Priced, Judged: a.Assertions.Judged()},
		Requests: opts.Requests, Excerpt: opts.Excerpt, Converses: workload.Converses,
		Classes: len(a.Assertions.Classes), ClassesOf: workload.ClassesOf, Watched: a.Assertions.Watches,
	})
	r.sender = sending.New(sending.Config{
		Scenario: sc, Client: opts.Client, Workload: workload,
		Price: opts.Price, Assertions: a.Assertions, Waves: a.Waves.Names(), Ledger: a.Ledger, Now: clock.Now, Stop: r.stop,
	})
	a.Budget, a.Sessions = &r.sender.Budget, r.sender.Sessions
	d := dispatch.Config{
		Scenario: sc, Sender: r.sender, Observer: hearing{a.Ledger, a, r.sender, r.ending.begun}, Now: clock.Now, Virtual: !opts.Machine,
	}
	if opts.observe != nil {
		opts.observe(&d)
	}
	if a.Dispatch, err = dispatch.New(d); err != nil {
		return nil, err
	}
	return r, nil
}

// run is the life of the run.
func (r *Run) run(now time.Duration) {
	a := r.account
	driven := r.ending.within(lanesBy, func() { a.Dispatch.Drive(now) })
	a.Ledger.EndLoad()
	a.Waves.EndLoad()
	a.Dispatch.Close() // a lane that is stuck may come to itself yet
	if ended := r.drain(); !ended || !driven {
		r.leaveBehind()
	}
	a.Health.Stop() // what it finds last belongs to the last second
	a.Waves.Finish()
	r.ticker.Stop()
	if a.Server != nil {
		r.ending.within(serverBy, a.Server.Stop)
	}
	if !r.ending.within(secondsBy, a.Journal.Settle) {
		a.Journal.GiveUp()
	}
	r.finish()
	close(r.done)
}

// callPatience is how long a run whose grace period is over waits for cancelled calls,
// when nobody insists.
const callPatience = 10 * time.Second

// drain waits for what is open, at most for the grace period, calls off the rest, and
// reports whether all of it has ended.
func (r *Run) drain() bool {
	r.ending.drains()
	d, idle := r.account.Dispatch, make(chan struct{})
	go func() {
		defer close(idle)
		d.Wait()
	}()
	grace := time.NewTimer(r.options.Scenario.Grace.D())
	defer grace.Stop()
	stopping := d.Stopping()
	for over := false; !over; {
		select {
		case <-idle:
			over = true
		case <-grace.C:
			over = true
		case <-r.ending.insists:
			over = true
		case <-stopping:
			stopping = nil
			d.Abandon()
		}
	}
	d.Abandon()
	r.sender.Cancel()
	enough := time.NewTimer(callPatience)
	defer enough.Stop()
	select {
	case <-idle:
		return true
	case <-enough.C:
		return false
	case <-r.ending.insists:
		return r.ending.within(callsBy, func() { <-idle })
	}
}

// leaveBehind gives up what is open: nobody waits for it any more.
func (r *Run) leaveBehind() {
	if r.left.requests = r.sender.LeaveBehind(); r.left.requests > 0 {
		r.account.Journal.Note(units.Of(r.left.requests, "request", "requests") + " did not end when cancelled: left behind, unfinished")
	}
}

// finish makes the document, once everything has ended and been recorded.
func (r *Run) finish() {
	r.closeLog()
	journal := r.account.Journal
	if warm := r.account.Ledger.Warmup().Cost.Total(); warm > 0 {
		journal.Note(fmt.Sprintf("the warm-up cost %s, which is in the cost of the run", units.USD(warm)))
	}
	if r.options.InProcessMock {
		journal.Note("the built-in endpoint shared this process and its CPU; to measure apart: flashwave mock, and run with --url http://127.0.0.1:8000/v1")
	}
	for _, note := range r.sender.Workload.Learned() {
		journal.Note(note)
	}
	if t := r.options.Tier; t != nil {
		r.ending.within(secondsBy, t.Settle)
		for _, note := range t.Notes() {
			journal.Note(note)
		}
	}
	doc := r.report(r.ticker.Breached())
	if !r.ending.within(journalBy, func() { journal.End(doc) }) {
		journal.GiveUp()
	}
	r.document.Store(doc)
}

// closeLog ends the log of requests.
func (r *Run) closeLog() {
	var end left
	if r.ending.within(logBy, func() { end.lines, end.log = r.account.Ledger.CloseLog() }) {
		r.left.lines, r.left.log = end.lines, end.log
	} else {
		r.left.log = journal.ErrStuck
	}
	switch {
	case r.left.log != nil:
		r.account.Journal.Note("the log of requests is incomplete: " + r.left.log.Error())
	case r.left.lines > 0:
		r.account.Journal.Note(fmt.Sprintf("the log of requests lacks %s lines: the disk could not keep up", units.Count(r.left.lines)))
	}
}

// report is the document as things stand.
func (r *Run) report(breached map[string]float64) *result.Run {
	_, why := r.ending.now()
	return r.account.Document(account.About{
		ID: r.options.ID, Tool: r.options.Tool, StartedAt: r.startedAt, Ending: why, Breached: breached,
		Prompts: r.sender.Workload.Asked(r.options.Scenario, r.account.Dispatch.Asked),
	})
}

// sending reports whether requests are scheduled yet.
func (r *Run) sending() bool {
	state, _ := r.ending.now()
	return state == result.Running
}

// stop ends the sending, and says so.
func (r *Run) stop(why verdict.Ending, detail string) {
	said, first := r.ending.stop(why)
	if said == "" {
		return
	}
	if detail != "" {
		said += ": " + detail
	}
	waves := r.account.Waves
	r.account.Journal.Add(result.Event{TS: waves.Since(waves.Now()).Seconds(), Kind: result.Stopped, Text: said})
	if first {
		r.account.Dispatch.Stop()
	}
}

// Wait blocks until the run is over, and answers with its document.
func (r *Run) Wait() *result.Run {
	<-r.done
	return r.document.Load()
}

// Done is closed when the run is over.
func (r *Run) Done() <-chan struct{} { return r.done }

// Snapshot is the run at this instant, with the figures of the view asked for.
// Percentiles are as of the last full second.
func (r *Run) Snapshot(view result.View) result.Snapshot { return r.account.Snapshot(view, r.now()) }

// Reading is the run at this instant with its histograms, as of the last full second.
func (r *Run) Reading() result.Reading { return r.account.Reading(r.now()) }

// now is what the run itself knows of this instant.
func (r *Run) now() account.Now {
	shown := r.ticker.Shown()
	now := account.Now{Row: shown.Row, Overload: shown.Overload}
	now.State, _ = r.ending.now()
	if doc := r.document.Load(); doc != nil {
		now.State, now.Verdict = result.Done, new(doc.Verdict)
	}
	return now
}

// Look adds up the waves of these names, see [account.Account.Look].
func (r *Run) Look(names ...string) Look { return r.account.Look(names...) }

// Stop stops sending and waits for what is open, for the grace period; called
// again, it gives up at once. The run is recorded as interrupted.
func (r *Run) Stop() { r.stop(verdict.Interrupted, "") }

// Insisted reports whether the run was stopped a second time.
func (r *Run) Insisted() bool { return closed(r.ending.insists) }

// TogglePause stops the clock of a lane, or lets it go on. What is open goes on.
func (r *Run) TogglePause(lane int) {
	if r.hasLane(lane) {
		r.account.Dispatch.TogglePause(lane)
	}
}

// Scale multiplies the rate, or the concurrency, of a lane from now on.
func (r *Run) Scale(lane int, by float64) {
	if r.hasLane(lane) && by > 0 {
		r.account.Dispatch.Scale(lane, by)
	}
}

// Burst sends n requests more at once, a million at most.
func (r *Run) Burst(lane, n int) {
	if r.hasLane(lane) && n > 0 {
		r.account.Dispatch.Burst(lane, min(n, arrival.MaxRate))
	}
}

// NextWave cuts the live wave of a lane short.
func (r *Run) NextWave(lane int) {
	if r.hasLane(lane) {
		r.account.Dispatch.NextWave(lane)
	}
}

func (r *Run) hasLane(i int) bool { return i >= 0 && i < len(r.options.Scenario.Lanes) }

// JournalError says why the run could not be saved; nil if it was.
func (r *Run) JournalError() error { return r.account.Journal.Failure() }

// RequestLog says, once the run is over, how many lines its log of requests lacks
// because they came faster than they could be written, and what broke it; nil: nothing.
func (r *Run) RequestLog() (lost int64, err error) {
	if !closed(r.done) {
		return 0, nil
	}
	return r.left.lines, r.left.log
}

// LeftBehind says, once the run is over, how many of its requests did not end though
// they were cancelled. Something of them may still be there.
func (r *Run) LeftBehind() int {
	if !closed(r.done) {
		return 0
	}
	return r.left.requests
}
