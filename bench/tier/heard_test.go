package tier

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flashwave/bench/result"
	"flashwave/client"
	"flashwave/client/outcome"
	"flashwave/client/queue"
	"flashwave/client/tap"
)

// Whatever is heard of calls, in whatever order, of tasks of this run and of others: each call
// counts once, and is over or open.
func TestCallsAreConserved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		heard := map[string]bool{}
		h := newHearing(2, func(c queue.Call) (class int, first, ours bool) {
			var number int
			if n, _ := fmt.Sscanf(c.Task, "fw-%d", &number); n == 0 {
				return 0, false, false
			}
			if c.New {
				first, heard[c.Task] = !heard[c.Task], true
			}
			return number % 2, first, true
		})
		type id struct {
			tap  string
			call uint64
		}
		tasks, over := map[id]string{}, map[id]bool{}
		var events, usages int64
		for range rapid.IntRange(0, 150).Draw(t, "records") {
			of := id{rapid.SampledFrom([]string{"a", "b"}).Draw(t, "tap"), rapid.Uint64Range(1, 40).Draw(t, "call")}
			if over[of] {
				continue // a follower tells each record once, and this was the last of the call
			}
			task, known := tasks[of]
			if !known {
				task = rapid.SampledFrom([]string{"", "fw-1", "fw-2", "fw-3", "fw-4", "theirs"}).Draw(t, "task")
				tasks[of] = task
			}
			r := tap.Heard{Record: tap.Record{Call: of.call, Task: task}, Tap: of.tap, TTFT: client.Never}
			if rapid.Bool().Draw(t, "over") { // its beginning may have been missed
				over[of] = true
				r.Ended = &tap.Ending{Outcome: rapid.SampledFrom(outcome.All()).Draw(t, "outcome")}
				ours := task != "" && task != "theirs"
				switch rapid.IntRange(0, 2).Draw(t, "tokens") {
				case 0:
					r.Ended.Tokens = &tap.Tokens{Prompt: 3, Output: 2, From: client.FromUsage}
					if ours {
						usages++
					}
				case 1:
					r.Ended.Tokens = &tap.Tokens{Output: 5, From: client.FromEvents}
					if ours {
						events++
					}
				}
				r.TTFT = time.Second
			} else if known {
				continue
			}
			h.hear(r)
		}
		doc := &result.Tier{Classes: make([]result.TierClass, 2)}
		h.addTo(doc, tap.FollowStats{}, true)
		var none, others, ended int64
		for of, task := range tasks {
			switch task {
			case "":
				none++
				others++
			case "theirs":
				others++
			default:
				if over[of] {
					ended++
				}
			}
		}
		p, c := doc.Tap, doc.Total.Calls
		if p.Calls != int64(len(tasks)) || p.Unmatched != others || p.NoTask != none || p.Matched != p.Calls-others || p.Matched != c.Calls {
			t.Fatalf("%+v of %d calls, %d of others, %d of nobody", p, len(tasks), others, none)
		}
		for _, c := range []*result.TierCalls{doc.Classes[0].Calls, doc.Classes[1].Calls, c} {
			var sum int64
			for _, n := range c.Outcomes {
				sum += n
			}
			if c.Calls != c.Ended+c.Open || c.Calls != c.Tasks+c.Retries || sum != c.Ended {
				t.Fatalf("%+v", c)
			}
		}
		if c.Ended != ended || c.Tasks != int64(len(heard)) || c.Tokens.Told != events+usages {
			t.Fatalf("%+v, want %d ended of %d tasks", c, ended, len(heard))
		}
		if l := doc.Total.Latency.TTFT; (l == nil) != (ended == 0) || l != nil && l.Count != ended {
			t.Fatalf("TTFT %+v of %d", l, ended)
		}
		checkSpent(t, c.Tokens, usages, events)
	})
}

// checkSpent checks tokens: what nobody told is not there.
func checkSpent(t *rapid.T, got result.TierTokens, usages, events int64) {
	is := func(n *int64, known bool, want int64) bool { return (n != nil) == known && (n == nil || *n == want) }
	from := map[[2]bool]string{{true, false}: "usage", {false, true}: "events", {true, true}: "mixed"}[[2]bool{usages > 0, events > 0}]
	if !is(got.Prompt, usages > 0, 3*usages) || !is(got.Output, usages+events > 0, 2*usages+5*events) || !is(got.Reasoning, usages > 0, 0) || got.CacheWritten != nil ||
		(got.From == nil) != (from == "") || got.From != nil && *got.From != from {
		t.Fatalf("%+v of %d usages and %d events", got, usages, events)
	}
}
