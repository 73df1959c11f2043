package tap

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"flashwave/client"
)

// FollowConfig is what a follower needs.
type FollowConfig struct {
	URL   string    // of the tap: its host counts
	Epoch time.Time // what instants count from
	// Hear is told of records, one after the other and each once. It must not block.
	Hear func(Heard)
	HTTP *http.Client // nil: the usual one. Tests pass pipes.
}

// A Heard is a record on the clock of whoever follows.
type Heard struct {
	Record
	Tap   string        // the tap that it is of: its calls are numbered anew when it is started
	Asked time.Duration // since the epoch
	TTFT  time.Duration // from asked to the first token; [client.Never]: none came, or it goes on
	Late  time.Duration // from what happened until it was heard of
}

// FollowStats say how well a tap was heard.
type FollowStats struct {
	Uncertainty time.Duration // by which instants may be off, at most: half of a round trip
	Latest      time.Duration // from what happened until it was heard of, at most
	Missed      int64         // records that the tap had let go before they were read
	Broken      int64         // how often the connection to the tap broke
	Restarts    int64         // how often the tap was started anew
	Deaf        time.Duration // how long nothing was heard, all in all
	DeafNow     bool          // nothing is
}

// A Follower reads the records of a tap.
type Follower struct {
	config FollowConfig
	base   string
	http   *http.Client

	mu    sync.Mutex
	stats FollowStats
	clock clock
	tap   string
	after uint64
	heard time.Time     // when a line came last
	step  chan struct{} // closed: after has moved
}

// The times of a follower.
const (
	askTime   = 5 * time.Second        // that an answer may take
	silence   = 5 * pulse              // after which a tap that says nothing is taken to be gone
	again     = 250 * time.Millisecond // until a tap that is gone is asked again
	askClock  = time.Second            // between two looks at the clock of the tap
	firstAsks = 4                      // of them before anything else
)

// Dial asks a tap for its state, and makes a follower of what it records from now on.
func Dial(ctx context.Context, c FollowConfig) (*Follower, error) {
	u, err := client.ParseURL(c.URL)
	if err != nil {
		return nil, err
	}
	f := &Follower{config: c, base: u.Scheme + "://" + u.Host, http: c.HTTP, step: make(chan struct{}), heard: time.Now()}
	if f.http == nil {
		f.http = &http.Client{Transport: &http.Transport{DisableCompression: true}}
	}
	for range firstAsks {
		s, err := f.ask(ctx)
		if err != nil {
			return nil, err
		}
		f.tap, f.after = s.ID, s.Last
	}
	return f, nil
}

// Stats are those so far.
func (f *Follower) Stats() FollowStats {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.stats
	if s.DeafNow {
		s.Deaf += time.Since(f.heard)
	}
	return s
}

// ask asks the tap for its state, and sets the clock by it.
func (f *Follower) ask(ctx context.Context) (*State, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	began := time.Now()
	resp, err := f.get(ctx, Prefix)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	var line Line
	if err := json.NewDecoder(resp.Body).Decode(&line); err != nil || line.Tap == nil {
		return nil, errNone
	}
	ended := time.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.clock.set(line.Tap.ID, began.Sub(f.config.Epoch), ended.Sub(f.config.Epoch), time.Duration(line.Tap.Now))
	f.stats.Uncertainty = max(f.stats.Uncertainty, f.clock.uncertainty())
	return line.Tap, nil
}

var errNone = errors.New("what answers there is no tap")

// get asks for something of the tap's own.
func (f *Follower) get(ctx context.Context, path string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, f.base+path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := f.http.Do(r)
	if err != nil {
		var of *url.Error
		if errors.As(err, &of) {
			err = of.Err
		}
		return nil, fmt.Errorf("the tap cannot be reached: %w", err)
	}
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/x-ndjson") {
		_ = resp.Body.Close()
		return nil, errNone
	}
	return resp, nil
}

// Follow reads records until the context ends. A tap that is gone is asked again and again.
func (f *Follower) Follow(ctx context.Context) {
	for ctx.Err() == nil {
		_ = f.read(ctx) // whatever it was, the tap is asked again
		if ctx.Err() != nil {
			return
		}
		f.deafen()
		t := time.NewTimer(again)
		select {
		case <-ctx.Done():
		case <-t.C:
		}
		t.Stop()
	}
}

// deafen notes that nothing is heard.
func (f *Follower) deafen() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.stats.DeafNow {
		f.stats.DeafNow = true
		f.stats.Broken++
	}
}

// read reads records on one connection.
func (f *Follower) read(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	quiet := time.AfterFunc(silence, cancel)
	defer quiet.Stop()
	if _, err := f.ask(ctx); err != nil {
		return err
	}
	f.mu.Lock()
	path := fmt.Sprintf("%s?tap=%s&after=%d&follow=1", callsPath, url.QueryEscape(f.tap), f.after)
	f.mu.Unlock()
	resp, err := f.get(ctx, path)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	asks := make(chan struct{})
	go func() {
		defer close(asks)
		f.watchClock(ctx)
	}()
	defer func() {
		cancel()
		<-asks
	}()
	for in := json.NewDecoder(bufio.NewReader(resp.Body)); ; {
		var line Line
		if err := in.Decode(&line); err != nil {
			return err
		}
		quiet.Reset(silence)
		f.take(line)
	}
}

// watchClock asks for the clock of the tap now and then: clocks of two machines drift.
func (f *Follower) watchClock(ctx context.Context) {
	t := time.NewTicker(askClock)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			_, _ = f.ask(ctx) // whoever reads hears of a tap that is gone
		}
	}
}

// take takes in a line.
func (f *Follower) take(l Line) {
	f.mu.Lock()
	now := time.Now()
	if f.stats.DeafNow {
		f.stats.DeafNow = false
		f.stats.Deaf += now.Sub(f.heard)
	}
	f.heard = now
	if s := l.Tap; s != nil && s.ID != f.tap {
		f.stats.Restarts++
		f.tap, f.after = s.ID, 0
	}
	r := l.Call
	if r == nil || r.N <= f.after {
		f.mu.Unlock()
		return
	}
	f.stats.Missed += int64(r.N - f.after - 1)
	f.after = r.N
	h := Heard{Record: *r, Tap: f.tap, Asked: f.clock.at(r.Asked), TTFT: client.Never}
	latest := r.Asked
	if e := r.Ended; e != nil {
		latest = e.Done
		if e.FirstToken != nil {
			h.TTFT = time.Duration(max(*e.FirstToken-r.Asked, 0))
		}
	}
	h.Late = max(now.Sub(f.config.Epoch)-f.clock.at(latest), 0)
	f.stats.Latest = max(f.stats.Latest, h.Late)
	f.mu.Unlock()
	f.config.Hear(h)
	f.mu.Lock()
	close(f.step)
	f.step = make(chan struct{})
	f.mu.Unlock()
}

// Settle waits until all is heard that the tap has recorded by now, or for the context. A tap
// that does not say what that is was not heard.
func (f *Follower) Settle(ctx context.Context) {
	s, err := f.ask(ctx)
	if err != nil {
		f.deafen()
		return
	}
	for {
		f.mu.Lock()
		there, step := s.ID == f.tap && f.after >= s.Last, f.step
		f.mu.Unlock()
		if there {
			return
		}
		select {
		case <-step:
		case <-ctx.Done():
			return
		}
	}
}
