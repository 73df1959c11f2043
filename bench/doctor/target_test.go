package doctor

import (
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"flashwave/bench/scenario"
)

func TestReachSendsNothing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	heard := make(chan int, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			heard <- -1
			return
		}
		b, _ := io.ReadAll(conn)
		_ = conn.Close()
		heard <- len(b)
	}()
	p := reach(t.Context(), scenario.Target{URL: "http://" + l.Addr().String() + "/v1"})
	if p.Error != "" || p.TCPMS == nil || p.TLSMS != nil || p.DNSMS != nil || p.Proxy {
		t.Errorf("%+v", p)
	}
	if n := <-heard; n != 0 {
		t.Errorf("the target was sent %d bytes", n)
	}
	if c := checkTarget(p); c.Status != OK || !strings.Contains(c.Found, "TCP") {
		t.Errorf("%+v", c)
	}
}

func TestReachTLS(t *testing.T) {
	var requests atomic.Int64
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		target  scenario.Target
		problem string
	}{
		{"trusted by its CA", scenario.Target{URL: srv.URL, CA: ca}, ""},
		{"trusted without a look", scenario.Target{URL: srv.URL, Insecure: true}, ""},
		{"connected elsewhere", scenario.Target{URL: "https://example.com/v1", ConnectTo: srv.Listener.Addr().String(), CA: ca}, ""},
		{"not trusted", scenario.Target{URL: srv.URL}, "certificate"},
		{"another name", scenario.Target{URL: "https://shop.invalid/v1", ConnectTo: srv.Listener.Addr().String(), CA: ca}, "shop.invalid"},
		{"no such CA", scenario.Target{URL: srv.URL, CA: ca + ".no"}, "ca:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := reach(t.Context(), tt.target)
			if tt.problem != "" {
				if !strings.Contains(p.Error, tt.problem) || checkTarget(p).Status != Fail {
					t.Errorf("%+v", p)
				}
				return
			}
			if p.Error != "" || p.TLSMS == nil || p.TCPMS == nil || !strings.Contains(checkTarget(p).Found, "TLS") {
				t.Errorf("%+v", p)
			}
		})
	}
	if n := requests.Load(); n != 0 {
		t.Errorf("the target got %d requests", n)
	}
}

func TestReachFails(t *testing.T) {
	const address = "127.0.0.1:1" // no system gives that port to whoever asks for any
	p := reach(t.Context(), scenario.Target{URL: "http://" + address + "/v1"})
	c := checkTarget(p)
	if p.Error == "" || c.Status != Fail || !strings.Contains(c.Found, address) {
		t.Errorf("%+v", c)
	}
	p = reach(t.Context(), scenario.Target{URL: "https://example.com/v1", Proxy: "http://me:secret@" + address})
	if p.Error == "" || !p.Proxy || p.Address != address || strings.Contains(p.Error+p.Address, "secret") {
		t.Errorf("%+v", p)
	}
}

func TestCheckTarget(t *testing.T) {
	if c := checkTarget(nil); c.Status != OK {
		t.Errorf("%+v", c)
	}
	far := &Path{Address: "api.example.com:443", DNSMS: ptr(80.0), TCPMS: ptr(210.0), TLSMS: ptr(230.0)}
	if c := checkTarget(far); c.Status != Warn || !strings.Contains(c.Found, "DNS 80.0 ms, TCP 210 ms, TLS 230 ms") {
		t.Errorf("%+v", c)
	}
}

func TestDialled(t *testing.T) {
	for _, tt := range []struct {
		target   scenario.Target
		want     string
		loopback bool
	}{
		{scenario.Target{URL: "https://api.example.com/v1"}, "api.example.com:443", false},
		{scenario.Target{URL: "http://localhost/v1"}, "localhost:80", true},
		{scenario.Target{URL: "http://[::1]:8000/v1"}, "[::1]:8000", true},
		{scenario.Target{URL: "http://api.example.com/v1", Proxy: "socks5://127.0.0.1"}, "127.0.0.1:1080", true},
		{scenario.Target{URL: "https://api.example.com/v1", ConnectTo: "10.0.0.1:8443"}, "10.0.0.1:8443", false},
	} {
		if p := onLoopback(tt.target); p != tt.loopback {
			t.Errorf("%s on loopback: %v", tt.target.URL, p)
		}
		if got := address(t, tt.target); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.target.URL, got, tt.want)
		}
	}
}
