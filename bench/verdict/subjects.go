package verdict

import (
	"slices"

	"flashwave/bench/class"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
)

// A WaveName is a wave of a run, with its lane where it has one.
type WaveName struct{ Lane, Wave string }

// String is the name as expressions and reports write it.
func (w WaveName) String() string { return slo.WaveName(w.Lane, w.Wave) }

// Subjects are what the assertions of a run may speak of beside all of it: its waves, and
// the classes of its requests.
type Subjects struct {
	Waves   []WaveName
	Classes []class.Class
	within  []within // by wave; nil: nothing is known of classes
}

// within says of the requests of a wave which classes they are of.
type within struct {
	some []class.Class
	each []class.Kind // they are all of some class of it
}

// SubjectsOf are those of a resolved scenario, whose waves count lane after lane.
func SubjectsOf(sc *scenario.Scenario) Subjects {
	s := Subjects{Classes: sc.Classes()}
	for _, l := range sc.Lanes {
		of := within{some: sc.ClassesOf(l)}
		for _, kind := range []class.Kind{class.Workload, class.Turn} {
			if sc.AllOf(l, kind) {
				of.each = append(of.each, kind)
			}
		}
		for _, w := range l.Waves {
			s.Waves, s.within = append(s.Waves, WaveName{Lane: l.Name, Wave: w.Name}), append(s.within, of)
		}
	}
	return s
}

// Class is the index of the class that an expression speaks of; negative: it speaks of
// waves, or of the whole run.
func (s Subjects) Class(e slo.Expr) int { return slices.IndexFunc(s.Classes, e.Names) }

// KindOf is the kind of that class; "": there is none.
func (s Subjects) KindOf(e slo.Expr) string {
	if c := s.Class(e); c >= 0 {
		return string(s.Classes[c].Kind)
	}
	return ""
}

// Concerns reports whether an expression speaks of requests of a wave: of all of them, or
// of a class that some may be of.
func (s Subjects) Concerns(e slo.Expr, wave int) bool {
	if s.Class(e) >= 0 {
		return s.within == nil || slices.ContainsFunc(s.within[wave].some, e.Names)
	}
	return e.Concerns(s.Waves[wave].Lane, s.Waves[wave].Wave)
}

// covered reports whether assertions speak of each request of a wave: one of them of the
// wave, or some of every class of a kind that all are of.
func (s Subjects) covered(wave int, by []Assertion) bool {
	w := s.Waves[wave]
	if slices.ContainsFunc(by, func(a Assertion) bool { return a.Concerns(w.Lane, w.Wave) }) {
		return true
	}
	return s.within != nil && slices.ContainsFunc(s.within[wave].each, func(kind class.Kind) bool {
		return !slices.ContainsFunc(s.within[wave].some, func(c class.Class) bool { return c.Kind == kind && !speaks(by, c) })
	})
}

// speaks reports whether one of some assertions is on a class.
func speaks(list []Assertion, c class.Class) bool {
	return slices.ContainsFunc(list, func(a Assertion) bool { return a.Names(c) })
}

// besides are the parts of a run of which none of some assertions speaks, as one over the
// whole run speaks of each: the other classes of a kind where they speak of one, and the
// waves that these do not make up.
func (s Subjects) besides(given []Assertion, e slo.Expr) (list []slo.Expr) {
	var kinds []class.Kind
	for _, c := range s.Classes {
		if speaks(given, c) && !slices.Contains(kinds, c.Kind) {
			kinds = append(kinds, c.Kind)
		}
	}
	for _, c := range s.Classes {
		if slices.Contains(kinds, c.Kind) && !speaks(given, c) {
			list = append(list, e.Of(c))
		}
	}
	for i, w := range s.Waves {
		made := s.within != nil && slices.ContainsFunc(s.within[i].each, func(kind class.Kind) bool { return slices.Contains(kinds, kind) })
		if !made && !s.covered(i, given) {
			list = append(list, e.In(w.Lane, w.Wave))
		}
	}
	return list
}
