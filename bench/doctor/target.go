package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"flashwave/bench/scenario"
	"flashwave/bench/units"
)

// A Path is the way to the target, up to where the first request would be sent.
type Path struct {
	Address string   `json:"address"` // host:port that was dialled
	Proxy   bool     `json:"proxy"`   // it is the proxy's
	DNSMS   *float64 `json:"dns_ms"`  // null: there was no name to look up
	TCPMS   *float64 `json:"tcp_ms"`
	TLSMS   *float64 `json:"tls_ms"` // null: no TLS, or behind a proxy
	Error   string   `json:"error,omitempty"`
}

// connectTime bounds each part of the way, as a run bounds it.
const connectTime = 10 * time.Second

// slowPath is when a new connection is a matter that a customer feels.
const slowPath = 500.0 // ms

// reach looks the target up, dials it and shakes hands; nothing else is sent.
func reach(ctx context.Context, t scenario.Target) *Path {
	p := &Path{}
	if err := p.walk(ctx, t); err != nil {
		p.Error = strings.TrimSpace(err.Error())
	}
	return p
}

func (p *Path) walk(ctx context.Context, t scenario.Target) error {
	u, err := url.Parse(t.URL)
	if err != nil {
		return errors.New("the URL cannot be read")
	}
	if p.Address, p.Proxy, err = dialled(t, u); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	host, port, err := net.SplitHostPort(p.Address)
	if err != nil {
		return err
	}
	began := time.Now()
	addresses, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return err
	}
	if net.ParseIP(host) == nil {
		p.DNSMS = since(began)
	}
	began = time.Now()
	conn, err := dialAny(ctx, addresses, port)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	p.TCPMS = since(began)
	if u.Scheme != "https" || p.Proxy {
		return nil
	}
	config, err := tlsConfig(t, u.Hostname())
	if err != nil {
		return err
	}
	began = time.Now()
	if err := tls.Client(conn, config).HandshakeContext(ctx); err != nil {
		return fmt.Errorf("tls: %w", err)
	}
	p.TLSMS = since(began)
	return nil
}

// dialAny connects to the first address that answers.
func dialAny(ctx context.Context, addresses []string, port string) (conn net.Conn, err error) {
	for _, a := range addresses {
		if conn, err = new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(a, port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// dialled is the host:port that a run would dial. A proxy's URL may hold a
// password, which is in no error.
func dialled(t scenario.Target, u *url.URL) (address string, proxy bool, err error) {
	if t.ConnectTo != "" {
		return t.ConnectTo, false, nil
	}
	if t.Proxy != "" {
		if u, err = url.Parse(t.Proxy); err != nil || u.Hostname() == "" {
			return "", true, errors.New("the proxy's URL cannot be read")
		}
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port), t.Proxy != "", nil
}

// tlsConfig trusts and shows what a run would.
func tlsConfig(t scenario.Target, host string) (*tls.Config, error) {
	config := &tls.Config{ServerName: host, InsecureSkipVerify: t.Insecure} //nolint:gosec // the user asked for it by name
	if t.CA != "" {
		pem, err := os.ReadFile(t.CA)
		if err != nil {
			return nil, fmt.Errorf("ca: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca: %s holds no PEM certificate", t.CA)
		}
	}
	if t.ClientCert != "" {
		pair, err := tls.LoadX509KeyPair(t.ClientCert, t.ClientKey)
		if err != nil {
			return nil, fmt.Errorf("client certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// checkTarget judges the way to the target; nil: the built-in endpoint.
func checkTarget(p *Path) Check {
	c := Check{Name: "target"}
	if p == nil {
		c.Status, c.Found = OK, "the built-in endpoint: nothing to reach"
		return c
	}
	if p.Error != "" {
		c.Status, c.Found = Fail, fmt.Sprintf("%s cannot be reached: %s", p.Address, p.Error)
		c.Need, c.Advice = "a connection", "is the endpoint running, is --url right, does a firewall stand between?"
		return c
	}
	var parts []string
	sum := 0.0
	for _, part := range []struct {
		name string
		ms   *float64
	}{{"DNS", p.DNSMS}, {"TCP", p.TCPMS}, {"TLS", p.TLSMS}} {
		if part.ms != nil {
			parts = append(parts, part.name+" "+units.Millis(*part.ms))
			sum += *part.ms
		}
	}
	who := p.Address
	if p.Proxy {
		who = "the proxy " + who
	}
	c.Status, c.Found = OK, fmt.Sprintf("%s: %s", who, strings.Join(parts, ", "))
	if sum > slowPath {
		c.Status, c.Need = Warn, fmt.Sprintf("less than %s for a new connection, which is in its TTFT", units.Bound(slowPath, units.Milliseconds))
		c.Advice = "load it from a machine that is nearer"
	}
	return c
}

// onLoopback reports whether the target is on this machine.
func onLoopback(t scenario.Target) bool {
	if t.BuiltIn() {
		return true
	}
	u, err := url.Parse(t.URL)
	if err != nil {
		return false
	}
	address, _, err := dialled(t, u)
	if err != nil {
		return false
	}
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

func since(began time.Time) *float64 {
	ms := millis(time.Since(began))
	return &ms
}
