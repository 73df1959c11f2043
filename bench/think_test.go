package bench

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/scenario"
)

// A log of our own conversations is replayed as it was: each begins when it did, and each
// question comes as long after its answer, whatever the endpoint does meanwhile.
func TestConversationsReplayed(t *testing.T) {
	for _, c := range []struct {
		name  string
		speed float64
		took  time.Duration // an answer, when it is replayed
	}{
		{"as it was", 1, 60 * ms},
		{"by a slower endpoint", 1, 500 * ms},
		{"twice as fast", 2, 60 * ms},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "requests.jsonl")
			var sent, again []spoken
			synctest.Test(t, func(t *testing.T) {
				sc := build(t, func(sc *scenario.Scenario) { sc.Workload.Turns, sc.Workload.Think = 4, "exp:700ms" }, "w:2/s:10s", "rest:0.01/s:10s")
				a := &talker{fake: &fake{epoch: time.Now(), answer: always(reply{wait: 30 * ms, tokens: 4, gap: 10 * ms})}}
				var log bytes.Buffer
				o := options(t, sc, a, a.epoch)
				o.Requests = &log
				r, err := Start(o)
				if err != nil {
					t.Fatal(err)
				}
				r.Wait()
				if err := os.WriteFile(path, log.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
				sent = a.turns
			})
			synctest.Test(t, func(t *testing.T) {
				sc := build(t, func(sc *scenario.Scenario) {
					sc.Workload.Prompts, sc.Workload.Think = "builtin:product-copy-vi", "trace"
				},
					fmt.Sprintf("w:trace=%s@%g", path, c.speed), "rest:0.001/s:60s")
				a := &talker{fake: &fake{epoch: time.Now(), answer: always(reply{wait: c.took - 30*ms, tokens: 4, gap: 10 * ms})}}
				r, err := Start(options(t, sc, a, a.epoch))
				if err != nil {
					t.Fatal(err)
				}
				doc := r.Wait()
				conserved(t, doc)
				if s := doc.Sessions; s == nil || s.Finished != s.Started || s.Started != 20 || len(doc.Turns) != 3 {
					t.Errorf("sessions %+v, %d turns", s, len(doc.Turns))
				}
				again = a.turns
			})
			want, got := thoughts(t, sent), thoughts(t, again)
			if len(want) != 60 || len(got) != len(want) {
				t.Fatalf("%d times to think, %d replayed", len(want), len(got))
			}
			for i, d := range want {
				if math.Abs(got[i]-d/c.speed) > 1e-5 {
					t.Errorf("%g s to think, want %g", got[i], d/c.speed)
				}
			}
		})
	}
}

// thoughts are how long after their answers questions were sent, in seconds, in order.
func thoughts(t *testing.T, turns []spoken) (list []float64) {
	t.Helper()
	done := map[string]time.Duration{} // by what was said up to the answer
	slices.SortStableFunc(turns, func(a, b spoken) int { return int(a.sent - b.sent) })
	for _, s := range turns {
		if n := len(s.said); n > 1 {
			before, ok := done[strings.Join(s.said[:n-2], "\n")]
			if !ok {
				t.Fatalf("before %q nothing of it was answered", s.said)
			}
			list = append(list, (s.sent - before).Seconds())
		}
		done[strings.Join(s.said, "\n")] = s.done
	}
	slices.Sort(list)
	return list
}

// Where a trace knows no end of an answer the time to think is all the time between two
// questions; what begins in no session is a conversation of one question; a window, a
// scale and a number of turns hold for sessions.
func TestThinkTimesOfATrace(t *testing.T) {
	const burst = "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n" +
		"5,7,0.5,GPT-4,100,20,120,Conversation log\n6,,1,GPT-4,40,10,50,API log\n7,7,,GPT-4,200,20,220,Conversation log\n9,7,1,GPT-4,300,20,320,Conversation log\n"
	for _, c := range []struct {
		name, trace string
		turns       int
		want        []time.Duration
	}{
		{"all", "", 0, []time.Duration{0, 1000 * ms, 1600 * ms, 3700 * ms}}, // 1.5 s after an answer of 0.1 s; 2 s after another
		{"two turns", "", 2, []time.Duration{0, 1000 * ms, 1600 * ms}},
		{"twice as fast", "@2", 0, []time.Duration{0, 500 * ms, 850 * ms, 1950 * ms}},
		{"a window", "#1s..", 0, []time.Duration{0, 1000 * ms, 3100 * ms}},
		{"twice as many", "@1x2", 0, []time.Duration{0, 500 * ms, 1000 * ms, 1000 * ms, 1600 * ms, 2100 * ms, 3700 * ms, 4200 * ms}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "burst.csv")
			if err := os.WriteFile(path, []byte(burst), 0o600); err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				sc := build(t, func(sc *scenario.Scenario) {
					sc.Workload.Prompts, sc.Workload.Think, sc.Workload.Turns = "builtin:product-copy-vi", "trace", c.turns
				}, "w:trace="+path+c.trace, "rest:0.01/s:9s")
				a := &talker{fake: &fake{epoch: time.Now(), answer: always(reply{wait: 100 * ms, tokens: 1})}}
				r, err := Start(options(t, sc, a, a.epoch))
				if err != nil {
					t.Fatal(err)
				}
				conserved(t, r.Wait())
				var got []time.Duration
				for _, s := range a.turns {
					got = append(got, s.sent.Round(ms))
				}
				slices.Sort(got)
				if !slices.Equal(got, c.want) {
					t.Errorf("sent at %v, want %v", got, c.want)
				}
			})
		})
	}
}
