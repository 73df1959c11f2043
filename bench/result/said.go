package result

import (
	"slices"
	"strings"
)

// Further are the reasons that the headline does not tell already: a reason stands once
// in a report.
func (v Verdict) Further() []string {
	return slices.DeleteFunc(slices.Clone(v.Reasons), func(r string) bool { return strings.Contains(v.Headline, r) })
}

// Further are the warnings that the verdict does not tell already.
func (g Generator) Further(v Verdict) []string {
	return slices.DeleteFunc(slices.Clone(g.Warnings), func(w string) bool {
		return slices.Contains(v.Reasons, w) || strings.Contains(v.Headline, w)
	})
}
