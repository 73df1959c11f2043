package result

import (
	"math"
	"slices"
	"time"
)

// What it takes to have recovered from a surge: for RecoveryHold every window of
// RecoveryWindow with at least RecoveryLeast requests holds the SLO.
const (
	RecoveryWindow = 10 // seconds
	RecoveryHold   = 30 // seconds
	RecoveryLeast  = 20 // requests
)

// RecoveryLimit is for how many seconds what comes after a surge is watched at most.
const RecoveryLimit = 3600

// A Tally counts the requests scheduled in one second.
type Tally struct {
	Good     uint32 // met every per-request bound
	Bad      uint32 // failed, lost or beyond a bound
	Unjudged uint32 // met every bound that can be known, and not all can
}

// Add adds another one; what is too much to be counted stays the most that can be.
func (t *Tally) Add(o Tally) {
	t.Good, t.Bad, t.Unjudged = plus(t.Good, o.Good), plus(t.Bad, o.Bad), plus(t.Unjudged, o.Unjudged)
}

func plus(a, b uint32) uint32 {
	if a+b < a {
		return math.MaxUint32
	}
	return a + b
}

// Recovered finds the first of the watched seconds that holds a request and from
// which on, for RecoveryHold, every window with enough requests has at least that
// share of good ones, even with every one taken as bad that could not be judged. Where
// no window has enough nothing is proven.
func Recovered(seconds []Tally, watched int, share float64) (second int, ok bool) {
	seconds = seconds[:min(watched, len(seconds))]
	windows := make([]window, max(watched-RecoveryWindow+1, 0))
	for i := range windows {
		windows[i] = judgeWindow(seconds[min(i, len(seconds)):min(i+RecoveryWindow, len(seconds))], share)
	}
	const span = RecoveryHold - RecoveryWindow + 1 // windows that lie in RecoveryHold
	for i := 0; i+span <= len(windows) && i < len(seconds); i++ {
		run := windows[i : i+span]
		if seconds[i] != (Tally{}) && slices.Contains(run, held) && !slices.Contains(run, broken) {
			return i, true
		}
	}
	return 0, false
}

// RecoveryOf says of a surge, after which so much was watched, after how long the
// endpoint was itself again: a share of the requests was good, which text says.
func RecoveryOf(seconds []Tally, watched time.Duration, share float64, text string) *Recovery {
	d := &Recovery{WithinS: watched.Seconds(), SLO: text}
	if second, ok := Recovered(seconds, int(watched/time.Second), share); ok {
		d.RecoveredS = new(float64(second))
	}
	return d
}

// A window is what ten seconds say of the SLO.
type window int

const (
	unsaid window = iota // too few requests, or too many that could not be judged
	held
	broken
)

func judgeWindow(seconds []Tally, share float64) window {
	var good, unjudged, n uint64
	for _, s := range seconds {
		good += uint64(s.Good)
		unjudged += uint64(s.Unjudged)
		n += uint64(s.Good) + uint64(s.Bad) + uint64(s.Unjudged)
	}
	least := share*float64(n) - 1e-9 // less the rounding of the product
	switch {
	case n < RecoveryLeast:
		return unsaid
	case float64(good) >= least:
		return held
	case float64(good+unjudged) < least:
		return broken
	}
	return unsaid
}
