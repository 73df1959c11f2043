package answer

import (
	"cmp"
	"fmt"

	"flashwave/bench/capacity"
	"flashwave/bench/report/words"
	"flashwave/bench/units"
)

// An SLO is where one SLO of a search ends the capacity by itself, in words.
type SLO struct {
	Expr    string
	Assumed bool
	Breaks  string // first, second …; units.NoData: it did not break
	Low     string // the most that holds it; units.NoData: nothing does
	High    string // the least that does not; units.NoData: none was found
	Unsure  bool   // no step as long as a soak confirmed Low
}

// SLOs are all of a search, in the order of its document; none where it is not known where
// they end it.
func SLOs(d *capacity.Document) (list []SLO) {
	for _, l := range d.BySLO {
		one := SLO{Expr: words.Plain(l.Expr), Assumed: l.Assumed, Breaks: units.Maybe(l.Binds, ordinal), Unsure: l.Confirmed != nil && !*l.Confirmed}
		one.Low, one.High = units.Maybe(l.LowRPS, units.PerSecond), units.Maybe(l.HighRPS, units.PerSecond)
		if l.LowConcurrency != nil || l.HighConcurrency != nil {
			inFlight := func(n int) string { return capacity.InFlight.Amount(float64(n)) }
			one.Low, one.High = units.Maybe(l.LowConcurrency, inFlight), units.Maybe(l.HighConcurrency, inFlight)
		}
		list = append(list, one)
	}
	return list
}

// Known reports whether anything is known of where it ends the capacity.
func (l SLO) Known() bool { return l.Low != units.NoData || l.High != units.NoData }

// Holds is the most that holds it, and whether that is sure.
func (l SLO) Holds() string {
	if l.Unsure {
		return l.Low + " (not confirmed)"
	}
	return l.Low
}

// Says is all of it; "" where nothing is known, or nobody asked and it did not break.
func (l SLO) Says() string {
	breaks := l.Breaks != units.NoData
	switch {
	case breaks && l.Low == units.NoData:
		return fmt.Sprintf("breaks %s: at %s, and held nowhere that was tried", l.Breaks, l.High)
	case breaks:
		return fmt.Sprintf("breaks %s: holds at %s, not at %s", l.Breaks, l.Holds(), l.High)
	case l.Low != units.NoData && !l.Assumed:
		return "holds at " + l.Low + " still" + l.Holds()[len(l.Low):]
	}
	return ""
}

// ordinal is a place in an order, in words.
func ordinal(n int) string {
	spelt := map[int]string{1: "first", 2: "second", 3: "third"}
	return cmp.Or(spelt[n], "as number "+units.Count(n))
}
