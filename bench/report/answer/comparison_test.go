package answer

import (
	"testing"

	"flashwave/bench/compare"
	"flashwave/bench/report/reporttest"
)

// The answer is the change that the headline names, in the figures of the table.
func TestAnswerOfRuns(t *testing.T) {
	d := reporttest.Comparison(t)
	a := OfRuns(d)
	if a == nil || a.Sentence() != "+181 % 95 of 100 customers see the first word within 41.5 ms; it was 14.7 ms" || a.Unit != "%" {
		t.Errorf("%+v", a)
	}
	d.Gate.Headline = "no difference"
	if a := OfRuns(d); a != nil {
		t.Errorf("%+v", a)
	}
	if a := OfRuns(&compare.Document{}); a != nil {
		t.Errorf("%+v", a)
	}
}
