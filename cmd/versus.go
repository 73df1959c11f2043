package cmd

import (
	"context"
	"errors"
	"fmt"
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
	case len(f.failOn) > 0:
		return usage(errors.New("--fail-on holds a comparison of runs to a rule, and these are searches"), "leave it out: the capacity gates")
	case len(f.need) > 0:
		return usage(errors.New("--need asks what a comparison of runs would have seen, and these are searches"), "leave it out: a bracket says what is open")
	}
	outs, err := documentOuts(f.out, report.SearchComparisons.Names(), f.json)
	if err != nil {
		return err
	}
	var outputs outputs
	defer outputs.close()
	places, err := outputs.open(outs)
	if err != nil {
		return err
	}
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
	return p.concludeVersus(doc, places, f.json)
}

// concludeVersus writes and prints a comparison of searches, and answers with its exit
// code.
func (p *program) concludeVersus(doc *versus.Document, places places, json bool) error {
	format := "text"
	if json {
		format = "json"
	}
	known := *doc
	printed := func(doc *versus.Document) error {
		return report.SearchComparisons.Write(p.stdout, format, doc, p.reportOptions())
	}
	p.voice.comesTo(doc.Gate.ExitCode, func(code int) error {
		known.Gate.ExitCode = code
		return printed(&known)
	})
	p.reportFailure(places.write(func(w io.Writer, format string) error {
		return report.SearchComparisons.Write(w, format, doc, report.Options{Width: 100})
	}), &doc.Gate.ExitCode)
	if err := p.tell(func() error { return printed(doc) }); err != nil && !brokenPipe(err) {
		p.reportFailure(fmt.Errorf("the comparison could not be written: %w", err), &doc.Gate.ExitCode)
	}
	if doc.Gate.ExitCode != verdict.ExitPass {
		p.actions().note("error", "comparison: "+doc.Gate.Status.String(), doc.Gate.Headline)
	}
	p.summarise(func(w io.Writer) error { return report.SearchComparisons.Write(w, "md", doc, report.Options{}) })
	if doc.Gate.ExitCode != verdict.ExitPass {
		return &failure{code: doc.Gate.ExitCode}
	}
	return nil
}
