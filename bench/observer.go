package bench

import (
	"fmt"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/ledger"
	"flashwave/bench/result"
)

// An observer hears what a run's dispatcher does: what becomes of requests goes straight
// into the ledger. It implements [dispatch.Observer].
type observer struct {
	*ledger.Ledger
	run *Run
}

func (o observer) Planned(lane int, starts []arrival.Boundary, end time.Duration) {
	o.run.waves.planned(lane, starts, end)
}

func (o observer) Entered(lane, before, now int, at time.Duration) {
	r := o.run
	began, surged := r.waves.entered(lane, before, now, at)
	o.Enter(lane, now, at, surged)
	if began == nil {
		return
	}
	r.begin()
	r.events.add(result.Event{
		TS: began.Started.Seconds(), Kind: result.WaveStarted, Wave: began.Name, Lane: began.Lane,
		Text: fmt.Sprintf("wave %s began: %s", began.Name, began.Load),
	})
}

func (o observer) Steered(lane, wave int, at time.Duration, text string) {
	r := o.run
	r.events.add(result.Event{
		TS: r.since(at).Seconds(), Kind: result.Steered, Lane: r.scenario.Lanes[lane].Name, Wave: r.waves.nameOf(wave), Text: text,
	})
}

func (o observer) Noted(text string) { o.run.events.note(text) }

// begin says that a wave has begun: the warm-up is over.
func (r *Run) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state == result.Warming {
		r.state = result.Running
	}
}
