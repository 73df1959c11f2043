package monitor

import (
	"testing"
	"testing/synctest"
	"time"

	"flashwave/client/outcome"
)

// One probe at a time, at its instants, whatever the endpoint does; one that hangs ends in
// time and holds up nobody else.
func TestHanging(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := &fake{}
		stuck.answer = func(time.Duration) reply { // as the client ends a call that nothing answers
			return reply{wait: 30 * time.Second, outcome: outcome.Timeout}
		}
		well := always(reply{wait: 100 * time.Millisecond, gap: time.Millisecond})
		m := Start(Options{Name: "x", Seed: 1, Targets: []*Target{target(t, "stuck", stuck, nil), target(t, "well", well, nil)}})
		time.Sleep(time.Hour)
		r, w := rowOf(t, m, "stuck"), rowOf(t, m, "well")
		if r.State != Down || stuck.most != 1 || r.Counts.Missed == 0 || r.Counts.Bad < 70 {
			t.Errorf("stuck: %s, %d at once, %+v", r.State, stuck.most, r.Counts)
		}
		if n := r.Counts.Scheduled + r.Counts.Missed; n < 239 || n > 242 {
			t.Errorf("stuck: %d instants in an hour", n)
		}
		if w.Counts.Missed != 0 || w.Counts.Good < 239 {
			t.Errorf("well: %+v", w.Counts)
		}
		for i := 2; i < len(well.sent)-1; i++ {
			if gap := well.sent[i+1] - well.sent[i]; gap < 12*time.Second || gap > 18*time.Second {
				t.Errorf("%v between probes %d and %d", gap, i, i+1)
			}
		}
		end(t, m)
	})
}

// Probes follow from the seed, and not two targets keep step.
func TestSchedule(t *testing.T) {
	const every = 15 * time.Second
	a, b := scheduleOf("a", every, 1, 0, 2), scheduleOf("b", every, 1, 1, 2)
	differ := false
	for k := range int64(1000) {
		if a.at(k) != scheduleOf("a", every, 1, 0, 2).at(k) {
			t.Fatal("the same seed gives other instants")
		}
		differ = differ || a.at(k) != scheduleOf("a", every, 2, 0, 2).at(k)
		if k > 0 {
			if gap := a.at(k+1) - a.at(k); gap < 8*every/10 || gap > 12*every/10 {
				t.Fatalf("%v after probe %d", gap, k)
			}
			if apart := (b.at(k) - a.at(k)).Abs(); apart < 3*every/10 {
				t.Fatalf("%v between the probes of two targets", apart)
			}
		}
	}
	if !differ {
		t.Error("another seed gives the same instants")
	}
	if a.at(0) != 0 || a.at(1) < every/3 {
		t.Errorf("it begins at %v, %v", a.at(0), a.at(1))
	}
	for _, now := range []time.Duration{0, time.Second, time.Hour + 7*time.Second, 1000 * time.Hour} {
		next, missed := a.next(0, now)
		if a.at(next) < now || next > 1 && a.at(next-1) >= now || missed != next-1 {
			t.Errorf("at %v the next is %d at %v, %d missed", now, next, a.at(next), missed)
		}
	}
}
