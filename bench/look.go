package bench

import (
	"time"

	"flashwave/bench/dispatch"
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
	lengths := make([]time.Duration, len(r.scenario.Lanes))
	chosen := make([]bool, len(r.waves.list))
	for i := range r.waves.list {
		w := &r.waves.list[i]
		for _, name := range names {
			if w.Name == name || slo.WaveName(w.Lane, w.Name) == name {
				chosen[i] = true
				part.Merge(r.ledger.Total(i))
				lengths[w.lane] += r.waves.length(i)
			}
		}
	}
	stretch := verdict.Stretch{Part: part, Priced: r.priced, Judged: r.assertions.Judged()}
	for _, d := range lengths {
		stretch.Length = max(stretch.Length, d)
	}
	now := stretch
	now.Part = part.Clone()
	r.addUnended(now.Part, func(q dispatch.Ticket) bool { return q.Wave >= 0 && chosen[q.Wave] })
	q := part.Requests
	return Look{Ended: stretch, Now: now, Open: q.Scheduled - q.Dropped - q.Unsent - q.Ended()}
}
