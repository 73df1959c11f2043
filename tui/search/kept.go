package search

import (
	"strings"
	"time"

	"flashwave/bench/capacity"
	"flashwave/bench/result"
)

// A kept is a search that took place.
type kept struct{ doc *capacity.Document }

// Kept makes a search of its document, to be looked at; subject says of what it was.
func Kept(doc *capacity.Document) (src Searcher, subject string) {
	subject = doc.Name
	if sc := doc.Scenario; sc != nil {
		subject += "   " + sc.Target.Model + " at " + result.TargetName(sc.Target.URL)
	}
	return kept{doc}, strings.TrimSpace(subject)
}

// Snapshot implements [Searcher].
func (k kept) Snapshot() capacity.Snapshot {
	s := capacity.Snapshot{
		Phase: capacity.Finished, By: k.doc.Plan.Raised(), Elapsed: time.Duration(k.doc.DurationS * float64(time.Second)), Spent: k.doc.CostUSD,
		SLOs: k.doc.SLOs, Steps: k.doc.Steps, Document: k.doc,
	}
	if sc := k.doc.Scenario; sc != nil && sc.Budget > 0 {
		s.Budget = &sc.Budget
	}
	return s
}

// Stop implements [Searcher]: it is over.
func (kept) Stop() {}
