package mock

import (
	"container/list"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// maxBehind is how much lost time the engine makes up for. It covers a pause of
// the garbage collector or of the host, not a host that is too slow.
const maxBehind = 250 * time.Millisecond

var (
	errFull   = errors.New("the queue is full")
	errClosed = errors.New("the endpoint is shutting down")
)

// A sequence is one request inside the engine. The engine counts its tokens in
// produced and wakes whoever follows it; it never waits for a slow reader.
type sequence struct {
	unread  int       // prompt tokens not yet prefilled
	blocks  []blockID // of the prompt, where there is a cache
	cached  int       // prompt tokens that were known when it was admitted
	length  int       // output tokens to produce
	stream  bool      // wake for every token, not only for the last
	arrived time.Time

	produced atomic.Int64
	wake     chan struct{} // holds one token of notice

	at   *list.List // which of the engine's lists holds it; nil once it has left
	elem *list.Element
}

func newSequence(prompt, length int, stream bool) *sequence {
	return &sequence{unread: prompt, length: length, stream: stream, wake: make(chan struct{}, 1)}
}

// engine is the continuous-batching model: one goroutine that moves sequences
// from waiting through prefilling to decoding, on a virtual clock.
type engine struct {
	cfg     Config
	cache   *cache
	arrival chan struct{} // wakes the idle engine
	stop    chan struct{}
	stopped chan struct{}

	mu                            sync.Mutex
	waiting, prefilling, decoding list.List
	clock                         time.Time // end of the last iteration begun
	stats                         Stats
	closed                        bool
}

func startEngine(cfg Config) *engine {
	e := &engine{
		cfg:     cfg,
		cache:   newCache(cfg.PrefixCache),
		arrival: make(chan struct{}, 1),
		stop:    make(chan struct{}),
		stopped: make(chan struct{}),
	}
	go e.run()
	return e
}

// close stops the engine and waits for its goroutine. Sequences inside get no
// further token.
func (e *engine) close() {
	e.mu.Lock()
	closed := e.closed
	e.closed = true
	e.mu.Unlock()
	if !closed {
		close(e.stop)
	}
	<-e.stopped
}

// submit puts s at the end of the queue, or says why not.
func (e *engine) submit(s *sequence) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.closed:
		return errClosed
	case e.running()+e.waiting.Len() >= e.cfg.Batch+e.cfg.Queue:
		e.stats.Overloaded++
		return errFull
	}
	s.arrived = time.Now()
	e.move(s, &e.waiting)
	notify(e.arrival)
	return nil
}

// leave takes s out of the queue or the batch at once, if it is still there.
func (e *engine) leave(s *sequence) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s.at != nil {
		e.stats.Left++
		e.move(s, nil)
	}
}

// remember makes a prompt known that begins the next one of its conversation.
func (e *engine) remember(p prompt) {
	ids := e.cache.blocks(p)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cache.add(ids)
}

func (e *engine) snapshot() Stats {
	e.mu.Lock()
	defer e.mu.Unlock()
	st := e.stats
	st.Running, st.Queued = e.running(), e.waiting.Len()
	return st
}

func (e *engine) run() {
	defer close(e.stopped)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		end, busy := e.begin()
		if !busy {
			select {
			case <-e.arrival:
				continue
			case <-e.stop:
				return
			}
		}
		timer.Reset(time.Until(end))
		select {
		case <-timer.C:
			e.finish()
		case <-e.stop:
			return
		}
	}
}

// begin starts the next iteration and says when it ends; with nothing to do it
// is not busy.
func (e *engine) begin() (end time.Time, busy bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.running() == 0 {
		head := e.waiting.Front()
		if head == nil {
			return time.Time{}, false
		}
		e.clock = later(e.clock, head.Value.(*sequence).arrived)
	}
	if lost := time.Since(e.clock) - maxBehind; lost > 0 {
		e.stats.Behind += lost
		e.clock = e.clock.Add(lost)
	}
	e.admit()
	read := e.prefill(e.cfg.chunk(e.decoding.Len()))
	e.clock = e.clock.Add(e.cfg.prefill(read))
	if b := e.decoding.Len(); b > 0 {
		e.clock = e.clock.Add(e.cfg.step(b))
	}
	return e.clock, true
}

// admit fills the batch with those who had arrived by the engine's clock.
func (e *engine) admit() {
	for e.running() < e.cfg.Batch {
		head := e.waiting.Front()
		if head == nil || head.Value.(*sequence).arrived.After(e.clock) {
			return
		}
		s := head.Value.(*sequence)
		s.cached = e.cache.find(s.blocks, s.unread)
		s.unread -= s.cached
		e.stats.Cached += int64(s.cached)
		e.move(s, &e.prefilling)
	}
}

// prefill reads up to budget prompt tokens in the order of admission, moves the
// sequences that are done with it to decoding, and says how many it read.
func (e *engine) prefill(budget int) (read int) {
	for head := e.prefilling.Front(); head != nil && read < budget; head = e.prefilling.Front() {
		s := head.Value.(*sequence)
		n := min(s.unread, budget-read)
		s.unread -= n
		e.stats.Prompt += int64(n)
		read += n
		if s.unread > 0 {
			break
		}
		e.cache.add(s.blocks)
		e.move(s, &e.decoding)
	}
	return read
}

// finish ends the iteration: every decoding sequence gets its token.
func (e *engine) finish() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stats.Tokens += int64(e.decoding.Len())
	e.stats.Steps++
	for elem := e.decoding.Front(); elem != nil; {
		s := elem.Value.(*sequence)
		elem = elem.Next()
		last := s.produced.Add(1) == int64(s.length)
		if last {
			e.stats.Served++
			e.move(s, nil)
		}
		if last || s.stream {
			notify(s.wake)
		}
	}
}

func (e *engine) running() int { return e.prefilling.Len() + e.decoding.Len() }

// move takes s from the list it is in to the end of another; nil: out.
func (e *engine) move(s *sequence, to *list.List) {
	if s.at != nil {
		s.at.Remove(s.elem)
	}
	s.at, s.elem = to, nil
	if to != nil {
		s.elem = to.PushBack(s)
	}
}

// notify leaves a token of notice, unless one lies there already.
func notify(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
