package monitor

import (
	"time"

	"flashwave/bench/dispatch"
)

// reserve sets aside what a probe may cost of the day's budget; false: it is spent.
func (w *watched) reserve(at time.Time) (worst float64, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.row = nil
	w.counts.Scheduled++
	if day(at) != w.day {
		w.newDay(at)
	}
	worst = w.budget.Worst(w.bytes, len(w.request.Messages), w.request.MaxTokens, w.Scenario.Target.Retries)
	if w.budget.Reserve(worst) {
		return worst, true
	}
	w.counts.OverBudget++
	w.become(Paused, "its budget of the day is spent: "+w.budget.String())
	return 0, false
}

// newDay begins a day's budget. w.mu is held, or nobody else has w yet.
func (w *watched) newDay(at time.Time) {
	w.day = day(at)
	w.budget = &dispatch.Budget{Limit: w.Scenario.Budget}
	if w.Price != nil {
		w.budget.Price = *w.Price
	}
	w.budget.Settle(0, w.series.Spent(midnight(at)))
}

// day is the day of an instant, in UTC.
func day(at time.Time) int64 { return at.Unix() / (24 * 3600) }

func midnight(at time.Time) time.Time { return time.Unix(day(at)*24*3600, 0) }
