package bench

import (
	"fmt"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/dispatch"
	"flashwave/bench/ledger"
	"flashwave/bench/result"
)

// An observer hears what a run's dispatcher does, for its ledger, its waves and its
// events. It implements [dispatch.Observer].
type observer struct{ run *Run }

// entry is a ticket as the ledger knows it.
func entry(t dispatch.Ticket) ledger.Request {
	return ledger.Request{
		Lane: t.Lane, Wave: t.Wave, During: t.During, Index: t.Index,
		Scheduled: t.Scheduled, Enqueued: t.Enqueued, Queue: t.Queue,
	}
}

func (o observer) Scheduled(t dispatch.Ticket) { o.run.ledger.Scheduled(entry(t)) }
func (o observer) Dropped(t dispatch.Ticket)   { o.run.ledger.Dropped(entry(t)) }
func (o observer) Unsent(t dispatch.Ticket)    { o.run.ledger.Unsent(entry(t)) }

func (o observer) Shed(first dispatch.Ticket, of arrival.Shed) {
	o.run.ledger.Shed(ledger.Shed{Request: entry(first), N: of.N, From: of.From, To: of.To, At: first.Enqueued})
}

func (o observer) Waited(wave int, index uint64, wait time.Duration) {
	o.run.ledger.Waited(wave, index, wait)
}

func (o observer) Unheeded(wave int, index uint64, wait time.Duration) {
	o.run.ledger.Unheeded(wave, index, wait)
}

func (o observer) Fill(wave int, at time.Duration, fill, least int) {
	o.run.ledger.Fill(wave, at, fill, least)
}

func (o observer) Completed(wave int, at time.Duration) { o.run.ledger.Completed(wave, at) }

func (o observer) Planned(lane int, starts []arrival.Boundary, end time.Duration) {
	o.run.waves.planned(lane, starts, end)
}

func (o observer) Entered(lane, before, now int, at time.Duration) {
	r := o.run
	began, surged := r.waves.entered(lane, before, now, at)
	r.ledger.Enter(lane, now, at, surged)
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
