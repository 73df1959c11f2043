package draw

// A Grade says how an SLO stands. Worse grades are larger.
type Grade int

// The grades.
const (
	Unknown Grade = iota // no data
	Good                 // met
	Near                 // met, within 10 % of its bound
	Bad                  // breached
)

// Judged is the grade of what passed, failed, or neither.
func Judged(passed, failed bool) Grade {
	switch {
	case passed:
		return Good
	case failed:
		return Bad
	default:
		return Near
	}
}

// GradeOf is how an SLO stands over the run so far: met or breached.
func GradeOf(ok *bool) Grade {
	switch {
	case ok == nil:
		return Unknown
	case *ok:
		return Good
	default:
		return Bad
	}
}
