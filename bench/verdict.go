package bench

import (
	"fmt"
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/units"
)

// Exit codes, those of k6 where k6 has one.
const (
	ExitPass         = 0
	ExitBroken       = 1
	ExitFailed       = 99
	ExitUsage        = 104
	ExitInterrupted  = 105
	ExitInconclusive = 120
	ExitStopped      = 121
)

// verdict judges the run. The first that applies counts: a run that was broken
// off, or whose generator was late, says nothing about the endpoint, and missing
// data never passes.
func (r *Run) verdict(doc *result.Run) result.Verdict {
	v := result.Verdict{Reasons: []string{}, SLOs: []result.SLO{}}
	var failed, unknown []result.SLO
	for _, e := range r.judge.exprs {
		s := result.Hold(e, r.stretchOf(e), r.judge.assumed)
		v.SLOs = append(v.SLOs, s)
		switch {
		case s.OK == nil:
			unknown = append(unknown, s)
		case !*s.OK:
			failed = append(failed, s)
		}
	}
	r.mu.Lock()
	why := r.why
	r.mu.Unlock()
	switch {
	case why == rejected:
		v.Status, v.ExitCode = result.Aborted, ExitUsage
	case why == interrupted:
		v.Status, v.ExitCode = result.Aborted, ExitInterrupted
	case why == outOfBudget || why == abortedOn:
		v.Status, v.ExitCode = result.Aborted, ExitStopped
	case !doc.Generator.Valid:
		v.Status, v.ExitCode = result.Inconclusive, ExitInconclusive
		v.Reasons = append(v.Reasons, doc.Generator.Warnings...)
	case len(failed) > 0:
		v.Status, v.ExitCode = result.Fail, ExitFailed
	case len(unknown) > 0:
		v.Status, v.ExitCode = result.Inconclusive, ExitInconclusive
	default:
		v.Status, v.ExitCode = result.Pass, ExitPass
	}
	for _, e := range r.eventsOf(result.Stopped) {
		v.Reasons = append(v.Reasons, e.Text)
	}
	for _, s := range failed {
		v.Reasons = append(v.Reasons, missed(s))
	}
	for _, s := range unknown {
		v.Reasons = append(v.Reasons, "no data for "+s.Expr)
	}
	if n := len(r.eventsOf(result.Steered)); n > 0 {
		v.Reasons = append(v.Reasons, fmt.Sprintf("the run was steered by hand (%d times)", n))
	}
	switch {
	case r.judge.assumed && len(r.scenario.SLO) > 0:
		v.Reasons = append(v.Reasons, "the SLOs given are per request and make the goodput; for the run "+texts(v.SLOs)+" were assumed")
	case r.judge.assumed:
		v.Reasons = append(v.Reasons, "no SLO was given: "+texts(v.SLOs)+" were assumed")
	}
	v.Headline = r.headline(doc, v, failed)
	return v
}

// missed says by how much an SLO failed.
func missed(s result.SLO) string {
	switch {
	case s.Observed != nil:
		return fmt.Sprintf("%s: it was %s", s.Expr, units.Value(*s.Observed, s.Unit))
	case s.AtLeast != nil:
		return fmt.Sprintf("%s: it was at least %s, for too many requests got no answer", s.Expr, units.Bound(*s.AtLeast, s.Unit))
	}
	return s.Expr + " failed"
}

// headline is the run in one sentence.
func (r *Run) headline(doc *result.Run, v result.Verdict, failed []result.SLO) string {
	switch v.Status {
	case result.Aborted:
		return fmt.Sprintf("stopped after %s: %s", units.Seconds(doc.DurationS), v.Reasons[0])
	case result.Inconclusive:
		if !doc.Generator.Valid {
			return "the load generator was the bottleneck, so this says nothing about the endpoint: " + v.Reasons[0]
		}
		return "not enough data to judge: " + v.Reasons[0]
	case result.Fail:
		return r.failure(doc, failed)
	}
	return "held " + achieved(doc)
}

// failure says what broke, at which rate it did, and what most failures were.
func (r *Run) failure(doc *result.Run, failed []result.SLO) string {
	text := missed(failed[0])
	for i, e := range r.judge.exprs {
		if rate, ok := r.judge.breached[i]; ok && e.Text == failed[0].Expr && rate > 0 {
			text += fmt.Sprintf("; first breached at %s requests/s", units.Rate(rate))
			break
		}
	}
	if len(doc.Total.Errors) > 0 {
		text += fmt.Sprintf("; most failures were %s", doc.Total.Errors[0].Outcome)
	}
	return text
}

// achieved sums a run up: rate, TTFT or E2E, errors.
func achieved(doc *result.Run) string {
	t := doc.Total
	parts := []string{}
	if t.Rate.Completed != nil {
		parts = append(parts, units.Rate(*t.Rate.Completed)+" requests/s")
	}
	switch {
	case t.Latency.TTFT.Response != nil:
		parts = append(parts, "TTFT p95 "+units.Millis(t.Latency.TTFT.Response.P95))
	case t.Latency.E2E.Response != nil:
		parts = append(parts, "E2E p95 "+units.Millis(t.Latency.E2E.Response.P95))
	}
	if t.ErrorRate != nil {
		parts = append(parts, "errors "+units.Share(*t.ErrorRate))
	}
	return strings.Join(parts, ", ")
}

// eventsOf are the events of one kind.
func (r *Run) eventsOf(kind result.EventKind) []result.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []result.Event
	for _, e := range r.events {
		if e.Kind == kind {
			list = append(list, e)
		}
	}
	return list
}
