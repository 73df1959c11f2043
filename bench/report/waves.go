package report

import (
	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
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
	ttftUnit, e2eUnit := ttftP95.scale(run.Waves), e2eP95.scale(run.Waves)
	t := table{
		words: 2,
		header: []string{
			"wave", "load", "offered/s", "done/s",
			"TTFT p95 " + ttftUnit.Unit, "E2E p95 " + e2eUnit.Unit, "errors", "good/s",
		},
	}
	loads, rates := loadsOf(run), rateScale(run.Waves)
	for _, w := range run.Waves {
		name := slo.WaveName(w.Lane, w.Name)
		load := loads[name]
		if load == "" {
			load = w.Kind
		}
		t.rows = append(t.rows, []string{
			plain(name), load, units.Maybe(offered(w), rates.Write), units.Maybe(completed(w), rates.Write),
			units.Maybe(ttftP95.of(w), ttftUnit.Write), units.Maybe(e2eP95.of(w), e2eUnit.Write), share(w.ErrorRate), units.Maybe(goodRate(w), rates.Write),
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

// offered, completed and goodRate are the rates of a wave, as far as there are any.
func offered(w result.Stats) *float64   { return w.Rate.Offered }
func completed(w result.Stats) *float64 { return w.Rate.Completed }

func goodRate(w result.Stats) *float64 {
	if w.Goodput == nil {
		return nil
	}
	return &w.Goodput.RPS
}

// rateScale is the one precision of the rates of waves, of all columns: what was
// offered compares with what was done.
func rateScale(waves []result.Stats) units.Scale {
	return units.RateScale(present(waves, offered, completed, goodRate)...)
}

// p95s are the p95 of a latency of waves.
type p95s func(result.Stats) *result.Latency

func (of p95s) of(w result.Stats) *float64 { return p95Of(of(w)) }

var (
	ttftP95 p95s = func(w result.Stats) *result.Latency { return w.Latency.TTFT.Response }
	e2eP95  p95s = func(w result.Stats) *result.Latency { return w.Latency.E2E.Response }
)

// scale is the one unit of their column, so that waves can be compared.
func (of p95s) scale(waves []result.Stats) units.Scale {
	return units.DurationScale(present(waves, of.of)...)
}
