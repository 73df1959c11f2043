package bench

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
	"flashwave/client"
)

// refusing answers every request with a failure after wait.
func refusing(o client.Outcome, wait, retryAfter time.Duration) func(int, time.Duration) reply {
	r := reply{wait: wait, outcome: o}
	if retryAfter != 0 {
		r.limits = client.Limits{RetryAfter: retryAfter, LimitRequests: -1, RemainingRequests: -1, LimitTokens: -1, RemainingTokens: -1}
	}
	return always(r)
}

// An endpoint that refuses at once is not flooded, whatever it says and however
// soon.
func TestRefusalsMakeNoFlood(t *testing.T) {
	for _, c := range []struct {
		name        string
		answer      func(int, time.Duration) reply
		load        string
		least, most int64 // scheduled
		waits       int64 // -1: as many as failed
		longest     float64
	}{
		{"429 with Retry-After beyond the wave", refusing(client.RateLimited, ms, 10*time.Second), "c20:3s", 20, 20, -1, 3},
		{"429 with Retry-After in a year", refusing(client.RateLimited, ms, 365*24*time.Hour), "c20:3s", 20, 20, -1, 3},
		{"429 with Retry-After within the wave", refusing(client.RateLimited, ms, time.Second), "c20:3s", 60, 60, -1, 1},
		{"429 with Retry-After in the past", refusing(client.RateLimited, ms, -time.Second), "c20:3s", 120, 260, -1, 1},
		{"429 that says try again now", refusing(client.RateLimited, ms, time.Nanosecond), "c20:3s", 120, 260, -1, 1},
		{"429 without", refusing(client.RateLimited, 0, 0), "c20:3s", 120, 260, -1, 1},
		{"503 with Retry-After", refusing(client.Overloaded, 0, 10*time.Second), "c20:3s", 20, 20, -1, 3},
		{"a dead server", refusing(client.Connect, 0, 0), "c20:3s", 120, 260, -1, 1},
		{"a broken stream", refusing(client.StreamError, 0, 0), "c20:3s", 120, 260, -1, 1},
		{"nonsense", refusing(client.Malformed, 0, 0), "c20:3s", 120, 260, -1, 1},
		{"slow failures have waited already", refusing(client.ServerError, time.Second, 0), "c20:3050ms", 80, 80, 0, 0},
		{"one slot", refusing(client.Connect, 0, 0), "c1:60s", 60, 130, -1, 1},
		{"a number of requests", refusing(client.Connect, 0, 0), "c50:1000x", 1000, 1000, -1, 1},
		{"a number of requests, within a minute", refusing(client.RateLimited, 0, time.Minute), "c50:200x", 200, 200, -1, 60},
		{"a number of requests, in over a minute", refusing(client.RateLimited, 0, time.Minute+ms), "c50:1000x", 1000, 1000, -1, 1},
		{"a number of requests, in a year", refusing(client.RateLimited, 0, 365*24*time.Hour), "c50:1000x", 1000, 1000, -1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				doc, f := execute(t, build(t, nil, "w:"+c.load), c.answer)
				q, b := doc.Total.Requests, doc.Total.Backoff
				if q.Scheduled < c.least || q.Scheduled > c.most || q.Failed != q.Scheduled || int64(len(f.sent)) != q.Sent {
					t.Errorf("%+v", q)
				}
				waits := c.waits
				if waits < 0 {
					waits = q.Failed
				}
				// Those that end when nothing more is to be sent do not wait.
				if b == nil || b.Waits > waits || b.Waits < waits-50 || b.LongestS > c.longest || b.LongestS < 0.9*c.longest {
					t.Fatalf("%+v of %d failed", b, q.Failed)
				}
				if b.TotalS < b.LongestS || b.TotalS > float64(b.Waits)*b.LongestS {
					t.Errorf("%+v", b)
				}
				if w := doc.Waves[0].Backoff; *w != *b {
					t.Errorf("the wave says %+v, the total %+v", w, b)
				}
				if l := doc.Generator.LagMS; l.Max > 0.01 || doc.Total.Latency.Queue.Max > 0.01 {
					t.Errorf("lag %+v, queue %+v", l, doc.Total.Latency.Queue)
				}
				if doc.DurationS > 300 {
					t.Errorf("it took %g s", doc.DurationS)
				}
			})
		})
	}
}

// A success makes the slot forget its failures, and takes no wait.
func TestSuccessEndsTheBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doc, f := execute(t, build(t, nil, "w:c1:20s"), func(i int, _ time.Duration) reply {
			if i%10 == 9 {
				return reply{wait: 100 * ms, tokens: 1}
			}
			return reply{wait: 0, outcome: client.Connect}
		})
		var afterSuccess, first []time.Duration
		for i := 1; i < len(f.sent); i++ {
			gap := f.sent[i] - f.sent[i-1]
			switch i % 10 {
			case 0:
				afterSuccess = append(afterSuccess, gap)
			case 1:
				first = append(first, gap)
			}
		}
		if len(first) < 3 || slices.Max(afterSuccess) != 100*ms || slices.Min(first) < 10*ms || slices.Max(first) > 20*ms {
			t.Errorf("after a success %v, then after the first failure %v", afterSuccess, first)
		}
		if b := doc.Total.Backoff; b.Waits != doc.Total.Requests.Failed {
			t.Errorf("%+v of %d failed", b, doc.Total.Requests.Failed)
		}
	})
}

// Slots that fail wait; the others go on at their pace.
func TestMixedFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doc, f := execute(t, build(t, nil, "w:c10:10s"), func(i int, _ time.Duration) reply {
			if i%4 == 0 {
				return reply{outcome: client.RateLimited, limits: client.Limits{RetryAfter: 2 * time.Second}}
			}
			return reply{wait: 100 * ms, tokens: 1}
		})
		q, b := doc.Total.Requests, doc.Total.Backoff
		if q.Failed == 0 || b.Waits != q.Failed || b.LongestS != 2 || f.most > 10 {
			t.Errorf("%+v, %+v, %d in flight", q, b, f.most)
		}
		// Of four requests three take 0.1 s and one 2 s of a slot: 100 slot-seconds hold some 174.
		if q.Scheduled < 150 || q.Scheduled > 200 {
			t.Errorf("scheduled %d", q.Scheduled)
		}
	})
}

// What waits is seen while it does, goes first when slots become fewer, and ends
// with its wave.
func TestWaitingSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run, f := start(t, build(t, nil, "a:c12:1h", "b:c3:1h"), func(i int, _ time.Duration) reply {
			if i < 9 {
				return reply{wait: ms, outcome: client.RateLimited, limits: client.Limits{RetryAfter: time.Minute}}
			}
			return reply{wait: time.Hour, tokens: 1}
		})
		expect := func(backingOff, concurrency, inFlight, sent int) {
			t.Helper()
			lane := run.Snapshot(result.View{Wave: -1}).Lanes[0]
			if n, all := f.state(); lane.BackingOff != backingOff || lane.Concurrency != concurrency || n != inFlight || all != sent {
				t.Errorf("%d of %d slots back off, %d are in flight, %d were sent", lane.BackingOff, lane.Concurrency, n, all)
			}
		}
		time.Sleep(time.Second)
		expect(9, 12, 3, 12)
		run.Scale(0, 0.5)
		expect(3, 6, 3, 12)
		run.Scale(0, 1.5) // three empty ones more
		time.Sleep(time.Second)
		expect(3, 9, 6, 15)
		run.NextWave(0)
		time.Sleep(time.Second)
		expect(0, 3, 6, 15)
		run.Stop()
		run.Stop()
		doc := run.Wait()
		conserved(t, doc)
		// Six waited until the first steering, three until the skip.
		b := doc.Waves[0].Backoff
		if b.Waits != 9 || b.LongestS < 1.9 || b.LongestS > 2 || *doc.Waves[1].Backoff != (result.Backoff{}) {
			t.Errorf("%+v, %+v", b, doc.Waves[1].Backoff)
		}
	})
}

// Ending a run ends the waits at once.
func TestStopEndsTheWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run, _ := start(t, build(t, nil, "a:c12:1h"), refusing(client.RateLimited, ms, time.Hour))
		time.Sleep(3 * time.Second)
		run.Stop()
		doc := run.Wait()
		conserved(t, doc)
		if b := doc.Total.Backoff; doc.DurationS > 3.1 || b.Waits != 12 || b.LongestS < 2.9 || b.LongestS > 3 {
			t.Errorf("after %g s: %+v", doc.DurationS, b)
		}
	})
}

// A pause stops a slot that waits from sending; afterwards it goes on.
func TestPauseWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run, f := start(t, build(t, nil, "a:c4:10s"), refusing(client.RateLimited, ms, 2*time.Second))
		time.Sleep(time.Second)
		run.TogglePause(0)
		time.Sleep(3 * time.Second)
		run.TogglePause(0)
		time.Sleep(100 * ms)
		if sent := f.sentIn(0, time.Hour); len(sent) != 8 || sent[4] != 4*time.Second {
			t.Errorf("sent at %v", sent)
		}
		run.Stop()
		doc := run.Wait()
		conserved(t, doc)
		if b := doc.Total.Backoff; b.LongestS != 2 {
			t.Errorf("%+v", b)
		}
	})
}

// Every wave of a run, and every new one, has its own slots; what an open wave
// sends is not held back.
func TestBackoffOfSeveralWaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, warm(time.Second), "a:c5:1s", "b:50/s:1s", "c:c5:1s")
		doc, f := execute(t, sc, refusing(client.RateLimited, 0, time.Hour))
		if n := len(f.sent); n != 5+5+50+5 {
			t.Errorf("sent %d", n)
		}
		if doc.Waves[1].Backoff != nil || doc.Waves[0].Backoff.Waits != 5 || doc.Total.Backoff.Waits != 10 {
			t.Errorf("%+v %+v %+v, total %+v", doc.Waves[0].Backoff, doc.Waves[1].Backoff, doc.Waves[2].Backoff, doc.Total.Backoff)
		}
	})
}

// A run of open waves alone has no back-off.
func TestNoBackoffOfOpenWaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doc, _ := execute(t, build(t, nil, "a:50/s:1s"), refusing(client.RateLimited, 0, time.Hour))
		if doc.Total.Backoff != nil || doc.Waves[0].Backoff != nil || doc.Total.Requests.Sent != 50 {
			t.Errorf("%+v", doc.Total)
		}
	})
}

// A key that is refused is found out as before: by the first requests to end.
func TestRejectedRunStopsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doc, f := execute(t, build(t, nil, "a:c50:1000x"), refusing(client.Auth, ms, 0))
		if doc.Verdict.ExitCode != verdict.ExitUsage || len(f.sent) > 50 || doc.DurationS > 0.1 {
			t.Errorf("%+v after %d requests", doc.Verdict, len(f.sent))
		}
		// With few slots the waits stand between the first twenty.
		doc, _ = execute(t, build(t, func(sc *scenario.Scenario) { sc.Seed = 7 }, "a:c1:1000x"), refusing(client.Auth, ms, 0))
		if doc.Verdict.ExitCode != verdict.ExitUsage || doc.DurationS > 20 || doc.Total.Requests.Sent != 20 {
			t.Errorf("%+v after %g s", doc.Verdict, doc.DurationS)
		}
	})
}

// What was sent, and turned away, is told apart from what was admitted.
func TestRefusedIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outcomes := []client.Outcome{"", client.RateLimited, client.Overloaded, client.Auth, client.BadRequest, client.Connect, client.ServerError, client.Reset}
		run, _ := start(t, build(t, nil, "a:80/s:1s"), func(i int, _ time.Duration) reply {
			return reply{wait: ms, tokens: 1, outcome: outcomes[i%len(outcomes)]}
		})
		run.Wait()
		here := run.account.Ledger.Total(0).Here
		if here.Sent != 80 || here.Refused != 50 || here.Failed != 70 {
			t.Errorf("%+v", here)
		}
	})
}

// However an endpoint asks for a wait, a wave of so many requests waits for a minute of it
// and not for more; what it did not wait for is told once, and counted. A wave with an end
// in time waits, to its end.
func TestWaitsAskedFor(t *testing.T) {
	date := func(after time.Duration) http.Header {
		return http.Header{"Retry-After": {time.Date(2000, 1, 1, 0, 0, 1, 0, time.UTC).Add(after).Format(http.TimeFormat)}}
	}
	for _, c := range []struct {
		name     string
		header   http.Header
		load     string
		unheeded bool
		asked    float64 // seconds, about
		longest  float64 // wait, in seconds
	}{
		{"seconds", http.Header{"Retry-After": {"100000"}}, "c5:100x", true, 600, 1},
		{"two minutes", http.Header{"Retry-After": {"120"}}, "c5:100x", true, 120, 1},
		{"a minute", http.Header{"Retry-After": {"60"}}, "c5:100x", false, 0, 60},
		{"a few seconds", http.Header{"Retry-After": {"3"}}, "c5:100x", false, 0, 3},
		{"a date", date(24 * time.Hour), "c5:100x", true, 600, 1},
		{"milliseconds", http.Header{"Retry-After-Ms": {"90000"}, "Retry-After": {"1"}}, "c5:100x", true, 90, 1},
		{"when limits are whole again, which asks for nothing", http.Header{"X-Ratelimit-Reset-Requests": {"24h0m0s"}, "X-Ratelimit-Reset-Tokens": {"1h"}}, "c5:100x", false, 0, 1},
		{"nothing", nil, "c5:100x", false, 0, 1},
		{"seconds, in a wave with an end", http.Header{"Retry-After": {"100000"}}, "c5:20s", false, 0, 20},
		{"a date, in a wave with an end", date(24 * time.Hour), "c5:20s", false, 0, 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cl, epoch, stop := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					maps.Copy(w.Header(), c.header)
					w.WriteHeader(http.StatusTooManyRequests)
				}))
				defer stop()
				run, err := Start(options(t, build(t, nil, "w:"+c.load), cl, epoch))
				if err != nil {
					t.Fatal(err)
				}
				doc := run.Wait()
				b, failed := doc.Total.Backoff, doc.Total.Requests.Failed
				if b.LongestS > c.longest || b.LongestS < 0.9*c.longest {
					t.Errorf("%+v", b)
				}
				told := 0
				for _, e := range doc.Events {
					if strings.Contains(e.Text, "asks for a wait of") {
						told++
					}
				}
				if !c.unheeded {
					if b.Unheeded != 0 || b.AskedS != 0 || told != 0 {
						t.Errorf("%+v, told %d times", b, told)
					}
					return
				}
				if told != 1 || b.Unheeded < failed-5 || b.Unheeded > failed || b.AskedS < c.asked-2 || b.AskedS > c.asked || doc.DurationS > 60 {
					t.Errorf("%+v of %d failed, told %d times, after %g s", b, failed, told, doc.DurationS)
				}
			})
		})
	}
}

// A key that is refused ends the run as soon, whatever waits are asked for beside.
func TestRejectedRunDoesNotWait(t *testing.T) {
	for _, o := range []client.Outcome{client.Auth, client.BadRequest} {
		synctest.Test(t, func(t *testing.T) {
			doc, f := execute(t, build(t, nil, "a:c1:1000x"), refusing(o, ms, 100_000*time.Second))
			if doc.Verdict.ExitCode != verdict.ExitUsage || doc.DurationS > 20 || len(f.sent) != 20 {
				t.Errorf("%s: %+v after %g s and %d requests", o, doc.Verdict, doc.DurationS, len(f.sent))
			}
		})
	}
}
