package monitor

import (
	"fmt"
	"strings"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
)

// A judged is one target as the verdict sees it.
type judged struct {
	ground  result.Ground
	slos    []result.SLO
	reasons []string
}

// verdict judges the probes of this process: the objective, which takes the place of the
// SLOs that a run assumes, and every SLO that is no bound on a single request. w.mu is
// held.
func (w *watched) verdict(length time.Duration) judged {
	j := judged{ground: result.GroundPass, slos: []result.SLO{}}
	s := verdict.Stretch{Part: w.part, Length: length, Priced: w.Price != nil, Judged: true}
	failed, unknown := false, false
	for _, a := range w.asserted(s) {
		held := verdict.Hold(a.Assertion, a.against)
		j.slos = append(j.slos, held)
		switch {
		case held.OK == nil:
			unknown = true
			if w.Class == "" || w.part.Requests.Scheduled > 0 { // else the whole queue says why
				j.reasons = append(j.reasons, w.Name+": no data for "+held.Expr)
			}
		case !*held.OK:
			failed = true
			j.reasons = append(j.reasons, w.Name+": "+w.missed(held))
		}
	}
	c := w.counts
	switch {
	case w.refused():
		j.ground = result.GroundUsage
		j.reasons = append([]string{fmt.Sprintf("%s refused every %s: %s", w.Name, strings.TrimPrefix(w.probes(1), "1 "), w.lastBad)}, j.reasons...)
	case failed && c.Bad > 0 && w.part.Answered() >= c.Bad:
		j.ground = result.GroundAnswers
	case failed:
		j.ground = result.GroundSLO
	case unknown && c.Void > 0:
		j.ground = result.GroundGenerator
	case unknown:
		j.ground = result.GroundData
	}
	if c.Void > 0 {
		j.reasons = append(j.reasons, fmt.Sprintf("%s: %s void, by the monitor's own doing", w.Name, units.Of(c.Void, "probe is", "probes are")))
	}
	if c.OverBudget > 0 {
		j.reasons = append(j.reasons, fmt.Sprintf("%s: %s not sent, for the budget of the day", w.Name, units.Of(c.OverBudget, "probe was", "probes were")))
	}
	return j
}

// An asserted is an SLO over all probes, and what it is held against.
type asserted struct {
	verdict.Assertion
	against slo.Lookup
}

// asserted are the objective and every SLO that is no bound on a single probe. That no dead
// letter is new is both: one is one too many, however short the time since. w.mu is held.
func (w *watched) asserted(probes verdict.Stretch) (list []asserted) {
	list = append(list, asserted{verdict.Assertion{Expr: w.objective()}, probes})
	for _, a := range w.assertions.SLOs {
		if !a.Assumed {
			list = append(list, asserted{a, probes})
		}
	}
	for _, e := range w.assertions.Bounds {
		if w.tier != nil && e.Metric == slo.Dead {
			list = append(list, asserted{verdict.Assertion{Expr: e}, &w.figures})
		}
	}
	return list
}

// objective is the objective as an SLO.
func (w *watched) objective() slo.Expr {
	e := slo.MustParse("good_fraction >= 50%")
	e.Value = float64(w.Objective)
	e.Text = "good_fraction >= " + units.Bound(e.Value, units.Ratio)
	if parsed, err := slo.Parse(e.Text); err == nil {
		e.Text = parsed.Text
	}
	return e
}

// missed says how an SLO was.
func (w *watched) missed(s result.SLO) string {
	what := s.Expr + " does not hold"
	if s.Observed != nil {
		what = fmt.Sprintf("%s: %s", s.Expr, units.Value(*s.Observed, s.Unit))
	}
	if s.Expr == w.objective().Text {
		n := w.part.Requests.Scheduled
		were := "were"
		if n == 1 {
			were = "was"
		}
		what = fmt.Sprintf("%s of %s %s good, which should be %s", units.Count(w.counts.Good), w.probes(n), were, units.Bound(float64(w.Objective), units.Ratio))
		if w.lastBad != "" {
			what += "; last: " + w.lastBad
		}
	}
	return what
}

// refused reports whether the endpoint refused every probe: the key, the model or the
// request is wrong.
func (w *watched) refused() bool {
	o := w.part.Outcomes
	n := w.part.Requests.Scheduled
	return n > 0 && w.settle == nil && o[outcome.Auth]+o[outcome.BadRequest] == n
}

// conclude is the verdict over all targets: that of the one whose ground counts most.
func conclude(list []judged, interrupted bool) Verdict {
	ground := result.GroundPass
	if len(list) == 0 {
		ground = result.GroundData
	}
	v := Verdict{Reasons: []string{}}
	kept, first := 0, ""
	for _, j := range list {
		if verdict.Outranks(j.ground, ground) {
			ground = j.ground
			if len(j.reasons) > 0 {
				first = j.reasons[0]
			}
		}
		if j.ground == result.GroundPass {
			kept++
		}
		v.Reasons = append(v.Reasons, j.reasons...)
	}
	if interrupted && verdict.Outranks(result.GroundInterrupted, ground) {
		ground = result.GroundInterrupted
	}
	v.Status, v.ExitCode = verdict.Decide(ground)
	v.Headline = fmt.Sprintf("%s of %s kept the objective", units.Count(kept), units.Of(len(list), "target", "targets"))
	if first != "" {
		v.Headline += "; " + first
	}
	if ground == result.GroundInterrupted {
		v.Headline = "interrupted; until then " + v.Headline
	}
	return v
}
