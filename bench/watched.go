package bench

import (
	"iter"
	"slices"
	"time"
)

// watched is a run as the watch over the generator sees it. It implements [health.Load].
type watched struct{ account *account }

func (w watched) Live() iter.Seq[int] { return slices.Values(w.account.live()) }

func (w watched) Open() iter.Seq2[int, int64] { return w.account.ledger.InFlight() }

func (w watched) ReadLate(wave int, late iter.Seq[time.Duration]) {
	w.account.ledger.ReadLate(wave, late)
}
