package bench

import (
	"math"
	"time"

	"flashwave/bench/dispatch"
	"flashwave/bench/ledger"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
)

// An account says what a run has come to, of what the ledger has recorded, the dispatcher
// has in hand and the waves have lasted. It only reads, and is safe for concurrent use.
type account struct {
	*clock
	scenario   *scenario.Scenario
	priced     bool
	assertions *verdict.Assertions
	waves      *waves
	ledger     *ledger.Ledger
	dispatch   *dispatch.Dispatcher
}

// figuresOf hands out what the waves did as of says.
func (a *account) figuresOf(of func(wave int) (*result.Part, time.Duration)) verdict.Figures {
	return verdict.Figures{Waves: a.waves.names(), Of: of, Priced: a.priced, Judged: a.assertions.Judged()}
}

// sofar are the figures of the whole run up to the last full second.
func (a *account) sofar() verdict.Figures {
	return a.figuresOf(func(wave int) (*result.Part, time.Duration) {
		if wave < 0 {
			return a.total(), a.waves.loadLength() // with the cost of the warm-up
		}
		return a.ledger.Total(wave), a.waves.length(wave)
	})
}

// total is all that happened, with the cost of the warm-up.
func (a *account) total() *result.Part {
	total, warm := a.ledger.Total(-1), a.ledger.Warmup()
	total.Cost = total.Cost.Add(warm.Cost)
	total.Estimated += warm.Estimated
	return total
}

// present is what the last d were like, with the requests that are open or wait for a
// slot now: an endpoint that hangs must not look well because nothing ends.
func (a *account) present(e slo.Expr, d time.Duration) verdict.Stretch {
	s := a.figuresOf(func(wave int) (*result.Part, time.Duration) {
		p, from, to := a.ledger.Window(d, wave)
		return p, a.waves.overlap(wave, from, to)
	}).Stretch(e)
	s.Part = s.Part.WithOpen()
	a.addUnended(s.Part, func(q dispatch.Ticket) bool {
		return q.Wave >= 0 && e.Concerns(a.scenario.Lanes[q.Lane].Name, a.waves.nameOf(q.Wave))
	})
	return s
}

// addUnended adds the ages of requests that are open or wait for a slot to a part, as if
// the run ended now.
func (a *account) addUnended(p *result.Part, concerns func(dispatch.Ticket) bool) {
	now := a.now()
	a.ledger.AddOpen(p, now, concerns)
	for t := range a.dispatch.Waiting() {
		if concerns(t) {
			ledger.AddWaiting(p, now, t)
		}
	}
}

// admitted are the requests per second of the last full second, in what an expression
// speaks of, that the endpoint let in: what it refused at once was no load on it.
func (a *account) admitted(e slo.Expr) float64 {
	s := a.figuresOf(func(wave int) (*result.Part, time.Duration) {
		p, from, to := a.ledger.Window(time.Second, wave)
		return p, to - from
	}).Stretch(e)
	if s.Length <= 0 {
		return 0
	}
	return float64(max(s.Part.Requests.Scheduled-s.Part.Here.Refused, 0)) / s.Length.Seconds()
}

// stats are the figures of a wave, or of the run (wave < 0), so far.
func (a *account) stats(wave int, p *result.Part, withHDR bool) result.Stats {
	s := result.Derive(a.label(wave, withHDR), p)
	if l, ok := a.ledger.Limited(wave); ok {
		l.AddTo(&s)
	}
	s.Backlog = a.dispatch.Backlog(wave)
	if wave >= 0 {
		share, text := a.assertions.Recovered()
		s.Recovery = a.ledger.Recovery(wave, share, text, a.waves.ended())
	}
	if wave < 0 && len(a.waves.list) == 1 { // a run that is nothing but one
		wave = 0
	}
	if wave >= 0 {
		s.Rate.Steady = a.ledger.Steady(wave)
	}
	return s
}

// label says what the figures of a wave, or of the whole run (wave < 0), are.
func (a *account) label(wave int, withHDR bool) result.Label {
	l := result.Label{
		Name: result.WholeRun, Kind: result.WholeRun, Duration: a.waves.length(wave),
		Priced: a.priced, Judged: a.assertions.Judged(), HDR: withHDR,
	}
	if wave < 0 {
		l.Drain = l.Duration - a.waves.loadLength()
		for i := range a.waves.list {
			l.Closed = l.Closed || a.waves.list[i].Closed
		}
		return l
	}
	w := a.waves.status(wave)
	l.Name, l.Lane, l.Kind, l.Closed = w.Name, w.Lane, result.OpenWave, w.Closed
	if w.Closed {
		l.Kind = result.ClosedWave
	}
	l.Started, l.Unbegun = max(w.Started, 0), !w.Begun
	return l
}

// live are the waves whose wall time it is.
func (a *account) live() (list []int) {
	for lane := range a.scenario.Lanes {
		if wave := a.ledger.LiveWave(lane); wave >= 0 {
			list = append(list, wave)
		}
	}
	return list
}

// goodness judges a request by the bounds of its wave; one of the warm-up, by those of
// the wave in whose time it ended.
func (a *account) goodness(q dispatch.Ticket, res client.Result) verdict.Goodness {
	wave := q.Wave
	if wave == result.Warmup {
		wave = a.ledger.LiveWave(q.Lane)
	}
	if wave < 0 || res.Outcome != outcome.OK {
		return verdict.Bad
	}
	streams := a.workloadOf(q.Lane).Stream && a.scenario.Target.API != string(client.HTTP) // which answers with a document, whatever was asked
	return a.assertions.Goodness(a.waves.list[wave].name(), func(e slo.Expr) (float64, bool) {
		return measured(e, q.Scheduled, streams, res)
	})
}

// measured is one ok request's value of a latency metric, in ms; NaN: it never came,
// although it was waited for, as it is where the answer streams. ok is false where the
// request has none.
func measured(e slo.Expr, scheduled time.Duration, streams bool, res client.Result) (ms float64, ok bool) {
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
