package monitor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"flashwave/bench/monitor/alert"
	"flashwave/bench/monitor/history"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// Options are what a monitor needs.
type Options struct {
	Name    string
	Seed    uint64    // of the jitter
	Targets []*Target // the classes of a queue behind it
	Tool    result.Tool
	Once    bool          // probe each target once, and end
	For     time.Duration // end after so long; 0: when it is stopped

	Log    *history.Log  // nil: nothing is kept
	Past   *history.Past // what the log held; nil: nothing
	Alerts []alert.Channel

	// Probed is called after each probe, on the goroutine of its target, which it holds up;
	// nil: nobody is told.
	Probed func(Probed)

	wall func() time.Time // the time of day; nil: the machine's
}

// pulse is how often a monitor looks whether it is itself on time, and lookEvery at
// everything else that nothing else tells of.
const (
	pulse     = 250 * time.Millisecond
	lookEvery = 5 * time.Second
)

// A Monitor probes targets until it is stopped. It is safe for concurrent use.
type Monitor struct {
	Options
	began   time.Time // with the monotonic clock, from which instants of probes count
	started time.Time // of the monitor's clock
	clock   *clock
	outbox  *alert.Outbox
	ctx     context.Context
	cancel  context.CancelFunc
	done    chan struct{}
	list    []*watched
	rests   rests

	mu          sync.Mutex
	interrupted bool
	over        bool // nothing is probed any more
	events      []Event
	happened    int
	notices     map[string]Notice // what is wrong with the monitor itself, by what it is about
	incidents   []Incident        // in the order in which they opened
	ended       time.Time
	untold      int
	unkept      error
}

// Start begins to monitor. [Monitor.Wait] must be called, once it was stopped or by itself
// comes to an end.
func Start(o Options) *Monitor {
	if o.wall == nil {
		o.wall = time.Now
	}
	m := &Monitor{Options: o, began: time.Now(), clock: newClock(o.wall), done: make(chan struct{}), notices: map[string]Notice{}}
	m.started = m.clock.now()
	m.ctx, m.cancel = context.WithCancel(context.Background())
	if o.Past == nil {
		m.Past = &history.Past{}
	}
	m.outbox = alert.NewOutbox(o.Alerts, m.told)
	var whole *watched
	for i, t := range o.Targets {
		w := newWatched(m, t, i)
		m.list = append(m.list, w)
		switch {
		case t.whole():
			whole = w
		case t.tier != nil:
			whole.classes = append(whole.classes, w)
		}
	}
	m.remember()
	go m.run()
	return m
}

// Stop ends the monitor: no probe is begun any more, and what is open is given up. One that
// has ended by itself stays as it is.
func (m *Monitor) Stop() {
	m.mu.Lock()
	m.interrupted = m.interrupted || !m.over
	m.mu.Unlock()
	m.cancel()
}

// Done is closed when nothing is probed any more, and all that can be told and kept is.
func (m *Monitor) Done() <-chan struct{} { return m.done }

// since is the present instant of probes.
func (m *Monitor) since() time.Duration { return time.Since(m.began) }

// run is the monitor's own goroutine, from start to end.
func (m *Monitor) run() {
	defer close(m.done)
	// No deadline, which a probe that is connecting would take for its own limit of time.
	ctx, stop := context.WithCancel(m.ctx)
	defer stop()
	if m.For > 0 {
		defer time.AfterFunc(m.For, stop).Stop()
	}
	over := make(chan struct{})
	var targets, beating sync.WaitGroup
	for _, w := range m.list {
		if w.Class == "" {
			targets.Go(func() { w.watch(ctx) })
		}
	}
	beating.Go(func() { m.beat(over) })
	targets.Wait()
	m.mu.Lock()
	m.over = true
	m.mu.Unlock()
	close(over)
	beating.Wait()
	m.cancel()
	untold := m.outbox.Close()
	for _, w := range m.list {
		w.keep()
	}
	unkept := m.Log.Close()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended, m.untold, m.unkept = m.clock.now(), untold, unkept
}

// beat looks at the monitor itself until it is over.
func (m *Monitor) beat(over <-chan struct{}) {
	ticker := time.NewTicker(pulse)
	defer ticker.Stop()
	looked := m.since()
	m.rests.look(looked)
	for {
		select {
		case <-over:
			m.look()
			return
		case <-ticker.C:
		}
		now := m.since()
		m.rests.look(now)
		if now-looked >= lookEvery {
			looked = now
			m.look()
		}
	}
}

// look looks at what no probe tells of.
func (m *Monitor) look() {
	if jump := m.clock.jumped(); jump != 0 {
		m.tell(Event{Kind: ClockJumped, Text: jumped(jump)})
	}
	at := m.clock.now()
	for _, w := range m.list {
		w.look(at)
	}
	m.notice("history", m.historyTrouble())
	troubled := map[string]string{}
	for _, t := range m.outbox.Troubles() {
		troubled[t.Channel] = fmt.Sprintf("alerts do not go over the %s since %s: %v (%s waiting)", t.Channel, units.Length(time.Since(t.Since).Round(time.Second)), t.Err, units.Of(t.Waiting, "message", "messages"))
	}
	for _, name := range m.outbox.Channels() {
		m.notice("alerts over the "+name, troubled[name])
	}
}

func jumped(by time.Duration) string {
	if by < 0 {
		return fmt.Sprintf("the clock was set back by %s: the history goes on ahead of it until it has caught up", units.Duration(-by))
	}
	return fmt.Sprintf("the clock went forward by %s: the machine slept, or it was set; nothing was probed in that time", units.Duration(by))
}

// historyTrouble says why the history is not written; "": it is.
func (m *Monitor) historyTrouble() string {
	t, ok := m.Log.Trouble()
	if !ok {
		return ""
	}
	text := "the history is not written: the disk does not answer"
	if t.Err != nil {
		text = "the history is not written: " + t.Err.Error()
	}
	if t.Lost > 0 {
		text += "; " + units.Of(t.Lost, "record is", "records are") + " lost"
	}
	return text
}

// notice says what is wrong with something, or that nothing is any more.
func (m *Monitor) notice(about, wrong string) {
	m.mu.Lock()
	was, known := m.notices[about]
	switch {
	case wrong == "" && known:
		delete(m.notices, about)
	case wrong != "" && !known:
		m.notices[about] = Notice{About: about, Text: wrong, Since: time.Now()}
	case wrong != "":
		was.Text = wrong
		m.notices[about] = was
	}
	m.mu.Unlock()
	switch {
	case wrong == "" && known:
		m.tell(Event{Kind: Troubled, Text: about + ": all is well again"})
	case wrong != "" && !known:
		m.tell(Event{Kind: Troubled, Text: wrong})
	}
}

// mostEvents is how many events a monitor remembers.
const mostEvents = 200

// tell takes in an event.
func (m *Monitor) tell(e Event) {
	e.At = time.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.happened++
	m.events = append(m.events, e)
	if len(m.events) > mostEvents {
		m.events = append(m.events[:0], m.events[1:]...)
	}
}

// Interrupted reports whether the monitor was stopped before it ended by itself.
func (m *Monitor) Interrupted() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.interrupted
}

// Kept says what of the history, and of the alerts, was lost in the end; nil: nothing.
func (m *Monitor) Kept() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var untold error
	if m.untold > 0 {
		untold = fmt.Errorf("%s not told", units.Of(m.untold, "alert was", "alerts were"))
	}
	if lost := m.Log.Lost(); lost > 0 {
		untold = errors.Join(untold, fmt.Errorf("the history lacks %s", units.Of(lost, "record", "records")))
	}
	return errors.Join(m.unkept, untold)
}

// rests are the times in which this process did not run, the last few of them.
type rests struct {
	mu   sync.Mutex
	list [16]rest
	next int
	due  time.Duration // the next look
}

// A rest is one of them. Instants are those of probes.
type rest struct{ from, until time.Duration }

// late is how late the pulse must be for what failed on time meanwhile to say nothing.
const late = 100 * time.Millisecond

// look takes in that somebody looks, who will again after a pulse.
func (r *rests) look(now time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now-r.due >= late {
		r.list[r.next%len(r.list)] = rest{r.due, now}
		r.next++
	}
	r.due = now + pulse
}

// between is how long the process stood still in a time.
func (r *rests) between(from, until time.Duration) (still time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range append(r.list[:len(r.list):len(r.list)], rest{r.due, max(until, r.due)}) { // the last may go on
		if lap := min(until, s.until) - max(from, s.from); lap > 0 {
			still += lap
		}
	}
	if still < late {
		return 0
	}
	return still
}
