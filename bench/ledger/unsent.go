package ledger

import (
	"iter"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/dispatch"
	"flashwave/bench/result"
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
)

// Scheduled records that a request was due.
func (l *Ledger) Scheduled(t dispatch.Ticket) {
	if t.Wave == result.Warmup {
		return
	}
	l.of(t, func(p *result.Part) { p.Requests.Scheduled++ })
	l.surges.after(t.During).expect(t.Scheduled)
}

// Dropped records a scheduled request that found no slot and may not wait.
//
// One that comes here a second late would perhaps have found a slot when it was
// due: that is lateness of the generator, and not a full house alone.
func (l *Ledger) Dropped(t dispatch.Ticket) {
	if late := t.Enqueued - t.Scheduled; late > time.Second && t.Wave != result.Warmup {
		l.record(t.Wave, t.Index, func(p *result.Part) { p.Record(result.Lag, late) })
	}
	l.never(t, dropped, func(r *result.Requests) { r.Dropped++ })
}

// Unsent records a scheduled request that was never sent.
func (l *Ledger) Unsent(t dispatch.Ticket) {
	l.never(t, unsent, func(r *result.Requests) { r.Unsent++ })
}

func (l *Ledger) never(t dispatch.Ticket, instead outcome.Outcome, count func(*result.Requests)) {
	if t.Wave == result.Warmup {
		return
	}
	l.missed(t, instead)
	l.of(t, func(p *result.Part) { count(&p.Requests) })
}

// missed tells of a request that was never sent, and what became of it instead.
func (l *Ledger) missed(t dispatch.Ticket, instead outcome.Outcome) {
	if t.Wave == result.Warmup {
		return
	}
	if l.log != nil {
		line := l.line(t, &NeverSent)
		line.Outcome = instead
		l.log.write(line)
	}
	l.surges.after(t.During).see(t.Scheduled, verdict.Bad)
}

// Shed records requests that were due at once, and that nobody had a place for, as
// scheduled and dropped: the first of them, and of how many.
func (l *Ledger) Shed(first dispatch.Ticket, of arrival.Shed) {
	if first.Wave == result.Warmup {
		return
	}
	l.record(first.Wave, first.Index, func(p *result.Part) {
		p.Requests.Scheduled += of.N
		p.Requests.Dropped += of.N
		for range min(of.N, shedLags) {
			p.Record(result.Lag, first.Enqueued-of.From)
		}
	})
	l.shedClasses(first, of.N)
	l.surges.after(first.During).lose(of.From, of.To, of.N)
	l.log.lack(of.N)
}

// shedClasses counts them in their classes.
func (l *Ledger) shedClasses(t dispatch.Ticket, n int64) {
	if l.config.Classes == 0 {
		return
	}
	s := l.shard(t.Index)
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.each(l.ClassesOf(t), func(p *result.Part) {
			p.Requests.Scheduled++
			p.Requests.Dropped++
		})
		t.Index, t.Session = t.Index+1, t.Session+1
	}
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
