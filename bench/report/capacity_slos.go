package report

import (
	"cmp"
	"fmt"

	"flashwave/bench/capacity"
	"flashwave/bench/units"
)

// sloWords are where an SLO of a search ends the capacity by itself; "" where nothing is
// known of it, or nobody asked and it did not break.
func sloWords(d *capacity.Document, i int) string {
	if i >= len(d.BySLO) {
		return ""
	}
	l := oneSLO(d.BySLO[i])
	low, high := l.bracket()
	switch {
	case l.Binds != nil && low == units.NoData:
		return fmt.Sprintf("breaks %s: at %s, and holds nowhere", ordinal(*l.Binds), high)
	case l.Binds != nil:
		return fmt.Sprintf("breaks %s: holds at %s%s, not at %s", ordinal(*l.Binds), low, l.unsure(), high)
	case low != units.NoData && !l.Assumed:
		return "holds at " + low + " still" + l.unsure()
	}
	return ""
}

// A oneSLO is where an SLO of a search ends the capacity.
type oneSLO capacity.SLOCapacity

// bracket is the most that holds it and the least that does not, in words.
func (l oneSLO) bracket() (low, high string) {
	if l.LowConcurrency == nil && l.HighConcurrency == nil {
		return units.Maybe(l.LowRPS, units.PerSecond), units.Maybe(l.HighRPS, units.PerSecond)
	}
	load := func(n *int) string {
		if n == nil {
			return units.NoData
		}
		return capacity.InFlight.Amount(float64(*n))
	}
	return load(l.LowConcurrency), load(l.HighConcurrency)
}

// unsure says that no step as long as a soak confirmed what held.
func (l oneSLO) unsure() string {
	if l.Confirmed == nil || *l.Confirmed {
		return ""
	}
	return " (not confirmed)"
}

// ordinal is a place in an order, in words.
func ordinal(n int) string {
	words := map[int]string{1: "first", 2: "second", 3: "third"}
	return cmp.Or(words[n], "as number "+units.Count(n))
}

// bySLOTable has a row for each SLO of a search: where it ends the capacity by itself. It
// has none where they are not known.
func bySLOTable(d *capacity.Document) table {
	t := table{words: 2, header: []string{"SLO", "breaks", "holds at", "not at"}}
	for _, l := range d.BySLO {
		low, high := oneSLO(l).bracket()
		if low == units.NoData && high == units.NoData {
			continue
		}
		when := units.NoData
		if l.Binds != nil {
			when = ordinal(*l.Binds)
		}
		t.rows = append(t.rows, []string{plain(l.Expr) + assumed(l.Assumed), when, low + oneSLO(l).unsure(), high})
	}
	return t
}
