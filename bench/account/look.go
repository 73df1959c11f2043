package account

import (
	"slices"
	"time"

	"flashwave/bench/dispatch"
	"flashwave/bench/result"
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
func (a *Account) Look(names ...string) Look {
	part := result.NewPart()
	lengths := make([]time.Duration, len(a.Scenario.Lanes))
	chosen := make([]bool, a.Waves.Len())
	for i, w := range a.Waves.Names() {
		if slices.Contains(names, w.Wave) || slices.Contains(names, w.String()) {
			chosen[i] = true
			part.Merge(a.Ledger.Total(i))
			lengths[a.Waves.Lane(i)] += a.Waves.Length(i)
		}
	}
	stretch := verdict.Stretch{Part: part, Length: slices.Max(lengths), Priced: a.Priced, Judged: a.Assertions.Judged()}
	now := stretch
	now.Part = part.Clone()
	a.addUnended(now.Part, func(t dispatch.Ticket) bool { return t.Wave >= 0 && chosen[t.Wave] })
	q := part.Requests
	return Look{Ended: stretch, Now: now, Open: q.Scheduled - q.Dropped - q.Unsent - q.Ended()}
}
