package serverside

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// An answering server answers by the time since the test began.
type answering func(req *http.Request, at time.Duration) (status int, page string)

func (a answering) RoundTrip(req *http.Request) (*http.Response, error) {
	status, page := a(req, time.Since(began))
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(page)), Request: req}, nil
}

var began time.Time // of the bubble of the test

// watched runs a watch for so long over a server, and answers with what was noted.
func watched(t *testing.T, d time.Duration, server answering, then func(w *Watch)) (notes []string) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		began = time.Now()
		var mu sync.Mutex
		epoch := time.Now()
		w := New(Config{
			URL: "http://server/metrics", Metrics: []string{"own_total"}, Now: func() time.Duration { return time.Since(epoch) },
			Note:      func(s string) { mu.Lock(); notes = append(notes, s); mu.Unlock() },
			transport: server,
		})
		w.Begin()
		time.Sleep(d)
		w.Stop()
		mu.Lock()
		defer mu.Unlock()
		then(w)
	})
	return notes
}

func since(d time.Duration) time.Duration { return d }

// document is a run of so many seconds with a row each.
func document(seconds int) *result.Run {
	doc := &result.Run{Scenario: scenario.Default(), DurationS: float64(seconds)}
	for i := range seconds {
		doc.Timeline = append(doc.Timeline, result.Row{TS: float64(i), StepS: 1})
	}
	return doc
}

func hangs(req *http.Request, _ time.Duration) (int, string) {
	<-req.Context().Done()
	return 0, ""
}

// A server that does not answer well is complained of once, costs nobody any time, and is
// asked less and less.
func TestServersThatDoNotAnswer(t *testing.T) {
	for name, test := range map[string]struct {
		server answering
		want   string
	}{
		"hangs":       {hangs, "no answer within a second"},
		"not found":   {func(*http.Request, time.Duration) (int, string) { return 404, "" }, "HTTP 404"},
		"redirects":   {func(*http.Request, time.Duration) (int, string) { return 302, "" }, "HTTP 302"},
		"is too long": {func(*http.Request, time.Duration) (int, string) { return 200, strings.Repeat("a_metric 1\n", 1<<20) }, errTooLarge.Error()},
		"is garbage":  {func(*http.Request, time.Duration) (int, string) { return 200, "{}" }, errNoPage.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			notes := watched(t, 65*time.Second, test.server, func(w *Watch) {
				doc := document(65)
				w.Tell(doc, since)
				m := doc.ServerMetrics
				if m.Answered != 0 || m.Asked > 20 || m.Problem != test.want || len(m.Series) > 0 || len(m.Notes) > 0 {
					t.Errorf("%+v", m)
				}
				for _, row := range doc.Timeline {
					if row.Server != nil {
						t.Fatalf("%+v", row)
					}
				}
			})
			if len(notes) != 1 || !strings.HasSuffix(notes[0], test.want) {
				t.Errorf("noted %q, want %q once", notes, test.want)
			}
		})
	}
}

// What is asked carries nothing of the load: no key and no header of the user.
func TestNothingIsSentAlong(t *testing.T) {
	watched(t, time.Second, func(req *http.Request, _ time.Duration) (int, string) {
		if len(req.Header) != 2 || req.Header.Get("Accept") == "" || req.Header.Get("User-Agent") == "" {
			t.Errorf("%v", req.Header)
		}
		return 200, "x 1\n"
	}, func(*Watch) {})
}

// busy is a server whose counters grow by 10 a second, and whose queue is as long as the
// time is in seconds.
func busy(_ *http.Request, at time.Duration) (int, string) {
	s := at.Seconds()
	return 200, fmt.Sprintf("vllm:num_requests_waiting %d\nvllm:kv_cache_usage_perc %v\nvllm:generation_tokens_total %v\nvllm:request_success_total %v\nown_total %v\n",
		int(s), min(1, s/10), 5+10*s, 1000+s, s)
}

// Each row has what was said in its time: counters by how they grew, levels at their
// highest. The rows add up to the whole.
func TestRows(t *testing.T) {
	watched(t, 20*time.Second, busy, func(w *Watch) {
		doc := document(20)
		w.Tell(doc, since)
		tokens := 0.0
		for i, row := range doc.Timeline {
			if got, want := row.Server[result.ServerQueued], float64(i+1); got != want {
				t.Errorf("row %d: %v queued, want %v", i, got, want)
			}
			if got := row.Server["own_total"]; got != 1 {
				t.Errorf("row %d: own_total grew by %v", i, got)
			}
			tokens += row.Server[result.ServerOutput]
		}
		if got := *doc.ServerMetrics.Of(result.ServerOutput).Value; got != 200 || tokens != 200 {
			t.Errorf("%v tokens, and in rows %v, want 200", got, tokens)
		}
	})
}

// However long a run lasts, what is kept is bounded, and neither a peak nor a token of it
// is lost.
func TestLongRuns(t *testing.T) {
	const length = 5 * time.Hour
	peak := 3*time.Hour + 17*time.Second
	watched(t, length, func(_ *http.Request, at time.Duration) (int, string) {
		queued := 0
		if at.Truncate(time.Second) == peak {
			queued = 99
		}
		return 200, fmt.Sprintf("vllm:num_requests_waiting %d\nvllm:generation_tokens_total %v\n", queued, at.Seconds())
	}, func(w *Watch) {
		if len(w.taken) > maxTaken {
			t.Errorf("%d moments are kept", len(w.taken))
		}
		doc := document(0)
		w.Tell(doc, since)
		if got := *doc.ServerMetrics.Of(result.ServerQueued).Value; got != 99 {
			t.Errorf("the peak is %v", got)
		}
		if got := *doc.ServerMetrics.Of(result.ServerOutput).Value; got != length.Seconds() {
			t.Errorf("%v tokens, want %v", got, length.Seconds())
		}
	})
}

// A server that is started anew goes on counting where it was, and nothing it counts is
// held against anybody.
func TestRestart(t *testing.T) {
	watched(t, 10*time.Second, func(_ *http.Request, at time.Duration) (int, string) {
		n := at.Seconds()
		if n >= 6 {
			n -= 6
		}
		return 200, fmt.Sprintf("vllm:request_success_total %v\n", n)
	}, func(w *Watch) {
		doc := document(10)
		doc.Total.Requests.Succeeded = 1000
		w.Tell(doc, since)
		if got := *doc.ServerMetrics.Of(result.ServerSuccessful).Value; got != 9 {
			t.Errorf("%v requests, want 5 and 4", got)
		}
		if len(doc.Generator.Findings) > 0 || len(doc.ServerMetrics.Notes) != 1 || !strings.Contains(doc.ServerMetrics.Notes[0], "restarted") {
			t.Errorf("%v %v", doc.Generator.Findings, doc.ServerMetrics.Notes)
		}
	})
}

// The first breach is lined up with what the server said before it.
func TestBreach(t *testing.T) {
	for name, test := range map[string]struct {
		server answering
		at     float64
		want   string
	}{
		"full": {busy, 12, "when ttft.p95 < 800ms was first breached: the KV cache had been over 90 % full for 3.00 s, 100 % at most; requests had waited at the server for 11.0 s, 12 at most"},
		"idle": {func(*http.Request, time.Duration) (int, string) {
			return 200, "vllm:num_requests_waiting 0\nvllm:kv_cache_usage_perc 0.4\n"
		}, 12, "when ttft.p95 < 800ms was first breached: no request had waited at the server; the KV cache was 40 % full at most"},
		"emptied again": {func(_ *http.Request, at time.Duration) (int, string) {
			return 200, fmt.Sprintf("vllm:num_requests_waiting %d\n", 8-min(8, int(at.Seconds())))
		}, 12, ""},
	} {
		t.Run(name, func(t *testing.T) {
			watched(t, 20*time.Second, test.server, func(w *Watch) {
				doc := document(20)
				doc.Events = []result.Event{{TS: test.at, Kind: result.Breached, Text: "ttft.p95 < 800ms first breached at 5.00 requests/s"}}
				w.Tell(doc, since)
				got := strings.Join(doc.ServerMetrics.Notes, "|")
				if got != test.want {
					t.Errorf("got  %q\nwant %q", got, test.want)
				}
			})
		})
	}
}

// A server that counted less than its client is contradicted; one that counted more has
// others, too. Where the two do not count the same, neither is said.
func TestContradictions(t *testing.T) {
	for name, test := range map[string]struct {
		tokens, ok int64 // of the client: the server counts 100 tokens and 10 requests
		from       string
		warmup     time.Duration
		found      int
		notes      int
	}{
		"agree":           {tokens: 100, ok: 10, from: "usage"},
		"lost tokens":     {tokens: 200, ok: 10, from: "usage", found: 1},
		"lost both":       {tokens: 200, ok: 20, from: "usage", found: 2},
		"others":          {tokens: 50, ok: 5, from: "usage", notes: 2},
		"events":          {tokens: 200, ok: 10, from: "events"},
		"after a warm-up": {tokens: 200, ok: 20, from: "usage", warmup: time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			watched(t, 10*time.Second, busy, func(w *Watch) {
				doc := document(10)
				doc.Scenario.Warmup = scenario.Duration(test.warmup)
				doc.Total.Requests.Succeeded, doc.Total.Tokens = test.ok, result.Tokens{Output: &test.tokens, From: &test.from}
				doc.Generator.Settle(result.Findings{})
				w.Tell(doc, since)
				if len(doc.Generator.Findings) != test.found || len(doc.Generator.Warnings) != test.found || len(doc.ServerMetrics.Notes) != test.notes {
					t.Errorf("%v, %v", doc.Generator.Findings, doc.ServerMetrics.Notes)
				}
				if !doc.Generator.Valid {
					t.Error("that voids nothing")
				}
			})
		})
	}
}
