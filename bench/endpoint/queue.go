package endpoint

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"

	"github.com/gomodule/redigo/redis"

	"flashwave/bench/files"
	"flashwave/bench/scenario"
	"flashwave/bench/tier"
	"flashwave/client"
	"flashwave/client/queue"
	"flashwave/client/queue/spec"
	"flashwave/client/queue/worker"
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
		if c.Address, err = spec.ParseAddress(t.URL); err != nil {
			return &scenario.Error{Path: "target.url", Message: err.Error()}
		}
		if c.Password, err = redisPassword(t, env); err != nil {
			return err
		}
		if c.Address.User == "" {
			c.Address.User = env("FLASHWAVE_REDIS_USER")
		}
		if c.TLS, err = redisTLS(t); err != nil {
			return err
		}
		e.Name = c.Address.Host
	}
	e.Address = c.Address.Host
	if e.Tier, err = tier.Open(ctx, c); err != nil {
		hint := "is Redis running, and is --url right? (flashwave mock --workers 4 starts one)"
		if errors.Is(err, queue.ErrNotEmpty) {
			hint = "tasks of others would be mixed with those of the run: --join allows it"
		}
		return &scenario.Error{Path: "target.url", Message: err.Error(), Hint: hint}
	}
	return nil
}

// serveQueue starts a Redis of our own, and workers that ask the built-in endpoint.
func (e *Endpoint) serveQueue(sc *scenario.Scenario, c queue.Config, epoch time.Time) (spec.Address, error) {
	base, err := e.serve(sc)
	if err != nil {
		return spec.Address{}, err
	}
	asks, err := client.New(client.Config{
		URL: base, API: client.Chat, Timeout: sc.Target.Timeout.D(), IdleTimeout: sc.Target.IdleTimeout.D(), ConnectTimeout: connectTimeout(sc.Target.Timeout.D()), Epoch: epoch,
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
