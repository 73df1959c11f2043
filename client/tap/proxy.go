package tap

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"flashwave/client"
)

// Config is what a tap needs.
type Config struct {
	// Upstream is the URL of the endpoint. Its scheme and host count: the path of a request
	// is passed on as it is, so that the tap stands where the host stood.
	Upstream string
	Sources  []Source // where calls say for which task they are made; nil: see [Usual]
	// Plain asks the endpoint not to compress its answers, whatever workers would take:
	// compressed ones are not read.
	Plain bool
	Ring  int // how many records are kept; 0: [RingSize]
	// DialContext opens connections to the endpoint; nil: the network. Tests pass pipes.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Stats count what a tap carried.
type Stats struct {
	Calls   int64 // that were asked
	Open    int64 // of them not over
	Strange int64 // of them said no task
	Others  int64 // requests that are no calls
	Coded   int64 // calls whose answers were compressed, and not read
}

// A Tap is a reverse proxy that keeps records. It is safe for concurrent use.
type Tap struct {
	upstream *url.URL
	sources  []Source
	plain    bool
	epoch    time.Time
	id       string
	ring     *ring
	proxy    *httputil.ReverseProxy
	carrier  *carrier
	server   *http.Server
	closing  chan struct{} // closed: nobody is told of records any more
	once     sync.Once

	calls, open, strange, others, coded atomic.Int64
}

// errQuery does not show what it is about, which may be a key.
var errQuery = errors.New("bad url: what follows ? is never sent, for that of each request is passed on as it is")

// New makes a tap. It connects to nothing yet.
func New(c Config) (*Tap, error) {
	upstream, err := client.ParseURL(c.Upstream)
	if err != nil {
		return nil, err
	}
	if upstream.RawQuery != "" {
		return nil, errQuery
	}
	var id [8]byte
	if _, err := rand.Read(id[:]); err != nil {
		return nil, err
	}
	t := &Tap{upstream: upstream, sources: c.Sources, plain: c.Plain, epoch: time.Now(), id: hex.EncodeToString(id[:]), closing: make(chan struct{})}
	if t.sources == nil {
		t.sources = Usual()
	}
	if c.Ring == 0 {
		c.Ring = RingSize
	}
	t.ring = newRing(c.Ring)
	t.carrier = newCarrier(c.DialContext)
	t.proxy = &httputil.ReverseProxy{
		Rewrite: t.rewrite, Transport: t.carrier, FlushInterval: -1, BufferPool: buffers{},
		ModifyResponse: respond, ErrorHandler: t.unanswered, ErrorLog: log.New(io.Discard, "", 0),
	}
	t.server = &http.Server{Handler: t, ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, ErrorLog: log.New(io.Discard, "", 0)}
	return t, nil
}

// The times of connections of workers.
const (
	headerTime = 30 * time.Second
	idleTime   = 5 * time.Minute
)

// Serve answers the connections of l until the tap is closed, then returns nil. It closes l.
func (t *Tap) Serve(l net.Listener) error {
	if err := t.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close ends the tap: nothing new is taken, and calls that are under way may end within the
// patience. Those that do not are cut.
func (t *Tap) Close(patience time.Duration) {
	t.once.Do(func() { close(t.closing) })
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if t.server.Shutdown(ctx) != nil {
		_ = t.server.Close()
	}
	t.carrier.close()
}

// Stats are those so far.
func (t *Tap) Stats() Stats {
	return Stats{Calls: t.calls.Load(), Open: t.open.Load(), Strange: t.strange.Load(), Others: t.others.Load(), Coded: t.coded.Load()}
}

func (t *Tap) now() time.Duration { return time.Since(t.epoch) }

// ServeHTTP passes a request on, or answers what is asked of the tap itself.
func (t *Tap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := t.now()
	switch {
	case r.URL.Path == Prefix || strings.HasPrefix(r.URL.Path, Prefix+"/"):
		t.tell(w, r)
	case r.Method != http.MethodPost || r.Header.Get("Upgrade") != "":
		t.others.Add(1)
		t.pass(w, r)
	default:
		c := t.ask(r, at)
		defer c.end(context.Canceled) // unless it has ended, or never will
		t.pass(w, r.WithContext(context.WithValue(r.Context(), callKey{}, c)))
	}
}

// pass passes a request on, and its response back.
func (t *Tap) pass(w http.ResponseWriter, r *http.Request) {
	for _, name := range []string{"Date", "Content-Type"} {
		w.Header()[name] = nil // it is the endpoint's to say
	}
	t.proxy.ServeHTTP(w, r)
}

// rewrite makes the request to the endpoint: all of it is as it came, but for the host.
func (t *Tap) rewrite(p *httputil.ProxyRequest) {
	p.Out.URL.Scheme, p.Out.URL.Host, p.Out.Host = t.upstream.Scheme, t.upstream.Host, ""
	p.Out.URL.RawQuery = p.In.URL.RawQuery
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		if values, ok := p.In.Header[name]; ok {
			p.Out.Header[name] = values
		}
	}
	if t.plain {
		p.Out.Header.Set("Accept-Encoding", "identity")
	}
}

// A call is one that is carried.
type call struct {
	tap      *Tap
	record   Record
	body     []byte // the whole of it, so that it may be sent once more; nil: it is too long
	lock     sync.Mutex
	listener *client.Listener
	cut      bool // the request broke before it had come
	over     bool
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// ask begins a call, whose head came at an instant. The beginning of its body, up to
// [LookedAt], is read before anything is passed on.
func (t *Tap) ask(r *http.Request, at time.Duration) *call {
	b, whole, err := peek(r)
	c := &call{tap: t, listener: client.Listen(r.URL.Path, b, t.epoch), cut: err != nil}
	if whole {
		c.body = b
	}
	c.record = Record{Call: uint64(t.calls.Add(1)), Asked: int64(at), Task: taskOf(t.sources, r.Header, func() []byte { return b })}
	t.open.Add(1)
	if c.record.Task == "" {
		t.strange.Add(1)
	}
	t.ring.put(c.record)
	return c
}

// peek reads the beginning of a body and puts it back; whole: that is all of it. The error
// says that it broke.
func peek(r *http.Request) (b []byte, whole bool, err error) {
	if r.Body == nil || r.Body == http.NoBody {
		return []byte{}, true, nil
	}
	var read bytes.Buffer
	if n := r.ContentLength; n > 0 && n <= LookedAt {
		read.Grow(int(n) + bytes.MinRead)
	}
	n, err := io.Copy(&read, io.LimitReader(r.Body, LookedAt+1))
	b = read.Bytes()
	rest := r.Body
	switch {
	case err != nil: // it is passed on as it came, and breaks where it broke
		r.Body = body{io.MultiReader(bytes.NewReader(b), failing{err}), rest}
		return b, false, err
	case n <= LookedAt:
		r.Body = body{bytes.NewReader(b), rest}
		return b, true, nil
	}
	r.Body = body{io.MultiReader(bytes.NewReader(b), rest), rest}
	return b, false, nil
}

// A body is read from elsewhere than it is closed.
type body struct {
	io.Reader
	io.Closer
}

// failing is the rest of a body that broke.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// respond takes in the head of a response, and listens to its body.
func respond(r *http.Response) error {
	c := callOf(r.Request.Context())
	if c == nil || r.StatusCode == http.StatusSwitchingProtocols {
		return nil
	}
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.listener.Head(r.StatusCode, r.Header, c.tap.now()) {
		c.tap.coded.Add(1)
	}
	r.Body = &heard{r.Body, c}
	return nil
}

// A heard body is listened to while it is read.
type heard struct {
	io.ReadCloser
	call *call
}

// Read implements io.Reader.
func (h *heard) Read(p []byte) (int, error) {
	n, err := h.ReadCloser.Read(p)
	at := h.call.tap.now()
	h.call.hear(p[:n], n == len(p), at)
	if err == io.EOF {
		h.call.endAt(nil, at)
	} else if err != nil {
		h.call.endAt(err, at)
	}
	return n, err
}

// Close implements io.Closer: one that is closed before its end was not wanted any more.
func (h *heard) Close() error {
	h.call.end(context.Canceled)
	return h.ReadCloser.Close()
}

// hear takes in what a read brought.
func (c *call) hear(p []byte, full bool, at time.Duration) {
	c.lock.Lock()
	over := !c.over && c.listener.Body(p, full, at)
	c.lock.Unlock()
	if over {
		c.endAt(nil, at)
	}
}

func (c *call) end(err error) { c.endAt(err, c.tap.now()) }

// endAt ends the call, once; the error is why there is no whole response.
func (c *call) endAt(err error, at time.Duration) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.over {
		return
	}
	c.over = true
	if c.cut && err != nil {
		err = context.Canceled // it was the worker's doing
	}
	of := c.record
	of.Ended = endingOf(c.listener.End(err, at))
	c.tap.open.Add(-1)
	c.tap.ring.put(of)
}

// unanswered answers where the endpoint did not.
func (t *Tap) unanswered(w http.ResponseWriter, r *http.Request, err error) {
	if c := callOf(r.Context()); c != nil {
		c.end(err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadGateway)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{
		"type": "bad_gateway", "message": "flashwave tap: the upstream gave no answer",
	}})
}

// buffers are the memory of copying, shared by all calls.
type buffers struct{}

const copied = 32 << 10

var pool = sync.Pool{New: func() any { return new([copied]byte) }}

// Get implements httputil.BufferPool.
func (buffers) Get() []byte { return pool.Get().(*[copied]byte)[:] }

// Put implements httputil.BufferPool.
func (buffers) Put(b []byte) { pool.Put((*[copied]byte)(b)) }
