package search

import (
	"flashwave/bench/capacity"
	"flashwave/bench/report/answer"
	"flashwave/bench/report/table"
)

// sloWords are where an SLO of a search ends the capacity by itself; "" where there is
// nothing to say of it.
func sloWords(d *capacity.Document, i int) string {
	if list := answer.SLOs(d); i < len(list) {
		return list[i].Says()
	}
	return ""
}

// bySLOTable has a row for each SLO of a search: where it ends the capacity by itself. It
// has none where they are not known.
func bySLOTable(d *capacity.Document) table.Table {
	t := table.Table{Words: 2, Header: []string{"SLO", "breaks", "holds at", "not at"}}
	for _, l := range answer.SLOs(d) {
		if l.Known() {
			t.Add(l.Expr+assumed(l.Assumed), l.Breaks, l.Holds(), l.High)
		}
	}
	return t
}
