package run

import (
	"cmp"
	"slices"

	"flashwave/bench/report/table"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
)

// waves writes a line for each wave, if there are several.
func (p text) waves(run *result.Run) {
	if len(run.Waves) < 2 {
		return
	}
	p.Gap()
	p.Table(wavesTable(run))
}

// wavesTable has a row for each wave.
func wavesTable(run *result.Run) table.Table {
	t := table.Table{Words: 2, Header: []string{"wave", "load"}}
	loads := loadsOf(run)
	for _, w := range run.Waves {
		name := slo.WaveName(w.Lane, w.Name)
		t.Add(words.Plain(name), cmp.Or(loads[name], words.Plain(w.Kind)))
	}
	for _, c := range waveColumns(run.Waves) {
		c.AddTo(&t, run.Waves)
	}
	return t
}

// waveColumns are the figures of waves. Rates have one precision in all columns: what was
// offered compares with what was done.
func waveColumns(waves []result.Stats) []table.Figures[result.Stats] {
	offered := table.Figures[result.Stats]{Name: "offered/s", Of: func(w result.Stats) *float64 { return w.Rate.Offered }}
	done := table.Figures[result.Stats]{Name: "done/s", Of: func(w result.Stats) *float64 { return w.Rate.Completed }}
	good := table.Figures[result.Stats]{Name: "good/s", Of: func(w result.Stats) *float64 {
		if w.Goodput == nil {
			return nil
		}
		return &w.Goodput.RPS
	}}
	rates := units.RateScale(slices.Concat(offered.Present(waves), done.Present(waves), good.Present(waves))...)
	offered.Write, done.Write, good.Write = rates.Write, rates.Write, rates.Write
	return []table.Figures[result.Stats]{
		offered, done,
		table.P95("TTFT", func(w result.Stats) *result.Latency { return w.Latency.TTFT.Response }),
		table.P95("E2E", func(w result.Stats) *result.Latency { return w.Latency.E2E.Response }),
		{Name: "errors", Of: func(w result.Stats) *float64 { return w.ErrorRate }, Write: units.Share},
		good,
	}
}

// loadsOf are the loads of the scenario's waves as they were written.
func loadsOf(run *result.Run) map[string]string {
	loads := map[string]string{}
	if run.Scenario == nil {
		return loads
	}
	for _, lane := range run.Scenario.Lanes {
		for _, w := range lane.Waves {
			loads[slo.WaveName(lane.Name, w.Name)] = words.Plain(w.Load())
		}
	}
	return loads
}
