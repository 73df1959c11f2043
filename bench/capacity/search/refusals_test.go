package search

import (
	"testing"
	"time"

	"flashwave/client"
	"flashwave/client/outcome"
)

// A door plays requests of 400 ms, so many a second, at an endpoint that lets in those
// that in says.
func door(rate float64, length time.Duration, in func(at time.Duration, open int) bool) *manner {
	d := new(manner)
	d.restart()
	type guest struct {
		ticket
		res client.Result
	}
	var inside []guest
	for at := time.Duration(0); at < length; at += time.Duration(float64(time.Second) / rate) {
		for len(inside) > 0 && inside[0].res.Done <= at {
			d.leaves(inside[0].ticket, inside[0].res)
			inside = inside[1:]
		}
		open := len(inside)
		g := guest{d.enters(), client.Result{Sent: at, Done: at + 400*time.Millisecond, Outcome: outcome.OK, Status: 200}}
		if !in(at, open) {
			g.res.Done, g.res.Outcome, g.res.Status = at, outcome.RateLimited, 429
			d.leaves(g.ticket, g.res)
			continue
		}
		inside = append(inside, g)
	}
	return d
}

func TestRefusalsAreToldApart(t *testing.T) {
	if r := door(20, 10*time.Second, func(time.Duration, int) bool { return true }).document(); r != nil {
		t.Errorf("nothing was refused: %+v", r)
	}
	r := door(50, 20*time.Second, func(_ time.Duration, open int) bool { return open < 16 }).document()
	if r == nil || r.Open == nil || *r.Open != 16 || r.AfterS > 0.001 {
		t.Errorf("a limit of 16 in flight: %+v", r)
	}

	left, last := 40.0, time.Duration(0)
	r = door(50, 20*time.Second, func(at time.Duration, _ int) bool {
		left, last = min(40, left+20*(at-last).Seconds()), at
		if left < 1 {
			return false
		}
		left--
		return true
	}).document()
	if r == nil || r.Open != nil {
		t.Fatalf("a bucket: %+v", r)
	}
	if depth := float64(r.Before) - 20*r.BeforeS; depth < 39 || depth > 41 {
		t.Errorf("a bucket of 40, refilled by 20/s: %d in %v s before the first refusal", r.Before, r.BeforeS)
	}

	window, in := time.Duration(-1), 0
	r = door(50, 150*time.Second, func(at time.Duration, _ int) bool {
		if w := at / time.Minute; w != window {
			window, in = w, 0
		}
		in++
		return in <= 1200
	}).document()
	if r == nil || r.Open != nil || r.Before != 1200 {
		t.Errorf("windows of 1200: %+v", r)
	}
}

// An endpoint whose wait is over when it refuses sheds.
func TestARefusalAfterAWaitIsShedding(t *testing.T) {
	d := new(manner)
	d.restart()
	for i := range 100 {
		at := time.Duration(i) * 100 * time.Millisecond
		d.leaves(d.enters(), client.Result{Sent: at, Done: at + 2*time.Second, Outcome: outcome.Overloaded, Status: 503})
	}
	if r := d.document(); r == nil || r.AfterS < 1.99 || r.AfterS > 2.01 || r.Open != nil {
		t.Errorf("%+v", r)
	}
}
