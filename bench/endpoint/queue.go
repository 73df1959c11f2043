package endpoint

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/gomodule/redigo/redis"

	"flashwave/bench/files"
	"flashwave/bench/scenario"
	"flashwave/bench/tier"
	"flashwave/client"
	"flashwave/client/queue"
	"flashwave/client/queue/spec"
	"flashwave/client/queue/worker"
	"flashwave/client/tap"
)

// builtinWorkers is how many workers the built-in queue has.
const builtinWorkers = 4

// openQueue opens the queue that a scenario is aimed at: the built-in one with workers, if
// need be, which ask the built-in endpoint.
func (e *Endpoint) openQueue(ctx context.Context, sc *scenario.Scenario, epoch time.Time, env func(string) string) (err error) {
	t := sc.Target
	c := queue.Config{Timeout: t.Timeout.D(), Join: t.Join, Keep: t.Keep, Epoch: epoch}
	if c.Layout, err = spec.ParseLayout(t.Queue); err != nil {
		return &scenario.Error{Path: "target.queue", Message: err.Error()}
	}
	if c.Classes, err = sc.TaskClasses(); err != nil {
		return err
	}
	if t.BuiltIn() {
		Assume(&sc.Target)
		if c.Address, err = e.serveQueue(sc, c, epoch); err != nil {
			return err
		}
		e.Name = "the built-in queue"
	} else {
		if c.Address, c.Password, c.TLS, err = redisOf(t, env); err != nil {
			return err
		}
		e.Name = c.Address.Host
	}
	e.Address = c.Address.Host
	if e.Tier, err = tier.Open(ctx, c); err != nil {
		hint := "is Redis running, and is --url right? (flashwave mock --workers 4 starts one)"
		switch unverified := (&tls.CertificateVerificationError{}); {
		case errors.As(err, &unverified):
			hint = "--ca FILE names the authority that signed its certificate"
		case errors.Is(err, queue.ErrNotEmpty):
			hint = "tasks of others would be mixed with those of the run: --join allows it"
		case errors.Is(err, queue.ErrDenied):
			hint = "FLASHWAVE_REDIS_USER and FLASHWAVE_REDIS_PASSWORD say who asks; the README lists the rights that are needed"
		}
		return &scenario.Error{Path: "target.url", Message: err.Error(), Hint: hint}
	}
	if t.BuiltIn() {
		e.Tier.Workers = builtinWorkers
	}
	at := t.Tap
	if e.tap != nil {
		at = e.tapped
	}
	if at == "" {
		return nil
	}
	if err := e.Tier.Listen(ctx, tap.FollowConfig{URL: at}); err != nil {
		return &scenario.Error{Path: "target.tap", Message: err.Error(), Hint: "is it running, and is --tap its URL? (flashwave tap --upstream URL starts one)"}
	}
	return nil
}

// fewRecords are enough for a tap whose records are read at once.
const fewRecords = 1 << 13

// serveTap puts a tap before the built-in endpoint, so that instants are exact.
func (e *Endpoint) serveTap(base string) (err error) {
	if e.tap, err = tap.New(tap.Config{Upstream: base, Ring: fewRecords}); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("the tap before the built-in endpoint found no port: %w", err)
	}
	e.tapped = "http://" + listener.Addr().String() + "/v1"
	go func() { _ = e.tap.Serve(listener) }() // ends with Close
	return nil
}

// serveQueue starts a Redis of our own, and workers that ask the built-in endpoint through a
// tap.
func (e *Endpoint) serveQueue(sc *scenario.Scenario, c queue.Config, epoch time.Time) (spec.Address, error) {
	base, err := e.serve(sc)
	if err != nil {
		return spec.Address{}, err
	}
	if err := e.serveTap(base); err != nil {
		return spec.Address{}, err
	}
	asks, err := client.New(client.Config{
		URL: e.tapped, API: client.Chat, Timeout: sc.Target.Timeout.D(), IdleTimeout: sc.Target.IdleTimeout.D(), ConnectTimeout: connectTimeout(sc.Target.Timeout.D()), Epoch: epoch,
	})
	if err != nil {
		return spec.Address{}, err
	}
	e.Client = asks
	var at spec.Address
	if at.Host, e.stopRedis, err = worker.Embed(); err != nil {
		return at, err
	}
	w := worker.Default()
	w.Layout, w.Ask, w.Workers, w.Seed = c.Layout, asks, builtinWorkers, sc.Seed
	w.Low, w.High = c.Classes[0].Low, c.Classes[len(c.Classes)-1].High
	w.Dial = func(ctx context.Context) (redis.Conn, error) { return queue.Dial(ctx, at, "", nil) }
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = worker.Run(ctx, w) // the layout was checked
	}()
	e.stopWorkers = func() {
		cancel()
		<-ended
	}
	return at, nil
}

// redisOf is where the Redis of a queue is, and how one is let in there.
func redisOf(t scenario.Target, env func(string) string) (at spec.Address, password string, secure *tls.Config, err error) {
	if at, err = spec.ParseAddress(t.URL); err != nil {
		return at, "", nil, &scenario.Error{Path: "target.url", Message: err.Error()}
	}
	if password, err = redisPassword(t, env); err != nil {
		return at, "", nil, err
	}
	if at.User == "" {
		at.User = env("FLASHWAVE_REDIS_USER")
	}
	secure, err = redisTLS(t)
	return at, password, secure, err
}

// longestLook bounds one look at a queue: whoever looks every second has waited long then.
const longestLook = 5 * time.Second

// Gauge is one of the queue that a resolved scenario is aimed at. It has looked at nothing
// yet, but a server that it could not look at is an error; that none answers is not.
func Gauge(ctx context.Context, sc *scenario.Scenario, env func(string) string) (*queue.Gauge, error) {
	c := queue.GaugeConfig{Timeout: min(sc.Target.Timeout.D(), longestLook)}
	var err error
	if c.Layout, err = spec.ParseLayout(sc.Target.Queue); err != nil {
		return nil, &scenario.Error{Path: "target.queue", Message: err.Error()}
	}
	if c.Classes, err = sc.TaskClasses(); err != nil {
		return nil, err
	}
	if c.Address, c.Password, c.TLS, err = redisOf(sc.Target, env); err != nil {
		return nil, err
	}
	g, err := queue.NewGauge(c)
	if err != nil {
		return nil, &scenario.Error{Path: "target.queue", Message: err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	if err := g.Connect(ctx); errors.Is(err, spec.ErrUnsupported) {
		return nil, &scenario.Error{Path: "target.url", Message: err.Error(), Hint: "give redis://HOST:PORT of one server"}
	}
	return g, nil
}

// redisPassword looks up the password of Redis.
func redisPassword(t scenario.Target, env func(string) string) (string, error) {
	if t.KeyEnv != "" || t.KeyFile != "" {
		return findKey(t, env)
	}
	return env("FLASHWAVE_REDIS_PASSWORD"), nil
}

// maxPEM is far more than any file of certificates has, in bytes.
const maxPEM = 16 << 20

// redisTLS is how certificates of a Redis are checked, and which is shown; nil: as usual.
func redisTLS(t scenario.Target) (*tls.Config, error) {
	if t.CA == "" && t.ClientCert == "" && !t.Insecure {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: t.Insecure} //nolint:gosec // asked for by --insecure
	if t.CA != "" {
		pem, err := files.Read(t.CA, maxPEM)
		if err != nil {
			return nil, &scenario.Error{Path: "target.ca", Message: "the file of the certificate authority cannot be read: " + cause(err)}
		}
		if c.RootCAs = x509.NewCertPool(); !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, &scenario.Error{Path: "target.ca", Message: "the file holds no certificate"}
		}
	}
	if t.ClientCert != "" {
		pair, err := tls.LoadX509KeyPair(t.ClientCert, t.ClientKey)
		if err != nil {
			return nil, &scenario.Error{Path: "target.client_cert", Message: "the certificate of the client cannot be used: " + cause(err)}
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}
