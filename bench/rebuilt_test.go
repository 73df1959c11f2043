package bench

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/store"
	"flashwave/client"
	"flashwave/client/outcome"
)

// kept is a store for one run.
func kept(t *testing.T) (*store.Store, *store.Journal) {
	t.Helper()
	runs, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	j, err := runs.Create(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return runs, j
}

// rebuilt is the run of a journal as its logs tell it.
func rebuilt(t *testing.T, runs *store.Store, j *store.Journal) *result.Run {
	t.Helper()
	if err := os.Remove(filepath.Join(j.Dir(), "run.json")); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	doc, err := runs.Load("latest")
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// What no count of a second tells is rebuilt all the same: backlogs, how rate limits
// were met, the steady rate, recoveries, the prompts of a warm-up, shortages.
func TestRebuiltRunKnowsWhatTheRunKnew(t *testing.T) {
	answered := reply{wait: 50 * ms, tokens: 1, usage: client.Usage{Prompt: 40, Output: 100, From: client.FromUsage}}
	for _, c := range []struct {
		name   string
		change func(*scenario.Scenario)
		waves  []string
		answer func(i int, now time.Duration) reply
		known  func(*result.Run) bool // the run knows what is looked at here
	}{
		{"recovered", slo1s, sale, func(_ int, now time.Duration) reply {
			if now > 30*time.Second && now < 65*time.Second {
				return reply{wait: 3 * time.Second, tokens: 1}
			}
			return answered
		}, func(doc *result.Run) bool { return doc.Waves[1].Recovery.RecoveredS != nil }},
		{"never recovered", slo1s, sale, func(_ int, now time.Duration) reply {
			if now > 30*time.Second {
				return reply{wait: 3 * time.Second, tokens: 1}
			}
			return answered
		}, func(doc *result.Run) bool { return doc.Waves[1].Recovery.RecoveredS == nil }},
		{"two surges", slo1s, []string{"a:2/s:20s", "b:20/s:10s", "c:4/s:60s", "d:20/s:10s", "e:4/s:60s"}, always(answered), func(doc *result.Run) bool {
			return doc.Waves[1].Recovery != nil && doc.Waves[3].Recovery != nil
		}},
		{"a backlog", func(sc *scenario.Scenario) { sc.MaxInFlight = 10 }, []string{"calm:10/s:5s", "rush:100/s:5s", "after:10/s:15s"}, func(_ int, now time.Duration) reply {
			if now > 6*time.Second && now < 8500*ms {
				return reply{wait: 8500*ms - now, tokens: 1}
			}
			return answered
		}, func(doc *result.Run) bool { return doc.Total.Backlog.Peak > 100 }},
		{"rate limits", nil, []string{"a:10/s:30s", "b:20/s:30s"}, func(i int, now time.Duration) reply {
			if now > 20*time.Second && i%3 == 0 {
				return refusal
			}
			return answered
		}, func(doc *result.Run) bool { return doc.Waves[1].RateLimits.RPMAtFirst429 != nil }},
		{"closed", nil, []string{"w:c5:20s"}, uneven, func(doc *result.Run) bool { return doc.Total.Rate.Steady != nil }},
		{"two lanes and a warm-up", warm(5 * time.Second), []string{"a/x:c3:20s", "b/y:10/s:20s"}, uneven, func(doc *result.Run) bool {
			return doc.Prompts[0].Count > doc.Waves[0].Requests.Scheduled
		}},
		{"shortages", nil, []string{"w:10/s:5s"}, func(i int, _ time.Duration) reply {
			if i%4 == 0 {
				return reply{wait: ms, outcome: client.Connect, short: outcome.Files}
			}
			return answered
		}, func(doc *result.Run) bool { return len(doc.Waves[0].Shortages) > 0 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				runs, j := kept(t)
				f := &fake{epoch: time.Now(), answer: c.answer}
				o := options(t, build(t, c.change, c.waves...), f, f.epoch)
				o.Journal, o.ID = j, j.ID()
				run, err := Start(o)
				if err != nil {
					t.Fatal(err)
				}
				want := run.Wait()
				if !c.known(want) {
					t.Fatal("the run itself does not know it")
				}
				got := rebuilt(t, runs, j)
				conserved(t, got)
				for i, w := range append([]result.Stats{want.Total}, want.Waves...) {
					g := append([]result.Stats{got.Total}, got.Waves...)[i]
					if diff := cmp.Diff(special(w), special(g)); diff != "" {
						t.Errorf("%s: %s", w.Name, diff)
					}
				}
				if diff := cmp.Diff(want.Prompts, got.Prompts); diff != "" {
					t.Errorf("prompts: %s", diff)
				}
				if want, got := found(want), found(got); !cmp.Equal(want, got) {
					t.Errorf("findings %v, want %v", got, want)
				}
			})
		})
	}
}

func slo1s(sc *scenario.Scenario) { sc.SLO = []string{"ttft.p95 < 1s"} }

// special is what no count of a second tells.
func special(s result.Stats) (v struct {
	Backlog    *result.Backlog
	Recovery   *result.Recovery
	RateLimits *result.RateLimits
	Steady     *float64
	Shortages  map[outcome.Shortage]int64
},
) {
	v.Backlog, v.Recovery, v.RateLimits, v.Steady, v.Shortages = s.Backlog, s.Recovery, s.RateLimits, s.Rate.Steady, s.Shortages
	return v
}

// found are the findings of a run, less that it was cut off.
func found(doc *result.Run) (list []result.FindingKind) {
	for _, f := range doc.Generator.Findings {
		if f.Kind != result.FoundCutOff {
			list = append(list, f.Kind)
		}
	}
	return list
}

// A run that is killed loses what came after the last full second, and no more: what was
// known by then stands. Requests that hang after a surge are no sign of recovery.
func TestKilledRunKnowsTheLastSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs, j := kept(t)
		f := &fake{epoch: time.Now(), answer: func(i int, now time.Duration) reply {
			if now > 40*time.Second && i%5 == 0 {
				return reply{wait: time.Hour}
			}
			return reply{wait: 50 * ms, tokens: 1}
		}}
		o := options(t, build(t, slo1s, sale...), f, f.epoch)
		o.Journal, o.ID = j, j.ID()
		run, err := Start(o)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(110*time.Second + 700*ms)
		synctest.Wait()
		log := filepath.Join(j.Dir(), "events.jsonl")
		var text []byte
		for range 1000 { // the journal's own goroutine writes to a real disk
			if text, err = os.ReadFile(log); err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(text, []byte(`"t_s":109,`)) {
				break
			}
			time.Sleep(10 * time.Microsecond)
		}
		got := rebuilt(t, runs, j)
		conserved(t, got)
		r := got.Waves[1].Recovery
		if r == nil || r.RecoveredS != nil || r.WithinS != 70 || got.Total.Backlog.Peak < 10 {
			t.Errorf("%+v, %+v", r, got.Total.Backlog)
		}
		if got.Prompts[0].Count < got.Total.Requests.Scheduled {
			t.Errorf("%d prompts of %d requests", got.Prompts[0].Count, got.Total.Requests.Scheduled)
		}
		run.Stop()
		run.Stop()
		run.Wait()
	})
}

// whenGood is where a log says how many good requests ended in the time of a wave.
var whenGood = regexp.MustCompile(`("here":{[^}]*),"good":\d+`)

// A log that an earlier version wrote says nothing of all that, and reads.
func TestOlderLogsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs, j := kept(t)
		f := &fake{epoch: time.Now(), answer: uneven}
		o := options(t, build(t, func(sc *scenario.Scenario) { sc.SLO = []string{"e2e < 1m"} }, "w:c5:5s"), f, f.epoch)
		o.Journal, o.ID = j, j.ID()
		run, err := Start(o)
		if err != nil {
			t.Fatal(err)
		}
		want := run.Wait()
		log := filepath.Join(j.Dir(), "events.jsonl")
		text, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		var older bytes.Buffer
		for line := range bytes.Lines(text) {
			if i := bytes.Index(line, []byte(`,"standing":`)); i >= 0 {
				line = append(bytes.Clone(line[:i]), '}', '\n')
			}
			older.Write(whenGood.ReplaceAll(line, []byte("$1")))
		}
		if older.Len() == len(text) {
			t.Fatal("nothing was taken out")
		}
		if err := os.WriteFile(log, older.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		got := rebuilt(t, runs, j)
		conserved(t, got)
		if g, ok := got.Total.Goodput, *got.Total.Rate.Succeeded; g == nil || g.GoodFraction != 1 || math.Abs(g.RPS/ok-1) > 0.05 {
			t.Errorf("goodput %+v of %g/s that succeeded", g, ok)
		}
		if got.Total.Backlog != nil || got.Total.Requests != want.Total.Requests || got.Prompts[0].Count != want.Prompts[0].Count {
			t.Errorf("%+v, %+v", got.Total.Backlog, got.Total.Requests)
		}
	})
}
