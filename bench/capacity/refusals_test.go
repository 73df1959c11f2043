package capacity

import (
	"testing"
	"time"

	"flashwave/client"
	"flashwave/client/outcome"
)

// A door plays requests of 400 ms, so many a second, at an endpoint that lets in those
// that in says.
func door(rate float64, length time.Duration, in func(at time.Duration, open int) bool) *doorman {
	d := newDoorman()
	type guest struct {
		others int
		res    client.Result
	}
	var inside []guest
	for at := time.Duration(0); at < length; at += time.Duration(float64(time.Second) / rate) {
		for len(inside) > 0 && inside[0].res.Done <= at {
			d.leaves(inside[0].others, inside[0].res)
			inside = inside[1:]
		}
		open := len(inside)
		g := guest{d.enters(), client.Result{Sent: at, Done: at + 400*time.Millisecond, Outcome: outcome.OK, Status: 200}}
		if !in(at, open) {
			g.res.Done, g.res.Outcome, g.res.Status = at, outcome.RateLimited, 429
			d.leaves(g.others, g.res)
			continue
		}
		inside = append(inside, g)
	}
	return &d
}

func TestRefusalsAreToldApart(t *testing.T) {
	if r := door(20, 10*time.Second, func(time.Duration, int) bool { return true }).document(); r != nil {
		t.Errorf("nothing was refused: %+v", r)
	}
	r := door(50, 20*time.Second, func(_ time.Duration, open int) bool { return open < 16 }).document()
	if r == nil || r.Open == nil || *r.Open != 16 || r.AfterS > 0.001 || r.Window {
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
	switch {
	case r == nil || r.Open != nil || r.Window || r.Passed == nil || r.SavedUp == nil:
		t.Errorf("a bucket: %+v", r)
	case *r.Passed < 19 || *r.Passed > 21 || *r.SavedUp < 38 || *r.SavedUp > 42:
		t.Errorf("a bucket of 40, refilled by 20/s: %v/s, %v saved up", *r.Passed, *r.SavedUp)
	}

	window, in := time.Duration(-1), 0
	d := door(50, 150*time.Second, func(at time.Duration, _ int) bool {
		if w := at / time.Minute; w != window {
			window, in = w, 0
		}
		in++
		return in <= 1200
	})
	r = d.document()
	switch {
	case r == nil || r.Open != nil || !r.Window || r.InWindow == nil:
		t.Errorf("windows: %+v", r)
	case *r.InWindow < 1190 || *r.InWindow > 1210 || d.edge < 119*time.Second || d.edge > 121*time.Second:
		t.Errorf("windows of 1200: %d, the last began at %v", *r.InWindow, d.edge)
	}
}

// An endpoint whose wait is over when it refuses sheds.
func TestARefusalAfterAWaitIsShedding(t *testing.T) {
	d := newDoorman()
	for i := range 100 {
		at := time.Duration(i) * 100 * time.Millisecond
		others := d.enters()
		d.leaves(others, client.Result{Sent: at, Done: at + 2*time.Second, Outcome: outcome.Overloaded, Status: 503})
	}
	if r := d.document(); r == nil || r.AfterS < 1.99 || r.AfterS > 2.01 || r.Open != nil {
		t.Errorf("%+v", r)
	}
}
