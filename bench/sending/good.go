package sending

import (
	"math"
	"time"

	"flashwave/bench/ledger"
	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
)

// goodness judges a request by the bounds of its wave; one of the warm-up, by those of
// the wave in whose time it ended.
func (s *Sender) goodness(f *ledger.Flight, res *client.Result) verdict.Goodness {
	t, wave := f.Ticket, f.Wave
	if wave == result.Warmup {
		wave = s.Ledger.LiveWave(t.Lane)
	}
	if wave < 0 || res.Outcome != outcome.OK {
		return verdict.Bad
	}
	streams := s.asks(t).Stream && s.Scenario.Target.API != string(client.HTTP) // which answers with a document, whatever was asked
	return s.Assertions.Goodness(s.Waves[wave], f.Classes(), func(e slo.Expr) (float64, bool) {
		return Measured(e, t.Scheduled, streams, res)
	})
}

// Measured is one ok request's value of a latency metric, in ms; NaN: it never came,
// although it was waited for, as it is where the answer streams. ok is false where the
// request has none. Response time counts from when it was scheduled.
func Measured(e slo.Expr, scheduled time.Duration, streams bool, res *client.Result) (ms float64, ok bool) {
	from := scheduled
	if e.Service {
		from = res.Sent
	}
	streamed := res.FirstToken != client.Never || streams
	since := func(at time.Duration) (float64, bool) {
		if at == client.Never {
			return math.NaN(), streamed
		}
		return result.Millis(at - from), true
	}
	gap := func(d time.Duration, ok bool) (float64, bool) { return result.Millis(d), ok }
	switch e.Metric {
	case slo.TTFT:
		return since(res.FirstToken)
	case slo.TTFA:
		return since(res.FirstAnswer)
	case slo.E2E:
		return since(res.Done)
	case slo.TPOT:
		return gap(ledger.TPOT(res))
	case slo.ITL, slo.Stall:
		return gap(ledger.Stall(res))
	case slo.Queue:
		return result.Millis(res.Sent - scheduled), true
	case slo.Connect:
		return result.Millis(res.Phases.DNS + res.Phases.Connect + res.Phases.TLS), true
	}
	return 0, false
}
