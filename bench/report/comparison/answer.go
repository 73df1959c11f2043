package comparison

import (
	"fmt"
	"slices"
	"strings"

	"flashwave/bench/report/web"
)

// inShops are gating rows in the words of who runs a shop.
var inShops = map[string]string{
	"p95 TTFT":   "95 of 100 customers see the first word within %[2]s; it was %[1]s",
	"p95 E2E":    "95 of 100 customers have the whole answer within %[2]s; it was %[1]s",
	"error rate": "%[2]s of the requests fail; it was %[1]s",
}

// answer is the change that the headline names, if it is one that gates.
func (c comparison) answer() *web.Answer {
	for _, t := range c.tables {
		change := slices.Index(t.Header, "change")
		if change < 3 {
			continue
		}
		for i, row := range t.Rows {
			if !t.Strong[i] || !strings.Contains(c.gate.Headline, row[0]) {
				continue
			}
			says, ok := inShops[row[0]]
			if !ok {
				says = row[0] + " is %[2]s; it was %[1]s"
			}
			figure, unit, _ := strings.Cut(row[change], " ")
			return &web.Answer{Figure: figure, Unit: unit, Says: fmt.Sprintf(says, row[change-2], row[change-1])}
		}
		return nil // the headline is of the first table
	}
	return nil
}
