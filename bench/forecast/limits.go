package forecast

import (
	"math"
	"time"
)

// Limits are how an endpoint refuses. The zero value refuses nothing.
type Limits struct {
	Open  int           // requests in flight, beyond which more are refused at once; 0: any number
	Shed  time.Duration // the longest that a request waits for a place before it is refused; 0: it waits on
	Quota Allowance
}

// An Allowance is a quota of requests: a bucket that is refilled all the time, or
// fixed windows. The zero value is none.
type Allowance struct {
	RPS    float64       // requests per second that it lets pass in the long run; 0: there is none
	Depth  float64       // requests that a full bucket lets pass at once; with windows without meaning
	Window time.Duration // RPS × Window requests pass in each window of so long; 0: a bucket

	// Anew is when the first window begins that does so within the night, from the
	// start of the demand; nil: it is not known.
	Anew *time.Duration
}

// free reports whether nothing is ever refused.
func (l Limits) free() bool { return l.Open == 0 && l.Shed == 0 && l.Quota.RPS == 0 }

// gate begins a night: with a full bucket, or with a whole window.
func (l Limits) gate() gate {
	g := gate{Allowance: l.Quota}
	g.left = g.full()
	if g.Window > 0 && g.Anew != nil {
		g.at = g.Anew.Seconds() - g.Window.Seconds()
	}
	return g
}

// A gate is an allowance in use.
type gate struct {
	Allowance
	left float64 // requests
	at   float64 // of a window: when it began; of a bucket: when it was last refilled
}

func (g *gate) full() float64 {
	if g.Window > 0 {
		return max(1, math.Round(g.RPS*g.Window.Seconds()))
	}
	return max(1, g.Depth)
}

// pass takes a request out of the allowance; false: nothing is left.
func (g *gate) pass(now float64) bool {
	if g.RPS <= 0 {
		return true
	}
	if length := g.Window.Seconds(); length > 0 {
		if now-g.at >= length {
			g.at += length * math.Floor((now-g.at)/length)
			g.left = g.full()
		}
	} else {
		g.left = min(g.full(), g.left+g.RPS*(now-g.at))
		g.at = now
	}
	if g.left < 1 {
		return false
	}
	g.left--
	return true
}
