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
	v.Customers = "2 of 3 customers waited less than 800 ms"
	if got := v.Further(); !slices.Equal(got, []string{v.Customers, "wave a: late", "steered"}) {
		t.Errorf("with what customers felt: %q", got)
	}
	if got := g.Further(v); !slices.Equal(got, []string{"wave b: late"}) {
		t.Errorf("warnings %q", got)
	}
}
