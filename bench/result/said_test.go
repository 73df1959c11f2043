package result

import (
	"slices"
	"testing"
)

// What the headline tells, and what the verdict tells, is told once.
func TestAReasonStandsOnce(t *testing.T) {
	v := Verdict{Headline: "too slow: it was 2 s; most failures were timeout", Reasons: []string{"too slow: it was 2 s", "wave a: late", "steered"}}
	g := Generator{Warnings: []string{"wave a: late", "wave b: late", "too slow: it was 2 s"}}
	if got := v.Further(); !slices.Equal(got, []string{"wave a: late", "steered"}) {
		t.Errorf("reasons %q", got)
	}
	if got := g.Further(v); !slices.Equal(got, []string{"wave b: late"}) {
		t.Errorf("warnings %q", got)
	}
}
