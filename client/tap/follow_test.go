package tap_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"flashwave/client"
	"flashwave/client/pipetest"
	"flashwave/client/tap"
)

// A listener follows a tap, and remembers what it heard.
type listener struct {
	*tap.Follower
	mu     sync.Mutex
	heard  []tap.Heard
	http   *http.Client
	cancel context.CancelFunc
	over   sync.WaitGroup
}

// follow follows the tap behind a transport.
func follow(t *testing.T, through http.RoundTripper) *listener {
	t.Helper()
	l := &listener{http: &http.Client{Transport: through}}
	var err error
	l.Follower, err = tap.Dial(t.Context(), tap.FollowConfig{URL: "http://tap.test", Epoch: time.Now(), HTTP: l.http, Hear: func(h tap.Heard) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.heard = append(l.heard, h)
	}})
	if err != nil {
		t.Fatal(err)
	}
	var ctx context.Context
	ctx, l.cancel = context.WithCancel(t.Context())
	l.over.Go(func() { l.Follow(ctx) })
	return l
}

// to is a transport to whatever listens on a network.
func to(network *pipetest.Network) *http.Transport {
	return &http.Transport{DialContext: network.DialContext, DisableCompression: true}
}

func (l *listener) close() {
	l.cancel()
	l.over.Wait()
	l.http.CloseIdleConnections()
}

func (l *listener) tasks() (list []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range l.heard {
		if h.Ended != nil {
			list = append(list, h.Task)
		}
	}
	return list
}

func wellAnswered(w http.ResponseWriter, _ *http.Request) {
	say(w, 100*time.Millisecond, tokenEvent("a"), endEvents)
}

func (s *shop) call(t *testing.T, task string) {
	t.Helper()
	_, _ = io.Copy(io.Discard, s.ask(t, task).Body)
}

// What happens at a tap from now on is heard at once, on the clock of whoever follows.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, wellAnswered, "")
		time.Sleep(time.Hour)
		s.call(t, "before")
		l := follow(t, to(s.network))
		time.Sleep(2500 * time.Millisecond)
		s.call(t, "a")
		synctest.Wait()
		l.mu.Lock()
		if len(l.heard) != 2 || l.heard[0].Ended != nil || l.heard[0].Task != "a" || l.heard[0].Asked != 2500*time.Millisecond || l.heard[0].TTFT != client.Never ||
			l.heard[1].Ended == nil || l.heard[1].TTFT != 100*time.Millisecond || l.heard[1].Late != 0 {
			t.Errorf("%+v", l.heard)
		}
		l.mu.Unlock()
		if got := l.Stats(); got != (tap.FollowStats{}) {
			t.Errorf("%+v", got)
		}
		l.close()
		s.close()
	})
}

// slow is a network on which a request and its answer take their time.
type slow struct {
	http.RoundTripper
	there, back time.Duration
}

func (s slow) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(s.there)
	resp, err := s.RoundTripper.RoundTrip(r)
	time.Sleep(s.back)
	return resp, err
}

// Of two machines the clocks are told apart by no more than half of a round trip, which is
// what the follower says of itself.
func TestClocks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ms := func(name string) time.Duration {
			return time.Duration(rapid.IntRange(0, 400).Draw(rt, name)) * time.Millisecond
		}
		there, back := ms("there"), ms("back")
		synctest.Test(t, func(t *testing.T) {
			s := open(t, wellAnswered, "")
			time.Sleep(time.Minute)
			began := time.Now()
			l := follow(t, slow{to(s.network), there, back})
			time.Sleep(3 * time.Second)
			at := time.Since(began)
			s.call(t, "a")
			time.Sleep(3 * time.Second)
			l.mu.Lock()
			wrong := l.heard[0].Asked - at
			l.mu.Unlock()
			if sure := l.Stats().Uncertainty; wrong.Abs() > sure || sure > (there+back+1)/2 {
				t.Errorf("wrong by %v, and said to be by %v at most", wrong, sure)
			}
			l.close()
			s.close()
		})
	})
}

// A tap that dies is asked again and again. One that was started anew tells all of its own.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, wellAnswered, "")
		moved := &moving{}
		moved.to(s.network)
		l := follow(t, moved)
		s.call(t, "a")
		time.Sleep(time.Second)
		s.tap.Close(0)
		_ = s.network.Close()
		time.Sleep(10 * time.Second)
		if got := l.Stats(); !got.DeafNow || got.Broken != 1 || got.Deaf < 9*time.Second {
			t.Errorf("while it is dead: %+v", got)
		}
		s.worker.CloseIdleConnections()
		s.network = pipetest.New()
		s.start(t, "")
		moved.to(s.network)
		s.call(t, "b") // before the follower is back, or not
		time.Sleep(3 * time.Second)
		s.call(t, "c")
		synctest.Wait()
		if got := l.tasks(); !slices.Equal(got, []string{"a", "b", "c"}) {
			t.Errorf("%v were heard", got)
		}
		if got := l.Stats(); got.DeafNow || got.Broken != 1 || got.Restarts != 1 || got.Missed != 0 || got.Deaf > 12*time.Second {
			t.Errorf("%+v", got)
		}
		l.close()
		s.close()
	})
}

// moving is a transport to a tap that moves.
type moving struct {
	mu sync.Mutex
	at *http.Transport
}

func (m *moving) to(network *pipetest.Network) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.at != nil {
		m.at.CloseIdleConnections()
	}
	m.at = to(network)
}

func (m *moving) RoundTrip(r *http.Request) (*http.Response, error) {
	m.mu.Lock()
	at := m.at
	m.mu.Unlock()
	return at.RoundTrip(r)
}

func (m *moving) CloseIdleConnections() { m.at.CloseIdleConnections() }

// A false tap says what it is told to.
type falseTap func(after string, line func(tap.Line)) (goesOn bool)

func (f falseTap) serve(t *testing.T) (network *pipetest.Network, end func()) {
	t.Helper()
	network = pipetest.New()
	var served sync.WaitGroup
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		out := json.NewEncoder(w)
		if r.URL.Path == tap.Prefix {
			_ = out.Encode(tap.Line{Tap: &tap.State{ID: "x"}})
			return
		}
		goesOn := f(r.URL.Query().Get("after"), func(l tap.Line) {
			_ = out.Encode(l)
			_ = http.NewResponseController(w).Flush()
		})
		if goesOn {
			<-r.Context().Done()
		}
	})}
	served.Go(func() { _ = server.Serve(network) })
	return network, func() {
		_ = server.Close()
		served.Wait()
		synctest.Wait()
	}
}

// Records that come twice are heard once, those that are missing are counted, and a
// connection that breaks in the middle loses none.
func TestRecordsAreHeardOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rounds := rapid.SliceOfN(rapid.SliceOfN(rapid.Uint64Range(1, 30), 0, 20), 1, 6).Draw(rt, "numbers")
		synctest.Test(t, func(t *testing.T) {
			round := 0
			network, end := falseTap(func(_ string, line func(tap.Line)) bool {
				line(tap.Line{Tap: &tap.State{ID: "x"}})
				if round >= len(rounds) {
					return true
				}
				for _, n := range rounds[round] {
					line(tap.Line{Call: &tap.Record{N: n, Call: n, Task: fmt.Sprint(n), Ended: &tap.Ending{}}})
				}
				round++
				return false
			}).serve(t)
			l := follow(t, to(network))
			time.Sleep(10 * time.Second)
			var last, missed uint64
			var want []string
			for _, numbers := range rounds {
				for _, n := range numbers {
					if n > last {
						missed, want = missed+n-last-1, append(want, fmt.Sprint(n))
						last = n
					}
				}
			}
			if got := l.tasks(); !slices.Equal(got, want) || l.Stats().Missed != int64(missed) {
				t.Errorf("%v were heard and %d missed, want %v and %d", got, l.Stats().Missed, want, missed)
			}
			l.close()
			end()
		})
	})
}

// A tap that stands still says nothing, and counts as gone.
func TestSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		network, end := falseTap(func(after string, line func(tap.Line)) bool {
			asked = append(asked, after)
			line(tap.Line{Tap: &tap.State{ID: "x"}})
			line(tap.Line{Call: &tap.Record{N: uint64(len(asked)), Call: 1}})
			return true
		}).serve(t)
		l := follow(t, to(network))
		time.Sleep(20 * time.Second)
		if got := l.Stats(); got.Broken < 2 || got.Deaf < 10*time.Second {
			t.Errorf("%+v", got)
		}
		l.close()
		end()
		if len(asked) < 3 || asked[0] != "0" || asked[2] != "2" {
			t.Errorf("after %v", asked)
		}
	})
}

// The end of a run waits for what has been recorded by then.
func TestSettle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, wellAnswered, "")
		l := follow(t, to(s.network))
		for i := range 50 {
			s.call(t, fmt.Sprint(i))
		}
		l.Settle(t.Context())
		if got := l.tasks(); len(got) != 50 {
			t.Errorf("%d were heard", len(got))
		}
		l.close()
		s.close()
	})
}

// deafening is a transport through which nothing is answered after an instant.
type deafening struct {
	http.RoundTripper
	after time.Time
}

func (d deafening) RoundTrip(r *http.Request) (*http.Response, error) {
	if time.Now().After(d.after) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return d.RoundTripper.RoundTrip(r)
}

// A tap that stood still before the end of a run was not heard to the end, though nobody has
// waited for its pulse in vain yet.
func TestSettleWithoutATap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, wellAnswered, "")
		l := follow(t, deafening{to(s.network), time.Now().Add(2 * time.Second)})
		time.Sleep(3 * time.Second)
		if got := l.Stats(); got.DeafNow {
			t.Errorf("before: %+v", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		l.Settle(ctx)
		if got := l.Stats(); !got.DeafNow || got.Broken != 1 {
			t.Errorf("%+v", got)
		}
		l.close()
		s.close()
	})
}

// What answers and is no tap is told apart.
func TestNoTap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }, "")
		for _, through := range []*pipetest.Network{s.upstream} {
			if _, err := tap.Dial(t.Context(), tap.FollowConfig{URL: "http://tap.test", HTTP: &http.Client{Transport: to(through)}}); err == nil {
				t.Error("it is a tap")
			}
		}
		s.close()
	})
}
