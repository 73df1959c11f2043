package mock

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Stats are a server's counters since its start, and what is in it now.
type Stats struct {
	Running int // sequences in the batch
	Queued  int // requests waiting for the batch

	Served      int64         // answers generated to their end, those that a fault cuts included
	Tokens      int64         // output tokens generated
	Cached      int64         // prompt tokens that the cache of prefixes knew
	Prompt      int64         // prompt tokens read beside them
	Steps       int64         // iterations of the engine
	Left        int64         // requests whose client went away before their end
	RateLimited int64         // answered 429
	Overloaded  int64         // answered 503 because the queue was full
	Faults      int64         // struck by an error, a stall or a truncation
	Behind      time.Duration // time the host lost beyond what the engine makes up for
}

// A Server is the endpoint: an [http.Handler] for any HTTP server, with one of
// its own behind [Server.Serve]. It is safe for concurrent use. Its engine runs
// from [New] to [Server.Close].
type Server struct {
	cfg    Config
	engine *engine
	limits *limiter
	dice   dice
	http   *http.Server
	routes map[string]route
	began  time.Time

	requests, limited, faults atomic.Int64

	closing chan struct{}
	mu      sync.Mutex // guards closed, and inHand against growing once it is
	closed  bool
	inHand  sync.WaitGroup
}

type route struct {
	method string
	open   bool // needs no key
	serve  http.HandlerFunc
}

// New starts an endpoint. It reports an invalid configuration.
func New(cfg Config) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("mock endpoint: %w", err)
	}
	if len(cfg.Models) == 0 {
		cfg.Models = []string{DefaultModel}
	}
	s := &Server{
		cfg:     cfg,
		engine:  startEngine(cfg),
		limits:  newLimiter(cfg),
		dice:    dice{cfg: cfg},
		began:   time.Now(),
		closing: make(chan struct{}),
	}
	s.routes = map[string]route{
		"/healthz":              {http.MethodGet, true, s.health},
		"/metrics":              {http.MethodGet, true, s.metrics},
		"/v1/models":            {http.MethodGet, false, s.models},
		"/api/tags":             {http.MethodGet, false, s.tags},
		"/api/v1/copy/generate": {http.MethodPost, false, s.copy},
	}
	for _, d := range dialects {
		s.routes[d.path] = route{http.MethodPost, false, s.serve(d)}
	}
	s.http = newHTTPServer(s)
	return s, nil
}

// The limits of time of a request. Its answer has none: a stream may last.
const (
	headerTime = 30 * time.Second
	bodyTime   = 30 * time.Second // from the end of its header
)

// newHTTPServer is an HTTP server for ten thousand streams: it gives no answer a
// deadline, keeps idle connections for long, and reads no more of a header than
// is needed. It speaks HTTP/1.1 and, to clients that know, HTTP/2 without TLS.
func newHTTPServer(h http.Handler) *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler:           h,
		Protocols:         &protocols,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: 10_000},
		ReadHeaderTimeout: headerTime,
		IdleTimeout:       5 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
}

// Serve answers the connections of l until [Server.Close], then returns nil. It
// closes l. It may be called for several listeners.
func (s *Server) Serve(l net.Listener) error {
	err := s.http.Serve(l)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Close cuts every connection of [Server.Serve], stops the engine, and waits for
// the requests in hand to end. Under another HTTP server, close that one first,
// or a client that does not read could hold Close up.
func (s *Server) Close() error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	s.mu.Unlock()
	// Connections first: who is told that the server closes would still answer.
	err := s.http.Close()
	if first {
		close(s.closing)
	}
	s.engine.close()
	s.inHand.Wait()
	return err
}

// Stats reports the counters of now.
func (s *Server) Stats() Stats {
	st := s.engine.snapshot()
	st.RateLimited, st.Faults = s.limited.Load(), s.faults.Load()
	return st
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Request-Id", fmt.Sprintf("req_%016x%016x", scramble(s.cfg.Seed), scramble(uint64(s.requests.Add(1)))))
	if !s.enter() {
		overloaded(errClosed).write(w)
		return
	}
	defer s.inHand.Done()
	hurry(w, r)
	rt, known := s.routes[r.URL.Path]
	switch {
	case !known:
		p := badRequest("", fmt.Sprintf("unknown request URL: %s %s", r.Method, r.URL.Path))
		p.status, p.code = http.StatusNotFound, "unknown_url"
		p.write(w)
	case r.Method != rt.method:
		w.Header().Set("Allow", rt.method)
		p := badRequest("", fmt.Sprintf("%s does not take %s: use %s", r.URL.Path, r.Method, rt.method))
		p.status, p.code = http.StatusMethodNotAllowed, "method_not_supported"
		p.write(w)
	case !rt.open && !s.authorized(r):
		w.Header().Set("WWW-Authenticate", "Bearer")
		p := badRequest("", "missing or incorrect API key: send it as Authorization: Bearer KEY")
		p.status, p.code = http.StatusUnauthorized, "invalid_api_key"
		p.write(w)
	default:
		rt.serve(w, r)
	}
}

// hurry gives the body of a request so much time to come. One that came lets go of the
// deadline: the connection is read on, to hear of a client that goes away.
func hurry(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	if control.SetReadDeadline(time.Now().Add(bodyTime)) != nil { // this server cannot
		return
	}
	came := func() { _ = control.SetReadDeadline(time.Time{}) } // as it could before
	if r.Body == nil || r.Body == http.NoBody {
		came()
		return
	}
	r.Body = &arriving{ReadCloser: r.Body, came: came}
}

// An arriving body says when it has come.
type arriving struct {
	io.ReadCloser
	came func()
}

// Read implements io.Reader.
func (a *arriving) Read(p []byte) (int, error) {
	n, err := a.ReadCloser.Read(p)
	if err == io.EOF && a.came != nil {
		a.came()
		a.came = nil
	}
	return n, err
}

// enter counts a request in hand, unless the server is closed.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.inHand.Add(1)
	}
	return !s.closed
}

func (s *Server) authorized(r *http.Request) bool {
	if s.cfg.Key == "" {
		return true
	}
	for _, key := range keysOf(r) {
		if subtle.ConstantTimeCompare([]byte(key), []byte(s.cfg.Key)) == 1 {
			return true
		}
	}
	return false
}

// keysOf are the keys of a request, however they are sent.
func keysOf(r *http.Request) []string {
	keys := []string{r.Header.Get("X-Api-Key"), r.Header.Get("Api-Key")}
	if scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
		keys = append(keys, strings.TrimSpace(key))
	}
	if user, password, ok := r.BasicAuth(); ok {
		keys = append(keys, user+":"+password)
	}
	return keys
}

func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

func (s *Server) models(w http.ResponseWriter, _ *http.Request) {
	type model struct {
		ID      string `json:"id"`
		Object  string `json:"object"`
		Created int64  `json:"created"`
		OwnedBy string `json:"owned_by"`
	}
	data := make([]model, len(s.cfg.Models))
	for i, id := range s.cfg.Models {
		data[i] = model{id, "model", s.began.Unix(), "flashwave"}
	}
	writeJSON(w, http.StatusOK, struct {
		Object string  `json:"object"`
		Data   []model `json:"data"`
	}{"list", data})
}

// tags lists the models as Ollama does.
func (s *Server) tags(w http.ResponseWriter, _ *http.Request) {
	type model struct {
		Name  string `json:"name"`
		Model string `json:"model"`
	}
	list := make([]model, len(s.cfg.Models))
	for i, id := range s.cfg.Models {
		list[i] = model{id, id}
	}
	writeJSON(w, http.StatusOK, map[string][]model{"models": list})
}

// pause waits as long as a stalled answer stops; false: there is nobody left to
// answer.
func (s *Server) pause(ctx context.Context) bool {
	timer := time.NewTimer(stallTime)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-s.closing:
	}
	return false
}
