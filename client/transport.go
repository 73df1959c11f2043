package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"time"
)

const (
	// connectionBuffer is small because there are two for every open stream, and
	// an event is a few hundred bytes.
	connectionBuffer = 4 << 10
	headerLimit      = 256 << 10
	idleConnection   = 90 * time.Second // as net/http's default transport
	// stuckWrite breaks an HTTP/2 connection whose server reads no more: whatever
	// writes to it waits for whoever began to.
	stuckWrite = 30 * time.Second
)

// transport makes one of the two transports. It has no limit of connections:
// waiting for one would be service time that is really queueing.
func (c *Client) transport(config *tls.Config, proxy *url.URL) *http.Transport {
	pool := c.cfg.Connections
	if pool <= 0 {
		pool = math.MaxInt32
	}
	t := &http.Transport{
		DialContext:            c.dial,
		TLSClientConfig:        config.Clone(),
		TLSHandshakeTimeout:    c.cfg.ConnectTimeout,
		DisableCompression:     true,
		MaxIdleConns:           pool,
		MaxIdleConnsPerHost:    pool,
		IdleConnTimeout:        idleConnection,
		MaxResponseHeaderBytes: headerLimit,
		ReadBufferSize:         connectionBuffer,
		WriteBufferSize:        connectionBuffer,
		Protocols:              c.protocols(),
		HTTP2:                  &http.HTTP2Config{WriteByteTimeout: stuckWrite},
	}
	if proxy != nil {
		t.Proxy = http.ProxyURL(proxy)
	}
	return t
}

// protocols says what is spoken. Without TLS there is nothing to negotiate
// with, so that HTTP/2 is spoken at once.
func (c *Client) protocols() *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(!c.cfg.HTTP2 || c.base.Scheme == "https")
	p.SetHTTP2(c.cfg.HTTP2)
	p.SetUnencryptedHTTP2(c.cfg.HTTP2 && c.base.Scheme == "http")
	return p
}

// dial opens a connection that stamps its reads. net/http detaches dialling
// from the request that asked for it, so it has a limit of its own and ends
// when the client is closed.
func (c *Client) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.closing, cancel)()
	if c.cfg.ConnectTimeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, c.cfg.ConnectTimeout)
		defer stop()
	}
	if c.cfg.ConnectTo != "" {
		addr = c.cfg.ConnectTo
	}
	var asked, answered time.Duration
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { asked = c.now() },
		DNSDone:  func(httptrace.DNSDoneInfo) { answered = c.now() },
	})
	dial := c.cfg.DialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	began := c.now()
	raw, err := dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	dns := answered - asked
	return newConn(raw, c.cfg.Epoch, dns, c.now()-began-dns), nil
}

// tlsConfig reads certificates and keys.
func tlsConfig(cfg Config) (*tls.Config, error) {
	config := &tls.Config{InsecureSkipVerify: cfg.Insecure} //nolint:gosec // the user asked for it by name
	if cfg.CA != "" {
		pem, err := os.ReadFile(cfg.CA)
		if err != nil {
			return nil, fmt.Errorf("ca: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca: %s holds no PEM certificate", cfg.CA)
		}
	}
	if (cfg.ClientCert == "") != (cfg.ClientKey == "") {
		return nil, errors.New("a client certificate and its key go together: give both or neither")
	}
	if cfg.ClientCert != "" {
		pair, err := tls.LoadX509KeyPair(cfg.ClientCert, cfg.ClientKey)
		if err != nil {
			return nil, fmt.Errorf("client certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// proxyURL reads the proxy, nil if there is none. Its text may hold a password
// and stands in no error.
func proxyURL(cfg Config) (*url.URL, error) {
	if cfg.ConnectTo != "" {
		if cfg.Proxy != "" {
			return nil, errors.New("connect-to and proxy exclude each other: give one of them")
		}
		if _, _, err := net.SplitHostPort(cfg.ConnectTo); err != nil {
			return nil, fmt.Errorf("connect-to %q is not host:port", cfg.ConnectTo)
		}
	}
	if cfg.Proxy == "" {
		return nil, nil
	}
	u, err := url.Parse(cfg.Proxy)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("bad proxy: it must be a URL, such as http://127.0.0.1:3128")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return u, nil
	}
	return nil, fmt.Errorf("bad proxy: unknown scheme %q, use http, https, socks5 or socks5h", u.Scheme)
}
