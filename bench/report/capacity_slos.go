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
	l := d.BySLO[i]
	low, high := units.Maybe(l.LowRPS, units.Rate), units.Maybe(l.HighRPS, units.PerSecond)
	switch {
	case l.Binds != nil && l.LowRPS == nil:
		return fmt.Sprintf("breaks %s: at %s, and holds nowhere", ordinal(*l.Binds), high)
	case l.Binds != nil:
		return fmt.Sprintf("breaks %s: between %s and %s", ordinal(*l.Binds), low, high)
	case l.LowRPS != nil && !l.Assumed:
		return "holds at " + units.PerSecond(*l.LowRPS) + " still"
	}
	return ""
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
		if l.LowRPS == nil && l.HighRPS == nil {
			continue
		}
		when := units.NoData
		if l.Binds != nil {
			when = ordinal(*l.Binds)
		}
		t.rows = append(t.rows, []string{
			plain(l.Expr) + assumed(l.Assumed), when, units.Maybe(l.LowRPS, units.PerSecond), units.Maybe(l.HighRPS, units.PerSecond),
		})
	}
	return t
}
