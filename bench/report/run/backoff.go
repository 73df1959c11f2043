package run

import (
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
)

// backoff says how slots of closed waves waited for an endpoint that failed; empty
// if none had to.
func backoff(b *result.Backoff) []string {
	if b == nil || b.Waits == 0 && b.Unheeded == 0 {
		return nil
	}
	items := []string{
		units.Of(b.Waits, "wait of a slot after a failure", "waits of slots after a failure"),
		"longest " + units.Millis(1000*b.LongestS),
		"in all " + units.Millis(1000*b.TotalS),
	}
	if b.Unheeded > 0 {
		items = append(items, units.Of(b.Unheeded, "wait", "waits")+" of over a minute asked for and not heeded")
	}
	return items
}

// steadyRates are the rates of closed waves without their fill and their drain: of
// the run where it is one such wave, and otherwise by wave.
func steadyRates(run *result.Run) (items []string) {
	if v := run.Total.Rate.Steady; v != nil {
		return []string{rate("steady", v)}
	}
	for _, w := range run.Waves {
		if v := w.Rate.Steady; v != nil {
			items = append(items, rate("steady in "+words.Plain(slo.WaveName(w.Lane, w.Name)), v))
		}
	}
	return items
}
