package timeline

import (
	"testing"

	"flashwave/bench/result"
)

// A step of a tenth of a second has no rate worth a line.
func TestFoldLast(t *testing.T) {
	rows := []result.Row{
		{TS: 0, StepS: 1, CompletedRPS: 10, Counts: result.Counts{Succeeded: 10}},
		{TS: 1, StepS: 0.25, CompletedRPS: 40, Counts: result.Counts{Succeeded: 10}},
	}
	folded := foldLast(rows)
	if len(folded) != 1 || folded[0].StepS != 1.25 || folded[0].CompletedRPS != 16 || folded[0].Counts.Succeeded != 20 {
		t.Errorf("got %+v", folded)
	}
	if rows[0].CompletedRPS != 10 {
		t.Error("the run was changed")
	}
	rows[1].StepS = 0.75
	if len(foldLast(rows)) != 2 || len(foldLast(rows[:1])) != 1 {
		t.Error("a row of its own was folded")
	}
}
