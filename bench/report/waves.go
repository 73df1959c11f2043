package report

import (
	"flashwave/bench/result"
	"flashwave/bench/slo"
)

// waves writes a line for each wave, if there are several.
func (p *page) waves(run *result.Run) {
	if len(run.Waves) < 2 {
		return
	}
	p.gap()
	wavesTable(run).write(p)
}

// wavesTable has a row for each wave.
func wavesTable(run *result.Run) table {
	ttft := func(w result.Stats) *result.Latency { return w.Latency.TTFT.Response }
	e2e := func(w result.Stats) *result.Latency { return w.Latency.E2E.Response }
	ttftUnit, e2eUnit := columnScale(run.Waves, ttft), columnScale(run.Waves, e2e)
	t := table{
		words: 2,
		header: []string{
			"wave", "load", "offered/s", "done/s",
			"TTFT p95 " + ttftUnit.name, "E2E p95 " + e2eUnit.name, "errors", "good/s",
		},
	}
	loads := loadsOf(run)
	for _, w := range run.Waves {
		name := slo.WaveName(w.Lane, w.Name)
		load := loads[name]
		if load == "" {
			load = w.Kind
		}
		goodput := result.NoData
		if w.Goodput != nil {
			goodput = result.FormatRate(w.Goodput.RPS)
		}
		t.rows = append(t.rows, []string{
			plain(name), load, perSecond(w.Rate.Offered), perSecond(w.Rate.Completed),
			ttftUnit.p95(ttft(w)), e2eUnit.p95(e2e(w)), share(w.ErrorRate), goodput,
		})
	}
	return t
}

// loadsOf are the loads of the scenario's waves as they were written.
func loadsOf(run *result.Run) map[string]string {
	loads := map[string]string{}
	if run.Scenario == nil {
		return loads
	}
	for _, lane := range run.Scenario.Lanes {
		for _, w := range lane.Waves {
			loads[slo.WaveName(lane.Name, w.Name)] = plain(w.Load())
		}
	}
	return loads
}

func perSecond(v *float64) string {
	if v == nil {
		return result.NoData
	}
	return result.FormatRate(*v)
}

// columnScale is the one unit of a column, so that waves can be compared.
func columnScale(waves []result.Stats, of func(result.Stats) *result.Latency) scale {
	most := 0.0
	for _, w := range waves {
		if l := of(w); l != nil {
			most = max(most, l.P95)
		}
	}
	switch {
	case most >= 10_000:
		return scale{"s", 1e-3, 2}
	case most >= 100:
		return scale{"ms", 1, 0}
	}
	return scale{"ms", 1, 1}
}

func (s scale) p95(l *result.Latency) string {
	if l == nil {
		return result.NoData
	}
	return s.write(l.P95)
}
