package tap

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"flashwave/client"
)

// A carrier carries requests to the endpoint over HTTP/1.1. A call that met a connection which
// the endpoint had closed before is sent once more on a fresh one, by the rule of package
// client: a worker without a tap has a pool of its own, and would have met none there.
type carrier struct{ pooled, fresh *http.Transport }

// mostIdle is how many idle connections are kept.
const mostIdle = 10_000

func newCarrier(dial func(ctx context.Context, network, addr string) (net.Conn, error)) *carrier {
	of := func() *http.Transport {
		var only http.Protocols
		only.SetHTTP1(true)
		return &http.Transport{
			DialContext: dial, DisableCompression: true, MaxIdleConns: mostIdle, MaxIdleConnsPerHost: mostIdle,
			IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second, Protocols: &only,
		}
	}
	c := &carrier{of(), of()}
	c.fresh.DisableKeepAlives = true
	return c
}

func (c *carrier) close() {
	c.pooled.CloseIdleConnections()
	c.fresh.CloseIdleConnections()
}

// RoundTrip implements http.RoundTripper.
func (c *carrier) RoundTrip(r *http.Request) (*http.Response, error) {
	call := callOf(r.Context())
	if call == nil || call.body == nil {
		return c.pooled.RoundTrip(r)
	}
	var reused, answered atomic.Bool
	var wrote atomic.Int64
	began := time.Now()
	resp, err := c.pooled.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		GotConn:              func(i httptrace.GotConnInfo) { reused.Store(i.Reused) },
		WroteRequest:         func(httptrace.WroteRequestInfo) { wrote.Store(int64(time.Since(began))) },
		GotFirstResponseByte: func() { answered.Store(true) },
	})))
	if err == nil || !reused.Load() || answered.Load() || r.Context().Err() != nil || !client.Stale(err, time.Since(began)-time.Duration(wrote.Load()), 0) {
		return resp, err
	}
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(call.body))
	return c.fresh.RoundTrip(again)
}
