package search

import (
	"time"

	"flashwave/bench/capacity"
	"flashwave/client"
	"flashwave/client/outcome"
)

// A gate counts what a limit lets pass and what it refuses with a 429. Refusals come at
// once, answers may take their time: a request has passed from its sending until a 429
// says otherwise. All instants are from the epoch of its gauge.
type gate struct {
	allowed float64 // the share of refusals that the SLOs allow

	sent, refused int64         // since the step began
	shut          chan struct{} // is closed when more are refused than allowed

	since     int64 // that passed since the gate opened, or since the search began
	window    bool  // its beginning was seen: it opened after it had been shut for long
	opened    time.Duration
	full      int64 // the most that had passed when something was refused, in the step
	refusedAt time.Duration
	passed    int64           // since the newest refusal
	gap       capacity.Supply // the longest stretch of the step between two refusals
	wait      time.Duration   // as the newest refusal asked for; client.Never: it did not
}

func (g *gate) restart() {
	g.sent, g.refused, g.shut, g.gap, g.full = 0, 0, make(chan struct{}), capacity.Supply{}, 0
}

// enter takes in that a request is sent.
func (g *gate) enter(at time.Duration) {
	if gone := at - g.opened; g.window && gone >= longestWindow {
		g.opened, g.since = g.opened+gone.Truncate(longestWindow), 0
	}
	g.sent++
	g.since++
	g.passed++
}

// leave takes in how it ended.
func (g *gate) leave(at time.Duration, res client.Result) {
	if res.Outcome != outcome.RateLimited {
		return
	}
	g.refused++
	g.since--
	g.full = max(g.full, g.since)
	g.passed--
	if over := (at - g.refusedAt).Seconds(); g.passed > 0 && g.refusedAt > 0 && over > g.gap.OverS {
		g.gap = capacity.Supply{Requests: g.passed, OverS: over}
	}
	g.refusedAt, g.passed, g.wait = at, 0, res.Limits.RetryAfter
	if beyond(g.refused, g.sent, g.allowed) {
		select {
		case <-g.shut:
		default:
			close(g.shut)
		}
	}
}

// refusing reports whether more requests of the step are refused than allowed.
func (g *gauge) refusing() bool {
	select {
	case <-g.shuts():
		return true
	default:
		return false
	}
}

// shuts is closed when more requests of the step are refused than allowed.
func (g *gauge) shuts() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.gate.shut
}

// tolerate says how large a share of refusals is borne, and answers with what was.
func (g *gauge) tolerate(share float64) (before float64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	before, g.gate.allowed = g.gate.allowed, share
	return before
}

// passing is a copy of what the gate counted.
func (g *gauge) passing() gate {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.gate
}

// opens notes that a window has begun with the newest request.
func (g *gauge) opens() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.gate.window, g.gate.opened, g.gate.since = true, time.Since(g.epoch), 1
}

// opened is when the newest window began; client.Never: no beginning was seen.
func (g *gauge) opened() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.gate.window {
		return client.Never
	}
	return g.gate.opened
}

// exhausted is what a window gave whose beginning was seen; nil: none was, or it still
// gives.
func (g *gauge) exhausted() *capacity.Supply {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.gate.window || g.gate.refused == 0 {
		return nil
	}
	return &capacity.Supply{Requests: g.gate.full, OverS: longestWindow.Seconds(), Window: true}
}

// asked is the pause after the newest refusal: what the endpoint asked for, as far as it
// is plausible.
func (g *gauge) asked() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if w := g.gate.wait; w > 0 && w != client.Never {
		return min(w, longestWindow)
	}
	return refusedPause
}
