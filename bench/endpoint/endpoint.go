// Package endpoint opens the endpoint that a scenario is aimed at: the built-in one if need
// be, a client with its key, and the model that is asked.
//
// The built-in endpoint has goroutines of its own, which [Endpoint.Close] ends.
package endpoint

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"flashwave/bench/scenario"
	"flashwave/bench/tier"
	"flashwave/client"
	"flashwave/client/mock"
	"flashwave/client/tap"
)

// An Endpoint is a target that is ready to be asked.
type Endpoint struct {
	Client    *client.Client
	Name      string // what the screen calls it
	Address   string // host and port
	InProcess bool   // it is the built-in one, which shares this process

	Tier *tier.Tier // nil: it is asked itself; else tasks are put into its queue
	Left error      // why tasks may be left in it; known when it is closed

	close       sync.Once
	mock        *mock.Server
	tap         *tap.Tap // before the built-in one; nil: there is none
	tapped      string   // its URL
	stopWorkers func()
	stopRedis   func()
}

// Open connects to the target of a resolved scenario whose clients count from an epoch,
// and settles its model. Only the list of models is asked of it. env looks up environment
// variables. An error that is a *scenario.Error may have a hint.
func Open(ctx context.Context, sc *scenario.Scenario, epoch time.Time, env func(string) string) (*Endpoint, error) {
	e := &Endpoint{}
	if err := e.open(ctx, sc, epoch, env); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

func (e *Endpoint) open(ctx context.Context, sc *scenario.Scenario, epoch time.Time, env func(string) string) error {
	if sc.Target.API == scenario.QueueAPI {
		return e.openQueue(ctx, sc, epoch, env)
	}
	if err := e.reach(sc, epoch, env, nil); err != nil {
		return err
	}
	return e.Settle(ctx, &sc.Target)
}

// Reach makes ready to ask the target of a resolved scenario as [Open] does, but asks
// nothing yet: [Endpoint.Settle] does. secured is told of each connection over TLS; nil:
// nobody is.
func Reach(sc *scenario.Scenario, epoch time.Time, env func(string) string, secured func(tls.ConnectionState)) (*Endpoint, error) {
	e := &Endpoint{}
	if err := e.reach(sc, epoch, env, secured); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

func (e *Endpoint) reach(sc *scenario.Scenario, epoch time.Time, env func(string) string, secured func(tls.ConnectionState)) (err error) {
	t := sc.Target
	if t.API == scenario.QueueAPI {
		return &scenario.Error{Path: "target.api", Message: "a queue is no endpoint that is asked by itself", Hint: "give the endpoint that its workers ask"}
	}
	Assume(&sc.Target)
	if t.URL == scenario.MockURL {
		if t.URL, err = e.serve(sc); err != nil {
			return err
		}
		if t.API == string(client.Generate) { // Ollama's has no version
			t.URL = strings.TrimSuffix(t.URL, "/v1")
		}
	}
	return e.connect(t, epoch, env, secured)
}

// Close ends the built-in endpoint and the connections.
func (e *Endpoint) Close() { e.close.Do(e.end) }

func (e *Endpoint) end() {
	if e.Tier != nil {
		e.Left = e.Tier.Close()
	}
	if e.stopWorkers != nil {
		e.stopWorkers()
	}
	if e.stopRedis != nil {
		e.stopRedis()
	}
	if e.Client != nil {
		e.Client.Close()
	}
	if e.tap != nil {
		e.tap.Close(0)
	}
	if e.mock != nil {
		_ = e.mock.Close() // its listener was closed with it
	}
}

// serve serves the built-in endpoint on a free loopback port. To conversations it is a
// server that knows what they begin with, as real ones are.
func (e *Endpoint) serve(sc *scenario.Scenario) (base string, err error) {
	config := mock.Default()
	config.Seed = sc.Seed
	for _, w := range sc.Workloads() {
		if w.Turns > 1 {
			config.PrefixCache = mock.UsualCache
		}
	}
	if e.mock, err = mock.New(config); err != nil {
		return "", err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("the built-in endpoint found no port: %w", err)
	}
	e.InProcess = true
	go func() { _ = e.mock.Serve(listener) }() // ends with Close
	return "http://" + listener.Addr().String() + "/v1", nil
}

// connect makes the client.
func (e *Endpoint) connect(t scenario.Target, epoch time.Time, env func(string) string, secured func(tls.ConnectionState)) (err error) {
	key, err := findKey(t, env)
	if err != nil {
		return err
	}
	header, err := headers(t.Headers, env)
	if err != nil {
		return err
	}
	e.Client, err = client.New(client.Config{
		URL: t.URL, API: client.API(t.API), Body: t.Body, Token: t.Token, Usage: t.Usage, End: t.End, FailIf: t.FailIf,
		Key: key, Auth: client.Scheme(t.Auth), Header: header,
		MaxTokensKey: t.MaxTokensKey, NoUsage: t.NoUsage, MaxEvent: int(t.MaxEvent),
		Connections: t.Connections, HTTP2: t.HTTP2, Insecure: t.Insecure,
		CA: t.CA, ClientCert: t.ClientCert, ClientKey: t.ClientKey,
		Proxy: t.Proxy, ConnectTo: t.ConnectTo, Transport: client.Transport(t.Transport),
		Timeout: t.Timeout.D(), IdleTimeout: t.IdleTimeout.D(), ConnectTimeout: connectTimeout(t.Timeout.D()),
		Retries: t.Retries, Epoch: epoch, Secured: secured,
	})
	if err != nil {
		return &scenario.Error{Path: "target", Message: err.Error()}
	}
	e.Address = e.Client.Address()
	e.Name = e.Address
	if e.InProcess {
		e.Name = "the built-in endpoint"
	}
	return nil
}

// connectTimeout bounds dialling and TLS: a server that cannot accept within ten
// seconds is down for a customer.
func connectTimeout(total time.Duration) time.Duration { return min(total, 10*time.Second) }

// listing says what to do where an endpoint does not list its models.
func listing(err error) string {
	switch {
	case errors.Is(err, client.ErrDenied):
		return "is the key right? give it in FLASHWAVE_API_KEY, or by --key-env or --key-file"
	case errors.Is(err, client.ErrNotFound):
		return "is --url right? if the endpoint has no list, name a model with --model"
	}
	return "name one with --model"
}

// Settle settles which model is asked, by asking the endpoint if need be. An
// endpoint that cannot be reached is found out here, before a thousand requests
// fail on it: the error wraps [client.ErrUnreachable] then.
func (e *Endpoint) Settle(ctx context.Context, t *scenario.Target) error {
	if e.mock != nil || t.API == string(client.HTTP) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	ids, err := e.models(ctx)
	if errors.Is(err, client.ErrUnreachable) {
		return unreachable{&scenario.Error{Path: "target.url", Message: err.Error(), Hint: "is the endpoint running, and is --url right? (flashwave mock starts one)"}}
	}
	switch {
	case t.Model != "":
		return nil
	case err != nil:
		return &scenario.Error{Path: "target.model", Message: "the endpoint does not list its models: " + err.Error(), Hint: listing(err)}
	case len(ids) == 1:
		t.Model = ids[0]
		return nil
	case len(ids) == 0:
		return &scenario.Error{Path: "target.model", Message: "the endpoint lists no model", Hint: "name one with --model"}
	}
	return &scenario.Error{Path: "target.model", Message: "the endpoint has several models", Hint: "choose one with --model: " + strings.Join(ids[:min(len(ids), 20)], ", ")}
}

// unreachable is an error about an endpoint that could not be reached.
type unreachable struct{ told *scenario.Error }

func (e unreachable) Error() string { return e.told.Error() }

// Unwrap is both what a command tells of it, and what happened.
func (e unreachable) Unwrap() []error { return []error{e.told, client.ErrUnreachable} }

// models lists the models of the endpoint: under the URL that was given, or under the
// usual one if that has nothing there and this has.
func (e *Endpoint) models(ctx context.Context) ([]string, error) {
	ids, err := e.Client.Models(ctx)
	if !errors.Is(err, client.ErrNotFound) {
		return ids, err
	}
	usual := e.Client.Usual()
	if usual == nil {
		return ids, err
	}
	found, nowhere := usual.Models(ctx)
	if nowhere != nil {
		usual.Close()
		return ids, err
	}
	e.Client.Close()
	e.Client = usual
	return found, nil
}
