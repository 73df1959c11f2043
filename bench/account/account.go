// Package account says what a run has come to: so far, for whoever looks, and at its end,
// for the document. It only reads, and starts no goroutine.
package account

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"flashwave/bench/dispatch"
	"flashwave/bench/health"
	"flashwave/bench/journal"
	"flashwave/bench/ledger"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/serverside"
	"flashwave/bench/slo"
	"flashwave/bench/tier"
	"flashwave/bench/timetable"
	"flashwave/bench/verdict"
)

// An Account is that of a run, of what the ledger has recorded, the dispatcher has in hand
// and the waves have lasted. Its methods are safe for concurrent use.
type Account struct {
	Scenario   *scenario.Scenario
	Target     string // what the screen calls the endpoint
	Priced     bool   // the price is known
	Assertions *verdict.Assertions
	Waves      *timetable.Timetable
	Ledger     *ledger.Ledger
	Dispatch   *dispatch.Dispatcher
	Budget     *dispatch.Budget
	Health     *health.Watch
	Journal    *journal.Journal
	Adapted    func() []string         // what the client does otherwise than it was told
	Sessions   func() *result.Sessions // what became of the conversations so far; nil: there are none
	Server     *serverside.Watch       // nil: the server is not asked for its own metrics

	Tier *tier.Tally // what became of the tasks of a queue; nil: there is none

	seen atomic.Pointer[figures] // by whoever looked last
}

// figuresOf hands out what the waves did as of says, and the classes as ofClass does; the
// tasks of a queue, where there is one, as tasks does. Each is asked once, by the one
// goroutine that the figures are for.
func (a *Account) figuresOf(of, ofClass func(int) (*result.Part, time.Duration), tasks func(*tier.Tally) *result.Tasks) verdict.Figures {
	f := verdict.Figures{Subjects: a.Assertions.Subjects, Of: once(of), OfClass: once(ofClass), Priced: a.Priced, Judged: a.Assertions.Judged()}
	if a.Tier != nil {
		f.Tasks = sync.OnceValue(func() *result.Tasks { return tasks(a.Tier) })
	}
	return f
}

// once asks for what each wave did one time only, for to add it up is the costly part.
func once(of func(int) (*result.Part, time.Duration)) func(int) (*result.Part, time.Duration) {
	type did struct {
		part   *result.Part
		length time.Duration
	}
	known := map[int]did{}
	return func(wave int) (*result.Part, time.Duration) {
		d, ok := known[wave]
		if !ok {
			d.part, d.length = of(wave)
			known[wave] = d
		}
		return d.part, d.length
	}
}

// Sofar are the figures of the whole run up to the last full second.
func (a *Account) Sofar() verdict.Figures {
	return a.figuresOf(func(wave int) (*result.Part, time.Duration) {
		if wave < 0 {
			return a.Total(), a.Waves.LoadLength() // with the cost of the warm-up
		}
		return a.Ledger.Total(wave), a.Waves.Length(wave)
	}, func(c int) (*result.Part, time.Duration) { return a.Ledger.Class(c), a.Waves.LoadLength() }, (*tier.Tally).Sofar)
}

// Total is all that happened, with the cost of the warm-up.
func (a *Account) Total() *result.Part {
	total, warm := a.Ledger.Total(-1), a.Ledger.Warmup()
	total.Cost = total.Cost.Add(warm.Cost)
	total.Estimated += warm.Estimated
	return total
}

// Present is what the last d were like, with the requests that are open or wait for a
// slot now: an endpoint that hangs must not look well because nothing ends.
func (a *Account) Present(e slo.Expr, d time.Duration) verdict.Stretch {
	s := a.figuresOf(func(wave int) (*result.Part, time.Duration) {
		p, from, to := a.Ledger.Window(d, wave)
		return p, a.Waves.Overlap(wave, from, to)
	}, func(c int) (*result.Part, time.Duration) {
		p, from, to := a.Ledger.ClassWindow(d, c)
		return p, a.Waves.Overlap(-1, from, to)
	}, lately(d)).Stretch(e)
	s.Part = s.Part.WithOpen()
	c := a.Assertions.Class(e)
	a.addUnended(s.Part, func(t dispatch.Ticket) bool {
		if c >= 0 {
			of := a.Ledger.ClassesOf(t)
			return slices.Contains(of[:], c)
		}
		w := a.Waves.Name(t.Wave)
		return t.Wave >= 0 && e.Concerns(w.Lane, w.Wave)
	})
	return s
}

// lately are the tasks of the last d.
func lately(d time.Duration) func(*tier.Tally) *result.Tasks {
	return func(t *tier.Tally) *result.Tasks {
		tasks, _ := t.Lately(d)
		return tasks
	}
}

// addUnended adds the ages of requests that are open or wait for a slot to a part, as if
// the run ended now.
func (a *Account) addUnended(p *result.Part, concerns func(dispatch.Ticket) bool) {
	now := a.Waves.Now()
	a.Ledger.AddOpen(p, now, concerns)
	for t := range a.Dispatch.Waiting() {
		if concerns(t) {
			ledger.AddWaiting(p, now, t)
		}
	}
}

// Admitted are the requests per second of the last full second, in what an expression
// speaks of, that the endpoint let in: what it refused at once was no load on it.
func (a *Account) Admitted(e slo.Expr) float64 {
	s := a.figuresOf(func(wave int) (*result.Part, time.Duration) {
		p, from, to := a.Ledger.Window(time.Second, wave)
		return p, to - from
	}, func(c int) (*result.Part, time.Duration) {
		p, from, to := a.Ledger.ClassWindow(time.Second, c)
		return p, to - from
	}, lately(time.Second)).Stretch(e)
	if s.Length <= 0 {
		return 0
	}
	return float64(max(s.Part.Requests.Scheduled-s.Part.Here.Refused, 0)) / s.Length.Seconds()
}

// stats are the figures of a wave, or of the run (wave < 0), so far.
func (a *Account) stats(wave int, p *result.Part, withHDR bool) result.Stats {
	s := result.Derive(a.label(wave, withHDR), p)
	if l, ok := a.Ledger.Limited(wave); ok {
		l.AddTo(&s)
	}
	s.Backlog = a.Dispatch.Backlog(wave)
	if wave >= 0 {
		share, text := a.Assertions.Recovered()
		s.Recovery = a.Ledger.Recovery(wave, share, text, a.Waves.Ended())
	}
	if wave < 0 && a.Waves.Len() == 1 { // a run that is nothing but one
		wave = 0
	}
	if wave >= 0 {
		s.Rate.Steady = a.Ledger.Steady(wave)
	}
	return s
}

// label says what the figures of a wave, or of the whole run (wave < 0), are.
func (a *Account) label(wave int, withHDR bool) result.Label {
	l := result.Label{
		Name: result.WholeRun, Kind: result.WholeRun, Duration: a.Waves.Length(wave),
		Priced: a.Priced, Judged: a.Assertions.Judged(), HDR: withHDR,
	}
	if wave < 0 {
		l.Drain = l.Duration - a.Waves.LoadLength()
		l.Closed = a.Waves.Closed()
		return l
	}
	w := a.Waves.Status(wave)
	l.Name, l.Lane, l.Kind, l.Closed = w.Name, w.Lane, result.OpenWave, w.Closed
	if w.Closed {
		l.Kind = result.ClosedWave
	}
	l.Started, l.Unbegun = max(w.Started, 0), !w.Begun
	return l
}
