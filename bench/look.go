package bench

import (
	"time"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
)

// A Look is what the waves of some names did up to the last full second of a run
// that may still go on.
type Look struct {
	Ended verdict.Stretch // of what has ended; open requests are in Requests.Scheduled alone
	// Now is the same as if the run ended now: requests that still wait for their
	// first token or their end rank with their age.
	Now  verdict.Stretch
	Open int64 // scheduled, and not known to have ended
}

// Look adds up the waves of these names: of all lanes, or of the one that a name names
// with its wave. Their length is that of the longest lane.
func (r *Run) Look(names ...string) Look {
	part := result.NewPart()
	lengths := make([]time.Duration, len(r.lanes))
	chosen := make([]bool, len(r.waves))
	for i := range r.waves {
		w := &r.waves[i]
		for _, name := range names {
			if w.Name == name || slo.WaveName(w.Lane, w.Name) == name {
				chosen[i] = true
				part.Merge(r.rec.total(i))
				lengths[w.lane] += r.length(i)
			}
		}
	}
	stretch := verdict.Stretch{Part: part, Priced: r.priced, Judged: r.assertions.Judged()}
	for _, d := range lengths {
		stretch.Length = max(stretch.Length, d)
	}
	now := stretch
	now.Part = part.Clone()
	concerns := func(t ticket) bool { return t.wave >= 0 && chosen[t.wave] }
	r.open.addTo(now.Part, r.now(), concerns)
	r.slots.addTo(now.Part, r.now(), concerns)
	q := part.Requests
	return Look{Ended: stretch, Now: now, Open: q.Scheduled - q.Dropped - q.Unsent - q.Ended()}
}

// addTo adds the ages of the requests that wait for a slot: nothing came of them
// yet.
func (s *slots) addTo(p *result.Part, now time.Duration, concerns func(ticket) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for t := range s.line.all() {
		if !concerns(t) {
			continue
		}
		for _, m := range [...]result.Metric{result.TTFTResponse, result.TTFAResponse, result.E2EResponse} {
			p.RecordOpen(m, now-t.scheduled)
		}
	}
}
