package mock

import (
	"math/rand/v2"
	"sync"
	"time"
)

// stallTime is how long a stalled answer stops.
const stallTime = 10 * time.Second

// An ending says how an answer ends.
type ending uint8

const (
	endStop    ending = iota // the model had no more to say
	endLength                // max_tokens cut it
	endCut                   // fault: nothing more comes
	endFail                  // fault: an error object comes
	endRefused               // fault: HTTP 500, no answer at all
)

// reason is the finish reason on the wire, "" if there is none.
func (e ending) reason() string {
	switch e {
	case endStop:
		return "stop"
	case endLength:
		return "length"
	default:
		return ""
	}
}

// An order is what a request asks of the engine.
type order struct {
	prompt int    // prompt tokens, at least 1
	reads  prompt // what they are; nil: nothing that could be known again
	limit  int    // most output tokens; 0: the model's own
	exact  bool   // limit is the length, not its bound
	stream bool
	thinks bool // a quarter of the answer is reasoning
}

// A fate is what becomes of one request: the draws that are made for it on
// arrival.
type fate struct {
	serial uint64
	length int // output tokens to produce

	thoughts int // of them, the first ones are reasoning
	ending   ending
	stall    int // tokens after which the answer stalls; -1: never
	text     prose
}

// dice draws fates. They depend on the seed and on the order of the calls alone.
type dice struct {
	cfg Config

	mu     sync.Mutex
	rolled uint64
	errors uint64
}

// roll draws the fate of the next request.
func (d *dice) roll(o order) fate {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rolled++
	rng := rand.New(rand.NewPCG(d.cfg.Seed, scramble(d.rolled)))
	f := fate{serial: d.rolled, stall: -1}
	f.length, f.ending = d.length(rng, o)
	switch u := rng.Float64(); {
	case u < d.cfg.ErrorRate:
		d.errors++
		f.ending = endRefused
		if o.stream && d.errors%3 == 0 {
			f.ending = endFail
			f.length = midway(rng, f.length)
		}
	case u < d.cfg.ErrorRate+d.cfg.StallRate:
		f.stall = midway(rng, f.length) % f.length
	case u < d.cfg.ErrorRate+d.cfg.StallRate+d.cfg.TruncateRate:
		f.ending = endCut
		f.length = midway(rng, f.length)
	}
	if o.thinks {
		f.thoughts = f.length / 4
	}
	f.text = newProse(rng)
	return f
}

// length draws how long the answer is and whether the limit made it so.
func (d *dice) length(rng *rand.Rand, o order) (int, ending) {
	half := d.cfg.Tokens / 2
	n := d.cfg.Tokens - half + rng.IntN(2*half+1)
	if o.limit > 0 && (o.exact || o.limit <= n) {
		return o.limit, endLength
	}
	return n, endStop
}

// midway draws a point inside an answer of n tokens, after its first and before
// its last where there is one.
func midway(rng *rand.Rand, n int) int { return 1 + rng.IntN(max(1, n-1)) }

// scramble spreads serial numbers over 64 bits, so that the streams of
// neighbours have nothing in common (the finaliser of SplitMix64).
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
