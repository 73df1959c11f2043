package forecast

import (
	"iter"
	"math"
	"math/rand/v2"
	"slices"
)

// A station is what the simulation plays: those that are let in wait first come, first
// served, in front of a number of places, and those in the places are worked on at a
// speed that depends on how many they are. All times are in seconds.
type station struct {
	work    func(rng *rand.Rand) (first, whole float64) // what a request takes alone, to its first token and whole
	streams bool                                        // first is measured
	law     law
	pace    pace

	limits Limits // of the endpoint
	slots  int    // requests that the caller has open at once, the rest waits with it; 0: all

	patience float64 // until the first token, from sending; +Inf: any
	timeout  float64 // until the end, from sending; +Inf: any

	boundFirst, boundWhole float64 // response times beyond which a request is late; +Inf: none
}

// A play is a night that is being simulated, and what has come of it.
type play struct {
	station
	rng   *rand.Rand
	gate  gate
	shed  float64
	clock float64
	done  float64 // work that one who was always in a place would have got
	fresh int     // requests that replace each one that ends: 1 in a closed load, else 0

	line    fifo[float64]  // arrivals that wait for a slot
	queue   fifo[*request] // open requests that wait for a place
	marks   marks          // what those in the places come to next
	tokens  fifo[*request] // in the places, in the order of their sending, of which no token is known yet
	ends    fifo[*request] // likewise, of which no end is known yet
	working int            // requests in the places
	open    int            // requests that have a slot

	requests, refused, shedded, late, timedOut int64
	waits, firsts, wholes                      []float32 // of those that had a token, or ended
	since                                      float64   // whoever was scheduled before is in none of the three

	peak, inFlight         int
	peakAt, drainedAt      float64 // drainedAt: when nobody waited any more after the peak; NaN: not yet
	worstWait, worstAt     float64
	worstFirst, worstWhole float64
	curve                  []float64 // most waiting in each bin of time
	bin                    float64   // seconds
}

// A request is one that was sent.
type request struct {
	scheduled, sent float64
	alone           float64 // seconds that it takes alone: to its first token where there are some, else whole
	whole           float64 // work at which it ends
	began, ended    bool    // it had a token; it has left its place
	late            bool
}

// playing begins a night; bin is the width of the backlog's curve in seconds.
func playing(s station, bin float64, seed uint64) *play {
	if s.slots <= 0 {
		s.slots = math.MaxInt
	}
	if s.law.places <= 0 {
		s.law.places = math.MaxInt
	}
	return &play{
		station: s, rng: rand.New(rand.NewPCG(seed, 0x6e69676874)), gate: s.limits.gate(), shed: limit(s.limits.Shed),
		bin: bin, drainedAt: math.NaN(),
	}
}

// run plays the arrivals, in seconds and rising order, until the last request has
// ended.
func (p *play) run(arrivals iter.Seq[float64]) {
	for at := range arrivals {
		p.until(at)
		p.arrive(at)
	}
	p.until(math.Inf(1))
}

// keep plays a closed load: so many requests in flight until an instant. Those of
// before since are none of the figures.
func (p *play) keep(n int, since, end float64) {
	p.fresh, p.since = 1, since
	for range n {
		p.arrive(0)
	}
	p.until(end)
}

// until plays everything that happens before an instant.
func (p *play) until(now float64) {
	for {
		at, what, of := p.next()
		if at > now || what == nothing {
			break
		}
		p.advance(max(at, p.clock))
		switch what {
		case marked:
			p.mark()
		case expired:
			p.expire()
		case givenUp:
			p.giveUp(of)
		}
	}
	if !math.IsInf(now, 1) {
		p.advance(now)
	}
}

// advance brings the clock, and the work done, to an instant.
func (p *play) advance(now float64) {
	if p.working > 0 {
		p.done += (now - p.clock) * p.speed()
	}
	p.clock = now
}

// speed is how fast each request in a place is worked on, 1 being that of a lone one.
func (p *play) speed() float64 { return p.law.speed(p.working) * p.pace.at(p.clock) }

// What happens.
type event int

const (
	nothing event = iota
	marked        // a request comes to its first token, or to its end
	turned        // the pace changes
	expired       // who stands first in the queue is refused, or gives up
	givenUp       // the caller gives up a request that is worked on
)

// next is what happens next, when, and to whom if somebody gives up.
func (p *play) next() (at float64, what event, of *request) {
	at = math.Inf(1)
	for len(p.marks) > 0 && p.marks[0].of.ended {
		p.marks.pop()
	}
	if len(p.marks) > 0 {
		at, what = p.clock+(p.marks[0].at-p.done)/p.speed(), marked
		if p.pace.blocks != nil {
			if t := p.pace.turns(p.clock); t < at {
				at, what = t, turned
			}
		}
	}
	if p.queue.len() > 0 {
		if t := p.queue.head().sent + min(p.patience, p.timeout, p.shed); t < at {
			at, what = t, expired
		}
	}
	if head := p.tokens.drop(func(r *request) bool { return r.began || r.ended }); head != nil {
		if t := (*head).sent + p.patience; t < at {
			at, what, of = t, givenUp, *head
		}
	}
	if head := p.ends.drop(func(r *request) bool { return r.ended }); head != nil {
		if t := (*head).sent + p.timeout; t < at {
			at, what, of = t, givenUp, *head
		}
	}
	return at, what, of
}

func (p *play) arrive(at float64) {
	p.requests++
	if p.open < p.slots {
		p.send(at, at)
	} else {
		p.line.push(at)
	}
	p.count()
}

// send opens a request: it is refused, is worked on, or waits.
func (p *play) send(scheduled, now float64) {
	if p.limits.Open > 0 && p.open >= p.limits.Open || !p.gate.pass(now) {
		p.refused++
		p.late++
		return
	}
	p.open++
	r := &request{scheduled: scheduled, sent: now}
	if p.working < p.law.places {
		p.begin(r)
		return
	}
	p.queue.push(r)
}

// begin takes a request into a place.
func (p *play) begin(r *request) {
	first, whole := p.work(p.rng)
	r.whole, r.alone = p.done+whole, whole
	p.working++
	if p.streams {
		r.alone = first
		p.marks.push(mark{p.done + first, r})
		if !math.IsInf(p.patience, 1) {
			p.tokens.push(r)
		}
	} else {
		p.marks.push(mark{r.whole, r})
	}
	if !math.IsInf(p.timeout, 1) {
		p.ends.push(r)
	}
}

// mark is a first token, or an end.
func (p *play) mark() {
	m := p.marks.pop()
	p.done = max(p.done, m.at)
	r := m.of
	if p.streams && !r.began {
		p.begun(r)
		p.marks.push(mark{r.whole, r})
		return
	}
	took := p.clock - r.scheduled
	if r.scheduled >= p.since {
		p.wholes = append(p.wholes, float32(took))
		p.worstWhole = max(p.worstWhole, took)
	}
	if !p.streams {
		p.waited(r, took)
	}
	if r.late || took > p.boundWhole {
		p.late++
	}
	p.leave(r)
}

// begun is a first token.
func (p *play) begun(r *request) {
	r.began = true
	took := p.clock - r.scheduled
	if r.scheduled >= p.since {
		p.firsts = append(p.firsts, float32(took))
		p.worstFirst = max(p.worstFirst, took)
	}
	r.late = took > p.boundFirst
	p.waited(r, took)
}

// waited notes by how much a request took longer than it takes alone.
func (p *play) waited(r *request, took float64) {
	if r.scheduled < p.since {
		return
	}
	wait := max(took-r.alone, 0)
	if wait > p.worstWait {
		p.worstWait, p.worstAt = wait, r.scheduled
	}
	p.waits = append(p.waits, float32(wait))
}

// expire ends the wait of who stands first in the queue.
func (p *play) expire() {
	p.queue.pop()
	p.late++
	if p.shed <= min(p.patience, p.timeout) {
		p.shedded++
	} else {
		p.timedOut++
	}
	p.close()
}

// giveUp makes the caller leave a request that is worked on.
func (p *play) giveUp(r *request) {
	p.timedOut++
	p.late++
	p.leave(r)
}

// leave ends a request that is worked on.
func (p *play) leave(r *request) {
	r.ended = true
	p.working--
	p.close()
}

// close ends an open request, and lets those move up who waited for it.
func (p *play) close() {
	p.open--
	for p.working < p.law.places && p.queue.len() > 0 {
		p.begin(p.queue.pop())
	}
	for p.open < p.slots && p.line.len() > 0 {
		p.send(p.line.pop(), p.clock)
	}
	for range p.fresh {
		p.arrive(p.clock)
	}
	p.count()
}

// count takes note of the backlog after something has happened.
func (p *play) count() {
	inFlight := p.line.len() + p.open
	waiting := max(inFlight-p.law.full(), 0)
	p.inFlight = max(p.inFlight, inFlight)
	switch {
	case waiting > p.peak:
		p.peak, p.peakAt, p.drainedAt = waiting, p.clock, math.NaN()
	case waiting == 0 && p.peak > 0 && math.IsNaN(p.drainedAt):
		p.drainedAt = p.clock
	}
	if waiting == 0 {
		return
	}
	i := int(p.clock / p.bin)
	for len(p.curve) <= i {
		p.curve = append(p.curve, 0)
	}
	p.curve[i] = max(p.curve[i], float64(waiting))
}

// quantile is the value at a quantile of values, which it sorts; nil if there are
// none.
func quantile(values []float32, q float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	v := float64(values[rank(q, len(values))])
	return &v
}

// A fifo is a queue in one slice: pop moves a mark, push reuses what lies before it.
type fifo[T any] struct {
	items []T
	first int
}

func (f *fifo[T]) len() int { return len(f.items) - f.first }

func (f *fifo[T]) head() T { return f.items[f.first] }

// drop pops what is gone from the head, and answers with what is there then; nil: none.
func (f *fifo[T]) drop(gone func(T) bool) *T {
	for f.len() > 0 {
		if !gone(f.head()) {
			return &f.items[f.first]
		}
		f.pop()
	}
	return nil
}

func (f *fifo[T]) push(v T) {
	if f.first > 1024 && f.first*2 > len(f.items) {
		f.items = f.items[:copy(f.items, f.items[f.first:])]
		f.first = 0
	}
	f.items = append(f.items, v)
}

func (f *fifo[T]) pop() T {
	v := f.items[f.first]
	f.first++
	if f.first == len(f.items) {
		f.items, f.first = f.items[:0], 0
	}
	return v
}

// A mark is the work at which something comes of a request.
type mark struct {
	at float64
	of *request
}

// marks are a binary heap with the least work at its top. (container/heap would box
// every one of them.)
type marks []mark

func (m *marks) push(v mark) {
	h := append(*m, v)
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if h[parent].at <= v.at {
			break
		}
		h[i], i = h[parent], parent
	}
	h[i] = v
	*m = h
}

func (m *marks) pop() mark {
	h := *m
	top, last := h[0], h[len(h)-1]
	h[len(h)-1] = mark{}
	h = h[:len(h)-1]
	*m = h
	if len(h) == 0 {
		return top
	}
	i := 0
	for child := 1; child < len(h); child = 2*i + 1 {
		if child+1 < len(h) && h[child+1].at < h[child].at {
			child++
		}
		if h[child].at >= last.at {
			break
		}
		h[i], i = h[child], child
	}
	h[i] = last
	return top
}
