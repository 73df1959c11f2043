package scenario

import (
	"slices"

	"flashwave/bench/class"
	"flashwave/bench/slo"
)

// Classes are those by which requests are told apart beside the waves: the shares of the
// mix, and then the turns of conversations. Their order is that of [class.Indexes].
func (s *Scenario) Classes() []class.Class { return s.classes(s.Lanes...) }

// ClassesOf are those of them that requests of a lane may be of.
func (s *Scenario) ClassesOf(l Lane) []class.Class { return s.classes(l) }

func (s *Scenario) classes(lanes ...Lane) (list []class.Class) {
	if slices.ContainsFunc(lanes, s.mixes) {
		for _, share := range s.Mix {
			list = append(list, class.Class{Kind: class.Workload, Name: share.Name})
		}
	}
	if most := s.mostTurns(lanes...); most > 1 {
		list = append(list, class.Turns(most)...)
	}
	return list
}

// mixes reports whether the requests of a lane are those of the mix.
func (s *Scenario) mixes(l Lane) bool { return l.Workload == nil && len(s.Mix) > 0 }

// AllOf reports whether each request of a lane is of some class of a kind.
func (s *Scenario) AllOf(l Lane, kind class.Kind) bool {
	if kind == class.Workload {
		return s.mixes(l)
	}
	return !slices.ContainsFunc(s.WorkloadsOf(l), func(w Workload) bool { return w.Turns < 2 })
}

// workloadsOf are the workloads that requests of the lanes ask which an assertion speaks of.
func (s *Scenario) workloadsOf(e slo.Expr, lanes []Lane) (list []Workload) {
	for _, share := range s.Mix {
		if e.Names(class.Class{Kind: class.Workload, Name: share.Name}) {
			return []Workload{share.Workload}
		}
	}
	for _, l := range lanes {
		for _, w := range s.WorkloadsOf(l) {
			if !e.Turn || w.Turns > 1 {
				list = append(list, w)
			}
		}
	}
	return list
}
