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
	client.Result
	Target, Model string   // the host and port asked, and the model
	CostUSD       *float64 // nil: unknown
}

// OK reports whether the request ended well.
func (p Probe) OK() bool { return p.Outcome == outcome.OK }

// Check sends the scenario's first request, alone and on a connection of its own,
// and says what came of it. It blocks until that has ended or ctx has.
func (s *Setup) Check(ctx context.Context) Probe {
	req, _ := sending.Workload{Prompts: s.Prompts}.Request(s.Scenario, dispatch.Ticket{})
	req.KeepText = true
	if s.Tier == nil {
		s.endpoint.Client.Disconnect()
	}
	began := time.Since(s.Epoch)
	p := Probe{Result: s.Client.Do(ctx, req, noSink{}), Target: s.Target, Model: s.Scenario.Target.Model}
	for _, at := range []*time.Duration{&p.Sent, &p.FirstByte, &p.FirstToken, &p.FirstAnswer, &p.LastToken, &p.Done} {
		if *at != client.Never {
			*at = max(0, *at-began)
		}
	}
	if u := p.Usage; s.Price != nil && u.From == client.FromUsage {
		p.CostUSD = new(s.Price.Cost(price.Usage{Prompt: int64(u.Prompt), Cached: int64(u.Cached), CacheWritten: int64(u.CacheWritten), Output: int64(u.Output)}).Total())
	}
	return p
}

// noSink is a sink for who reads the result alone.
type noSink struct{}

func (noSink) Sent(time.Duration)               {}
func (noSink) Token(time.Duration, client.Kind) {}
