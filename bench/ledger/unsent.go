package ledger

import (
	"iter"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
)

// Scheduled records that a request was due.
func (l *Ledger) Scheduled(q Request) {
	if q.Wave == result.Warmup {
		return
	}
	l.record(q.Wave, q.Index, func(p *result.Part) { p.Requests.Scheduled++ })
	l.surges.after(q.During).expect(q.Scheduled)
}

// Dropped records a scheduled request that found no slot and may not wait.
//
// One that comes here a second late would perhaps have found a slot when it was
// due: that is lateness of the generator, and not a full house alone.
func (l *Ledger) Dropped(q Request) {
	if late := q.Enqueued - q.Scheduled; late > time.Second && q.Wave != result.Warmup {
		l.record(q.Wave, q.Index, func(p *result.Part) { p.Record(result.Lag, late) })
	}
	l.never(q, dropped, func(r *result.Requests) { r.Dropped++ })
}

// Unsent records a scheduled request that was never sent.
func (l *Ledger) Unsent(q Request) {
	l.never(q, unsent, func(r *result.Requests) { r.Unsent++ })
}

func (l *Ledger) never(q Request, instead outcome.Outcome, count func(*result.Requests)) {
	if q.Wave == result.Warmup {
		return
	}
	l.missed(q, instead)
	l.record(q.Wave, q.Index, func(p *result.Part) { count(&p.Requests) })
}

// missed tells of a request that was never sent, and what became of it instead.
func (l *Ledger) missed(q Request, instead outcome.Outcome) {
	if q.Wave == result.Warmup {
		return
	}
	if l.log != nil {
		line := l.line(q, NeverSent)
		line.Outcome = instead
		l.log.write(line)
	}
	l.surges.after(q.During).see(q.Scheduled, verdict.Bad)
}

// Shed are many requests at once that were due from one instant to another, about evenly,
// and that nobody had a place for. None was scheduled before.
type Shed struct {
	Request                // the first of them
	N        int64         // how many
	From, To time.Duration // when they were due
	At       time.Duration // when they were given up
}

// Shed records requests that nobody had a place for as scheduled and dropped.
func (l *Ledger) Shed(s Shed) {
	if s.Wave == result.Warmup {
		return
	}
	l.record(s.Wave, s.Index, func(p *result.Part) {
		p.Requests.Scheduled += s.N
		p.Requests.Dropped += s.N
		for range min(s.N, shedLags) {
			p.Record(result.Lag, s.At-s.From)
		}
	})
	l.surges.after(s.During).lose(s.From, s.To, s.N)
	l.log.lack(s.N)
}

// shedLags is how many of the requests given up at once are counted as late ones: enough
// that nobody takes the wave for one that was sent in time.
const shedLags = 10_000

// Waited records how long a slot of a closed wave waited after a failure. index spreads
// the recording.
func (l *Ledger) Waited(wave int, index uint64, wait time.Duration) {
	if wave != result.Warmup {
		l.record(wave, index, func(p *result.Part) { p.Backoff.Add(wait) })
	}
}

// Unheeded records a wait that the endpoint asked for in vain.
func (l *Ledger) Unheeded(wave int, index uint64, asked time.Duration) {
	if wave != result.Warmup {
		l.record(wave, index, func(p *result.Part) { p.Backoff.Ignore(asked) })
	}
}

// ReadLate records how late this process was to read in the time of a wave, once for each.
func (l *Ledger) ReadLate(wave int, late iter.Seq[time.Duration]) {
	l.record(wave, uint64(wave), func(p *result.Part) {
		for d := range late {
			p.Record(result.ReadLag, d)
		}
	})
}
