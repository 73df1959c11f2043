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

// A queue has a chart for each class that had tasks in it, which tells where the class starved.
func TestQueue(t *testing.T) {
	cells := func(urgent, bulk int64, starving bool) []result.TierCell {
		return []result.TierCell{{Depth: urgent}, {}, {Depth: bulk, Starving: starving}}
	}
	q := &result.Tier{
		Classes: []result.TierClass{{Name: "urgent"}, {Name: "never"}, {Name: "bulk"}}, TimelineStepS: 2,
		Timeline: []result.TierRow{{TS: 0, Classes: cells(3, 10, false)}, {TS: 2, Classes: cells(0, 20, true)}, {TS: 4, Classes: cells(1, 15, false)}},
	}
	blocks := Of(&result.Run{DurationS: 6, Queue: q}).queue()
	if len(blocks) != 2 || blocks[0].Figure.Title != "Tasks of urgent" || len(blocks[0].Figure.Key) != 1 || len(blocks[1].Figure.Key) != 2 || !blocks[1].Figure.Key[1].Dots {
		t.Fatalf("%+v", blocks)
	}
	depth, starving := Of(&result.Run{Queue: q}).depths(2)
	for i, want := range []float64{10, 20, 15} {
		if depth[i].Y != want || depth[i].X != float64(2*i+1) || (starving[i].Y == want) != (i == 1) {
			t.Errorf("step %d: %+v, starving %+v", i, depth[i], starving[i])
		}
	}
	if Of(&result.Run{}).queue() != nil {
		t.Error("a run without a queue has its charts")
	}
}
