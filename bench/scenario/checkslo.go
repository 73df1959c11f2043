package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"flashwave/bench/class"
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

// parseSLO parses an assertion that stands at a path.
func (s *Scenario) parseSLO(path, text string) (slo.Expr, error) {
	e, err := slo.Parse(text)
	var syntax *slo.SyntaxError
	switch {
	case errors.As(err, &syntax):
		w := wrong(path, syntax.Hint, "%q: %s", text, syntax.Message)
		return e, s.locate(w, text, syntax.Offset)
	case err != nil:
		return e, about(path, fmt.Sprintf("%q", text), err)
	}
	return e, nil
}

func (s *Scenario) checkAssertion(path, text string) error {
	e, err := s.parseSLO(path, text)
	if err != nil {
		return err
	}
	lanes, err := s.concerned(path, text, e)
	if err != nil {
		return err
	}
	if err := s.checkOfQueue(path, text, e); err != nil {
		return err
	}
	if !streamOnly(e.Metric) || slices.ContainsFunc(s.workloadsOf(e, lanes), func(w Workload) bool { return w.Stream }) {
		return nil
	}
	w := wrong(path, "set stream: true, or assert e2e", "%q: without streaming there is no %s", text, e.Metric)
	return s.locate(w, text, 0)
}

// concerned are the lanes an assertion speaks of; it must not name a wave or a class of
// requests that does not exist, or one of two.
func (s *Scenario) concerned(path, text string, e slo.Expr) ([]Lane, error) {
	if e.Wave == "" {
		return s.Lanes, nil
	}
	classes := s.Classes()
	named := slices.ContainsFunc(classes, e.Names)
	if e.Turn && !named {
		return nil, s.locate(s.noTurn(path, text, e), text, max(0, strings.LastIndex(text, "turn")))
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
	for _, c := range classes {
		if c.Kind == class.Workload {
			names = append(names, c.Name)
		}
	}
	at := max(0, strings.LastIndex(text, e.Wave))
	if named {
		if len(lanes) > 0 {
			w := wrong(path, "rename one of them, so that it is known whose requests are meant", "%q: both a wave and a workload are called %q", text, e.Wave)
			return nil, s.locate(w, text, at)
		}
		return slices.DeleteFunc(slices.Clone(s.Lanes), func(l Lane) bool { return !slices.ContainsFunc(s.ClassesOf(l), e.Names) }), nil
	}
	switch len(lanes) {
	case 0:
		return nil, s.locate(wrong(path, didYouMean(e.Wave, names), "%q: unknown wave %q", text, e.Wave), text, at)
	case 1:
		return lanes, nil
	}
	return nil, s.locate(wrong(path, "write in "+strings.Join(full, " or in "), "%q: %d lanes have a wave %q", text, len(lanes), e.Wave), text, at)
}

// noTurn says that no conversation comes to the turns that an assertion speaks of.
func (s *Scenario) noTurn(path, text string, e slo.Expr) *Error {
	if most := s.mostTurns(s.Lanes...); most > 1 {
		return wrong(path, "raise turns", "%q: no conversation has a %s, for it has %d at most", text, e.Wave, most)
	}
	return wrong(path, "give turns: 5", "%q: without conversations there is no %s", text, e.Wave)
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
