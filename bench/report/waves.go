package report

import (
	"flashwave/bench/result"
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
	ttft := func(w result.Stats) *result.Latency { return w.Latency.TTFT.Response }
	e2e := func(w result.Stats) *result.Latency { return w.Latency.E2E.Response }
	ttftUnit, e2eUnit := columnScale(run.Waves, ttft), columnScale(run.Waves, e2e)
	t := table{
		words: 2,
		header: []string{
			"wave", "load", "offered/s", "done/s",
			"TTFT p95 " + ttftUnit.Unit, "E2E p95 " + e2eUnit.Unit, "errors", "good/s",
		},
	}
	loads, rates := loadsOf(run), rateScale(run.Waves)
	for _, w := range run.Waves {
		name := waveName(w.Lane, w.Name)
		load := loads[name]
		if load == "" {
			load = w.Kind
		}
		t.rows = append(t.rows, []string{
			plain(name), load, units.Maybe(w.Rate.Offered, rates.Write), units.Maybe(w.Rate.Completed, rates.Write),
			ttftUnit.p95(ttft(w)), e2eUnit.p95(e2e(w)), share(w.ErrorRate), units.Maybe(goodRate(w), rates.Write),
		})
	}
	return t
}

// goodRate is the rate of good requests of a wave.
func goodRate(w result.Stats) *float64 {
	if w.Goodput == nil {
		return nil
	}
	return &w.Goodput.RPS
}

// rateScale is the one precision of the rates of waves, of all columns: what was
// offered compares with what was done.
func rateScale(waves []result.Stats) units.Scale {
	var list []float64
	for _, w := range waves {
		for _, v := range []*float64{w.Rate.Offered, w.Rate.Completed, goodRate(w)} {
			if v != nil {
				list = append(list, *v)
			}
		}
	}
	return units.RateScale(list...)
}

// loadsOf are the loads of the scenario's waves as they were written.
func loadsOf(run *result.Run) map[string]string {
	loads := map[string]string{}
	if run.Scenario == nil {
		return loads
	}
	for _, lane := range run.Scenario.Lanes {
		for _, w := range lane.Waves {
			loads[waveName(lane.Name, w.Name)] = plain(w.Load())
		}
	}
	return loads
}

func waveName(lane, wave string) string {
	if lane == "" {
		return wave
	}
	return lane + "/" + wave
}

func perSecond(v *float64) string { return units.Maybe(v, units.Rate) }

// columnScale is the one unit of a column of p95s, so that waves can be compared.
func columnScale(waves []result.Stats, of func(result.Stats) *result.Latency) p95Column {
	var list []float64
	for _, w := range waves {
		if l := of(w); l != nil {
			list = append(list, l.P95)
		}
	}
	return p95Column{units.DurationScale(list...)}
}

// A p95Column has one scale.
type p95Column struct{ units.Scale }

func (c p95Column) p95(l *result.Latency) string {
	if l == nil {
		return units.NoData
	}
	return c.Write(l.P95)
}
