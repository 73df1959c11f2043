package tier_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flashwave/bench/result"
	"flashwave/bench/tier"
	"flashwave/client"
	"flashwave/client/queue"
)

var classes = []queue.Class{{Name: "urgent", Low: 1, High: 3}, {Name: "bulk", Low: 4, High: 4}}

// task is one of a class that was enqueued at an instant.
func task(id, class int, at time.Duration) queue.Task {
	return queue.Task{ID: fmt.Sprint("t", id), Class: class, Enqueued: at, Taken: client.Never, Done: client.Never}
}

// document is what became of the tasks of a tally up to an instant.
func document(of *tier.Tally, at time.Duration) *result.Tier {
	_, q := of.Final(at)
	return q
}

// Who waits and gets nothing starves; who waits for nobody does not.
func TestStarving(t *testing.T) {
	tally := tier.New("shop", classes)
	tally.Begin(time.Second)
	tally.Enqueued(task(1, 1, 2*time.Second))
	tally.Enqueued(task(2, 1, 5*time.Second))
	first := task(1, 1, 2*time.Second)
	first.Taken = 9 * time.Second
	tally.Taken(first, true) // 7 s for the first
	tally.Depths(10*time.Second, []int64{0, 4})
	doc := document(tally, 19*time.Second) // 10 s for the second, which waits still
	bulk := doc.Class("bulk")
	if got := *bulk.StarvedMSMax; got != 10_000 {
		t.Errorf("bulk starved %v ms, want 10000", got)
	}
	tasks, _ := tally.Final(19 * time.Second)
	early, _ := tally.Final(15 * time.Second) // the second for 6 s: the first was longer, and is over
	if !tasks.Classes[1].Starving || !tasks.Of("").Starving || tasks.Classes[0].Starving || early.Classes[1].Starving {
		t.Error("bulk alone starves in the end, for longer than before, and not before that")
	}
	if doc.Class("urgent").StarvedMSMax != nil || doc.ResolutionMS != nil {
		t.Error("what never waited starved, or what was never looked at was seen")
	}
	if *bulk.OldestMSMax != 14_000 || // of the second in the end, though nobody looks any more
		bulk.DepthMax != 4 || bulk.Tasks.Inversions != 1 || bulk.Priorities != "4" || bulk.Latency.Wait.Max != 7000 {
		t.Errorf("%+v", bulk)
	}
	if row := doc.Timeline[0]; row.TS != -1 || row.Classes[1].Waiting != 1 || row.Classes[1].Taken != 1 || row.Classes[1].Enqueued != 2 {
		t.Errorf("%+v", row)
	}
}

// Whatever happens to tasks, in whatever order that may be, each is in one place, and the
// rows of the timeline add up to what there was.
func TestConservation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tally := tier.New("shop", classes)
		var waiting, running []queue.Task
		var enqueued, ended int64
		at := time.Duration(0)
		pick := func(list *[]queue.Task) queue.Task {
			i := rapid.IntRange(0, len(*list)-1).Draw(t, "which")
			of := (*list)[i]
			*list = append((*list)[:i], (*list)[i+1:]...)
			return of
		}
		seconds := int64(0)
		for i := range rapid.IntRange(0, 300).Draw(t, "events") {
			at += time.Duration(rapid.IntRange(0, 100).Draw(t, "ms")) * time.Millisecond
			switch event := rapid.IntRange(0, 5).Draw(t, "event"); {
			case event == 0:
				of := task(i, rapid.IntRange(0, 1).Draw(t, "class"), at)
				waiting, enqueued = append(waiting, of), enqueued+1
				tally.Enqueued(of)
			case event == 1 && len(waiting) > 0:
				of := pick(&waiting)
				if of.Taken == client.Never {
					of.Taken = at
				}
				running = append(running, of)
				tally.Taken(of, false)
			case event == 2 && len(running) > 0:
				of := pick(&running)
				waiting = append(waiting, of)
				tally.Requeued(of, at)
			case event == 3 && len(running) > 0:
				of := pick(&running)
				of.Done = at
				ended++
				tally.Ended(of, rapid.SampledFrom([]queue.Fate{queue.Done, queue.Dead, queue.Lost}).Draw(t, "fate"))
			case event == 4:
				seconds++
				tally.Depths(at, []int64{0, 0})
			}
		}
		doc := document(tally, at) // in the middle of a second
		var total result.TierTasks
		for _, c := range doc.Classes {
			n := c.Tasks
			if n.Enqueued != n.Done+n.Dead+n.Lost+n.Waiting+n.Running {
				t.Fatalf("%s: %+v", c.Name, n)
			}
			total.Enqueued += n.Enqueued
			if s := c.StarvedMSMax; s != nil && *s > result.Millis(at) {
				t.Fatalf("starved %v ms of %v", *s, at)
			}
		}
		all := doc.Total.Tasks
		if all.Enqueued != enqueued || total.Enqueued != enqueued || all.Waiting != int64(len(waiting)) || all.Running != int64(len(running)) || all.Done+all.Dead+all.Lost != ended {
			t.Fatalf("%+v, want %d enqueued, %d waiting, %d running, %d ended", all, enqueued, len(waiting), len(running), ended)
		}
		var rows int64
		for _, r := range doc.Timeline {
			for _, c := range r.Classes {
				rows += c.Enqueued
			}
		}
		if rows != enqueued {
			t.Fatalf("rows add up to %d enqueued, want %d", rows, enqueued)
		}
	})
}

// A timeline of a night has as many rows as one of a minute may.
func TestRowsMerge(t *testing.T) {
	tally := tier.New("shop", classes)
	for i := range 8 * 3600 {
		at := time.Duration(i+1) * time.Second
		tally.Enqueued(task(i, 1, at))
		tally.Depths(at, []int64{0, int64(i)})
	}
	tally.Enqueued(task(0, 1, 8*time.Hour)) // in a second that is not over
	doc := document(tally, 8*time.Hour)
	var sum, deepest int64
	for _, r := range doc.Timeline {
		sum += r.Classes[1].Enqueued
		deepest = max(deepest, r.Classes[1].Depth)
	}
	if len(doc.Timeline) > 600 || len(doc.Timeline) < 300 || sum != 8*3600+1 || deepest != 8*3600-1 {
		t.Errorf("%d rows of %v s with %d tasks, the deepest %d", len(doc.Timeline), doc.TimelineStepS, sum, deepest)
	}
}
