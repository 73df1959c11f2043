package verdict

import (
	"fmt"
	"slices"
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/slo"
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

// A ground is what an exit code rests on.
type ground struct {
	result.Ground
	code   int
	status result.Status
	help   string // "": no command that loads an endpoint ends so
}

// grounds are all that an exit code can rest on, the one that counts most first. One
// code may stand twice: a failure that the endpoint itself answered is beyond doubt, and
// any other is not while the generator is.
var grounds = []ground{
	{result.GroundUsage, ExitUsage, result.Aborted, "usage or configuration, or every request was refused from the start"},
	{result.GroundInterrupted, ExitInterrupted, result.Aborted, "interrupted"},
	{result.GroundStopped, ExitStopped, result.Aborted, "stopped by the budget or --abort-on"},
	{result.GroundCutOff, ExitInconclusive, result.Inconclusive, ""},
	{result.GroundAnswers, ExitFailed, result.Fail, "an SLO failed on the endpoint's own answers: a status, an error event"},
	{result.GroundGenerator, ExitInconclusive, result.Inconclusive, "inconclusive: the load generator was the bottleneck"},
	{result.GroundSLO, ExitFailed, result.Fail, "an SLO failed"},
	{result.GroundData, ExitInconclusive, result.Inconclusive, "inconclusive: data for an SLO is missing, or the SLO that would decide"},
	{result.GroundBroken, ExitBroken, result.Aborted, "anything else that broke"},
	{result.GroundPass, ExitPass, result.Pass, "pass"},
}

// Decide is the status and the exit code that follow from a ground.
func Decide(on result.Ground) (result.Status, int) {
	g := grounds[place(on)]
	return g.status, g.code
}

// GroundOf is the least ground for an exit code. A code that is none of ours broke.
func GroundOf(code int) result.Ground {
	for _, g := range slices.Backward(grounds) {
		if g.code == code {
			return g.Ground
		}
	}
	return result.GroundBroken
}

// Outranks reports whether of two runs that of the first ground counts.
func Outranks(a, b result.Ground) bool { return place(a) < place(b) }

// place is that of a ground among all. One that is none of ours broke.
func place(of result.Ground) int {
	at := func(of result.Ground) int {
		return slices.IndexFunc(grounds, func(g ground) bool { return g.Ground == of })
	}
	if i := at(of); i >= 0 {
		return i
	}
	return at(result.GroundBroken)
}

// Aborts reports whether a run that ends with this code was cut short, so that those
// that were to follow it have no ground.
func Aborts(code int) bool {
	return code == ExitUsage || code == ExitInterrupted || code == ExitStopped
}

// Help is what commands that load an endpoint say of exit codes and of SLOs that nobody
// gave.
func Help() string {
	var b strings.Builder
	b.WriteString("Exit codes, of which the first that applies counts:\n\n")
	for _, g := range grounds {
		if g.help != "" {
			fmt.Fprintf(&b, "  %3d  %s\n", g.code, g.help)
		}
	}
	var assumed []string
	for _, e := range slo.Assumed() {
		assumed = append(assumed, e.Text)
	}
	fmt.Fprintf(&b, "\nBeside the SLOs given %s are assumed, each until one on that very metric\ntakes its place.", strings.Join(assumed, " and "))
	return b.String()
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
