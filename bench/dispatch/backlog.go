package dispatch

import (
	"time"

	"flashwave/bench/result"
)

// A peak is the most that was queued and in flight at any instant.
type peak struct {
	seen             bool
	at               time.Duration
	queued, inFlight int
}

func (p peak) total() int { return p.queued + p.inFlight }

// enter makes wave the live one of a lane: what is open then is its backlog too.
func (s *slots) enter(lane, wave int, at time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.live) <= lane {
		s.live = append(s.live, -1)
	}
	s.live[lane] = wave
	s.grown(at)
}

// grown raises the peaks of the live waves. To be called whenever the backlog may
// have become larger; s.mu is held.
func (s *slots) grown(at time.Duration) {
	now := peak{seen: true, at: at, queued: s.line.len(), inFlight: s.limit - s.free}
	for _, wave := range s.live {
		if wave < 0 {
			continue
		}
		for len(s.peaks) <= wave {
			s.peaks = append(s.peaks, peak{})
		}
		if p := &s.peaks[wave]; !p.seen || now.total() > p.total() {
			*p = now
		}
	}
}

// peak is the largest backlog in the wall time of a wave, or of any (wave < 0).
func (s *slots) peak(wave int) (most peak) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, p := range s.peaks {
		if !p.seen || wave >= 0 && i != wave {
			continue
		}
		if !most.seen || p.total() > most.total() || p.total() == most.total() && p.at < most.at {
			most = p
		}
	}
	return most
}

// Backlog is the largest of a wave, or of the run (wave < 0); nil: there was none.
func (d *Dispatcher) Backlog(wave int) *result.Backlog {
	p := d.slots.peak(wave)
	if !p.seen {
		return nil
	}
	return &result.Backlog{
		Peak: int64(p.total()), AtS: max(d.since(p.at), 0).Seconds(),
		Queued: int64(p.queued), InFlight: int64(p.inFlight),
	}
}
