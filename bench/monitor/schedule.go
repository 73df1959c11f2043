package monitor

import (
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// jitter is how far a probe may be from its even instant, as a part of the time between
// two.
const jitter = 0.1

// stagger is the time between the first probes of two targets.
const stagger = 20 * time.Millisecond

// A schedule says when one target is probed: for the first time at once, and then at even
// instants that lie between those of the other targets, each moved a little. It is pure.
type schedule struct {
	every time.Duration
	first time.Duration
	phase time.Duration
	seed  [2]uint64
}

// scheduleOf is that of the i-th of n targets.
func scheduleOf(name string, every time.Duration, seed uint64, i, n int) schedule {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	first := min(time.Duration(i)*stagger, every*time.Duration(i)/time.Duration(n))
	phase := every * time.Duration(i) / time.Duration(n)
	if phase < first+every/2 {
		phase += every
	}
	return schedule{every: every, first: first, phase: phase, seed: [2]uint64{seed, h.Sum64()}}
}

// at is the k-th instant, from 0, after the start.
func (s schedule) at(k int64) time.Duration {
	if k == 0 {
		return s.first
	}
	random := rand.New(rand.NewPCG(s.seed[0], s.seed[1]^uint64(k)*0x9e3779b97f4a7c15))
	off := (2*random.Float64() - 1) * jitter * float64(s.every)
	return s.phase + time.Duration(k-1)*s.every + time.Duration(off)
}

// next is the first instant after the k-th that has not passed, and how many lie between.
func (s schedule) next(k int64, now time.Duration) (next, missed int64) {
	next = k + 1
	if behind := (now - s.at(next)) / s.every; behind > 2 {
		next += int64(behind) - 2 // near it, whatever the jitter
	}
	for s.at(next) < now {
		next++
	}
	return next, next - k - 1
}
