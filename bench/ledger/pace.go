package ledger

import (
	"sync"
	"time"

	"flashwave/bench/result"
	"flashwave/client"
)

// A pace knows how many requests were sent, and tokens billed, in the last
// minute, and keeps what it knew when rate limits were first met: limits are
// given per minute, so that is the capacity that was bought. Retries are not in
// it, for only the first sending of a request has an instant.
type pace struct {
	began time.Duration // nothing was sent before

	mu      sync.Mutex
	seconds [64]paceSecond // of the run's clock, the newest minute of them
	waves   []limited
}

// A paceSecond is what was sent and billed in one second.
type paceSecond struct {
	at           int64 // which second
	sent, tokens int64
	prompt       int64 // of tokens
}

// limited is how a wave met its limits. Instants are on the run's clock; 0: never.
type limited struct {
	first, last time.Duration
	rpm         float64  // at the first
	tpm         *float64 // likewise; nil: no usage had told of any prompt
}

func newPace(began time.Duration, waves int) *pace {
	return &pace{began: began, waves: make([]limited, waves)}
}

// second is the record of the second of an instant; nil if that is long gone.
// p.mu is held.
func (p *pace) second(at time.Duration) *paceSecond {
	n := int64(at / time.Second)
	s := &p.seconds[n%int64(len(p.seconds))]
	switch {
	case s.at > n:
		return nil
	case s.at < n:
		*s = paceSecond{at: n}
	}
	return s
}

func (p *pace) sent(at time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.second(at); s != nil {
		s.sent++
	}
}

func (p *pace) billed(at time.Duration, u client.Usage) {
	if u.Prompt+u.Output == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.second(at); s != nil {
		s.tokens += int64(u.Prompt + u.Output)
		s.prompt += int64(u.Prompt)
	}
}

// limited notes that a request of a wave met a rate limit.
func (p *pace) limited(at time.Duration, wave int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := &p.waves[wave]
	if l.first == 0 {
		l.first = at
		l.rpm, l.tpm = p.perMinute(at)
	}
	l.last = max(l.last, at)
}

// perMinute is the pace over the minute before at and the begun second, or since
// the beginning where that is less, but over a second at least: nothing can be
// said of the rate of the first request. p.mu is held.
func (p *pace) perMinute(at time.Duration) (requests float64, tokens *float64) {
	newest := int64(at / time.Second)
	oldest := newest - 60
	var n, t, prompt int64
	for _, s := range p.seconds {
		if oldest <= s.at && s.at <= newest {
			n += s.sent
			t += s.tokens
			prompt += s.prompt
		}
	}
	over := at - max(p.began, time.Duration(oldest)*time.Second)
	minutes := max(over, time.Second).Minutes()
	if prompt > 0 {
		tokens = new(float64(t) / minutes)
	}
	return float64(n) / minutes, tokens
}

// met is how a wave, or the whole run (wave < 0), met its limits.
func (p *pace) met(wave int) limited {
	p.mu.Lock()
	defer p.mu.Unlock()
	if wave >= 0 {
		return p.waves[wave]
	}
	var all limited
	for _, l := range p.waves {
		if l.first == 0 {
			continue
		}
		last := max(all.last, l.last)
		if all.first == 0 || l.first < all.first {
			all = l
		}
		all.last = last
	}
	return all
}

// Limited is how a wave, or the run (wave < 0), met its rate limits; false: it did not.
func (l *Ledger) Limited(wave int) (result.LimitsMet, bool) {
	m := l.pace.met(wave)
	return result.LimitsMet{FirstS: l.since(m.first).Seconds(), LastS: l.since(m.last).Seconds(), RPM: m.rpm, TPM: m.tpm}, m.first != 0
}
