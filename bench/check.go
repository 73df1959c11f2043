package bench

import (
	"context"
	"time"

	"flashwave/bench/dispatch"
	"flashwave/bench/price"
	"flashwave/bench/sending"
	"flashwave/client"
	"flashwave/client/outcome"
)

// A Probe is what one request found out about an endpoint. Instants count from
// the beginning of the check; a negative one did not happen.
type Probe struct {
	Target, Model string          // the host and port asked, and the model
	Outcome       outcome.Outcome // of the closed list
	Error         string          // why it failed; "" when ok
	Status        int             // of HTTP; 0: there was no response
	RequestID     string          // the endpoint's own

	// DNS, Connect and TLS are how long they took; 0: not needed. They are part of
	// the time before FirstByte.
	DNS, Connect, TLS time.Duration

	FirstByte, FirstToken, LastToken, Done time.Duration

	Prompt, Cached, Output int
	TokensFrom             string // usage, events
	Finish, Text           string
	CostUSD                *float64 // nil: unknown

	// What the response said of its limits; -1: nothing.
	LimitRequests, RemainingRequests, LimitTokens, RemainingTokens int64
}

// OK reports whether the request ended well.
func (p Probe) OK() bool { return p.Outcome == outcome.OK }

// Check sends the scenario's first request, alone and on a connection of its own,
// and says what came of it. It blocks until that has ended or ctx has.
func (s *Setup) Check(ctx context.Context) Probe {
	sc := s.Scenario
	req, _ := sending.Workload{Prompts: s.Prompts}.Request(sc, dispatch.Ticket{})
	req.KeepText = true
	s.endpoint.Client.Disconnect()
	began := time.Since(s.Epoch)
	res := s.Client.Do(ctx, req, noSink{})
	after := func(at time.Duration) time.Duration {
		if at == client.Never {
			return at
		}
		return max(0, at-began)
	}
	p := Probe{
		Target: s.Target, Model: sc.Target.Model,
		Outcome: res.Outcome, Error: res.Err, Status: res.Status, RequestID: res.RequestID,
		DNS: res.Phases.DNS, Connect: res.Phases.Connect, TLS: res.Phases.TLS,
		FirstByte: after(res.FirstByte), FirstToken: after(res.FirstToken), LastToken: after(res.LastToken), Done: after(res.Done),
		Prompt: res.Usage.Prompt, Cached: res.Usage.Cached, Output: res.Usage.Output, TokensFrom: string(res.Usage.From),
		Finish: res.Finish, Text: res.Text,
		LimitRequests: res.Limits.LimitRequests, RemainingRequests: res.Limits.RemainingRequests,
		LimitTokens: res.Limits.LimitTokens, RemainingTokens: res.Limits.RemainingTokens,
	}
	if s.Price != nil && res.Usage.From == client.FromUsage {
		usd := s.Price.Cost(price.Usage{Prompt: int64(p.Prompt), Cached: int64(p.Cached), Output: int64(p.Output)}).Total()
		p.CostUSD = &usd
	}
	return p
}

// noSink is a sink for who reads the result alone.
type noSink struct{}

func (noSink) Sent(time.Duration)               {}
func (noSink) Token(time.Duration, client.Kind) {}
