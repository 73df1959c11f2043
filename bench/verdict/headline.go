package verdict

import (
	"fmt"
	"strings"

	"flashwave/bench/class"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// headline is the run in one sentence, with the decisive reason.
func (j *judgement) headline(status result.Status) string {
	switch status {
	case result.Aborted:
		why := "aborted"
		if reasons := j.reasons(status); len(reasons) > 0 {
			why = reasons[0]
		}
		return fmt.Sprintf("stopped after %s: %s", units.Millis(1000*j.Run.DurationS), why)
	case result.Inconclusive:
		return j.undecided()
	case result.Fail:
		return j.failure()
	}
	if j.behind != nil {
		return j.behind.String()
	}
	return j.achieved()
}

// undecided says why nothing can be said.
func (j *judgement) undecided() string {
	reason := ""
	if reasons := j.reasons(result.Inconclusive); len(reasons) > 0 {
		reason = reasons[0]
	}
	switch {
	case j.Ending == CutOff:
		return cutOff(j.Run)
	case !j.Run.Generator.Valid:
		return "the load generator was the bottleneck, so this says nothing about the endpoint: " + reason
	}
	switch {
	case len(j.unknown) > 0:
	case j.unbounded:
		return reason // it could not keep up, and no SLO says whether that matters
	default:
		return j.achieved() // of which nothing was good, and no SLO says whether that matters
	}
	return "not enough data to judge: " + reason
}

// cutOff says of a run that was killed how much of it there is.
func cutOff(run *result.Run) string {
	return fmt.Sprintf("the run was cut off after %s: this is everything up to the last second", units.Millis(1000*run.DurationS))
}

// failure says what broke most, at which rate it did, and what most failures of the
// wave it speaks of were.
func (j *judgement) failure() string {
	worst := j.failed[0]
	text := missed(worst.SLO)
	if rate, ok := j.Breached[worst.Expr]; ok && rate > 0 {
		text += fmt.Sprintf("; first breached at %s requests/s", units.Rate(rate))
	}
	if errors := j.errorsOf(worst); len(errors) > 0 {
		text += fmt.Sprintf("; most failures were %s", errors[0].Outcome)
	}
	return text
}

// errorsOf are the failures in what an SLO speaks of, the most frequent first.
func (j *judgement) errorsOf(h held) []result.ErrorCount {
	if h.Wave == "" {
		return j.Run.Total.Errors
	}
	for _, group := range j.Run.Classes() {
		if h.Kind == group.Kind && h.expr.Names(class.Class{Kind: class.Kind(group.Kind), Name: group.Name}) {
			return group.Errors
		}
	}
	for i, w := range j.Run.Waves {
		if h.Kind == "" && j.Figures.Concerns(h.expr, i) && len(w.Errors) > 0 {
			return w.Errors
		}
	}
	return nil
}

// missed says by how much an SLO failed.
func missed(s result.SLO) string {
	switch {
	case s.Observed != nil:
		return fmt.Sprintf("%s: it was %s", s.Expr, units.Value(*s.Observed, s.Unit))
	case s.AtLeast != nil && s.AtMost != nil:
		return fmt.Sprintf("%s: it was %s to %s, for some requests could not be judged", s.Expr, units.Value(*s.AtLeast, s.Unit), units.Value(*s.AtMost, s.Unit))
	case s.AtLeast != nil:
		return fmt.Sprintf("%s: it was at least %s, for too many requests failed or got no answer", s.Expr, units.Value(*s.AtLeast, s.Unit))
	}
	return s.Expr + " failed"
}

// String says how far a wave fell behind.
func (l lagging) String() string {
	text := "could not keep up"
	if l.wave.Wave != "" && l.named {
		text += " in " + l.wave.String()
	}
	text += fmt.Sprintf(": %s of %s requests/s served", units.Rate(l.Served), units.Rate(l.Offered))
	switch {
	case l.Waiting == 0:
	case l.last:
		text += ", " + units.Count(l.Waiting) + " waiting when the load ended"
	default:
		text += ", " + units.Count(l.Waiting) + " waiting at its end"
	}
	return text
}

// achieved sums up a run of which every SLO held. It held a rate only if it is known
// to have kept up, what was served was good, no part of it was hollow, and no class of a
// queue was neglected; the rate is that of the wave that was served fastest, once answers could come. Where all of them came when
// nothing was offered any more there is none.
func (j *judgement) achieved() string {
	text := j.served()
	if hidden := j.hidden(); len(hidden) > 0 {
		text += "; " + hidden[0]
	}
	return text
}

// hidden is what the figures of the whole run hide.
func (j *judgement) hidden() []string { return append(Hollow(j.Run), neglected(j.Run)...) }

// served is that, without what figures hide.
func (j *judgement) served() string {
	busiest, served := j.Run.Total, 0.0
	for i, w := range j.Run.Waves {
		if p := j.paces[i]; p.Served > served {
			busiest, served = w, p.Served
		}
	}
	var parts []string
	late := served == 0 && j.Run.Total.Requests.Succeeded > 0
	if busiest.Rate.Succeeded != nil && !late {
		text := units.Rate(served) + " requests/s"
		if len(j.Run.Waves) > 1 && busiest.Kind != result.WholeRun {
			text += " in " + WaveName{busiest.Lane, busiest.Name}.String()
		}
		if j.good.lacks() {
			text += ", " + ofThem(busiest)
		}
		parts = append(parts, text)
	}
	switch {
	case busiest.Latency.TTFT.Response != nil:
		parts = append(parts, "TTFT p95 "+units.Millis(busiest.Latency.TTFT.Response.P95))
	case busiest.Latency.E2E.Response != nil:
		parts = append(parts, "E2E p95 "+units.Millis(busiest.Latency.E2E.Response.P95))
	}
	if busiest.ErrorRate != nil {
		parts = append(parts, "errors "+units.Share(*busiest.ErrorRate))
	}
	figures := strings.Join(parts, ", ")
	switch {
	case late:
	case j.kept && j.good.lacks() && len(parts) > 1:
		return "served " + parts[0] + ": " + strings.Join(parts[1:], ", ")
	case j.kept && (j.good.lacks() || len(j.hidden()) > 0):
		return "served " + figures
	case j.kept:
		return "held " + figures
	}
	q, unknown := j.Run.Total.Requests, "whether the endpoint keeps up"
	if late {
		unknown = "how many it serves in a second"
	}
	return fmt.Sprintf("%s of %s succeeded: %s; too short to say %s",
		units.Count(q.Succeeded), units.Of(q.Scheduled, "request", "requests"), figures, unknown)
}
