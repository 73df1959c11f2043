package search

import (
	"cmp"
	"fmt"

	"flashwave/bench/capacity"
	"flashwave/bench/report/table"
	"flashwave/bench/report/words"
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
	spelt := map[int]string{1: "first", 2: "second", 3: "third"}
	return cmp.Or(spelt[n], "as number "+units.Count(n))
}

// bySLOTable has a row for each SLO of a search: where it ends the capacity by itself. It
// has none where they are not known.
func bySLOTable(d *capacity.Document) table.Table {
	t := table.Table{Words: 2, Header: []string{"SLO", "breaks", "holds at", "not at"}}
	for _, l := range d.BySLO {
		low, high := oneSLO(l).bracket()
		if low == units.NoData && high == units.NoData {
			continue
		}
		t.Add(words.Plain(l.Expr)+assumed(l.Assumed), units.Maybe(l.Binds, ordinal), low+oneSLO(l).unsure(), high)
	}
	return t
}
