package bench

import (
	"iter"
	"time"

	"flashwave/bench/health"
	"flashwave/bench/result"
)

// OpenFilesLimit is how many files this process may have open; nil: unknown.
func OpenFilesLimit() *int64 { return health.OpenFilesLimit() }

// watchOver begins the watch over the generator.
func (r *Run) watchOver() *health.Watch {
	return health.New(health.Config{
		Load: watched{r}, Waves: len(r.waves), Now: r.now, Epoch: r.epoch, MaxLag: r.scenario.MaxLag.D(),
		Machine: r.options.Machine, Shared: r.options.InProcessMock, Clocks: r.options.clocks,
	})
}

// generator is the document's part on the generator's health.
func (r *Run) generator(total *result.Part, parts []*result.Part) result.Generator {
	waves := make([]health.Wave, len(parts))
	for i, p := range parts {
		waves[i] = health.Wave{Name: r.waves[i].name().String(), Part: p}
	}
	g := r.health.Report(total, waves)
	_, _, most := r.slots.load()
	g.MaxInFlightSeen = int64(most)
	return g
}

// watched is a run as the watch over the generator sees it.
type watched struct{ run *Run }

// Live implements [health.Load].
func (w watched) Live() iter.Seq[int] {
	return func(yield func(int) bool) {
		for _, l := range w.run.lanes {
			if wave := w.run.ledger.LiveWave(l.index); wave >= 0 && !yield(wave) {
				return
			}
		}
	}
}

// Open implements [health.Load].
func (w watched) Open() iter.Seq2[int, int64] { return w.run.ledger.InFlight() }

// ReadLate implements [health.Load].
func (w watched) ReadLate(wave int, late iter.Seq[time.Duration]) { w.run.ledger.ReadLate(wave, late) }
