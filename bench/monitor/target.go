package monitor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"flashwave/bench"
	"flashwave/bench/dispatch"
	"flashwave/bench/endpoint"
	"flashwave/bench/monitor/objective"
	"flashwave/bench/price"
	"flashwave/bench/prompt"
	"flashwave/bench/scenario"
	"flashwave/bench/sending"
	"flashwave/bench/verdict"
	"flashwave/client"
)

// A Target is an endpoint that is ready to be probed, or a queue that is ready to be looked
// at, or a class of one.
type Target struct {
	Name      string
	Class     string // of the tasks of a queue; "": an endpoint, or a whole queue
	URL       string // as it was given, without secrets
	Host      string // and port
	Scenario  *scenario.Scenario
	Every     time.Duration
	Objective objective.Objective
	Expect    *regexp.Regexp // nil: any answer will do
	Price     *price.Price   // nil: unknown
	Client    sending.Client
	Epoch     time.Time // what the client's instants count from

	request    *client.Request
	bytes      int
	assertions *verdict.Assertions
	settle     func(context.Context) error // of what could not be settled beforehand; nil: nothing
	fresh      func()                      // lets the next probe open a connection
	close      func()
	expires    *atomic.Int64 // of the certificate, in seconds of Unix time; 0: there is none
	tier       *tier         // nil: it is an endpoint
}

// Prepare makes a resolved plan ready: clients with their keys, models, prompts, prices. A
// queue is several targets. What is asked of each endpoint is its list of models, if no model
// is given. One that cannot be reached is no error: to find that out is what a monitor is for.
// Errors that are a *scenario.Error may have a hint. Call [Close] in the end.
func Prepare(ctx context.Context, plan *scenario.Monitor, env func(string) string) ([]*Target, error) {
	ready := make([][]*Target, len(plan.Targets))
	failed := make([]error, len(ready))
	var wait sync.WaitGroup
	for i, w := range plan.Targets {
		wait.Go(func() {
			if w.Queue() {
				ready[i], failed[i] = prepareQueue(ctx, w, env)
			} else {
				ready[i] = make([]*Target, 1)
				ready[i][0], failed[i] = prepare(ctx, w, env)
			}
			if failed[i] != nil && len(ready) > 1 {
				failed[i] = ofTarget(w.Name, failed[i])
			}
		})
	}
	wait.Wait()
	list := slices.Concat(ready...)
	for _, err := range failed {
		if err != nil {
			Close(list)
			return nil, err
		}
	}
	return list, nil
}

// ofTarget says which target an error is about.
func ofTarget(name string, err error) error {
	var told *scenario.Error
	if errors.As(err, &told) {
		of := *told
		of.Message = fmt.Sprintf("target %q: %s", name, told.Message)
		return &of
	}
	return fmt.Errorf("target %q: %w", name, err)
}

// Close lets go of what targets use.
func Close(list []*Target) {
	for _, t := range list {
		if t != nil && t.close != nil {
			t.close()
		}
	}
}

func prepare(ctx context.Context, w scenario.Watched, env func(string) string) (*Target, error) {
	epoch := time.Now()
	url := w.Ask.Target.URL
	expires := new(atomic.Int64)
	e, err := endpoint.Reach(w.Ask, epoch, env, func(s tls.ConnectionState) { expires.Store(firstToExpire(s.PeerCertificates)) })
	if err != nil {
		return nil, err
	}
	t, err := NewTarget(w, e.Client)
	if err != nil {
		e.Close()
		return nil, err
	}
	t.URL, t.Host, t.Epoch, t.expires = url, e.Address, epoch, expires
	t.fresh, t.close = e.Client.Disconnect, e.Close
	switch err = e.Settle(ctx, &w.Ask.Target); {
	case err == nil:
		t.Client, t.fresh = e.Client, e.Client.Disconnect // it may have found another URL
		t.request.Model = w.Ask.Target.Model
	case errors.Is(err, client.ErrUnreachable):
		t.settle = func(ctx context.Context) error {
			if err := e.Settle(ctx, &w.Ask.Target); err != nil {
				return err
			}
			t.Client, t.fresh = e.Client, e.Client.Disconnect
			t.request.Model = w.Ask.Target.Model
			return nil
		}
	default:
		e.Close()
		return nil, err
	}
	if err := t.appraise(); err != nil {
		e.Close()
		return nil, err
	}
	return t, nil
}

// NewTarget is a target that is asked by a client. Its price is not known yet.
func NewTarget(w scenario.Watched, c sending.Client) (*Target, error) {
	t := &Target{
		Name: w.Name, URL: w.Ask.Target.URL, Host: endpoint.Host(w.Ask.Target), Scenario: w.Ask, Every: w.Every.D(),
		Objective: objective.Objective(w.Objective), Client: c, expires: new(atomic.Int64), fresh: func() {}, close: func() {},
	}
	var err error
	if w.Expect != "" {
		if t.Expect, err = regexp.Compile(w.Expect); err != nil {
			return nil, err
		}
	}
	if t.assertions, err = verdict.Parse(w.Ask.SLO, nil, verdict.Subjects{}); err != nil {
		return nil, err
	}
	source, err := w.Ask.PromptsOf(0)
	if err != nil {
		return nil, &scenario.Error{Path: "workload.prompts", Message: err.Error()}
	}
	request, asked := sending.Workload{Prompts: []prompt.Source{source}}.Request(w.Ask, dispatch.Ticket{})
	t.request, t.bytes = request, asked.Size()
	t.request.KeepText = t.Expect != nil
	return t, nil
}

// appraise finds the price. A daily budget needs one, and a bound of what a probe costs.
func (t *Target) appraise() (err error) {
	if _, err = bench.Appraise(t.Scenario); err == nil {
		t.Price, err = bench.PriceOf(t.Scenario)
	}
	return err
}

// firstToExpire is when the first of the certificates does that make up a chain.
func firstToExpire(chain []*x509.Certificate) (at int64) {
	for _, c := range chain {
		if end := c.NotAfter.Unix(); at == 0 || end < at {
			at = end
		}
	}
	return at
}
