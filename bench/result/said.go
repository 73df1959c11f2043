package result

import (
	"slices"
	"strings"
)

// Further is what stands below the headline: what customers felt, and the reasons that
// the headline does not tell already, for a reason stands once in a report.
func (v Verdict) Further() []string {
	list := slices.Clone(v.Reasons)
	if v.Customers != "" {
		list = slices.Insert(list, 0, v.Customers)
	}
	return slices.DeleteFunc(list, func(r string) bool { return strings.Contains(v.Headline, r) })
}

// Further are the warnings that the verdict does not tell already.
func (g Generator) Further(v Verdict) []string {
	return slices.DeleteFunc(slices.Clone(g.Warnings), func(w string) bool {
		return slices.Contains(v.Reasons, w) || strings.Contains(v.Headline, w)
	})
}
