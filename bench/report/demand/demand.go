// Package demand says in words what a demand asks of an endpoint, what comes of it, and
// what it costs: the same words in every report, and on the screen.
package demand

import (
	"fmt"

	"flashwave/bench/forecast"
	"flashwave/bench/report/words"
	"flashwave/bench/units"
)

// Words are what there is to say, each with its name.
type Words []Pair

// A Pair is a name and what there is to say of it.
type Pair struct{ Name, Text string }

func (s *Words) add(name, format string, args ...any) {
	*s = append(*s, Pair{name, fmt.Sprintf(format, args...)})
}

// Asked is what the demand asks, and what comes of it; nothing without a forecast.
func Asked(f *forecast.Forecast) Words {
	var s Words
	if f == nil {
		return s
	}
	l := f.Demand
	s.add("requests", "%s in %s, peak %s (%s), busiest minute %s", units.Count(l.Requests), units.Seconds(l.DurationS),
		units.PerSecond(l.PeakRPS), units.PerMinute(l.PeakRPS), units.Count(l.PeakMinute))
	if f.Tasks != nil { // of a queue its workers matter, and no capacity has to reach its peak
		s.tasks(f.Tasks)
	} else if f.Headroom != nil {
		fits := map[bool]string{true: "it fits", false: "it does not fit"}
		word := "undecided"
		if f.Fits != nil {
			word = fits[*f.Fits]
		}
		s.add("headroom", "%s of the peak (asked for %s): %s", units.Figure(*f.Headroom), units.Figure(f.HeadroomAsked), word)
	}
	if f.Replicas != nil {
		s.add("replicas", "%d of what was measured, at %s utilisation", *f.Replicas, units.Bound(f.Utilisation, units.Ratio))
	}
	q := f.Quota
	quota := fmt.Sprintf("%s requests", units.Count(q.RequestsPM))
	if q.TokensPM != nil {
		quota += fmt.Sprintf(" and %s tokens", units.Count(*q.TokensPM))
	}
	s.add("quota", "%s a minute (99 %% of the minutes ask no more)", quota)
	if q.PeakTokensPM != nil {
		s.add("at the peak", "%s requests and %s tokens a minute", units.Count(q.PeakRequestsPM), units.Count(*q.PeakTokensPM))
	}
	if f.Tasks != nil {
		return s
	}
	if why := f.Ungrounded(); why != "" {
		s.add("the night", "not foretold: %s", words.Plain(why))
		return s
	}
	b, band := f.Simulated, f.Band
	if b == nil {
		b = f.Fluid
	}
	if b == nil {
		return s
	}
	if band == nil {
		band = &forecast.Band{}
	}
	switch {
	case b.Refused > 0:
		s.add("refused", "%s requests (%s), at once", units.Count(b.Refused), units.Share(b.RefusedShare))
	case b.Peak == 0:
		s.add("backlog", "none")
	}
	if b.Peak > 0 {
		s.add("backlog", "%s at most, after %s", Within(b.Peak, band.Peak, units.Count[float64]), units.Maybe(b.PeakAtS, units.Seconds))
		s.add("longest wait", "%s", Within(b.WorstWaitS, band.WorstWaitS, units.Seconds))
		if b.TimeToDrainS != nil {
			s.add("drained", "%s after the peak", Within(*b.TimeToDrainS, band.TimeToDrainS, units.Seconds))
		}
	}
	if b.Shed != nil && *b.Shed > 0 {
		s.add("shed", "%s requests (%s), after they have waited", units.Count(*b.Shed), units.Maybe(b.ShedShare, units.Share))
	}
	if b.TimedOut != nil && *b.TimedOut > 0 {
		s.add("timed out", "%s requests (%s)", units.Count(*b.TimedOut), units.Maybe(b.TimedOutShare, units.Share))
	}
	if failed := b.FailedShare(); failed > 0 {
		s.add("errors", "%s", Within(failed, band.FailedShare, units.Share))
	}
	s.add("beyond the SLO", "%s requests, %s", units.Count(b.Beyond), Within(b.BeyondShare, band.BeyondShare, units.Share))
	return s
}

// tasks is what comes of the classes of a queue, and how many workers it takes.
func (s *Words) tasks(t *forecast.Tasks) {
	needed := "no number of workers that was tried holds every SLO"
	switch {
	case t.Holds == nil:
		needed = ""
	case t.WorkersNeeded != nil:
		needed = units.Of(*t.WorkersNeeded, "worker holds", "workers hold") + " every SLO"
	case t.TimesNeeded != nil:
		needed = units.Figure(*t.TimesNeeded) + " times the workers there are hold every SLO"
	}
	there := units.PerSecond(t.ServedRPS) + " in all"
	if t.Workers != nil {
		there = fmt.Sprintf("there are %s, which end %s", units.Count(*t.Workers), units.PerSecond(t.ServedRPS))
	}
	s.add("workers", "%s", words.Listed(needed, there))
	for _, c := range t.Classes {
		text := "nobody stands in line"
		if c.Backlog > 0 {
			text = fmt.Sprintf("longest wait %s, p95 %s, backlog %s at most", units.Seconds(c.LongestWaitS), units.Seconds(c.WaitP95S), units.Count(c.Backlog))
			if c.StarvedS > 0 {
				text += ", gets nothing for " + units.Seconds(c.StarvedS)
			}
		}
		s.add(words.Plain(c.Class), "%s", text)
	}
	if t.StarvesFirst != nil {
		s.add("starves first", "%s, after %s, for %s", words.Plain(*t.StarvesFirst), units.Maybe(t.StarvesAtS, units.Seconds), units.Maybe(t.StarvedS, units.Seconds))
	}
	if t.DrainedAtS != nil {
		s.add("drained", "after %s", units.Seconds(*t.DrainedAtS))
	}
}

// Within is a figure with its band: 16 s (14 s to 19 s). A band that is no wider than the
// figure as it is written is left out.
func Within(v float64, band *forecast.Range, write func(float64) string) string {
	text := write(v)
	if band == nil {
		return text
	}
	if low, high := write(band.Low), write(band.High); low != text || high != text {
		return fmt.Sprintf("%s (%s to %s)", text, low, high)
	}
	return text
}

// Priced is what the demand costs; nothing without a price.
func Priced(c *forecast.Cost) Words {
	var s Words
	if c == nil {
		return s
	}
	if c.ExpectedUSD == nil {
		s.add("expected", "%s   the price or the tokens are unknown", units.NoData)
		return s
	}
	s.add("expected", "%s   (%s to %s)", units.USD(*c.ExpectedUSD), units.USD(*c.LowUSD), units.USD(*c.HighUSD))
	if c.PerThousandOKUSD != nil {
		s.add("per 1k ok", "%s", units.USD(*c.PerThousandOKUSD))
	}
	if c.FailedUSD != nil && *c.FailedUSD > 0 {
		s.add("failed", "%s more, billed for requests that fail", units.USD(*c.FailedUSD))
	}
	if c.RetriesUSD != nil && *c.RetriesUSD > 0 {
		s.add("retries", "%s more", units.USD(*c.RetriesUSD))
	}
	if c.WorstUSD != nil {
		s.add("at most", "%s, if every answer is as long as max_tokens allows", units.USD(*c.WorstUSD))
	}
	return s
}
