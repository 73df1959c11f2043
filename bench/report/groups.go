package report

import (
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// groups writes a line for each group that requests were told apart by besides their
// waves: the shares of a mix.
func (p *page) groups(run *result.Run) {
	if len(run.Workloads) > 0 {
		p.gap()
		groupTable("workload", run.Workloads).write(p)
	}
}

// groupTable has a row for each group. Tokens are those of a request that told of them, in
// the mean.
func groupTable(what string, groups []result.Stats) table {
	ttftUnit, e2eUnit := ttftP95.scale(groups), e2eP95.scale(groups)
	t := table{
		words: 1,
		header: []string{
			what, "requests", "done/s", "TTFT p95 " + ttftUnit.Unit, "E2E p95 " + e2eUnit.Unit, "errors", "good/s",
			"tokens in", "cached", "out",
		},
	}
	rates := rateScale(groups)
	for _, g := range groups {
		each := func(tokens *int64) string { return units.Maybe(perRequest(tokens, g.Requests), units.Figure) }
		t.rows = append(t.rows, []string{
			plain(g.Name), units.Count(g.Requests.Scheduled), units.Maybe(completed(g), rates.Write),
			units.Maybe(ttftP95.of(g), ttftUnit.Write), units.Maybe(e2eP95.of(g), e2eUnit.Write), share(g.ErrorRate), units.Maybe(goodRate(g), rates.Write),
			each(g.Tokens.Prompt), each(g.Tokens.Cached), each(g.Tokens.Output),
		})
	}
	return t
}

// perRequest is a number of tokens by the requests that ended ok.
func perRequest(tokens *int64, r result.Requests) *float64 {
	if tokens == nil || r.Succeeded == 0 {
		return nil
	}
	return new(float64(*tokens) / float64(r.Succeeded))
}
