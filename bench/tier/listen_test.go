package tier_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/gomodule/redigo/redis"

	"flashwave/bench/result"
	"flashwave/bench/tier"
	"flashwave/client"
	"flashwave/client/outcome"
	"flashwave/client/pipetest"
	"flashwave/client/queue"
	"flashwave/client/queue/spec"
	"flashwave/client/queue/worker"
	"flashwave/client/tap"
)

// A shop is a queue, the built-in worker, a tap and an endpoint, in virtual time; only Redis
// is on a socket.
type shop struct {
	tier   *tier.Tier
	tap    *tap.Tap
	tapAt  *moving
	up     *pipetest.Network
	asked  map[string]time.Duration // when the worker asked for each task first
	lock   sync.Mutex
	asks   *client.Client
	epoch  time.Time
	served sync.WaitGroup
	ends   []func()
}

// moving is where a tap is now.
type moving struct {
	sync.Mutex
	*pipetest.Network
}

func (m *moving) now() *pipetest.Network {
	m.Lock()
	defer m.Unlock()
	return m.Network
}

// Do implements worker.Asker: it notes when a task was asked for.
func (s *shop) Do(ctx context.Context, r *client.Request, sink client.Sink) client.Result {
	s.lock.Lock()
	if _, ok := s.asked[r.TaskID]; !ok {
		s.asked[r.TaskID] = time.Since(s.epoch)
	}
	s.lock.Unlock()
	res := s.asks.Do(ctx, r, sink)
	res.Usage = client.Usage{} // its results tell no tokens
	return res
}

// answer streams two tokens, 100 ms and 103.7 ms after it was asked.
func answer(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	if r.Method != http.MethodPost {
		http.NotFound(w, r) // it is no tap
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	for i, text := range []string{
		`{"choices":[{"index":0,"delta":{"content":"a"}}]}`, `{"choices":[{"index":0,"delta":{"content":"b"}}]}`,
		`{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":2}}`, "[DONE]",
	} {
		time.Sleep([]time.Duration{100 * time.Millisecond, 3700 * time.Microsecond, 0, 0}[i])
		_, _ = fmt.Fprintf(w, "data: %s\n\n", text)
		_ = http.NewResponseController(w).Flush()
	}
}

// start starts a tap.
func (s *shop) start(t *testing.T) {
	t.Helper()
	network := pipetest.New()
	of, err := tap.New(tap.Config{Upstream: "http://endpoint.test/v1", DialContext: s.up.DialContext})
	if err != nil {
		t.Fatal(err)
	}
	s.tapAt.Lock()
	defer s.tapAt.Unlock()
	s.tap, s.tapAt.Network = of, network
	s.served.Go(func() { _ = of.Serve(network) })
}

// stop kills the tap.
func (s *shop) stop() {
	_ = s.tapAt.now().Close()
	s.tap.Close(0)
}

func openShop(t *testing.T, m *miniredis.Miniredis) *shop {
	t.Helper()
	s := &shop{tapAt: &moving{}, up: pipetest.New(), asked: map[string]time.Duration{}, epoch: time.Now()}
	server := &http.Server{Handler: http.HandlerFunc(answer)}
	s.served.Go(func() { _ = server.Serve(s.up) })
	s.start(t)
	at := queue.Address{Host: m.Addr()}
	var err error
	if s.asks, err = client.New(client.Config{URL: "http://tap.test/v1", Epoch: s.epoch, DialContext: dialler(s.tapAt)}); err != nil {
		t.Fatal(err)
	}
	if s.tier, err = tier.Open(t.Context(), queue.Config{
		Address: at, Layout: spec.Shop(), Classes: []queue.Class{{Name: "urgent", Low: 1, High: 3}, {Name: "bulk", Low: 4, High: 10}}, Timeout: 30 * time.Second, Epoch: s.epoch,
	}); err != nil {
		t.Fatal(err)
	}
	through := &http.Transport{DialContext: dialler(s.tapAt)}
	if err := s.tier.Listen(t.Context(), tap.FollowConfig{URL: "http://tap.test", HTTP: &http.Client{Transport: through}}); err != nil {
		t.Fatal(err)
	}
	w := worker.Default()
	w.Pause, w.Ask, w.Retries = 301370*time.Microsecond, s, 1000 // it takes nothing in the instant of a look
	w.Dial = func(ctx context.Context) (redis.Conn, error) { return queue.Dial(ctx, at, "", nil) }
	ctx, cancel := context.WithCancel(t.Context())
	var works sync.WaitGroup
	works.Go(func() { _ = worker.Run(ctx, w) })
	s.ends = append(s.ends, func() {
		cancel()
		works.Wait()
		if err := s.tier.Close(); err != nil {
			t.Error(err)
		}
		s.asks.Close()
		through.CloseIdleConnections()
		s.stop()
		_ = server.Close()
		s.served.Wait()
		synctest.Wait()
	})
	return s
}

// What a tap hears of a run's tasks is exact, whatever becomes of the tap meanwhile each task
// is in one place, and what is not heard is not told.
func TestListen(t *testing.T) {
	for _, c := range []struct {
		name     string
		meantime func(t *testing.T, s *shop)
	}{
		{"always", func(*testing.T, *shop) {}},
		{"dies and comes back", func(t *testing.T, s *shop) {
			s.stop()
			time.Sleep(2 * time.Second)
			s.start(t)
		}},
		{"dies for good, and another one carries", func(_ *testing.T, s *shop) {
			s.stop()
			s.tapAt.Lock()
			s.tapAt.Network = s.up // the workers are sent to the endpoint itself
			s.tapAt.Unlock()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := miniredis.RunT(t)
			synctest.Test(t, func(t *testing.T) {
				s := openShop(t, m)
				results := make([]client.Result, 60)
				var asks sync.WaitGroup
				for i := range results {
					if i == 30 {
						c.meantime(t, s)
					}
					asks.Go(func() {
						results[i] = s.tier.Do(t.Context(), &client.Request{Class: i % 2, Messages: []client.Message{{Role: "user", Content: "áo dài"}}}, nil)
					})
					time.Sleep(31 * time.Millisecond)
				}
				asks.Wait()
				s.tier.Settle()
				q := s.tier.Report()
				checkHeard(t, s, c.name, q, results)
				checkAnew(t, s)
				for _, end := range s.ends {
					end()
				}
			})
		})
	}
}

// checkAnew checks that another run of the same queue has calls of its own.
func checkAnew(t *testing.T, s *shop) {
	t.Helper()
	s.tier = s.tier.Anew()
	if q := s.tier.Report(); q.Tap.Calls != 0 || q.Tap.Taken != 0 || q.Total.Calls.Calls != 0 || q.Total.Latency.TTFT != nil {
		t.Errorf("before it began: %+v %+v", q.Tap, q.Total.Calls)
	}
	r := s.tier.Do(t.Context(), &client.Request{Messages: []client.Message{{Role: "user", Content: "áo dài"}}}, nil)
	s.tier.Settle()
	want := int64(1)
	if s.tapAt.now() == s.up {
		want = 0 // there is none any more
	}
	if q := s.tier.Report(); r.Outcome != outcome.OK || q.Total.Tasks.Done != 1 || q.Total.Calls.Calls != want || q.Tap.Taken != want || q.Tap.Matched != want {
		t.Errorf("%s: %+v %+v", r.Outcome, q.Tap, q.Total.Calls)
	}
}

func checkHeard(t *testing.T, s *shop, name string, q *result.Tier, results []client.Result) {
	t.Helper()
	for _, of := range append(q.Classes, q.Total) {
		n := of.Tasks
		if n.Enqueued != n.Done+n.Dead+n.Lost+n.Waiting+n.Running || n.Done != n.Enqueued {
			t.Errorf("%s: %+v", of.Name, n)
		}
		if k := of.Calls; k.Calls != k.Ended+k.Open || k.Tasks > n.Enqueued {
			t.Errorf("%s: %+v", of.Name, k)
		}
	}
	exact, told := 0, 0
	for _, r := range results {
		if r.Outcome != outcome.OK {
			t.Fatalf("%s: %s", r.Outcome, r.Err)
		}
		if r.FirstByte == s.asked[r.RequestID] {
			exact++
		} else if off := r.FirstByte - s.asked[r.RequestID]; off.Abs() > 5*time.Millisecond { // half of the time between two looks
			t.Errorf("taken at %v, and asked for at %v", r.FirstByte, s.asked[r.RequestID])
		}
		if r.Usage.From != client.FromNone {
			told++
			if r.Usage.Prompt != 9 || r.Usage.Output != 2 {
				t.Errorf("used %+v", r.Usage)
			}
		}
	}
	c, notes := q.Total.Calls, s.tier.Notes()
	switch name {
	case "always":
		if exact != 60 || told != 60 || c.Calls != 60 || c.Outcomes[outcome.OK] != 60 || *c.Tokens.Output != 120 || *c.Tokens.Prompt != 540 || len(notes) != 0 {
			t.Errorf("%d instants are exact, %d usages told; %+v; %v", exact, told, c, notes)
		}
		if l := q.Total.Latency.TTFT; l == nil || l.Count != 60 || l.Min != 100 || l.Max != 100 {
			t.Errorf("TTFT %+v", l)
		}
		// A look at the very instant of the asking may have seen it as soon.
		if p := q.Tap; p.Taken == 0 || p.Taken > 60 || p.UncertaintyMS != 0 || p.Deaf || p.DeafMS != 0 || p.Unmatched != 0 {
			t.Errorf("%+v", p)
		}
	case "dies and comes back":
		if q.Tap.Restarts != 1 || q.Tap.Broken != 1 || q.Tap.Deaf || q.Tap.DeafMS < 2000 || len(notes) != 1 || c.Outcomes[outcome.OK] < 55 {
			t.Errorf("%+v %+v %v", q.Tap, c, notes)
		}
	default:
		if !q.Tap.Deaf || q.Tap.Broken != 1 || len(notes) != 1 || c.Outcomes[outcome.OK] == 0 || c.Outcomes[outcome.OK] > 35 || told >= 40 {
			t.Errorf("%+v %+v %v, %d told", q.Tap, c, notes, told)
		}
	}
}

func dialler(m *moving) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		return m.now().DialContext(ctx, network, addr)
	}
}
