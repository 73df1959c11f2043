package bench

import (
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/client/outcome"
)

// mixOf replaces the workload by shares of synthetic prompts.
func mixOf(sc *scenario.Scenario) {
	for i, share := range []float64{0.7, 0.25, 0.05} {
		w := sc.Workload
		w.MaxTokens = 100 * (i + 1)
		w.Stream = i != 1
		sc.Mix = append(sc.Mix, scenario.Share{Share: share, Workload: w})
	}
}

// What became of the shares adds up to what became of all, whatever did.
func TestSharesAddUp(t *testing.T) {
	fails := func(i int, _ time.Duration) reply {
		if i%5 == 0 {
			return reply{wait: 30 * ms, outcome: outcome.ServerError}
		}
		return reply{wait: time.Duration(20+i%7*30) * ms, tokens: 3 + i%4, gap: 10 * ms}
	}
	for _, c := range []struct {
		name   string
		change func(*scenario.Scenario)
		waves  []string
	}{
		{"open", nil, []string{"w:100/s:5s"}},
		{"closed", nil, []string{"w:c9:300x"}},
		{"after a warm-up", warm(time.Second), []string{"w:50/s:5s"}},
		{"dropped", func(sc *scenario.Scenario) { sc.MaxInFlight, sc.Overflow = 3, "drop" }, []string{"w:100/s:5s"}},
		{"given up at once", func(sc *scenario.Scenario) { sc.MaxInFlight, sc.Overflow = 1, "drop" }, []string{"w:900000/s:100ms"}},
		{"unfinished and unsent", func(sc *scenario.Scenario) { sc.MaxInFlight, sc.Grace = 5, scenario.Duration(50*ms) }, []string{"w:200/s:2s"}},
		{"beside a lane of its own", func(sc *scenario.Scenario) {
			w := sc.Workload
			sc.Lanes[1].Workload = &w
		}, []string{"a/w:20/s:5s", "b/w:30/s:5s"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sc := build(t, func(sc *scenario.Scenario) {
					mixOf(sc)
					if c.change != nil {
						c.change(sc)
					}
				}, c.waves...)
				r, _ := start(t, sc, fails)
				doc := r.Wait()
				conserved(t, doc)
				if len(doc.Workloads) != 3 {
					t.Fatalf("%d workloads", len(doc.Workloads))
				}
				of := doc.Total
				if len(sc.Lanes) > 1 {
					of = doc.Waves[0]
				}
				var sum result.Stats
				sum.Outcomes = map[outcome.Outcome]int64{}
				for i, w := range doc.Workloads {
					if w.Kind != result.OfWorkload || w.Name != sc.Mix[i].Name {
						t.Errorf("%s %s", w.Kind, w.Name)
					}
					q, s := &sum.Requests, w.Requests
					q.Scheduled += s.Scheduled
					q.Sent += s.Sent
					q.Succeeded += s.Succeeded
					q.Failed += s.Failed
					q.Dropped += s.Dropped
					q.Unsent += s.Unsent
					q.Unfinished += s.Unfinished
					for o, n := range w.Outcomes {
						sum.Outcomes[o] += n
					}
					if l := w.Latency.E2E.Response; l != nil {
						sum.DurationS += float64(l.Count)
					}
					if want := float64(of.Requests.Scheduled) * sc.Mix[i].Share; float64(s.Scheduled) < 0.8*want-5 || float64(s.Scheduled) > 1.2*want+5 {
						t.Errorf("%s: %d scheduled, want about %.0f", w.Name, s.Scheduled, want)
					}
				}
				if sum.Requests != of.Requests || !maps.Equal(sum.Outcomes, of.Outcomes) {
					t.Errorf("the shares come to %+v %v, all to %+v %v", sum.Requests, sum.Outcomes, of.Requests, of.Outcomes)
				}
				if l := of.Latency.E2E.Response; l != nil && sum.DurationS != float64(l.Count) {
					t.Errorf("%v latencies of %d", sum.DurationS, l.Count)
				}
			})
		})
	}
}
