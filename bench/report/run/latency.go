package run

import (
	"cmp"
	"math"
	"slices"

	"flashwave/bench/report/table"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// latency writes the table of latencies.
func (p text) latency(run *result.Run) {
	t := latencyTable(run)
	p.Table(t)
	if len(t.Faint) > 0 {
		p.Line(p.Dim(timesNote))
	}
	if note := bundledNote(run.Total); note != "" {
		p.Line(p.Dim(note))
	}
}

// latencyNote says what figures of latencies are of.
func latencyNote(t result.Stats) string {
	note := "of the whole run; " + timesNote
	if bundled := bundledNote(t); bundled != "" {
		note += "; " + bundled
	}
	return note
}

// bundledNote says of how many streams nothing is known between their tokens; "" if of
// none.
func bundledNote(t result.Stats) string {
	if t.Bundled == nil || *t.Bundled == 0 {
		return ""
	}
	return units.Share(*t.Bundled) + " of the streams came in one piece: they have no ITL, TPOT and stall"
}

// timesNote says what the rows of the table count from; faint ones are service time.
const timesNote = "from the scheduled instant; service time: from sending"

// latencyTable has a row for each latency of the whole run.
func latencyTable(run *result.Run) table.Table {
	t := table.Table{
		Words:  2,
		Header: []string{"latency", "", "p50", "p90", "p95", "p99", "p99.9", "max", "mean"},
		Faint:  map[int]bool{},
	}
	add := func(name string, l *result.Latency) { t.Rows = append(t.Rows, latencyRow(name, l, scaleOf(l))) }
	l := run.Total.Latency
	for _, pair := range []struct {
		name string
		result.Pair
		shown bool
	}{
		{"TTFT", l.TTFT, true},
		{"TTFA", l.TTFA, differ(l.TTFA.Response, l.TTFT.Response, 0)},
		{"E2E", l.E2E, true},
	} {
		if !pair.shown {
			continue
		}
		add(pair.name, pair.Response)
		if pair.Service != nil && (hasOpen(run) || differ(pair.Response, pair.Service, 0.01)) {
			t.Faint[len(t.Rows)] = true
			unit := scaleOf(cmp.Or(pair.Response, pair.Service)) // of both, for they are compared
			t.Rows = append(t.Rows, latencyRow("  service", pair.Service, unit))
		}
	}
	add("ITL", l.ITL)
	add("TPOT", l.TPOT)
	add("stall", l.Stall)
	add("queue", l.Queue)
	add("connect", l.Connect)
	for _, phase := range []struct {
		name string
		l    *result.Latency
	}{{"  DNS", l.DNS}, {"  TLS", l.TLS}} { // of connect, by themselves; most targets have neither here
		if phase.l != nil {
			add(phase.name, phase.l)
		}
	}
	return t
}

// hasOpen reports whether some wave follows a schedule. There the time from the
// scheduled instant is what a customer feels, and the service time stands beside
// it.
func hasOpen(run *result.Run) bool {
	return slices.ContainsFunc(run.Waves, func(w result.Stats) bool { return w.Kind == result.OpenWave })
}

// differ reports whether two summaries are more than a part of them apart.
func differ(a, b *result.Latency, tolerance float64) bool {
	if a == nil || b == nil {
		return a != b
	}
	apart := func(x, y float64) bool { return math.Abs(x-y) > tolerance*max(x, y) }
	return apart(a.P50, b.P50) || apart(a.P95, b.P95) || apart(a.P99, b.P99) || apart(a.Max, b.Max)
}

// latencyRow is a row of figures in one unit, so that they can be compared at a
// glance.
func latencyRow(name string, l *result.Latency, scale units.Scale) []string {
	row := []string{name, ""}
	if l == nil {
		for range 7 {
			row = append(row, units.NoData)
		}
		return row
	}
	row[1] = scale.Unit
	for _, ms := range figures(l) {
		row = append(row, scale.Write(ms))
	}
	return row
}

// figures are the columns of the table.
func figures(l *result.Latency) []float64 {
	return []float64{l.P50, l.P90, l.P95, l.P99, l.P999, l.Max, l.Mean}
}

// scaleOf is the scale of a row.
func scaleOf(l *result.Latency) units.Scale {
	if l == nil {
		return units.Scale{Unit: "ms"}
	}
	return units.DurationScale(figures(l)...)
}
