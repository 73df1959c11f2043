package verdict_test

import (
	"regexp"
	"slices"
	"testing"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// inOrder are the grounds, the one that counts most first.
var inOrder = []struct {
	ground result.Ground
	code   int
}{
	{result.GroundUsage, 104},
	{result.GroundInterrupted, 105},
	{result.GroundStopped, 121},
	{result.GroundCutOff, 120},
	{result.GroundAnswers, 99},
	{result.GroundGenerator, 120},
	{result.GroundSLO, 99},
	{result.GroundData, 120},
	{result.GroundBroken, 1},
	{result.GroundPass, 0},
}

// Of several runs the code of the ground counts that stands first, not of the code.
func TestGroundsInOrder(t *testing.T) {
	for i, a := range inOrder {
		for k, b := range inOrder {
			if verdict.Outranks(a.ground, b.ground) != (i < k) {
				t.Errorf("%s outranks %s: %t", a.ground, b.ground, i >= k)
			}
		}
		if _, code := verdict.Decide(a.ground); code != a.code {
			t.Errorf("%s exits %d", a.ground, code)
		}
		if _, code := verdict.Decide(verdict.GroundOf(a.code)); code != a.code {
			t.Errorf("of %d the ground is %s", a.code, verdict.GroundOf(a.code))
		}
	}
	if status, code := verdict.Decide("of a later version"); status != result.Aborted || code != verdict.ExitBroken {
		t.Errorf("what is not known is %s, %d", status, code)
	}
	for code, want := range map[int]result.Ground{120: result.GroundData, 99: result.GroundSLO, 7: result.GroundBroken} {
		if got := verdict.GroundOf(code); got != want {
			t.Errorf("the least ground of %d is %s", code, got)
		}
	}
}

// The text names every code, in the order in which they count.
func TestHelpIsInOrder(t *testing.T) {
	var got []string
	for _, m := range regexp.MustCompile(`(?m)^ +(\d+)  `).FindAllStringSubmatch(verdict.Help(), -1) {
		got = append(got, m[1])
	}
	if want := []string{"104", "105", "121", "99", "120", "99", "120", "1", "0"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
