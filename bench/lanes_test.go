package bench

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
)

// asks gives each lane a prompt of its own, which is its name.
func asks(sc *scenario.Scenario) {
	for i := range sc.Lanes {
		w := sc.Workload
		w.Prompt, w.Prompts = sc.Lanes[i].Name, ""
		sc.Lanes[i].Workload = &w
	}
}

// ceilings answers each lane by a server of its own, at so many requests/s at most; a
// lane without one is answered in a millisecond.
func ceilings(perSecond map[string]float64) func(string, time.Duration) reply {
	var mu sync.Mutex
	free := map[string]time.Duration{}
	return func(lane string, now time.Duration) reply {
		rate, bounded := perSecond[lane]
		if !bounded {
			return reply{wait: time.Millisecond, tokens: 1}
		}
		mu.Lock()
		defer mu.Unlock()
		free[lane] = max(free[lane], now) + time.Duration(float64(time.Second)/rate)
		return reply{wait: free[lane] - now, tokens: 1}
	}
}

// firstEnd is when the first of the lanes will end.
func firstEnd(run *Run) time.Duration {
	ends := map[string]time.Duration{}
	for _, w := range run.Snapshot(result.View{Wave: -1}).Waves {
		ends[w.Lane] = w.Started + w.Length
	}
	return slices.Min(slices.Collect(maps.Values(ends)))
}

// A lane that falls behind is seen, live, in the verdict and in a run rebuilt from its
// logs, however much is served of its neighbours; and they are not said to.
func TestALaneThatFallsBehindIsSeen(t *testing.T) {
	for _, c := range []struct {
		name     string
		waves    []string
		ceilings map[string]float64
		want     string // of the headline; "": it was held
		lane     string // of the event; "": there is none
	}{
		{
			"beside a large one that is served",
			[]string{"sale/rush:40/s:20s", "chat/steady:250/s:20s"},
			map[string]float64{"sale": 29.8},
			"could not keep up in sale/rush: 29.8 of 40.0 requests/s served", "sale",
		},
		{
			"beside a closed one",
			[]string{"sale/rush:40/s:20s", "bulk/all:c2:20s"},
			map[string]float64{"sale": 29.8},
			"could not keep up in sale/rush: 29.8 of 40.0 requests/s served", "sale",
		},
		{
			"after a wave that was served",
			[]string{"sale/calm:10/s:15s", "sale/rush:40/s:15s", "chat/steady:250/s:35s"},
			map[string]float64{"sale": 29.8},
			"could not keep up in sale/rush: 29.8 of 40.0 requests/s served", "sale",
		},
		{
			"with three lanes",
			[]string{"a/x:50/s:20s", "b/y:20/s:20s", "c/z:250/s:20s"},
			map[string]float64{"a": 45, "b": 10},
			"could not keep up in b/y: 10.0 of 20.0 requests/s served", "b",
		},
		{"none does", []string{"sale/rush:40/s:20s", "chat/steady:250/s:20s"}, map[string]float64{"sale": 60}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				runs, j := kept(t)
				f := &fake{epoch: time.Now(), said: ceilings(c.ceilings)}
				o := options(t, build(t, asks, c.waves...), f, f.epoch)
				o.Journal, o.ID = j, j.ID()
				run, err := Start(o)
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(firstEnd(run) - 1500*ms)
				live := run.Snapshot(result.View{Wave: -1}).Now.Overload
				doc := run.Wait()
				conserved(t, doc)
				var seen []string
				for _, e := range doc.Events {
					if e.Kind == result.Overloaded {
						seen = append(seen, e.Lane)
						if !strings.HasPrefix(e.Text, "cannot keep up in "+e.Lane+"/") {
							t.Errorf("event %q", e.Text)
						}
					}
				}
				if c.want == "" {
					if !strings.HasPrefix(doc.Verdict.Headline, "held 250.0 requests/s in chat/steady,") || len(seen) > 0 || live != nil {
						t.Errorf("headline %q, events of %q, live %+v", doc.Verdict.Headline, seen, live)
					}
					return
				}
				if !strings.HasPrefix(doc.Verdict.Headline, c.want) || doc.Verdict.ExitCode != verdict.ExitInconclusive {
					t.Errorf("headline %q, exit %d", doc.Verdict.Headline, doc.Verdict.ExitCode)
				}
				if !slices.Contains(seen, c.lane) || live == nil || live.Lane != c.lane {
					t.Errorf("events of %q, live %+v, want %s", seen, live, c.lane)
				}
				for _, lane := range seen {
					if _, behind := c.ceilings[lane]; !behind {
						t.Errorf("%s is said to be overloaded", lane)
					}
				}
				got := rebuilt(t, runs, j)
				conserved(t, got)
				if !slices.ContainsFunc(got.Verdict.Reasons, func(r string) bool { return strings.HasPrefix(r, c.want) }) {
					t.Errorf("rebuilt: %q, the run itself said %q", got.Verdict.Reasons, doc.Verdict.Headline)
				}
			})
		})
	}
}

// The rows of the lanes are the rows of the run, taken apart: of the same instants, with
// the same requests and latencies between them, and what is open in each is what it has
// scheduled and not seen the end of.
func TestRowsOfLanesAddUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{epoch: time.Now(), said: ceilings(map[string]float64{"a": 15, "b": 90})}
		sc := build(t, func(sc *scenario.Scenario) { asks(sc); warm(2 * time.Second)(sc); sc.MaxInFlight = 60 },
			"a/calm:5/s:5s", "a/rush:30/s:7s", "b/steady:c20:9s", "c/x:50/s:3s")
		run, err := Start(options(t, sc, f, f.epoch))
		if err != nil {
			t.Fatal(err)
		}
		doc := run.Wait()
		conserved(t, doc)
		lanes := run.account.Ledger.Lanes()
		if len(lanes) != 3 {
			t.Fatalf("%d lanes", len(lanes))
		}
		open := map[string]int64{}
		for i, row := range doc.Timeline {
			var sum result.Counts
			var ttft int64
			for name, rows := range lanes {
				r := rows[i]
				if r.TS != row.TS || r.StepS != row.StepS || len(rows) != len(doc.Timeline) {
					t.Fatalf("%s: a row from %g, %g s long, in place of %g, %g s", name, r.TS, r.StepS, row.TS, row.StepS)
				}
				c := r.Counts
				sum.Scheduled, sum.Sent, sum.Succeeded, sum.Failed = sum.Scheduled+c.Scheduled, sum.Sent+c.Sent, sum.Succeeded+c.Succeeded, sum.Failed+c.Failed
				sum.RateLimited, sum.Dropped, sum.Unsent, sum.Unfinished = sum.RateLimited+c.RateLimited, sum.Dropped+c.Dropped, sum.Unsent+c.Unsent, sum.Unfinished+c.Unfinished
				open[name] += c.Scheduled - c.Dropped - c.Unsent - c.Succeeded - c.Failed - c.Unfinished
				if r.InFlight+r.Queued != open[name] || r.InFlight < 0 || r.Queued < 0 {
					t.Errorf("%s at %g s: %d in flight and %d queued, want %d", name, r.TS, r.InFlight, r.Queued, open[name])
				}
				if l := r.Latency.TTFT.Response; l != nil {
					ttft += l.Count
				}
			}
			c := row.Counts
			if c.Good, c.Unjudged = nil, nil; sum != c { // which of a lane's are good is not asked
				t.Errorf("at %g s the lanes count %+v, the run %+v", row.TS, sum, c)
			}
			if l := row.Latency.TTFT.Response; l != nil && l.Count != ttft {
				t.Errorf("at %g s the lanes have %d latencies, the run %d", row.TS, ttft, l.Count)
			}
		}
	})
}

// However long an answer takes, a rate that is held is held as it was offered; and
// what is good of it is no more than what succeeded, in a document as in its SLOs.
func TestHeldIsWithoutTheFill(t *testing.T) {
	for _, c := range []struct {
		waves []string
		wait  time.Duration
		want  string
	}{
		{[]string{"w:20/s:30s"}, 8 * time.Second, "held 20.0 requests/s"},
		{[]string{"w:20/s:30s"}, 8300 * ms, "held 20.0 requests/s"},
		{[]string{"w:18/s:40s"}, 1700 * ms, "held 18.0 requests/s"},
		{[]string{"w:20/s:30s"}, 50 * ms, "held 20.0 requests/s"},
		{[]string{"x/a:20/s:30s", "y/b:5/s:40s"}, 8300 * ms, "held 20.0 requests/s in x/a"},
		{[]string{"w:c40:30s"}, 8 * time.Second, "held 5.00 requests/s"},
	} {
		synctest.Test(t, func(t *testing.T) {
			doc, _ := execute(t, build(t, func(sc *scenario.Scenario) { sc.SLO = []string{"e2e < 20s", "goodput <= 20.001/s"} }, c.waves...), always(reply{wait: c.wait, tokens: 1}))
			if !strings.HasPrefix(doc.Verdict.Headline, c.want+",") {
				t.Errorf("%v, an answer takes %s: %s", c.waves, c.wait, doc.Verdict.Headline)
			}
			for _, w := range append(doc.Waves, doc.Total) {
				if math.Abs(w.Goodput.RPS-*w.Rate.Succeeded) > 1e-9 || w.Goodput.GoodFraction != 1 {
					t.Errorf("%v, an answer takes %s, %s: goodput %+v, %g/s succeeded", c.waves, c.wait, w.Name, w.Goodput, *w.Rate.Succeeded)
				}
			}
			if slo := doc.Verdict.SLOs[0]; slo.Observed == nil || math.Abs(*slo.Observed-doc.Total.Goodput.RPS) > 1e-9 {
				t.Errorf("the SLO observed %+v, the document %+v", slo.Observed, doc.Total.Goodput)
			}
		})
	}
}

// What the warm-up asked for is in no row, however late it is answered and however it
// ends: see conserved, which adds them up. It is in flight all the same.
func TestNoRowCountsTheWarmup(t *testing.T) {
	for _, load := range []string{"c10:5s", "20/s:5s"} {
		for _, outcome := range []reply{
			{wait: 1500 * ms, tokens: 5, gap: 100 * ms},
			{wait: 1500 * ms, outcome: "rate_limited"},
			{wait: 1500 * ms, tokens: 3, gap: 100 * ms, outcome: "truncated"},
			{wait: ms, tokens: 30, gap: 100 * ms},
		} {
			synctest.Test(t, func(t *testing.T) {
				doc, f := execute(t, build(t, warm(2*time.Second), "w:"+load), always(outcome))
				if _, sent := f.state(); int64(sent) <= doc.Total.Requests.Sent {
					t.Error("the warm-up sent nothing")
				}
			})
		}
	}
}

// Where nobody told of tokens, no price is known and nothing says which request is good,
// documents say so, and a run rebuilt from its logs as well; a count that is 0 stays 0.
func TestNoDataIsNull(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer reply
		usage  bool // the endpoint told of tokens
		events bool // they were counted
	}{
		{"usage", reply{wait: 10 * ms, tokens: 3, gap: ms}, true, true},
		{"events alone", reply{wait: 10 * ms, tokens: 3, gap: ms}, false, true},
		{"nothing", reply{wait: 10 * ms, mute: true}, false, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			runs, j := kept(t)
			answer := c.answer
			if c.usage {
				answer.usage.Prompt, answer.usage.Output, answer.usage.From = 7, 3, "usage"
			}
			f := &fake{epoch: time.Now(), answer: func(i int, _ time.Duration) reply {
				if i == 20 {
					return reply{wait: ms, outcome: "rate_limited", mute: true}
				}
				return answer
			}}
			o := options(t, build(t, func(sc *scenario.Scenario) { sc.SLO = []string{"error_rate < 50%", "output_tps >= 1/s"} }, "w:20/s:5s"), f, f.epoch)
			o.Journal, o.ID, o.Price = j, j.ID(), nil
			run, err := Start(o)
			if err != nil {
				t.Fatal(err)
			}
			for _, doc := range []*result.Run{run.Wait(), rebuilt(t, runs, j)} {
				conserved(t, doc)
				text, err := json.Marshal(doc)
				if err != nil {
					t.Fatal(err)
				}
				var plain map[string]any
				if err := json.Unmarshal(text, &plain); err != nil {
					t.Fatal(err)
				}
				at := func(path string) any {
					var v any = plain
					for key := range strings.SplitSeq(path, ".") {
						switch in := v.(type) {
						case map[string]any:
							have, ok := in[key]
							if !ok {
								t.Errorf("%s: there is no %s", c.name, path)
							}
							v = have
						case []any:
							v = in[0]
						}
					}
					return v
				}
				for path, known := range map[string]bool{
					"total.tokens.prompt": c.usage, "total.tokens.cached": c.usage, "total.tokens.reasoning": c.usage, "total.tokens.total_tps": c.usage,
					"total.tokens.output": c.events, "total.tokens.output_tps": c.events, "total.tokens.tokens_from": c.events,
					"waves.0.tokens.prompt": c.usage, "waves.0.tokens.output": c.events,
					"timeline.0.output_tps": c.events, "timeline.0.cost_usd": false, "timeline.0.counts.good": false,
					"total.cost_usd": false, "total.goodput": false,
					"total.rate_limits.tpm_at_first_429": c.usage, "total.rate_limits.rpm_at_first_429": true,
					"timeline.0.counts.failed": true, "timeline.0.counts.dropped": true, "total.requests.dropped": true,
				} {
					if v := at(path); (v != nil) != known {
						t.Errorf("%s: %s is %v", c.name, path, v)
					}
				}
				if slo := doc.Verdict.SLOs[1]; (slo.OK != nil) != c.events {
					t.Errorf("%s: %+v", c.name, slo)
				}
			}
		})
	}
}

// A wave that never began did so at no time.
func TestWavesThatNeverBegan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs, j := kept(t)
		f := &fake{epoch: time.Now(), answer: always(reply{wait: 10 * ms, tokens: 1})}
		o := options(t, build(t, nil, "a:5/s:5s", "b:5/s:5s", "c:c2:10x", "d:5/s:5s"), f, f.epoch)
		o.Journal, o.ID = j, j.ID()
		run, err := Start(o)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(7 * time.Second)
		run.Stop()
		for _, doc := range []*result.Run{run.Wait(), rebuilt(t, runs, j)} {
			conserved(t, doc)
			for i, begun := range []bool{true, true, false, false} {
				w := doc.Waves[i]
				if at := w.StartedS; (at != nil) != begun || begun && *at != float64(5*i) || (w.Rate.Offered != nil) != begun {
					t.Errorf("%s began at %v, offered %v", w.Name, at, w.Rate.Offered)
				}
			}
		}
	})
}
