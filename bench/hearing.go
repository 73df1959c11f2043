package bench

import (
	"fmt"
	"time"

	"flashwave/bench/account"
	"flashwave/bench/arrival"
	"flashwave/bench/dispatch"
	"flashwave/bench/ledger"
	"flashwave/bench/result"
	"flashwave/bench/sending"
)

// A hearing is told what a run's dispatcher does: what becomes of requests goes straight
// into the ledger, and of waves the timetable and the journal hear. Of what is dropped the
// sender hears, too: a conversation ends there. It implements [dispatch.Observer].
type hearing struct {
	*ledger.Ledger
	account *account.Account
	sender  *sending.Sender
	begun   func() // a wave has: the warm-up is over
}

func (h hearing) Dropped(t dispatch.Ticket) {
	h.Ledger.Dropped(t)
	h.sender.Dropped(t)
}

func (h hearing) Planned(lane int, starts []arrival.Boundary, end time.Duration) {
	h.account.Waves.Planned(lane, starts, end)
}

func (h hearing) Entered(lane, before, now int, at time.Duration) {
	began, surged := h.account.Waves.Entered(lane, before, now, at)
	h.Enter(lane, now, at, surged)
	if began == nil {
		return
	}
	h.begun()
	h.account.Journal.Add(result.Event{
		TS: began.Started.Seconds(), Kind: result.WaveStarted, Wave: began.Name, Lane: began.Lane,
		Text: fmt.Sprintf("wave %s began: %s", began.Name, began.Load),
	})
}

func (h hearing) Steered(lane, wave int, at time.Duration, text string) {
	a := h.account
	a.Journal.Add(result.Event{
		TS: a.Waves.Since(at).Seconds(), Kind: result.Steered, Lane: a.Scenario.Lanes[lane].Name, Wave: a.Waves.Name(wave).Wave, Text: text,
	})
}

func (h hearing) Noted(text string) { h.account.Journal.Note(text) }
