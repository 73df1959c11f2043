package verdict

import "slices"

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

// severity orders exit codes, the one that counts most first.
var severity = []int{ExitUsage, ExitInterrupted, ExitStopped, ExitInconclusive, ExitFailed, ExitBroken, ExitPass}

// Outranks reports whether of two runs the code of the first counts.
func Outranks(a, b int) bool { return rank(a) < rank(b) }

// rank is the place of a code among the severities. One that is none of ours broke.
func rank(code int) int {
	if i := slices.Index(severity, code); i >= 0 {
		return i
	}
	return slices.Index(severity, ExitBroken)
}

// Aborts reports whether a run that ends with this code was cut short, so that those
// that were to follow it have no ground.
func Aborts(code int) bool {
	return code == ExitUsage || code == ExitInterrupted || code == ExitStopped
}

// An Ending says how a run came to its end.
type Ending int

// The ways in which a run ends.
const (
	RanOut      Ending = iota // its waves were over
	Interrupted               // by the user
	OutOfBudget
	AbortedOn // an --abort-on expression held
	Refused   // the endpoint refused every request from the start
	CutOff    // the process was killed; what is known of it is what it had logged
)
