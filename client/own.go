package client

import (
	"context"
	"crypto/tls"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"flashwave/client/http1"
)

// own carries exchanges over HTTP/1.1 by package http1, plain or over TLS.
type own struct {
	client     *Client
	http       http1.Transport
	post, talk heads
}

// heads are those of requests to one URL, as far as the length of the body: of one for a
// document, and for a stream.
type heads struct{ plain, stream []byte }

func headsOf(c *Client, to *url.URL) heads {
	return heads{requestHead(c, to, c.plain), requestHead(c, to, c.stream)}
}

func newOwn(c *Client, config *tls.Config) *own {
	addr := c.Address()
	o := &own{client: c, post: headsOf(c, c.post)}
	if o.talk = o.post; c.talk != c.post {
		o.talk = headsOf(c, c.talk)
	}
	o.http = http1.Transport{
		Dial: func(ctx context.Context) (net.Conn, time.Duration, time.Duration, error) {
			return c.open(ctx, "tcp", addr)
		},
		Handshake: c.cfg.ConnectTimeout,
		Epoch:     c.cfg.Epoch,
		MostIdle:  c.mostIdle(),
		IdleFor:   idleConnection,
		Headers:   headerLimit,
	}
	if c.post.Scheme == "http" && c.cfg.DialContext == nil {
		o.http.Pollers = http1.NewPollers()
	}
	if c.post.Scheme == "https" {
		o.http.TLS = config.Clone()
		o.http.TLS.ServerName = c.post.Hostname()
		o.http.TLS.NextProtos = []string{"http/1.1"}
	}
	return o
}

// ownCarries reports whether requests can go by the own transport: HTTP/1.1, without a
// proxy, to a host whose name needs no translation.
func (c *Client) ownCarries() bool {
	return c.cfg.Transport != Standard && !c.cfg.HTTP2 && c.cfg.Proxy == "" && isPlain(c.post.Host+c.host)
}

// requestHead is the head of all requests with certain fields, but for the length
// of the body, which is its last field.
func requestHead(c *Client, to *url.URL, fields http.Header) []byte {
	host := c.host
	if host == "" {
		host, _, _ = strings.Cut(c.post.Host, "%") // a zone is of no meaning to others
		if strings.Contains(c.post.Host, "%") {
			host += c.post.Host[strings.LastIndexByte(c.post.Host, ']'):]
		}
	}
	b := []byte(http.MethodPost + " " + to.RequestURI() + " HTTP/1.1\r\nHost: " + host + "\r\n")
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		switch name {
		case "Host", "Content-Length", "Transfer-Encoding", "Trailer": // the message's own
			continue
		}
		for _, value := range fields[name] {
			if value == "" && name == "User-Agent" {
				continue // whoever wants none
			}
			b = append(b, name+": "+strings.Trim(value, " \t")+"\r\n"...)
		}
	}
	return append(b, "Content-Length: "...)
}

// ReadWatches are the goroutines that read responses, for probes of how late they do. Each
// calls ready whenever something can be read from a file, so that what holds responses up
// holds it up. Ready must read the file empty. After stop has returned it is not called any
// more; not ok: the file cannot be waited for. There are none where each response is read
// by the goroutine that waits for it: a probe does best to do likewise.
func (c *Client) ReadWatches() (list []func(fd int, ready func()) (stop func(), ok bool)) {
	o, isOwn := c.transport.(*own)
	if !isOwn {
		return nil
	}
	for _, p := range o.http.Pollers {
		list = append(list, func(fd int, ready func()) (func(), bool) {
			stop, err := p.Watch(fd, ready)
			return stop, err == nil
		})
	}
	return list
}

func (o *own) disconnect() { o.http.Disconnect() }

func (o *own) close() {
	o.http.Close()
	for _, p := range o.http.Pollers {
		p.Close()
	}
}

// requestBuffers are the memory of requests, heads and bodies in one.
var requestBuffers = sync.Pool{New: func() any { return new([]byte) }}

func (o *own) exchange(a *attempt, body *payload, fresh bool) error {
	to := &o.post
	if a.call.manner.talk {
		to = &o.talk
	}
	head := to.plain
	if a.call.streams {
		head = to.stream
	}
	message := requestBuffers.Get().(*[]byte)
	*message = append((*message)[:0], head...)
	*message = strconv.AppendInt(*message, int64(len(*body.buf)), 10)
	if id := a.call.req.taskID(); id != "" {
		*message = append(append(*message, "\r\n"+TaskHeader+": "...), id...)
	}
	*message = append(append(*message, "\r\n\r\n"...), *body.buf...)
	_ = body.Close() // never fails

	err := o.http.Do((*lazily)(&a.call.watch), *message, (*exchanged)(a), fresh)
	if cap(*message) <= largestPooled {
		requestBuffers.Put(message)
	}
	if dial, ok := err.(*http1.DialError); ok {
		return dial.Err
	}
	return err
}

// exchanged is an attempt as package http1 sees it.
type exchanged attempt

func (e *exchanged) Sending(at time.Duration) { e.call.sent(at) }

func (e *exchanged) Connected(c *http1.Conn) bool {
	a := (*attempt)(e)
	a.gotConnection()
	a.dialled = c.Connect
	a.phases = Phases{Reused: true}
	if !c.Reused {
		a.phases = Phases{DNS: c.DNS, Connect: c.Connect, TLS: c.TLS}
	}
	return a.call.watch.hold(c)
}

func (e *exchanged) Wrote(n int, at time.Duration) { e.unwritten, e.wrote = n == 0, at }

func (e *exchanged) Began(at time.Duration) { e.firstByte = at }

func (e *exchanged) Head(h *http1.Head) bool { return (*attempt)(e).head(h.Status, h) }

func (e *exchanged) Body(p []byte, at http1.Stamp) bool { return (*attempt)(e).body(p, at) }

func (e *exchanged) Read(at time.Duration, over bool) { (*attempt)(e).read(at, over) }

func (e *exchanged) Release() bool { return e.call.watch.letGo() }
