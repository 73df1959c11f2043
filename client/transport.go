package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http/httptrace"
	"net/url"
	"os"
	"time"
)

const (
	headerLimit    = 256 << 10
	idleConnection = 90 * time.Second // as net/http's default transport
)

// open opens a connection, and says how long the name and the connecting took. It
// has a limit of its own and ends when the client is closed, because net/http
// detaches dialling from the request that asked for it.
func (c *Client) open(ctx context.Context, network, addr string) (raw net.Conn, dns, connect time.Duration, err error) {
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
	if raw, err = dial(ctx, network, addr); err != nil {
		return nil, 0, 0, err
	}
	dns = answered - asked
	return raw, dns, c.now() - began - dns, nil
}

// tlsConfig reads certificates and keys.
func tlsConfig(cfg Config) (*tls.Config, error) {
	config := &tls.Config{InsecureSkipVerify: cfg.Insecure} //nolint:gosec // the user asked for it by name
	if cfg.Secured != nil {
		config.VerifyConnection = func(s tls.ConnectionState) error {
			cfg.Secured(s)
			return nil
		}
	}
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
			return nil, errors.New("connect-to is not host:port")
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
	return nil, errors.New("bad proxy: unknown scheme, use http, https, socks5 or socks5h")
}
