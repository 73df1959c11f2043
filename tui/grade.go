package tui

import (
	"slices"

	"flashwave/bench/result"
	"flashwave/bench/slo"
)

// A grade says how an SLO stands. Worse grades are larger.
type grade int

const (
	unknown grade = iota // no data
	good                 // met
	near                 // met, within 10 % of its bound
	bad                  // breached
)

// gradeOf grades a value by an expression.
func gradeOf(e slo.Expr, value float64) grade {
	switch {
	case !e.Holds(value):
		return bad
	case slo.Near(e, value):
		return near
	default:
		return good
	}
}

// exprOf is what an SLO asks of a value.
func exprOf(s result.SLOStatus) slo.Expr {
	return slo.Expr{Op: slo.Op(s.Op), Value: s.Bound, Unit: slo.Unit(s.Unit)}
}

// liveGrade is how an SLO stands over the window in view.
func liveGrade(s result.SLOStatus) grade {
	switch {
	case s.LiveOK == nil:
		return unknown
	case !*s.LiveOK:
		return bad
	case s.Live != nil && gradeOf(exprOf(s), *s.Live) != good:
		return near
	default:
		return good
	}
}

// runGrade is how an SLO stands over the run so far: met or breached.
func runGrade(ok *bool) grade {
	switch {
	case ok == nil:
		return unknown
	case *ok:
		return good
	default:
		return bad
	}
}

// worst is the worst of the live grades.
func worst(slos []result.SLOStatus) grade {
	w := unknown
	for _, s := range slos {
		w = max(w, liveGrade(s))
	}
	return w
}

// rowGrade is how the SLOs stood in one step of the timeline, as far as a row
// tells: the worst of those on its latencies and its error rate, and whether the
// endpoint kept up.
func rowGrade(row result.Row, slos []result.SLOStatus) grade {
	w := unknown
	if row.Overloaded { // whatever the SLOs say: it will not get better by itself
		w = bad
	}
	for _, s := range slos {
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
