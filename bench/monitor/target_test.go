package monitor

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/monitor/alert"
	"flashwave/bench/monitor/history"
	"flashwave/bench/scenario"
	"flashwave/client"
	"flashwave/client/outcome"
)

// serves answers every request with a short stream, over TLS with a certificate that
// expires after so long; 0: without TLS.
func serves(t testing.TB, expires time.Duration) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/models") {
			fmt.Fprint(w, `{"data":[{"id":"quick"}]}`)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		for _, word := range []string{"one", "two"} {
			fmt.Fprintf(w, "data: {\"choices\":[{\"delta\":{\"content\":%q}}]}\n\n", word)
			w.(http.Flusher).Flush()
		}
		fmt.Fprint(w, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
	}))
	if expires == 0 {
		server.Start()
	} else {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		of := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(expires), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
		der, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
		server.StartTLS()
	}
	t.Cleanup(server.Close)
	return server.URL + "/v1"
}

// prepared are targets at URLs.
func prepared(t testing.TB, every time.Duration, change func(*scenario.Watched), urls ...string) []*Target {
	t.Helper()
	plan := scenario.DefaultMonitor()
	for i, url := range urls {
		w := scenario.DefaultWatched()
		w.Name, w.Every, w.Ask.Target.URL = fmt.Sprintf("t%03d", i), scenario.Duration(every), url
		if change != nil {
			change(&w)
		}
		plan.Targets = append(plan.Targets, w)
	}
	if err := plan.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	list, err := Prepare(t.Context(), plan, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Close(list) })
	return list
}

// What is open when the time of a monitor is over is unfinished, and no failure, wherever
// it stands: here it is connecting.
func TestEndsWhileConnecting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := scenario.DefaultWatched()
		w.Name, w.Ask.Target.URL, w.Ask.Target.Model = "a", "http://a.test/v1", "m"
		plan := &scenario.Monitor{Targets: []scenario.Watched{w}}
		if err := plan.Resolve(scenario.Machine{}); err != nil {
			t.Fatal(err)
		}
		epoch := time.Now()
		c, err := client.New(client.Config{
			URL: w.Ask.Target.URL, Timeout: time.Minute, IdleTimeout: time.Minute, ConnectTimeout: time.Minute, Epoch: epoch,
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				at, _ := ctx.Deadline() // which a dialler takes for itself, and meets a little before the context
				select {
				case <-ctx.Done():
					return nil, ctx.Err()
				case <-time.After(time.Until(at) - time.Millisecond):
					return nil, os.ErrDeadlineExceeded
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		connecting, err := NewTarget(plan.Targets[0], c)
		if err != nil {
			t.Fatal(err)
		}
		connecting.Epoch = epoch
		d := Start(Options{Name: "x", Seed: 1, Targets: []*Target{connecting}, For: 10 * time.Second}).Wait()
		if p := d.Targets[0].Probes; p.Unfinished != 1 || p.Bad != 0 {
			t.Errorf("%+v, %s", p, d.Targets[0].LastError)
		}
	})
}

// A certificate that expires soon is told once, over restarts too; each probe opens a
// connection of its own, and says until when the certificate is good.
func TestCertificate(t *testing.T) {
	dir, mail := t.TempDir(), &mailbox{}
	insecure := func(w *scenario.Watched) { w.Ask.Target.Insecure = true }
	urls := []string{serves(t, 5*24*time.Hour), serves(t, 100*24*time.Hour), serves(t, 0)}
	for range 2 {
		log, past, err := history.Open(dir, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		connected := 0
		m := Start(Options{Name: "x", Seed: 1, Once: true, Log: log, Past: past, Alerts: []alert.Channel{mail}, Targets: prepared(t, time.Second, insecure, urls...), Probed: func(p Probed) {
			mu.Lock()
			defer mu.Unlock()
			if p.ConnectMS != nil {
				connected++
			}
			if (p.Expires != nil) != (p.Target != "t002") {
				t.Errorf("%s: its certificate expires at %v", p.Target, p.Expires)
			}
		}})
		d := m.Wait()
		if d.Verdict.ExitCode != 0 || connected != 3 {
			t.Errorf("%+v, %d connections", d.Verdict, connected)
		}
	}
	if got := mail.of("t000"); len(got) != 1 || got[0] != alert.Certificate || len(mail.list) != 1 {
		t.Errorf("told %+v", mail.list)
	}
}

// An endpoint that is down when the monitor begins, and says nothing of its models, is
// probed all the same, and is up when it answers.
func TestDownAtFirst(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	var mu sync.Mutex
	var outcomes []outcome.Outcome
	changed := make(chan struct{}, 100)
	m := Start(Options{Name: "x", Seed: 1, Targets: prepared(t, 100*time.Millisecond, nil, "http://"+address+"/v1"), Probed: func(p Probed) {
		mu.Lock()
		outcomes = append(outcomes, p.Outcome)
		mu.Unlock()
		changed <- struct{}{}
	}})
	<-changed
	if r := rowOf(t, m, "t000"); r.State != Down || r.Model != "" {
		t.Errorf("at first: %s, %q", r.State, r.Model)
	}
	listener, err = net.Listen("tcp", address)
	if err != nil {
		t.Skip("somebody else has the port now")
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/models") {
			fmt.Fprint(w, `{"data":[{"id":"quick"}]}`)
			return
		}
		fmt.Fprint(w, `{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}]}`)
	})}
	go func() { _ = server.Serve(listener) }()
	defer server.Close() //nolint:errcheck // the test is over
	for range 50 {
		<-changed
		if r := rowOf(t, m, "t000"); r.State == Up {
			if r.Model != "quick" {
				t.Errorf("its model is %q", r.Model)
			}
			m.Stop()
			m.Wait()
			return
		}
	}
	m.Stop()
	m.Wait()
	t.Errorf("it stays down: %v", outcomes)
}
