package capacity

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench"
	"flashwave/bench/price"
	"flashwave/bench/prompt"
	"flashwave/bench/scenario"
	"flashwave/client"
	"flashwave/client/mock"
)

// A pipeListener accepts in-memory connections.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case l.conns <- there:
		return here, nil
	case <-l.done:
		return nil, errors.New("connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// onMock runs a test in virtual time against the built-in endpoint. change may
// alter the scenario before it is resolved.
func onMock(t *testing.T, c mock.Config, change func(*scenario.Scenario), test func(t *testing.T, o bench.Options)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		endpoint, err := mock.New(c)
		if err != nil {
			t.Fatal(err)
		}
		l := newPipeListener()
		served := make(chan struct{})
		go func() {
			defer close(served)
			_ = endpoint.Serve(l)
		}()
		epoch := time.Now()
		cl, err := client.New(client.Config{
			URL: "http://endpoint.test/v1", Timeout: 2 * time.Minute, IdleTimeout: time.Minute,
			ConnectTimeout: 10 * time.Second, Epoch: epoch, DialContext: l.dial,
		})
		if err != nil {
			t.Fatal(err)
		}
		sc := scenario.Default()
		sc.Target.Model = mock.DefaultModel
		sc.Workload.Prompts = "synthetic:16"
		if change != nil {
			change(sc)
		}
		if err := sc.Resolve(scenario.Machine{}); err != nil {
			t.Fatal(err)
		}
		o := bench.Options{Scenario: sc, Client: cl, Epoch: epoch, ID: "test", Price: &price.Price{Input: 1, Output: 2}}
		for range sc.Lanes {
			source, err := prompt.Open(sc.Workload.Prompts, sc.Workload.Prompt, sc.Workload.System, sc.Seed)
			if err != nil {
				t.Fatal(err)
			}
			o.Prompts = append(o.Prompts, source)
		}
		test(t, o)
		cl.Close()
		_ = endpoint.Close()
		<-served
		synctest.Wait()
	})
}
