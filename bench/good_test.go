package bench

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
)

// single answers with one token, which has no gap to any other.
var single = reply{wait: 100 * time.Millisecond, tokens: 1}

// A request that has no value of what a bound is on is neither good nor bad, unless it
// failed or broke another bound; what was waited for and never came is bad.
func TestUnjudged(t *testing.T) {
	tokenless := reply{wait: 100 * time.Millisecond}
	slow := reply{wait: 2 * time.Second, tokens: 1}
	failed := reply{wait: time.Millisecond, tokens: 1, outcome: outcome.Truncated}
	type share struct{ good, unjudged int64 } // of the answers, each asked for ten times
	for _, c := range []struct {
		why     string
		slo     []string
		unary   bool
		answers []reply
		want    share
	}{
		{"gaps of a single token", []string{"itl < 1s"}, false, []reply{single}, share{0, 1}},
		{"and its time per token", []string{"tpot < 1s"}, false, []reply{single}, share{0, 1}},
		{"and its longest gap", []string{"stall < 1s"}, false, []reply{single}, share{0, 1}},
		{"gaps of a stream in one piece", []string{"itl < 1s"}, false, []reply{piece}, share{0, 1}},
		{"and its time per token", []string{"tpot < 1s"}, false, []reply{piece}, share{0, 1}},
		{"and its longest gap", []string{"stall < 1s"}, false, []reply{piece}, share{0, 1}},
		{"a stream with gaps", []string{"itl < 1s", "tpot < 1s", "stall < 1s"}, false, []reply{spread}, share{1, 0}},
		{"gaps too long", []string{"itl < 10ms"}, false, []reply{spread}, share{0, 0}},
		{"some of each", []string{"tpot < 1s"}, false, []reply{spread, piece, single, failed}, share{1, 2}},
		{"another bound is met", []string{"tpot < 1s", "ttft < 1s"}, false, []reply{single, piece}, share{0, 2}},
		{"another bound is broken", []string{"tpot < 1s", "ttft < 1s"}, false, []reply{slow}, share{0, 0}},
		{"whichever comes first", []string{"ttft < 1s", "tpot < 1s"}, false, []reply{slow}, share{0, 0}},
		{"it failed", []string{"stall < 1s"}, false, []reply{failed}, share{0, 0}},
		{"no token, which was waited for", []string{"ttft < 1s"}, false, []reply{tokenless}, share{0, 0}},
		{"nor an answer", []string{"ttfa < 1s"}, false, []reply{tokenless}, share{0, 0}},
		{"whatever it is held against", []string{"ttft > 1ms"}, false, []reply{tokenless}, share{0, 0}},
		{"no token, and none was asked for", []string{"ttft < 1s"}, true, []reply{tokenless}, share{0, 1}},
		{"as a whole it is judged", []string{"e2e < 1s"}, true, []reply{tokenless}, share{1, 0}},
	} {
		t.Run(fmt.Sprint(c.why, c.slo), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := int64(len(c.answers))
				waves := []string{fmt.Sprintf("a/w:c1:%dx", 10*n)}
				if c.unary { // beside a lane that streams: without one there is no such SLO
					waves = append(waves, "b/w:c1:1x")
				}
				sc := build(t, func(sc *scenario.Scenario) {
					sc.SLO = c.slo
					unary := sc.Workload
					unary.Stream = false
					if c.unary {
						sc.Lanes[0].Workload = &unary
					}
				}, waves...)
				doc, _ := execute(t, sc, func(i int, _ time.Duration) reply { return c.answers[i%len(c.answers)] })
				w := doc.Waves[0]
				g, want := w.Goodput, share{10 * c.want.good, 10 * c.want.unjudged}
				if w.Unjudged == nil || *w.Unjudged != want.unjudged {
					t.Fatalf("unjudged %s, want %+v", show(w.Unjudged), want)
				}
				if want.unjudged > 0 && want.unjudged == w.Requests.Succeeded {
					if g != nil {
						t.Errorf("goodput %+v of what nobody can judge", g)
					}
				} else if g == nil || g.GoodFraction != float64(want.good)/float64(10*n) {
					t.Errorf("goodput %+v, want %+v", g, want)
				}
				if c.unary {
					return
				}
				var good, unjudged int64
				for _, row := range doc.Timeline {
					good, unjudged = good+*row.Counts.Good, unjudged+*row.Counts.Unjudged
				}
				if (share{good, unjudged}) != want {
					t.Errorf("the timeline has %d and %d, want %+v", good, unjudged, want)
				}
			})
		})
	}
}

// An SLO on good requests holds and fails only where it does whatever the unjudged
// ones were.
func TestUnjudgedEitherWay(t *testing.T) {
	yes, no := new(true), new(false)
	for _, c := range []struct {
		slo                   string
		good, unjudged, broke int // of ten
		want                  *bool
		code                  int
	}{
		{"good_fraction >= 90%", 10, 0, 0, yes, verdict.ExitPass},
		{"good_fraction >= 90%", 9, 1, 0, yes, verdict.ExitPass},
		{"good_fraction >= 90%", 8, 2, 0, nil, verdict.ExitInconclusive},
		{"good_fraction >= 90%", 0, 10, 0, nil, verdict.ExitInconclusive},
		{"good_fraction >= 90%", 0, 9, 1, nil, verdict.ExitInconclusive},
		{"good_fraction >= 90%", 0, 8, 2, no, verdict.ExitFailed},
		{"good_fraction >= 90%", 8, 0, 2, no, verdict.ExitFailed},
		{"goodput >= 9/s", 10, 0, 0, yes, verdict.ExitPass},
		{"goodput >= 9/s", 0, 10, 0, nil, verdict.ExitInconclusive},
		{"goodput >= 9/s", 0, 8, 2, no, verdict.ExitFailed},
		{"good_fraction <= 50%", 0, 5, 5, yes, verdict.ExitPass},
		{"good_fraction <= 50%", 0, 6, 4, nil, verdict.ExitInconclusive},
		{"good_fraction <= 50%", 6, 4, 0, no, verdict.ExitFailed},
	} {
		synctest.Test(t, func(t *testing.T) {
			sc := build(t, func(sc *scenario.Scenario) { sc.SLO = []string{"tpot < 10ms", c.slo} }, "w:10/s:10s")
			doc, _ := execute(t, sc, func(i int, _ time.Duration) reply {
				switch i %= 10; {
				case i < c.good:
					return spread
				case i < c.good+c.unjudged:
					return []reply{single, piece}[i%2]
				}
				return reply{wait: 100 * time.Millisecond, tokens: 5, gap: 20 * time.Millisecond}
			})
			got := doc.Verdict.SLOs[0]
			if show(got.OK) != show(c.want) || doc.Verdict.ExitCode != c.code {
				t.Errorf("%s with %d good and %d unjudged: %s, exit %d; want %s, %d; %q", c.slo, c.good, c.unjudged,
					show(got.OK), doc.Verdict.ExitCode, show(c.want), c.code, doc.Verdict.Reasons)
			}
			if unjudged := got.Observed == nil && got.AtLeast != nil && got.AtMost != nil; unjudged != (c.unjudged > 0) {
				t.Errorf("observed %s, at least %s, at most %s", show(got.Observed), show(got.AtLeast), show(got.AtMost))
			}
		})
	}
}

// The screen does not judge them either, nor what is rebuilt of the logs.
func TestUnjudgedIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs, j := kept(t)
		sc := build(t, func(sc *scenario.Scenario) { sc.SLO = []string{"tpot < 1s", "good_fraction >= 99%"} }, "surge:40/s:5s", "calm:10/s:60s")
		f := &fake{epoch: time.Now(), answer: always(single)}
		o := options(t, sc, f, f.epoch)
		o.Journal, o.ID = j, j.ID()
		r, err := Start(o)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Second)
		s := r.Snapshot(result.View{Wave: -1, Window: 10 * time.Second})
		if w := s.Window; w.Goodput != nil || w.Unjudged == nil || *w.Unjudged == 0 {
			t.Errorf("live goodput %+v, unjudged %s", w.Goodput, show(w.Unjudged))
		}
		if live := s.SLOs[0]; live.LiveOK != nil || live.RunOK != nil || live.AtMost == nil {
			t.Errorf("live %+v", live)
		}
		doc := r.Wait()
		if rec := doc.Waves[0].Recovery; rec == nil || rec.RecoveredS != nil {
			t.Errorf("recovery %+v", rec)
		}
		again := rebuilt(t, runs, j)
		for i, w := range append(doc.Waves, doc.Total) {
			got := append(again.Waves, again.Total)[i]
			if got.Goodput != nil || show(got.Unjudged) != show(w.Unjudged) {
				t.Errorf("%s: rebuilt %+v, %s, want %s", w.Name, got.Goodput, show(got.Unjudged), show(w.Unjudged))
			}
		}
	})
}
