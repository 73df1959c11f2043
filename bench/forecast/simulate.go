package forecast

import (
	"iter"
	"math"
	"math/rand/v2"
	"slices"
)

// A station is what the simulation plays: first come first served, in front of a
// number of places. All times are in seconds.
type station struct {
	places int // requests that are worked on at once
	slots  int // requests that the caller has open at once, the rest waits with it; 0: all
	// draw gives a request's service times, to its first token and whole, when so
	// many, itself among them, are worked on.
	draw    func(working int, rng *rand.Rand) (first, whole float64)
	streams bool // first is measured

	patience float64 // until the first token, from sending; +Inf: any
	timeout  float64 // until the end, from sending; +Inf: any
	quota    bucket

	boundFirst, boundWhole float64 // response times beyond which a request is late; +Inf: none
}

// A bucket refuses what comes faster than its rate: tokens drop into it at that
// rate up to its depth, and every request takes one. Rate 0 refuses nothing.
type bucket struct {
	rate, depth  float64
	tokens, last float64
}

func (b *bucket) pass(now float64) bool {
	if b.rate <= 0 {
		return true
	}
	b.tokens = min(b.depth, b.tokens+b.rate*(now-b.last))
	b.last = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// A play is a night that is being simulated, and what has come of it.
type play struct {
	station
	rng *rand.Rand

	line  fifo[float64] // arrivals that wait for a slot
	queue fifo[sent]    // open requests that wait for a place
	busy  departures    // when those worked on end
	open  int           // requests that have a slot

	requests, refused, late, timedOut int64
	waits, firsts, wholes             []float32 // of those that were worked on to the end

	peak, inFlight         int
	peakAt, drainedAt      float64 // drainedAt: when nobody waited any more after the peak; NaN: not yet
	worstWait, worstAt     float64
	worstFirst, worstWhole float64
	curve                  []float64 // most waiting in each bin of time
	bin                    float64   // seconds
}

type sent struct{ scheduled, at float64 }

// playing begins a night; bin is the width of the backlog's curve in seconds.
func playing(s station, bin float64, seed uint64) *play {
	if s.slots <= 0 {
		s.slots = math.MaxInt
	}
	s.quota.tokens = s.quota.depth
	return &play{station: s, rng: rand.New(rand.NewPCG(seed, 0x6e69676874)), bin: bin, drainedAt: math.NaN()}
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

// until plays everything that happens before an instant.
func (p *play) until(now float64) {
	for {
		departs, expires := math.Inf(1), math.Inf(1)
		if len(p.busy) > 0 {
			departs = p.busy[0]
		}
		if p.queue.len() > 0 {
			expires = p.queue.head().at + min(p.patience, p.timeout)
		}
		switch next := min(departs, expires); {
		case next > now || math.IsInf(next, 1):
			return
		case departs <= expires:
			p.busy.pop()
			p.close(departs)
		default:
			p.queue.pop()
			p.timedOut++
			p.late++
			p.close(expires)
		}
	}
}

func (p *play) arrive(at float64) {
	p.requests++
	if p.open < p.slots {
		p.send(at, at)
	} else {
		p.line.push(at)
	}
	p.count(at)
}

// send opens a request: it is refused, is worked on, or waits.
func (p *play) send(scheduled, now float64) {
	if !p.quota.pass(now) {
		p.refused++
		p.late++
		return
	}
	p.open++
	if len(p.busy) < p.places {
		p.begin(sent{scheduled, now}, now)
		return
	}
	p.queue.push(sent{scheduled, now})
}

// close ends an open request, and lets those move up who waited for it.
func (p *play) close(now float64) {
	p.open--
	for len(p.busy) < p.places && p.queue.len() > 0 {
		p.begin(p.queue.pop(), now)
	}
	for p.open < p.slots && p.line.len() > 0 {
		p.send(p.line.pop(), now)
	}
	p.count(now)
}

// begin works on a request, to its end or until its caller gives up.
func (p *play) begin(r sent, now float64) {
	first, whole := p.draw(len(p.busy)+1, p.rng)
	wait := now - r.scheduled
	if wait > p.worstWait {
		p.worstWait, p.worstAt = wait, r.scheduled
	}
	p.waits = append(p.waits, float32(wait))
	ends := now + whole
	if now+first-r.at > p.patience || ends-r.at > p.timeout {
		ends = min(ends, r.at+p.timeout)
		if now+first-r.at > p.patience {
			ends = min(ends, r.at+p.patience)
		}
		p.timedOut++
		p.late++
		p.busy.push(ends)
		return
	}
	p.busy.push(ends)
	p.firsts, p.wholes = append(p.firsts, float32(wait+first)), append(p.wholes, float32(wait+whole))
	p.worstFirst, p.worstWhole = max(p.worstFirst, wait+first), max(p.worstWhole, wait+whole)
	if wait+first > p.boundFirst || wait+whole > p.boundWhole {
		p.late++
	}
}

// count takes note of the backlog after something has happened.
func (p *play) count(now float64) {
	waiting := p.line.len() + p.queue.len()
	p.inFlight = max(p.inFlight, waiting+len(p.busy))
	switch {
	case waiting > p.peak:
		p.peak, p.peakAt, p.drainedAt = waiting, now, math.NaN()
	case waiting == 0 && p.peak > 0 && math.IsNaN(p.drainedAt):
		p.drainedAt = now
	}
	if waiting == 0 {
		return
	}
	i := int(now / p.bin)
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

// departures is a binary heap with the earliest instant at its top. (container/heap
// would box every one of them.)
type departures []float64

func (d *departures) push(at float64) {
	h := append(*d, at)
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if h[parent] <= at {
			break
		}
		h[i], i = h[parent], parent
	}
	h[i] = at
	*d = h
}

func (d *departures) pop() {
	h := *d
	last := h[len(h)-1]
	h = h[:len(h)-1]
	*d = h
	if len(h) == 0 {
		return
	}
	i := 0
	for child := 1; child < len(h); child = 2*i + 1 {
		if child+1 < len(h) && h[child+1] < h[child] {
			child++
		}
		if h[child] >= last {
			break
		}
		h[i], i = h[child], child
	}
	h[i] = last
}
