package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"flashwave/bench/endpoint"
	"flashwave/bench/price"
	"flashwave/bench/scenario"
	"flashwave/client"
	"flashwave/client/api"
)

// A Setup is a scenario that is ready to run: everything that can be found wrong
// before the first request has been looked at.
type Setup struct {
	Options
	Loopback bool // the target is on this machine

	endpoint *endpoint.Endpoint // nil: it was only appraised
}

// Prepare opens what a resolved scenario needs: the built-in endpoint if it is the
// target, the client with its key, the model, prompts and prices. Only the list of
// models is asked of the endpoint. env looks up environment variables. An error that
// is a *scenario.Error may have a hint.
func Prepare(ctx context.Context, sc *scenario.Scenario, env func(string) string) (*Setup, error) {
	s := &Setup{Options: Options{Scenario: sc, Epoch: time.Now()}}
	var err error
	if s.endpoint, err = endpoint.Open(ctx, sc, s.Epoch, env); err != nil {
		return nil, err
	}
	s.Client, s.Target, s.InProcessMock = s.endpoint.Client, s.endpoint.Name, s.endpoint.InProcess
	if s.Tier = s.endpoint.Tier; s.Tier != nil {
		s.Client = s.Tier
	}
	if err := s.appraise(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// appraise finds what a run needs beside its endpoint.
func (s *Setup) appraise() error {
	s.Loopback = endpoint.OnLoopback(endpoint.Host(s.Scenario.Target))
	if err := s.openPrompts(); err != nil {
		return err
	}
	if err := s.findPrice(); err != nil {
		return err
	}
	return s.bounded()
}

// KeyVariable is the environment variable whose key a target gets, set or not, unless it
// names a file.
func KeyVariable(t scenario.Target, env func(string) string) string {
	return endpoint.KeyVariable(t, env)
}

// Close ends the built-in endpoint and the connections.
func (s *Setup) Close() { s.endpoint.Close() }

// Left says why tasks may be left in a queue. It is known when the setup is closed.
func (s *Setup) Left() error { return s.endpoint.Left }

// openPrompts opens the workload of each lane.
func (s *Setup) openPrompts() error {
	for i := range s.Scenario.Lanes {
		source, err := s.Scenario.PromptsOf(i)
		if err != nil {
			return &scenario.Error{Path: "workload.prompts", Message: err.Error()}
		}
		s.Prompts = append(s.Prompts, source)
	}
	return nil
}

// findPrice looks the model up in the price book. A budget needs a price.
func (s *Setup) findPrice() (err error) {
	sc := s.Scenario
	if s.Price, err = PriceOf(sc); err != nil || s.Price != nil || sc.Budget == 0 {
		return err
	}
	return &scenario.Error{
		Path: "budget", Message: fmt.Sprintf("a budget needs a price, and that of %s at %s is unknown", sc.Target.Model, endpoint.Host(sc.Target)),
		Hint: "give it with --price IN,OUT (USD per million tokens) or --prices FILE",
	}
}

// PriceOf is the price of a resolved scenario's model where it is asked: the scenario's
// own, or else that of the book; nil: unknown. Nothing is connected to.
func PriceOf(sc *scenario.Scenario) (*price.Price, error) {
	p, ok, err := priceOf(sc)
	if err != nil || !ok {
		return nil, err
	}
	if api.API(sc.Target.API).BillsCacheWrites() {
		p = p.BillingWrites()
	}
	return &p, nil
}

func priceOf(sc *scenario.Scenario) (p price.Price, ok bool, err error) {
	if own := sc.Price; own != nil {
		return price.Price{Input: own.Input, Cached: own.Cached, CacheWritten: own.CacheWritten, Output: own.Output}, true, nil
	}
	book, err := BookOf(sc)
	if err != nil {
		return p, false, err
	}
	p, ok = book.Lookup(endpoint.Host(sc.Target), sc.Target.Model)
	return p, ok, nil
}

// Book is the setup's price book, see [BookOf].
func (s *Setup) Book() (*price.Book, error) { return BookOf(s.Scenario) }

// BookOf is the price book: the built-in one with the scenario's own over it.
func BookOf(sc *scenario.Scenario) (*price.Book, error) {
	book := price.Builtin()
	if file := sc.Prices; file != "" {
		own, err := price.Load(file)
		if err != nil {
			return nil, &scenario.Error{Path: "prices", Message: err.Error()}
		}
		book.Overlay(own)
	}
	return book, nil
}

// unbounded are the words of a request that lift the bound of max_tokens.
var unbounded = []string{"n", "best_of", "max_tokens", "max_completion_tokens", "max_output_tokens", "options"}

// bounded refuses a budget over requests whose worst case is unknown.
func (s *Setup) bounded() error {
	sc := s.Scenario
	if sc.Budget == 0 {
		return nil
	}
	if sc.Target.API == string(client.HTTP) && !strings.Contains(sc.Target.Body, ".max_tokens") {
		return &scenario.Error{
			Path: "target.body", Message: "a budget needs a bound of the answer's length, and the body does not use max_tokens",
			Hint: `put {{.max_tokens}} where your endpoint takes the limit`,
		}
	}
	for _, w := range sc.Workloads() {
		var extra map[string]json.RawMessage
		if body := w.ExtraBody; len(body) > 0 && json.Unmarshal(body, &extra) != nil {
			continue // the client says what is wrong with it
		}
		for _, word := range unbounded {
			if _, ok := extra[word]; ok {
				return &scenario.Error{
					Path: "workload.extra_body", Message: fmt.Sprintf("a budget needs a bound of the answer's length, and extra_body sets %q", word),
					Hint: "say it with max_tokens, or leave the budget out",
				}
			}
		}
	}
	return nil
}
