package serverside

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"flashwave/bench/result"
)

// How often a server is asked, how long it has for an answer, and how often it is asked
// once that many answers in a row did not come.
const (
	every     = time.Second
	patience  = time.Second
	giveUp    = 5
	everyThen = 10 * time.Second
)

// maxTaken bounds what is kept: when it is full, moments merge in pairs.
const maxTaken = 7200

// Config is what a watch needs.
type Config struct {
	URL      string
	Metrics  []string             // to be read beside the known ones
	Now      func() time.Duration // the clock of the run
	Insecure bool                 // accept any certificate
	Note     func(string)         // told once, from Begin on, if the server does not answer

	transport http.RoundTripper // for tests
}

// A Watch is kept over what a server says of itself. Its methods are safe for concurrent
// use.
type Watch struct {
	config Config
	reader *reader
	client *http.Client
	over   chan struct{}

	stopped context.Context // ends what is asked
	stop    context.CancelFunc

	mu       sync.Mutex
	asked    int64
	answered int64
	problem  string
	server   *server           // nil: not known
	metric   map[string]string // what a series is called there, by its name
	counter  map[string]bool
	taken    []moment
	stride   int // so many answers are one moment
	merged   int // of the newest
}

// A moment is what a page said: of a level the highest, of a counter the newest, where
// several pages are one moment.
type moment struct {
	at     time.Duration
	values map[string]float64 // by the name of the series
}

// New asks for the first time, and waits for the answer: what counters say before the
// load is what they are held against. That takes a second at most.
func New(c Config) *Watch {
	ctx, cancel := context.WithCancel(context.Background())
	w := &Watch{config: c, reader: newReader(c.Metrics), stopped: ctx, stop: cancel, over: make(chan struct{}), stride: 1, metric: map[string]string{}, counter: map[string]bool{}}
	w.client = &http.Client{
		Transport:     c.transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if c.transport == nil {
		w.client.Transport = &http.Transport{ // no proxy of the environment, as the load has none
			DialContext: (&net.Dialer{}).DialContext, DisableCompression: true, MaxIdleConns: 1, MaxResponseHeaderBytes: 64 << 10,
			TLSClientConfig: &tls.Config{InsecureSkipVerify: c.Insecure, MinVersion: tls.VersionTLS12},
		}
	}
	w.ask()
	return w
}

// Begin says what was wrong with the first answer, and goes on asking until the watch is
// stopped.
func (w *Watch) Begin() {
	w.mu.Lock()
	problem := w.problem
	w.mu.Unlock()
	if problem != "" {
		w.note(problem)
	}
	go w.run()
}

// run asks until the watch is stopped.
func (w *Watch) run() {
	defer close(w.over)
	failed := 0
	for {
		pause := every
		if failed >= giveUp {
			pause = everyThen
		}
		select {
		case <-w.stopped.Done():
			return
		case <-time.After(pause - w.config.Now()%every):
		}
		ok, first := w.ask()
		if ok {
			failed = 0
			continue
		}
		failed++
		if first != "" {
			w.note(first)
		}
	}
}

func (w *Watch) note(problem string) {
	if w.config.Note != nil {
		w.config.Note("the server's own metrics could not be read: " + problem)
	}
}

// Stop ends the watch, and asks for the last time, which takes a second at most.
func (w *Watch) Stop() {
	w.stop()
	<-w.over
	w.mu.Lock()
	answers := w.answered > 0
	w.mu.Unlock()
	if answers { // who never did is not waited for again
		w.stopped = context.Background()
		w.ask()
	}
	w.client.CloseIdleConnections()
}

// ask takes in what the server says now; false: it said nothing. first is what was wrong
// where nothing was before.
func (w *Watch) ask() (ok bool, first string) {
	ctx, cancel := context.WithTimeout(w.stopped, patience)
	defer cancel()
	samples, counters, err := w.page(ctx)
	if err != nil && w.stopped.Err() != nil {
		return false, ""
	}
	at := w.config.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	if err != nil {
		if w.problem == "" {
			w.problem = told(err)
			first = w.problem
		}
		return false, first
	}
	w.answered++
	for name := range counters {
		w.counter[name] = true
	}
	w.take(at, samples)
	return true, ""
}

// told is an error without the URL, which may be long.
func told(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		if u.Timeout() {
			return "no answer within a second"
		}
		err = u.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer within a second"
	}
	text := strings.ToValidUTF8(err.Error(), "�")
	return text[:min(len(text), 200)]
}

func (w *Watch) page(ctx context.Context) (all []sample, counters map[string]bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.config.URL, nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Accept", "text/plain;version=0.0.4")
	req.Header.Set("User-Agent", "flashwave")
	res, err := w.client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, nil, fmt.Errorf("HTTP %d", res.StatusCode)
	}
	return w.reader.samples(res.Body)
}

// take keeps what a page said. w.mu is held.
func (w *Watch) take(at time.Duration, samples []sample) {
	m := moment{at: at, values: map[string]float64{}}
	if w.server == nil {
		w.server = recognised(samples)
	}
	if w.server != nil {
		for _, s := range w.server.series {
			for _, metric := range s.metrics {
				if v, ok := read(samples, metric, s.name == result.ServerKVCache); ok {
					m.values[s.name], w.metric[s.name] = v, metric.name
					break
				}
			}
		}
	}
	for _, name := range w.config.Metrics {
		if _, taken := m.values[name]; taken {
			continue
		}
		if v, ok := read(samples, metric{name: name}, false); ok {
			m.values[name], w.metric[name] = v, name
		}
	}
	if n := len(w.taken); n > 1 && w.merged < w.stride { // the first, from before the load, stays by itself
		w.taken[n-1] = w.join(w.taken[n-1], m)
		w.merged++
		return
	}
	if len(w.taken) == maxTaken {
		w.halve()
	}
	w.taken, w.merged = append(w.taken, m), 1
}

// halve makes one moment of two. w.mu is held.
func (w *Watch) halve() {
	half := w.taken[:1]
	for i := 1; i < len(w.taken); i += 2 {
		m := w.taken[i]
		if i+1 < len(w.taken) {
			m = w.join(m, w.taken[i+1])
		}
		half = append(half, m)
	}
	clear(w.taken[len(half):])
	w.taken = half
	w.stride *= 2
}

// join is two moments as one.
func (w *Watch) join(a, b moment) moment {
	for name, v := range a.values {
		if now, ok := b.values[name]; !ok || !w.counts(name) && v > now {
			b.values[name] = v
		}
	}
	return b
}

// counts reports whether a series only grows.
func (w *Watch) counts(name string) bool {
	return counters[name] || w.counter[name] || slices.ContainsFunc([]string{"_total", "_sum", "_count"}, func(end string) bool { return strings.HasSuffix(name, end) })
}

// recognised is the server whose metrics these are; nil: it is none of the known ones.
func recognised(samples []sample) *server {
	for i := range known {
		for _, s := range known[i].series {
			if s.name == result.ServerRejected {
				continue // its name may be anybody's
			}
			for _, m := range s.metrics {
				if _, ok := read(samples, m, false); ok {
					return &known[i]
				}
			}
		}
	}
	return nil
}

// read adds up the samples of a metric, or takes the largest.
func read(samples []sample, m metric, largest bool) (v float64, ok bool) {
	for _, s := range samples {
		switch {
		case s.name != m.name || m.label != "" && !slices.Contains(m.values, s.labels[m.label]):
			continue
		case !ok:
			v = s.value
		case largest:
			v = max(v, s.value)
		default:
			v += s.value
		}
		ok = true
	}
	return v, ok
}
