package mock_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"flashwave/client/mock"
)

const ms = time.Millisecond

// step is the documented decode step of the default endpoint, computed apart
// from the code under test.
func step(b int) time.Duration { return 5*ms + 5*ms*time.Duration(b)/64 }

func TestALoneRequestTakesWhatTheModelSays(t *testing.T) {
	for _, tc := range []struct {
		name           string
		prompt, output int
	}{
		{"a short prompt", 1, 1},
		{"the prompt of a sale", 150, 64},
		{"a prompt of exactly one chunk", 500, 3},
		{"a prompt of many chunks, with nobody to hold up", 10_000, 5},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inBubble(t, mock.Default(), func(t *testing.T, e *endpoint) {
				s := e.ask(t.Context(), chatPath, chatBody(tc.prompt, tc.output))
				if len(s.tokens) != tc.output {
					t.Fatalf("%d tokens, want %d", len(s.tokens), tc.output)
				}
				prefill := time.Duration(tc.prompt) * 10 * time.Microsecond
				for i, at := range s.tokens {
					if want := prefill + time.Duration(i+1)*step(1); at != want {
						t.Errorf("token %d after %v, want %v", i+1, at, want)
					}
				}
			})
		})
	}
}

// crowd asks n times at once and gives the streams in the order of asking.
func crowd(e *endpoint, n int, body func(i int) any) []stream {
	out := make([]stream, n)
	start := time.Now()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			sent := time.Since(start)
			out[i] = e.ask(context.Background(), chatPath, body(i))
			out[i].sent = sent
		})
	}
	all.Wait()
	return out
}

func TestAStepSlowsWithTheBatch(t *testing.T) {
	// A prefill so fast that the whole crowd decodes from the first step on.
	cfg := config(func(c *mock.Config) { c.PrefillTPS = 1e9 })
	for _, b := range []int{1, 2, 50, 64, 256} {
		inBubble(t, cfg, func(t *testing.T, e *endpoint) {
			for _, s := range crowd(e, b, func(int) any { return chatBody(1, 20) }) {
				gaps := s.gaps()
				for _, gap := range gaps[2 : len(gaps)-2] { // while all are inside
					if off := gap - step(b); off.Abs() > time.Microsecond {
						t.Fatalf("%d sequences: a gap of %v, want %v", b, gap, step(b))
					}
				}
			}
		})
	}
}

func TestABurstOfPromptsDoesNotFreezeRunningStreams(t *testing.T) {
	inBubble(t, mock.Default(), func(t *testing.T, e *endpoint) {
		var burst sync.WaitGroup
		burst.Go(func() {
			time.Sleep(100 * ms)
			crowd(e, 20, func(int) any { return chatBody(10_000, 1) }) // 2 s of prefill
		})
		s := e.ask(t.Context(), chatPath, chatBody(100, 300))
		burst.Wait()
		var longest time.Duration
		for _, gap := range s.gaps() {
			longest = max(longest, gap)
		}
		if longest < 9*ms || longest > 2*step(1)+step(2)-step(1)+ms {
			t.Errorf("the longest gap was %v, want about twice a step of %v", longest, step(1))
		}
	})
}

func TestBeyondTheBatchRequestsWaitInOrder(t *testing.T) {
	cfg := config(func(c *mock.Config) { c.Batch = 1; c.PrefillTPS = 1e12 })
	inBubble(t, cfg, func(t *testing.T, e *endpoint) {
		var all sync.WaitGroup
		for i := range 5 {
			all.Go(func() {
				time.Sleep(time.Duration(i) * ms) // all while the first one decodes
				s := e.ask(t.Context(), chatPath, chatBody(1, 10))
				first := time.Duration(10*i+1)*step(1) - time.Duration(i)*ms
				if off := s.tokens[0] - first; off.Abs() > time.Microsecond {
					t.Errorf("request %d: first token after %v, want %v", i, s.tokens[0], first)
				}
			})
		}
		time.Sleep(20 * ms)
		if st := e.Stats(); st.Running != 1 || st.Queued != 4 {
			t.Errorf("%d running and %d queued, want 1 and 4", st.Running, st.Queued)
		}
		all.Wait()
		if st := e.Stats(); st.Served != 5 || st.Tokens != 50 || st.Running != 0 || st.Queued != 0 {
			t.Errorf("at the end %+v, want 5 served, 50 tokens and nobody inside", st)
		}
	})
}

func TestAFullQueueRefuses(t *testing.T) {
	cfg := config(func(c *mock.Config) { c.Batch = 2; c.Queue = 3 })
	inBubble(t, cfg, func(t *testing.T, e *endpoint) {
		refused := 0
		for _, s := range crowd(e, 8, func(int) any { return chatBody(1, 10) }) {
			if s.status == 503 {
				refused++
			}
		}
		if st := e.Stats(); refused != 3 || st.Overloaded != 3 || st.Served != 5 {
			t.Errorf("%d refused, stats %+v; want 3 refused and 5 served", refused, st)
		}
	})
}

// closedLoop keeps c requests of so many tokens in flight until n have ended and
// says how long they took, from the first sent to the last done.
func closedLoop(e *endpoint, n, c, prompt, output int) time.Duration {
	start := time.Now()
	todo := make(chan struct{})
	var all sync.WaitGroup
	for range c {
		all.Go(func() {
			for range todo {
				if res := e.post(context.Background(), chatPath, unaryBody(prompt, output)); res.StatusCode == 200 {
					decode(e.t, res)
				}
			}
		})
	}
	for range n {
		todo <- struct{}{}
	}
	close(todo)
	all.Wait()
	return time.Since(start)
}

func TestThroughputMeetsTheDocumentedCeiling(t *testing.T) {
	for _, tc := range []struct {
		name                  string
		batch, prompt, output int
	}{
		{"short prompts", 16, 1, 32},
		{"prefill takes its share", 16, 40, 32},
		{"prefill takes half", 16, 400, 32},
		{"prompts so long that one decodes at a time", 16, 400, 4},
		{"one at a time anyway", 1, 40, 32},
	} {
		t.Run(tc.name, func(t *testing.T) {
			const requests = 600
			cfg := config(func(c *mock.Config) { c.Batch, c.PrefillTPS = tc.batch, 10_000 })
			inBubble(t, cfg, func(t *testing.T, e *endpoint) {
				var load sync.WaitGroup
				load.Go(func() { closedLoop(e, requests, 40, tc.prompt, tc.output) })
				want, _ := cfg.Capacity(tc.prompt, tc.output)
				span := time.Duration(requests / want * 0.4 * float64(time.Second))
				time.Sleep(span / 2) // the batch is full by now
				before := e.Stats().Tokens
				time.Sleep(span)
				got := float64(e.Stats().Tokens-before) / float64(tc.output) / span.Seconds()
				load.Wait()
				if got < want*0.99 || got > want*1.01 {
					t.Errorf("%.2f requests/s, want the ceiling of %.2f", got, want)
				}
			})
		})
	}
}

func TestTheSeedsBenchmarkIsWorthWatching(t *testing.T) {
	inBubble(t, mock.Default(), func(t *testing.T, e *endpoint) {
		took := closedLoop(e, 1000, 50, 150, 64)
		if took < 10*time.Second || took > 20*time.Second {
			t.Errorf("1000 requests, 50 at once, took %v; want 10 to 20 s", took)
		}
		if st := e.Stats(); st.Behind != 0 || st.Tokens != 64_000 {
			t.Errorf("%+v: want 64,000 tokens and no time lost", st)
		}
	})
}

func TestPastTheKneeLatencyRises(t *testing.T) {
	cfg := config(func(c *mock.Config) { c.Batch = 32; c.PrefillTPS = 1e9 })
	ceiling, _ := cfg.Capacity(1, 16)
	worst := func(rate float64) (ttft time.Duration) {
		inBubble(t, cfg, func(_ *testing.T, e *endpoint) {
			var all sync.WaitGroup
			var mu sync.Mutex
			for range 400 {
				all.Go(func() {
					s := e.ask(context.Background(), chatPath, chatBody(1, 16))
					mu.Lock()
					ttft = max(ttft, s.tokens[0])
					mu.Unlock()
				})
				time.Sleep(time.Duration(float64(time.Second) / rate))
			}
			all.Wait()
		})
		return ttft
	}
	calm, full := worst(ceiling*0.5), worst(ceiling*1.5)
	if calm > 30*ms {
		t.Errorf("at half the ceiling the worst TTFT was %v", calm)
	}
	// Of 400 arrivals a third is still queued when the last one comes.
	if want := time.Duration(400 / 3 / ceiling * float64(time.Second)); full < want*8/10 || full > want*12/10 {
		t.Errorf("at 1.5 times the ceiling the worst TTFT was %v, want about %v", full, want)
	}
}

func TestAClientThatGoesAwayLeavesAtOnce(t *testing.T) {
	cfg := config(func(c *mock.Config) { c.Batch = 1 })
	inBubble(t, cfg, func(t *testing.T, e *endpoint) {
		ctx, cancel := context.WithCancel(t.Context())
		var gone, last sync.WaitGroup
		for range 2 { // one decodes, one waits
			gone.Go(func() {
				if res, err := e.client.Do(e.request(ctx, chatPath, chatBody(1, 1000))); err == nil {
					_, _ = events(res, time.Now())
				}
			})
			time.Sleep(100 * ms)
		}
		last.Go(func() {
			if s := e.ask(t.Context(), chatPath, chatBody(1, 2)); s.tokens[0] > 200*ms {
				t.Errorf("who came last waited %v for those who had gone", s.tokens[0])
			}
		})
		time.Sleep(100*ms + time.Microsecond)
		cancel()
		gone.Wait()
		last.Wait()
		if st := e.Stats(); st.Left != 2 || st.Served != 1 || st.Running+st.Queued != 0 {
			t.Errorf("%+v: want 2 left, 1 served, nobody inside", st)
		}
	})
}
