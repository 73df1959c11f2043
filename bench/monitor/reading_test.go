package monitor

import (
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/client/outcome"
)

// A reading is of its target alone, shares nothing with it, and only grows; it says whether
// the objective is kept, and nothing of it before a probe has ended.
func TestReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good := always(reply{wait: 100 * time.Millisecond, gap: time.Millisecond})
		bad := always(reply{wait: time.Millisecond, outcome: outcome.ServerError})
		m := Start(Options{Name: "x", Seed: 1, For: time.Hour, Targets: []*Target{target(t, "good", good, nil), target(t, "bad", bad, nil)}})
		readers := m.Readers()
		if s := readers[0].Reading().SLOs[0]; s.RunOK != nil || s.LiveOK != nil {
			t.Errorf("before a probe: %+v", s)
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		first, second := readers[0].Reading(), readers[1].Reading()
		for _, c := range []struct {
			r    result.Reading
			name string
			good bool
		}{{first, "good", true}, {second, "bad", false}} {
			p := c.r.Parts[0].Part
			if c.r.Target != c.name || len(c.r.Parts) != 1 || p.Requests.Scheduled < 39 || (p.Good == p.Requests.Scheduled) != c.good {
				t.Errorf("%s: %+v", c.name, p.Requests)
			}
			if s := c.r.SLOs[0]; *s.RunOK != c.good || *s.LiveOK != c.good {
				t.Errorf("%s: %+v", c.name, s)
			}
		}
		was := first.Parts[0].Part.Requests
		m.Wait()
		if now := readers[0].Reading(); now.State != result.Done || now.Parts[0].Part.Requests.Scheduled <= was.Scheduled || first.Parts[0].Part.Requests != was {
			t.Errorf("in the end: %s, %+v", now.State, now.Parts[0].Part.Requests)
		}
	})
}
