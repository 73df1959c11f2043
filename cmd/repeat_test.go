package cmd

import (
	"testing"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// Of several runs the one counts whose exit code rests on what stands first among the
// codes: a 120 for missing data comes after a 99, one for the generator before it.
func TestTheRunThatCounts(t *testing.T) {
	data := &failure{code: verdict.ExitInconclusive, ground: result.GroundData}
	late := &failure{code: verdict.ExitInconclusive, ground: result.GroundGenerator}
	missed := &failure{code: verdict.ExitFailed, ground: result.GroundSLO}
	answered := &failure{code: verdict.ExitFailed, ground: result.GroundAnswers}
	for _, c := range []struct{ counts, other error }{
		{missed, data},
		{late, missed},
		{answered, late},
		{late, data},
		{data, nil},
		{missed, nil},
		{data, &failure{code: verdict.ExitBroken}},
		{&failure{code: verdict.ExitUsage}, answered},
		{&failure{code: verdict.ExitInterrupted}, answered},
	} {
		if !verdict.Outranks(groundOf(c.counts), groundOf(c.other)) || verdict.Outranks(groundOf(c.other), groundOf(c.counts)) {
			t.Errorf("%v does not count before %v", c.counts, c.other)
		}
	}
}
