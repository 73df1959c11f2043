package cmd

import (
	"context"
	"errors"
	"io"

	"flashwave/bench/capacity"
	"flashwave/bench/capacity/versus"
	"flashwave/bench/report"
	"flashwave/bench/searches"
	"flashwave/bench/verdict"
)

// areSearches reports whether the sides of a comparison are searches. A search compares
// to nothing but another.
func areSearches(base, fresh []string) (bool, error) {
	kept, err := searches.Open("")
	if err != nil {
		return false, err
	}
	counts := [2]int{}
	for i, refs := range [2][]string{base, fresh} {
		for _, ref := range refs {
			if k := kindOf(ref); k != nil && k.schema == capacity.Schema || k == nil && kept.Means(ref) {
				counts[i]++
			}
		}
	}
	const hint = "flashwave compare BASE NEW takes two runs, or two searches: flashwave runs lists both"
	switch {
	case counts == [2]int{}:
		return false, nil
	case counts[0] != len(base) || counts[1] != len(fresh):
		return false, usage(errors.New("a run does not compare to a search for capacity"), hint)
	case len(base) > 1 || len(fresh) > 1:
		return false, usage(errors.New("one search a side is compared"), hint)
	}
	return true, nil
}

// compareSearches is one comparison of searches from its references to the exit code.
func (p *program) compareSearches(ctx context.Context, f *compareFlags, base, fresh string) error {
	switch {
	case f.across:
		return usage(errors.New("--across-scenarios is for a comparison of runs, and these are searches"), "leave it out")
	case len(f.failOn) > 0:
		return usage(errors.New("--fail-on holds a comparison of runs to a rule, and these are searches"), "leave it out: the capacity gates")
	case len(f.need) > 0:
		return usage(errors.New("--need asks what a comparison of runs would have seen, and these are searches"), "leave it out: a bracket says what is open")
	}
	places, done, err := openOuts(f.out, report.SearchComparisons.Names(), f.json)
	if err != nil {
		return err
	}
	defer done()
	kept, err := searches.Open("")
	if err != nil {
		return err
	}
	before, err := kept.Load(base)
	if err != nil {
		return invalid(err)
	}
	after, err := kept.Load(fresh)
	if err != nil {
		return invalid(err)
	}
	doc := versus.Compare(before, after, tool())
	if ctx.Err() != nil {
		return &failure{code: verdict.ExitInterrupted, err: errors.New("the comparison was interrupted")}
	}
	conclude(p, "comparison", doc, func(d *versus.Document) *int { return &d.Gate.ExitCode }, report.SearchComparisons.Write, places, f.json)
	if doc.Gate.ExitCode != verdict.ExitPass {
		p.actions().note("error", "comparison: "+doc.Gate.Status.String(), doc.Gate.Headline)
	}
	p.summarise(func(w io.Writer) error { return report.SearchComparisons.Write(w, "md", doc, report.Options{}) })
	return ended(doc.Gate.ExitCode)
}
