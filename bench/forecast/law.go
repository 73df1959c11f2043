package forecast

import (
	"math"
	"math/rand/v2"
)

// A law is how fast an endpoint works, by how many requests it works on.
//
// With n in its places a request takes so many times as long as alone:
//
//	s(n) = max(1 + slope·(n − 1), n ÷ most)
//
// The first is batching: each step of a batch takes a little longer for each member
// more. The second is the ceiling: from there on all share what there is, and
// throughput is flat. n ÷ s(n) is the throughput in lone requests.
type law struct {
	places int     // requests that are worked on at once, the rest waits; MaxInt: all that are let in
	slope  float64 // from 0; what each request more adds to the time of a lone one, ratio
	most   float64 // throughput at most, in requests at the speed of a lone one; +Inf: no ceiling is known
}

// speed is how fast each of n requests is worked on, 1 being that of a lone one.
func (l law) speed(n int) float64 {
	if n <= 1 {
		return min(1, l.most)
	}
	return 1 / max(1+l.slope*float64(n-1), float64(n)/l.most)
}

// shared reports whether all that are let in are worked on at once.
func (l law) shared() bool { return l.places == math.MaxInt }

// full is how many requests the endpoint takes before one more makes the others wait.
func (l law) full() int {
	if !l.shared() || math.IsInf(l.most, 1) {
		return l.places
	}
	return saturating(l.slope, l.most)
}

// saturating is the least number of requests with the highest throughput: that at
// which both branches of the law meet; MaxInt: they never do.
func saturating(slope, most float64) int {
	n := (1 - slope) * most / (1 - slope*most)
	if slope*most >= 1 || n > math.MaxInt32 {
		return math.MaxInt
	}
	return max(1, int(math.Ceil(n-1e-9)))
}

// A pace is by how much the endpoint is faster or slower than usual, another factor
// for each stretch of time.
type pace struct {
	lasting float64   // factor over the whole night; 0: 1
	blocks  []float64 // factors, over and over again; nil: 1
}

// paceFor is how long a stretch lasts, in seconds.
const paceFor = 10

// at is the pace at an instant.
func (p pace) at(t float64) float64 {
	f := 1.0
	if p.lasting > 0 {
		f = p.lasting
	}
	if p.blocks != nil {
		f *= p.blocks[int(t/paceFor)%len(p.blocks)]
	}
	return f
}

// turns is when the stretch of an instant is over.
func (p pace) turns(t float64) float64 { return (math.Floor(t/paceFor) + 1) * paceFor }

// mostBlocks are how many stretches are drawn.
const mostBlocks = 4096

// wandering draws the pace of one night: uniform factors of this deviation around 1.
func wandering(deviation float64, seed uint64) (blocks []float64) {
	if deviation <= 0 {
		return nil
	}
	rng := rand.New(rand.NewPCG(seed, 0x70616365))
	blocks = make([]float64, mostBlocks)
	for i := range blocks {
		blocks[i] = max(1+deviation*rng.NormFloat64(), 0.1)
	}
	return blocks
}
