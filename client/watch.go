package client

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"flashwave/client/http1"
)

// stage is where a call is, as far as limits of time go.
type stage int32

const (
	connecting stage = iota // limited by ConnectTimeout
	awaiting                // the first token, limited by IdleTimeout
	streaming               // between bytes, limited by IdleTimeout
	quiet                   // a document being made, or a wait before a retry: by Timeout alone
	refused                 // the body of an error, limited by IdleTimeout between bytes and by restTime
	draining                // after [DONE], limited by drainTime
)

// A timeoutError says which limit of time was met.
type timeoutError struct {
	stage stage // quiet: the total
	limit time.Duration
}

func (e *timeoutError) Error() string {
	switch e.stage {
	case connecting:
		return fmt.Sprintf("connect timeout: no connection within %v", e.limit)
	case awaiting:
		return fmt.Sprintf("first token timeout: no token within %v", e.limit)
	case streaming, refused:
		return fmt.Sprintf("idle timeout: nothing came for %v", e.limit)
	case draining:
		return fmt.Sprintf("no end of the body within %v of its last event", e.limit)
	default:
		return fmt.Sprintf("total timeout: not done within %v", e.limit)
	}
}

// watch holds a call to its limits of time with one timer. Events only store
// instants; the timer, when it fires, works out whether a limit was really met
// and sleeps on if not. That keeps ten thousand streams cheap. It wakes at least
// once in the shortest of the limits, so that a stage which began since is never
// overslept.
type watch struct {
	client  *Client
	caller  context.Context // whose end ends the call
	streams bool            // the request asks for a stream
	started time.Duration

	mu     sync.Mutex
	timer  *time.Timer // nil: no limits
	last   *time.Timer // after the call was cancelled
	over   bool        // the call has ended: the timers rest
	why    error       // why it was ended from outside; nil: it was not
	held   *http1.Conn // what the call's own transport waits for
	ctx    context.Context
	cancel context.CancelCauseFunc // of ctx
	heed   func() bool             // ends heeding the caller

	stage   atomic.Int32
	since   atomic.Int64         // when the stage began, or its last byte came
	attempt atomic.Int64         // when the present attempt was handed to the transport
	conn    atomic.Pointer[conn] // the stamps of HTTP/1.1
	open    atomic.Pointer[conn] // what the present attempt has opened

	refusedAt atomic.Int64 // when the body of an error began
}

// start begins to watch a call.
func (w *watch) start(caller context.Context, c *Client, streams bool) {
	w.client, w.caller, w.streams = c, caller, streams
	w.started = c.now()
	w.stage.Store(int32(quiet))
	if shortest := w.shortest(); shortest > 0 {
		w.wake(shortest)
	}
	if caller.Done() != nil {
		w.heed = context.AfterFunc(caller, func() { w.end(context.Cause(caller)) })
	}
}

// stop ends the watch. A timer that fires meanwhile does not start again.
func (w *watch) stop() {
	if w.heed != nil {
		w.heed()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	if w.timer != nil {
		w.timer.Stop()
	}
	if w.last != nil {
		w.last.Stop()
	}
	if w.ctx != nil {
		w.cancel(nil)
	}
}

// cause is why the call was ended from outside: its caller's reason, or a limit of
// time; nil if it was not.
func (w *watch) cause() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.why == nil && w.caller.Err() != nil {
		return context.Cause(w.caller)
	}
	return w.why
}

// context is a context that ends with the call. Few calls need one.
func (w *watch) context() context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctx == nil {
		w.ctx, w.cancel = context.WithCancelCause(w.caller)
		if w.why != nil {
			w.cancel(w.why)
		}
	}
	return w.ctx
}

// lazily is the context of a call, made when something is asked of it: few calls
// dial.
type lazily watch

func (l *lazily) Deadline() (time.Time, bool) { return (*watch)(l).context().Deadline() }
func (l *lazily) Done() <-chan struct{}       { return (*watch)(l).context().Done() }
func (l *lazily) Err() error                  { return (*watch)(l).context().Err() }
func (l *lazily) Value(key any) any           { return (*watch)(l).context().Value(key) }

// hold says which connection is to be broken when the call is ended; false: it was.
func (w *watch) hold(c *http1.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.why == nil {
		w.held = c
	}
	return w.why == nil
}

// letGo says that the connection is the call's no more; false: it was broken.
func (w *watch) letGo() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	whole := w.held != nil
	w.held = nil
	return whole
}

// end ends what a call waits for. net/http ends most of what it does by itself; where
// it does not (it writes to an HTTP/2 server that reads no more), the connection is
// closed beneath it.
func (w *watch) end(why error) {
	w.mu.Lock()
	if w.over || w.why != nil {
		w.mu.Unlock()
		return
	}
	held, cancel := w.held, w.cancel
	w.why, w.held = why, nil
	if cancel != nil && held == nil {
		w.last = time.AfterFunc(lastResort, func() {
			if c := w.open.Load(); c != nil {
				_ = c.Close() // whoever waits for it hears of it
			}
		})
	}
	w.mu.Unlock()
	if cancel != nil {
		cancel(why)
	}
	if held != nil {
		held.Break() // which waits for whoever tells us of what it reads
	}
}

// wake looks at the limits again in a while, unless the call has ended.
func (w *watch) wake(in time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.over:
	case w.timer == nil:
		w.timer = time.AfterFunc(in, w.fire)
	default:
		w.timer.Reset(in)
	}
}

// enter begins a stage.
func (w *watch) enter(s stage, at time.Duration) {
	w.since.Store(int64(at))
	w.stage.Store(int32(s))
}

// drain begins the short stage after the last event. It ends before the timer
// would wake.
func (w *watch) drain() {
	w.enter(draining, w.client.now())
	w.wake(drainTime)
}

// refuse begins the stage in which what is known to be an error is read to its
// end.
func (w *watch) refuse() {
	at := w.client.now()
	w.refusedAt.Store(int64(at))
	w.enter(refused, at)
	if shortest := w.shortest(); shortest == 0 || restTime < shortest {
		w.wake(restTime)
	}
}

// shortest is the shortest of the limits, 0 if there are none.
func (w *watch) shortest() time.Duration {
	var d time.Duration
	for _, limit := range []time.Duration{w.client.cfg.Timeout, w.client.cfg.IdleTimeout, w.client.cfg.ConnectTimeout} {
		if limit > 0 && (d == 0 || limit < d) {
			d = limit
		}
	}
	return d
}

// fire looks whether a limit was met.
func (w *watch) fire() {
	now := w.client.now()
	due, met := w.due()
	if met != nil && now >= due {
		w.end(met)
		return
	}
	sleep := w.shortest()
	if met != nil && (sleep == 0 || due-now < sleep) {
		sleep = due - now
	}
	if sleep > 0 {
		w.wake(sleep)
	}
}

// due is the instant of the next limit, as far as is known, and what it means
// to meet it; nil if there is none.
func (w *watch) due() (time.Duration, *timeoutError) {
	at, s, limit := w.stageDue()
	total := w.client.cfg.Timeout
	if total > 0 && (limit == 0 || w.started+total <= at) {
		return w.started + total, &timeoutError{quiet, total}
	}
	if limit == 0 {
		return 0, nil
	}
	return at, &timeoutError{s, limit}
}

// stageDue is the limit of the stage alone; 0 if it has none.
func (w *watch) stageDue() (at time.Duration, s stage, limit time.Duration) {
	s, since := stage(w.stage.Load()), time.Duration(w.since.Load())
	idle := w.client.cfg.IdleTimeout
	if s == connecting {
		if limit := w.client.cfg.ConnectTimeout; limit > 0 {
			return since + limit, s, limit
		}
		s = awaiting
	}
	switch s {
	case awaiting:
		if w.streams {
			return time.Duration(w.attempt.Load()) + idle, s, idle
		}
	case streaming:
		if c := w.conn.Load(); c != nil {
			since = max(since, c.lastRead())
		}
		return since + idle, s, idle
	case refused:
		end := time.Duration(w.refusedAt.Load()) + restTime
		if c := w.conn.Load(); c != nil {
			since = max(since, c.lastRead())
		}
		if idle > 0 && since+idle < end {
			return since + idle, s, idle
		}
		return end, s, restTime
	case draining:
		return since + drainTime, s, drainTime
	}
	return 0, s, 0
}
