package answer

import (
	"flashwave/bench/capacity"
	"flashwave/bench/forecast"
	"flashwave/bench/report/demand"
	"flashwave/bench/units"
)

// A Rehearsal is a figure of one as it was predicted, with its band, and as it came.
type Rehearsal struct{ Name, Predicted, Measured, Off string }

// Rehearsed are all figures of a rehearsal; none of nil.
func Rehearsed(r *capacity.Rehearsal) (list []Rehearsal) {
	if r == nil {
		return nil
	}
	for _, row := range []struct {
		name string
		capacity.Compared
		write func(float64) string
	}{
		{"worst wait", r.WorstWait, units.Seconds},
		{"TTFT p95", r.TTFTP95, units.Seconds},
		{"E2E p95", r.E2EP95, units.Seconds},
		{"peak backlog", r.PeakBacklog, units.Count[float64]},
		{"time to drain", r.TimeToDrain, units.Seconds},
		{"error rate", r.ErrorRate, units.Share},
		{"cost", r.Cost, units.USD},
	} {
		predicted, measured := units.NoData, units.Maybe(row.Measured, row.write)
		if row.Predicted != nil {
			var band *forecast.Range
			if row.Low != nil && row.High != nil {
				band = &forecast.Range{Low: *row.Low, High: *row.High}
			}
			predicted = demand.Within(*row.Predicted, band, row.write)
		}
		list = append(list, Rehearsal{row.name, predicted, measured, units.Maybe(row.Off, func(v float64) string { return units.Change(v) })})
	}
	return list
}
