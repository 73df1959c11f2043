package live

import (
	"flashwave/bench/result"
	"flashwave/tui/draw"
)

// load draws the ribbon of a lane.
func (p pen) load(s result.Snapshot, lane, width, height int) []string {
	r := draw.Ribbon{Length: s.Planned, At: s.At, Over: s.State == result.Done, Cursor: s.Verdict == nil}
	if lane < len(s.Lanes) {
		for _, c := range s.Lanes[lane].Curve {
			r.Curve = append(r.Curve, draw.Load(c))
		}
	}
	for _, w := range s.WavesOf(lane) {
		r.Waves = append(r.Waves, ribbonWave(w))
	}
	rows := s.Series
	r.Past = func(from, to float64) (g draw.Grade) {
		g, rows = pastGrade(rows, from, to, s.SLOs)
		if starvedBetween(s.Queue, from, to) {
			return draw.Bad
		}
		return g
	}
	return p.Ribbon(r, width, height)
}

// ribbonWave is a wave as ribbons and rulers name it.
func ribbonWave(w result.WaveStatus) draw.RibbonWave {
	return draw.RibbonWave{Name: w.Name, Load: w.Load, Started: w.Started, Begun: w.Begun, Ended: w.Ended}
}

// pastGrade grades the rows between two instants, and returns those that may still
// matter to what comes after them.
func pastGrade(rows []result.Row, from, to float64, slos []result.SLOStatus) (draw.Grade, []result.Row) {
	for len(rows) > 0 && rows[0].TS+rows[0].StepS <= from {
		rows = rows[1:]
	}
	w := draw.Unknown
	for _, row := range rows {
		if row.TS >= to {
			break
		}
		w = max(w, rowGrade(row, slos))
	}
	return w, rows
}
