package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"flashwave/bench/slo"
)

// checkAssertions parses the SLOs and the reasons to abort, and holds them
// against the waves they name.
func (s *Scenario) checkAssertions() error {
	for _, list := range []struct {
		word  string
		texts []string
	}{{"slo", s.SLO}, {"abort_on", s.AbortOn}} {
		for i, text := range list.texts {
			if err := s.checkAssertion(fmt.Sprintf("%s[%d]", list.word, i), text); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Scenario) checkAssertion(path, text string) error {
	e, err := slo.Parse(text)
	var syntax *slo.SyntaxError
	if errors.As(err, &syntax) {
		w := wrong(path, syntax.Hint, "%q: %s", text, syntax.Message)
		return s.locate(w, text, syntax.Offset)
	}
	if err != nil {
		return about(path, fmt.Sprintf("%q", text), err)
	}
	lanes, err := s.concerned(path, text, e)
	if err != nil {
		return err
	}
	if !streamOnly(e.Metric) {
		return nil
	}
	for _, l := range lanes {
		if slices.ContainsFunc(s.WorkloadsOf(l), func(w Workload) bool { return w.Stream }) {
			return nil
		}
	}
	w := wrong(path, "set stream: true, or assert e2e", "%q: without streaming there is no %s", text, e.Metric)
	return s.locate(w, text, 0)
}

// concerned are the lanes an assertion speaks of; it must not name a wave that
// does not exist, or one of two.
func (s *Scenario) concerned(path, text string, e slo.Expr) ([]Lane, error) {
	if e.Wave == "" {
		return s.Lanes, nil
	}
	var lanes []Lane
	var names, full []string
	for _, l := range s.Lanes {
		for _, w := range l.Waves {
			names = append(names, w.Name)
			if e.Concerns(l.Name, w.Name) {
				lanes, full = append(lanes, l), append(full, slo.WaveName(l.Name, w.Name))
			}
		}
	}
	at := max(0, strings.LastIndex(text, e.Wave))
	switch len(lanes) {
	case 0:
		return nil, s.locate(wrong(path, didYouMean(e.Wave, names), "%q: unknown wave %q", text, e.Wave), text, at)
	case 1:
		return lanes, nil
	}
	return nil, s.locate(wrong(path, "write in "+strings.Join(full, " or in "), "%q: %d lanes have a wave %q", text, len(lanes), e.Wave), text, at)
}

// WorkloadOf is the lane's own workload, or else the scenario's.
func (s *Scenario) WorkloadOf(l Lane) Workload {
	if l.Workload != nil {
		return *l.Workload
	}
	return s.Workload
}

// streamOnly reports whether a metric exists only for streamed answers.
func streamOnly(m slo.Metric) bool {
	switch m {
	case slo.TTFT, slo.TTFA, slo.ITL, slo.TPOT, slo.Stall:
		return true
	}
	return false
}
