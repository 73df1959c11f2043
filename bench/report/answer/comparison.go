package answer

import (
	"fmt"
	"strings"

	"flashwave/bench/capacity/versus"
	"flashwave/bench/compare"
	"flashwave/bench/report/words"
	"flashwave/bench/units"
)

// inShops are gating rows in the words of who runs a shop.
var inShops = map[string]string{
	"p95 TTFT":   "95 of 100 customers see the first word within %[2]s; it was %[1]s",
	"p95 E2E":    "95 of 100 customers have the whole answer within %[2]s; it was %[1]s",
	"error rate": "%[2]s of the requests fail; it was %[1]s",
}

// OfRuns is the change that the headline of a comparison names, if it is one that gates;
// else nil.
func OfRuns(d *compare.Document) *Answer {
	if r := Deciding(d); r != nil {
		return changed(words.Plain(r.Name()), r.FormatBase(), r.FormatNew(), r.FormatChange())
	}
	return nil
}

// Deciding is the row of the whole run that the headline names, if it is one that gates;
// else nil.
func Deciding(d *compare.Document) *compare.Row {
	for i, r := range d.Rows {
		if r.Wave == "" && r.Gates && r.HasData() && strings.Contains(d.Gate.Headline, r.Name()) {
			return &d.Rows[i]
		}
	}
	return nil
}

// OfSearches is the change that the headline of a comparison of searches names.
func OfSearches(d *versus.Document) *Answer {
	for _, r := range d.Rows {
		if !r.Gates || !strings.Contains(d.Gate.Headline, r.Name()) {
			continue
		}
		value := func(v float64) string { return units.Value(v, words.Plain(r.Unit)) }
		return changed(words.Plain(r.Name()), units.Maybe(r.Base, value), units.Maybe(r.New, value), r.FormatChange())
	}
	return nil
}

// changed is a change of something from a value to another one.
func changed(name, base, fresh, change string) *Answer {
	says, ok := inShops[name]
	if !ok {
		says = name + " is %[2]s; it was %[1]s"
	}
	figure, unit, _ := strings.Cut(change, " ")
	return &Answer{Figure: figure, Unit: unit, Says: fmt.Sprintf(says, base, fresh)}
}
