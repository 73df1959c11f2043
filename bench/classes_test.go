package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
)

// An asked is a request as an endpoint sees it that tells classes apart.
type asked struct {
	text string // of the last question
	turn int    // from 0
	now  time.Duration
}

// A discerning endpoint answers by what is asked, in virtual time.
type discerning struct{ *fake }

func discern(answer func(asked) reply) discerning {
	return discerning{&fake{epoch: time.Now(), said: func(text string, now time.Duration) reply {
		at := strings.LastIndexByte(text, ' ')
		turn, _ := strconv.Atoi(text[at+1:])
		return answer(asked{text[:at], turn, now})
	}}}
}

func (d discerning) Do(ctx context.Context, req *client.Request, sink client.Sink) client.Result {
	questions, last := 0, ""
	for _, m := range req.Messages {
		if m.Role == "user" {
			questions++
			last = m.Content
		}
	}
	as := *req
	as.Messages = []client.Message{{Role: "user", Content: fmt.Sprintf("%s %d", last, questions-1)}}
	res := d.fake.Do(ctx, &as, sink)
	res.Text = "answer"
	if res.Outcome == outcome.OK {
		res.Usage = client.Usage{Prompt: 10 * len(req.Messages), Output: max(res.Events, 1), From: client.FromUsage}
	}
	return res
}

// sharesOf mixes workloads of these names in equal shares, each of which asks its name.
func sharesOf(sc *scenario.Scenario, names ...string) {
	for i, name := range names {
		w := sc.Workload
		w.Prompt, w.Prompts = name, ""
		share := float64(1000/len(names)) / 1000
		if i == 0 {
			share = 1 - share*float64(len(names)-1)
		}
		sc.Mix = append(sc.Mix, scenario.Share{Name: name, Share: share, Workload: w})
	}
}

// runKept runs to the end, and answers with the run as it was and as its logs tell it.
func runKept(t *testing.T, sc *scenario.Scenario, c Client, epoch time.Time, meanwhile func(*Run)) (doc, again *result.Run) {
	t.Helper()
	runs, j := kept(t)
	o := options(t, sc, c, epoch)
	o.Journal, o.ID = j, j.ID()
	r, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	if meanwhile != nil {
		meanwhile(r)
	}
	doc = r.Wait()
	again = rebuilt(t, runs, j)
	conserved(t, doc)
	conserved(t, again)
	return doc, again
}

// added adds requests up.
func added(groups []result.Stats) (sum result.Requests) {
	for _, g := range groups {
		s := g.Requests
		sum.Scheduled += s.Scheduled
		sum.Sent += s.Sent
		sum.Succeeded += s.Succeeded
		sum.Failed += s.Failed
		sum.Dropped += s.Dropped
		sum.Unsent += s.Unsent
		sum.Unfinished += s.Unfinished
		sum.Retries += s.Retries
	}
	return sum
}

// Whatever is done to a mix of conversations and single requests: each class is conserved,
// the shares make up all requests and the turns those of conversations, sessions end in
// one way, and the logs tell all of it again.
func TestClassesAreConservedAndRebuilt(t *testing.T) {
	for seed := range uint64(10) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(seed, 7))
				sc := build(t, func(sc *scenario.Scenario) {
					sharesOf(sc, "talk", "ask", "chat")
					sc.Seed = seed + 1
					for i, turns := range []int{2 + rng.IntN(7), 1, 1 + rng.IntN(3)} {
						if sc.Mix[i].Turns = turns; turns > 1 {
							sc.Mix[i].Think = []string{"", "150ms", "exp:300ms"}[rng.IntN(3)]
						}
					}
					sc.SLO = []string{"ttft.p95 < 200ms in ask", "e2e.p90 < 1s in turn 2", "e2e < 400ms in talk"}
					sc.MaxInFlight = []int{3, 6, 1000}[rng.IntN(3)]
					sc.Overflow = []string{"queue", "drop"}[rng.IntN(2)]
					sc.Warmup = scenario.Duration(rng.IntN(2)) * scenario.Duration(time.Second)
					sc.Grace = []scenario.Duration{scenario.Duration(50 * ms), scenario.Duration(time.Minute)}[rng.IntN(2)]
				}, [][]string{{"w:30/s:6s"}, {"a:9/s..40/s:4s", "b:c3:2s"}, {"w:c3:120x"}, {"a:c2:3s", "b:20/s:3s"}}[rng.IntN(4)]...)
				var mu sync.Mutex // answers are drawn by every request in flight
				answers := rand.New(rand.NewPCG(seed, 11))
				d := discern(func(asked) reply {
					mu.Lock()
					defer mu.Unlock()
					switch answers.IntN(12) {
					case 0:
						return reply{wait: 20 * ms, outcome: outcome.ServerError}
					case 1:
						return reply{wait: 400 * ms, tokens: 2, gap: ms}
					}
					return reply{wait: 20 * ms, tokens: 4, gap: 15 * ms}
				})
				doc, again := runKept(t, sc, d, d.epoch, func(r *Run) {
					time.Sleep(sc.Warmup.D() + ms) // the warm-up nobody steers
					for range rng.IntN(4) {
						time.Sleep(time.Duration(1050+rng.IntN(1500)) * ms) // of less a log knows no rate
						switch rng.IntN(5) {
						case 0:
							r.TogglePause(0)
							time.Sleep(time.Duration(rng.IntN(2000)) * ms)
							r.TogglePause(0)
						case 1:
							r.Scale(0, []float64{0.5, 3}[rng.IntN(2)])
						case 2:
							r.Burst(0, 1+rng.IntN(40))
						case 3:
							r.NextWave(0)
						case 4:
							r.Stop()
						}
					}
				})
				if sum := added(doc.Workloads); sum != doc.Total.Requests {
					t.Errorf("the shares come to %+v, all to %+v", sum, doc.Total.Requests)
				}
				talks := doc.Workloads[:1]
				if sc.Mix[2].Turns > 1 {
					talks = []result.Stats{doc.Workloads[0], doc.Workloads[2]}
				}
				if sum, want := added(doc.Turns), added(talks); sum != want {
					t.Errorf("the turns come to %+v, conversations to %+v", sum, want)
				}
				s := doc.Sessions
				if s == nil || s.Started != s.Finished+s.Broken+s.Cut || s.Cut < 0 {
					t.Errorf("sessions %+v", s)
				}
				for _, c := range []struct {
					what      string
					want, got any
				}{
					{"workloads", doc.Workloads, again.Workloads},
					{"turns", doc.Turns, again.Turns},
					{"sessions", s, again.Sessions},
				} {
					if diff := cmp.Diff(c.want, c.got, nearly); diff != "" {
						t.Errorf("%s as rebuilt: %s", c.what, diff)
					}
				}
				for i, held := range doc.Verdict.SLOs {
					if diff := cmp.Diff(held, again.Verdict.SLOs[i], nearly); diff != "" {
						t.Errorf("%s as rebuilt: %s", held.Expr, diff)
					}
				}
			})
		})
	}
}

// nearly compares what lengths of time are in, which logs know to a second.
var nearly = cmp.FilterPath(func(p cmp.Path) bool {
	for _, name := range []string{".Rate", ".DurationS", ".LoadS", ".DrainS", ".OutputTPS", ".TotalTPS", ".ItemsPerS", ".RPS", ".Limits", ".HDR"} {
		if strings.Contains(p.GoString(), name) {
			return true
		}
	}
	return false
}, cmp.Ignore())

// An SLO on a class is held against its requests alone, whatever others do, live, at the
// end and as rebuilt; so are those on each request.
func TestSLOsOfClasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		exprs := map[string]bool{
			"ttft.p95 < 100ms in fast":         true,
			"ttft.p95 < 100ms in slow":         false,
			"ttft.p95 < 500ms in slow":         true,
			"ttft.p95 < 100ms in turn 1":       false, // half of which are slow
			"ttft.p95 < 100ms in turn 2":       true,
			"ttft.p50 < 500ms in turn 3-5":     false,
			"error_rate <= 0% in fast":         true,
			"error_rate <= 90% in turn 3-5":    true,
			"error_rate <= 5% in turn 3-5":     false,
			"rps >= 1/s in fast":               true,
			"good_fraction >= 90% in fast":     true,
			"good_fraction >= 10% in slow":     false,
			"lost <= 0 in slow":                true,
			"output_tps >= 1/s in turn 2":      true,
			"cost < $1 in slow":                true,
			"offered_rps <= 60/s in talk":      true,
			"ttft.p95 < 100ms in \"talk\"":     false,
			"ttft.p95 < 10s in w":              false, // for some fail
			"service.ttft.p95 < 500ms in slow": true,
		}
		sc := build(t, func(sc *scenario.Scenario) {
			sharesOf(sc, "fast", "slow", "talk")
			sc.Mix[2].Turns = 4
			for e := range exprs {
				sc.SLO = append(sc.SLO, e)
			}
			slices.Sort(sc.SLO)
			sc.SLO = append(sc.SLO, "ttft < 200ms in slow", "e2e < 10s in fast")
		}, "w:30/s:20s")
		d := discern(func(a asked) reply {
			switch {
			case a.text == "fast", a.text == "talk" && a.turn == 1:
				return reply{wait: 50 * ms, tokens: 2, gap: ms}
			case a.text == "slow", a.text == "talk" && a.turn == 0:
				return reply{wait: 300 * ms, tokens: 2, gap: ms}
			case int(a.now/ms)%3 == 0:
				return reply{wait: ms, outcome: outcome.ServerError}
			}
			return reply{wait: 600 * ms, tokens: 2, gap: ms}
		})
		doc, again := runKept(t, sc, d, d.epoch, func(r *Run) {
			time.Sleep(15 * time.Second)
			for _, s := range r.Snapshot(result.View{Wave: -1, Window: 10 * time.Second}).SLOs {
				want, asked := exprs[s.Expr]
				if !asked {
					want, asked = exprs[strings.ReplaceAll(s.Expr, "talk", "\"talk\"")]
				}
				if asked && (s.LiveOK == nil || *s.LiveOK != want || s.RunOK == nil || *s.RunOK != want) {
					t.Errorf("live: %+v", s)
				}
			}
			if snap := r.Snapshot(result.View{Wave: -1}); len(snap.Workloads) != 3 || len(snap.Turns) != 3 || snap.Sessions == nil {
				t.Error("a screen lacks the classes")
			}
		})
		for _, doc := range []*result.Run{doc, again} {
			for _, s := range doc.Verdict.SLOs {
				want, asked := exprs[s.Expr]
				if !asked {
					want, asked = exprs[strings.ReplaceAll(s.Expr, "talk", "\"talk\"")]
				}
				if asked && (s.OK == nil || *s.OK != want) {
					t.Errorf("%+v", s)
				}
			}
		}
		kinds := map[string]string{}
		for _, s := range doc.Verdict.SLOs {
			kinds[s.Wave] = s.Kind
		}
		if want := map[string]string{"fast": "workload", "slow": "workload", "talk": "workload", "turn 1": "turn", "turn 2": "turn", "turn 3-5": "turn", "w": ""}; !cmp.Equal(kinds, want) {
			t.Errorf("kinds %v", kinds)
		}
		if doc.Verdict.ExitCode != verdict.ExitFailed {
			t.Errorf("exit %d: %s", doc.Verdict.ExitCode, doc.Verdict.Headline)
		}
	})
}

// A class of which nothing was asked is missing data, of whatever is asserted of it.
func TestAClassNobodyAskedIsMissing(t *testing.T) {
	for _, where := range []string{"rare", "turn 6+"} {
		for _, what := range []string{"ttft.p95 < 1s", "ttft.p95 > 0s", "error_rate <= 5%", "rps < 9/s", "rps >= 0/s", "cost < $5", "dropped <= 5", "good_fraction >= 0%", "output_tps >= 0/s"} {
			t.Run(what+" in "+where, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					sc := build(t, func(sc *scenario.Scenario) {
						sharesOf(sc, "often", "rare")
						sc.Mix[0].Share, sc.Mix[1].Share = 0.999, 0.001
						sc.Mix[0].Turns, sc.Mix[0].Think = 9, "1s"
						sc.SLO = []string{what + " in " + where, "e2e.p95 < 5s"}
					}, "w:1/s:3s")
					d := discern(func(asked) reply { return reply{wait: 20 * ms, tokens: 2, gap: ms} })
					doc, again := runKept(t, sc, d, d.epoch, nil)
					if v := doc.Verdict; v.ExitCode != verdict.ExitInconclusive || !slices.Contains(v.Reasons, "no data for "+sc.SLO[0]) {
						t.Errorf("exit %d: %q", v.ExitCode, v.Reasons)
					}
					if s := again.Verdict.SLOs[0]; s.OK != nil || s.Observed != nil {
						t.Errorf("as rebuilt: %+v", s)
					}
				})
			})
		}
	}
}

// To abort on a class is to look at it alone.
func TestAbortOnAClass(t *testing.T) {
	for on, stops := range map[string]bool{"error_rate > 50% in bad": true, "error_rate > 50% in good": false, "error_rate > 50% in turn 2": true, "error_rate > 90% in turn 1": false} {
		t.Run(on, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sc := build(t, func(sc *scenario.Scenario) {
					sharesOf(sc, "good", "bad")
					sc.Mix[0].Turns, sc.Mix[0].Think = 2, "100ms"
					sc.AbortOn = []string{on}
				}, "w:20/s:30s")
				d := discern(func(a asked) reply {
					if a.text == "bad" || a.turn == 1 && strings.Contains(on, "turn") {
						return reply{wait: 10 * ms, outcome: outcome.ServerError}
					}
					return reply{wait: 10 * ms, tokens: 2, gap: ms}
				})
				doc, _ := runKept(t, sc, d, d.epoch, nil)
				if got := doc.Verdict.ExitCode == verdict.ExitStopped; got != stops {
					t.Errorf("exit %d: %s", doc.Verdict.ExitCode, doc.Verdict.Headline)
				}
				if s := doc.Sessions; s.Started != s.Finished+s.Broken+s.Cut {
					t.Errorf("sessions %+v", s)
				}
			})
		})
	}
}

// A budget that ends in the middle of sessions is never exceeded, and leaves nothing
// uncounted.
func TestABudgetAmidSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) {
			sharesOf(sc, "talk", "ask")
			sc.Mix[0].Turns, sc.Mix[0].Think = 5, "300ms"
			for i := range sc.Mix {
				sc.Mix[i].MaxTokens = 20
			}
			sc.Budget = 0.05
			sc.Price = &scenario.Price{Input: 10, Output: 20}
		}, "w:20/s:60s")
		d := discern(func(asked) reply { return reply{wait: 200 * ms, tokens: 10, gap: 20 * ms} })
		doc, _ := runKept(t, sc, d, d.epoch, nil)
		s := doc.Sessions
		if doc.Verdict.ExitCode != verdict.ExitStopped || doc.Total.Cost.Total > sc.Budget {
			t.Errorf("exit %d, %v spent", doc.Verdict.ExitCode, doc.Total.Cost.Total)
		}
		if s.Started != s.Finished+s.Broken+s.Cut || s.Cut == 0 || added(doc.Workloads) != doc.Total.Requests {
			t.Errorf("sessions %+v", s)
		}
	})
}

// A run that goes on where another ended asks what that did not: each of its sessions and
// of its single requests.
func TestRepeatedMixesGoOn(t *testing.T) {
	var asked [2]map[string]bool
	var first []uint64
	for i := range asked {
		asked[i] = map[string]bool{}
		synctest.Test(t, func(t *testing.T) {
			sc := build(t, func(sc *scenario.Scenario) {
				mixOf(sc)
				sc.Mix[0].Turns, sc.Mix[2].Turns = 3, 2
				for i := range sc.Mix {
					sc.Mix[i].Prompts = fmt.Sprintf("synthetic:%d", 16+8*i)
				}
			}, "w:20/s:10s")
			a := &talker{fake: &fake{epoch: time.Now(), answer: always(reply{wait: 30 * ms, tokens: 4, gap: 10 * ms})}}
			o := options(t, sc, a, a.epoch)
			o.FirstPrompts = first
			r, err := Start(o)
			if err != nil {
				t.Fatal(err)
			}
			doc := r.Wait()
			conserved(t, doc)
			first = doc.NextPrompts()
			for _, s := range a.turns {
				asked[i][s.said[len(s.said)-1]] = true
			}
			if n := int64(len(asked[i])); n != doc.Total.Requests.Sent {
				t.Errorf("%d questions of %d requests", n, doc.Total.Requests.Sent)
			}
		})
	}
	for text := range asked[1] {
		if asked[0][text] {
			t.Fatalf("%q was asked again", text)
		}
	}
}
