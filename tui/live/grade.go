package live

import (
	"slices"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/tui/draw"
)

// gradeOf grades a value by an expression.
func gradeOf(e slo.Expr, value float64) draw.Grade {
	switch {
	case !e.Holds(value):
		return draw.Bad
	case slo.Near(e, value):
		return draw.Near
	default:
		return draw.Good
	}
}

// exprOf is what an SLO asks of a value.
func exprOf(s result.SLOStatus) slo.Expr {
	return slo.Expr{Op: slo.Op(s.Op), Value: s.Bound, Unit: slo.Unit(s.Unit)}
}

// liveGrade is how an SLO stands over the window in view.
func liveGrade(s result.SLOStatus) draw.Grade {
	switch {
	case s.LiveOK == nil:
		return draw.Unknown
	case !*s.LiveOK:
		return draw.Bad
	case s.Live != nil && gradeOf(exprOf(s), *s.Live) != draw.Good:
		return draw.Near
	default:
		return draw.Good
	}
}

// worst is the worst of the live grades.
func worst(slos []result.SLOStatus) draw.Grade {
	w := draw.Unknown
	for _, s := range slos {
		w = max(w, liveGrade(s))
	}
	return w
}

// rowGrade is how the SLOs stood in one step of the timeline, as far as a row
// tells: the worst of those on its latencies and its error rate, and whether the
// endpoint kept up.
func rowGrade(row result.Row, slos []result.SLOStatus) draw.Grade {
	w := draw.Unknown
	if row.Overloaded { // whatever the SLOs say: it will not get better by itself
		w = draw.Bad
	}
	for _, s := range slos {
		if s.Kind != "" { // a row knows of no classes
			continue
		}
		if s.Wave != "" && !slices.Contains(row.Waves, s.Wave) {
			continue
		}
		if value, ok := rowValue(row, s); ok {
			w = max(w, gradeOf(exprOf(s), value))
		}
	}
	return w
}

// rowValue is what a row says of an SLO's metric, in the SLO's unit.
func rowValue(row result.Row, s result.SLOStatus) (value float64, ok bool) {
	switch s.Metric {
	case "ttft":
		return percentile(pick(row.Latency.TTFT, s.Service), s.Stat)
	case "e2e":
		return percentile(pick(row.Latency.E2E, s.Service), s.Stat)
	case "itl":
		return percentile(row.Latency.ITL, s.Stat)
	case "error_rate":
		done := row.Counts.Succeeded + row.Counts.Failed
		return float64(row.Counts.Failed) / max(1, float64(done)), done > 0
	default:
		return 0, false
	}
}

// pick is the response or the service time of a row.
func pick(p result.RowPair, service bool) *result.RowPercentile {
	if service {
		return p.Service
	}
	return p.Response
}

// percentile is a statistic of a row, if rows keep it.
func percentile(p *result.RowPercentile, stat string) (float64, bool) {
	if p == nil || p.Count == 0 {
		return 0, false
	}
	switch stat {
	case "p50":
		return p.P50, true
	case "p95":
		return p.P95, true
	case "p99":
		return p.P99, true
	case "max":
		return p.Max, true
	default:
		return 0, false
	}
}
