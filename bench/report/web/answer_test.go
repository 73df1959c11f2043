package web

import (
	"slices"
	"testing"

	"flashwave/bench/result"
)

// What customers felt is the answer, whole, and stands once; a sentence that begins in
// another way stays a reason.
func TestFelt(t *testing.T) {
	for said, want := range map[string]Answer{
		"12 of 100 customers waited less than 800 ms for the first word; the longest wait was 1 min 0 s": {"12", "of 100", "customers waited less than 800 ms for the first word; the longest wait was 1 min 0 s"},
		"fewer than 1 of 100 customers waited less than 800 ms":                                          {"<1", "of 100", "customers waited less than 800 ms"},
		"every customer waited less than 2 s for the whole answer":                                       {"every", "customer", "waited less than 2 s for the whole answer"},
		"no customer got the whole answer; every customer got an error":                                  {"no", "customer", "got the whole answer; every customer got an error"},
		"half of those who got it waited 100 ms or less for the first word":                              {"half", "", "of those who got it waited 100 ms or less for the first word"},
	} {
		v := Judged(result.Verdict{Customers: said, Reasons: []string{"steered"}})
		if v.Answer == nil || *v.Answer != want || !slices.Equal(v.Reasons, []string{"steered"}) {
			t.Errorf("%s: %+v, %q", said, v.Answer, v.Reasons)
		}
	}
	for _, said := range []string{"", "customers were glad"} {
		if v := Judged(result.Verdict{Customers: said}); v.Answer != nil || said != "" && !slices.Equal(v.Reasons, []string{said}) {
			t.Errorf("%s: %+v, %q", said, v.Answer, v.Reasons)
		}
	}
	glad := "every customer waited less than 2 s for the whole answer"
	for status, want := range map[result.Status]bool{result.Pass: true, result.Fail: false} {
		if v := Judged(result.Verdict{Status: status, Customers: glad}); (v.Answer != nil) != want || slices.Contains(v.Reasons, glad) == want {
			t.Errorf("%s: %+v, %q", status, v.Answer, v.Reasons)
		}
	}
}
