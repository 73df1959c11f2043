package bench

import (
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/client/outcome"
)

// Readings only grow while a run goes on, and the last is what its document says: in all,
// in each wave and in each share of a mix.
func TestReadings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) {
			mixOf(sc)
			warm(time.Second)(sc)
			sc.MaxInFlight, sc.Grace = 30, scenario.Duration(50*ms)
		}, "calm:20/s:3s", "rush:400/s:3s")
		r, _ := start(t, sc, func(i int, _ time.Duration) reply {
			if i%5 == 0 {
				return reply{wait: 30 * ms, outcome: outcome.ServerError}
			}
			return reply{wait: time.Duration(20+i%7*30) * ms, tokens: 3 + i%4, gap: 10 * ms}
		})
		var before result.Reading
		grows := func(now result.Reading) {
			for i, p := range before.Parts {
				n := now.Parts[i]
				if n.Name != p.Name || n.Part.Requests.Scheduled < p.Part.Requests.Scheduled || n.Part.Outcomes[outcome.OK] < p.Part.Outcomes[outcome.OK] ||
					n.Part.Hists[result.TTFTResponse].Count() < p.Part.Hists[result.TTFTResponse].Count() {
					t.Errorf("%s fell", p.Name)
				}
			}
			before = now
		}
		for over := false; !over; {
			select {
			case <-r.Done():
				over = true
			case <-time.After(300 * ms):
			}
			grows(r.Reading())
		}
		doc := r.Wait()
		if before.State != result.Done || before.Verdict == nil {
			t.Errorf("%s %v", before.State, before.Verdict)
		}
		holds := func(portions []result.Portion, stats []result.Stats) {
			if len(portions) != len(stats) {
				t.Fatalf("%d portions, want %d", len(portions), len(stats))
			}
			for i, s := range stats {
				p := portions[i]
				if p.Name != s.Name || p.Part.Requests != s.Requests || p.Part.Outcomes[outcome.OK] != s.Outcomes[outcome.OK] ||
					p.Part.Hists[result.TTFTResponse].Count() != s.Latency.TTFT.Response.Count {
					t.Errorf("%s is %+v, want %s with %+v", p.Name, p.Part.Requests, s.Name, s.Requests)
				}
			}
		}
		holds(before.Parts, doc.Waves)
		holds(before.Workloads, doc.Workloads)
	})
}

// Whoever asked is told of a run as soon as it goes on.
func TestBegan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{epoch: time.Now(), answer: func(int, time.Duration) reply { return reply{wait: ms, tokens: 1} }}
		o := options(t, build(t, nil, "w:c1:3x"), f, f.epoch)
		var told []*Run
		o.Began = func(r *Run) { told = append(told, r) }
		r, err := Start(o)
		if err != nil {
			t.Fatal(err)
		}
		r.Wait()
		if len(told) != 1 || told[0] != r {
			t.Errorf("told of %v", told)
		}
	})
}
