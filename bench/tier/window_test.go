package tier

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flashwave/client"
	"flashwave/client/queue"
)

var two = []queue.Class{{Name: "urgent", Low: 1, High: 3}, {Name: "bulk", Low: 4, High: 4}}

// opened is a tier without a Redis.
func opened() *Tier {
	tally := New("shop", two)
	return &Tier{Tally: tally, layout: "shop", board: &board{counts: []count{{tally, 0, forever}}}, classes: two, epoch: time.Now()}
}

// Whatever happens to tasks, and whenever: a window counts those that were enqueued in it,
// and windows that follow one another count what all of them together do.
func TestWindowsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tier := opened()
		tier.Begin(0)
		cut := time.Duration(rapid.IntRange(0, 10_000).Draw(t, "cut")) * time.Millisecond
		early, late := tier.Due(0, cut), tier.Due(cut, forever)
		var waiting, running []queue.Task
		at := time.Duration(0)
		pick := func(list *[]queue.Task) queue.Task {
			i := rapid.IntRange(0, len(*list)-1).Draw(t, "which")
			of := (*list)[i]
			*list = append((*list)[:i], (*list)[i+1:]...)
			return of
		}
		before := int64(0)
		for i := range rapid.IntRange(0, 200).Draw(t, "events") {
			at += time.Duration(rapid.IntRange(0, 100).Draw(t, "ms")) * time.Millisecond
			switch event := rapid.IntRange(0, 4).Draw(t, "event"); {
			case event == 0:
				of := queue.Task{ID: fmt.Sprint(i), Class: rapid.IntRange(0, 1).Draw(t, "class"), Enqueued: at, Taken: client.Never, Done: client.Never}
				if at < cut {
					before++
				}
				waiting = append(waiting, of)
				tier.board.Enqueued(of)
			case event == 1 && len(waiting) > 0:
				of := pick(&waiting)
				if of.Taken == client.Never {
					of.Taken = at
				}
				running = append(running, of)
				tier.board.Taken(of, rapid.Bool().Draw(t, "inverted"))
			case event == 2 && len(running) > 0:
				of := pick(&running)
				waiting = append(waiting, of)
				tier.board.Requeued(of, at)
			case event == 3 && len(running) > 0:
				of := pick(&running)
				of.Done = at
				tier.board.Ended(of, rapid.SampledFrom([]queue.Fate{queue.Done, queue.Dead, queue.Lost}).Draw(t, "fate"))
			case event == 4:
				tier.board.Depths(at, []int64{0, 0})
			}
		}
		all, a, b := tier.Became(tier.Tally), tier.Became(early), tier.Became(late)
		if n := a.Of("").Tasks.Enqueued; n != before {
			t.Fatalf("%d in the first window, want %d", n, before)
		}
		for i, c := range all.Classes {
			sum := a.Classes[i].Clone()
			sum.Merge(b.Classes[i])
			if sum.Tasks != c.Tasks || sum.Older(0) != c.Older(0) {
				t.Fatalf("%s: %+v in windows, %+v in all", all.Names[i], sum.Tasks, c.Tasks)
			}
		}
	})
}

// Another run of the same queue counts its own tasks alone, whatever becomes of those
// before it.
func TestAnotherRunCountsItsOwn(t *testing.T) {
	first := opened()
	first.Begin(0)
	old := queue.Task{ID: "old", Class: 1, Enqueued: 0, Taken: client.Never, Done: client.Never}
	first.board.Enqueued(old)
	time.Sleep(time.Millisecond)
	second := first.Anew()
	second.Begin(time.Since(second.epoch))
	young := queue.Task{ID: "young", Class: 1, Enqueued: time.Since(second.epoch), Taken: client.Never, Done: client.Never}
	second.board.Enqueued(young)
	for _, of := range []queue.Task{old, young} {
		of.Taken = time.Since(second.epoch)
		second.board.Taken(of, false)
		of.Done = of.Taken
		second.board.Ended(of, queue.Done)
	}
	if n := second.Became(second.Tally).Of("").Tasks; n.Enqueued != 1 || n.Done != 1 || n.Running != 0 || n.Waiting != 0 {
		t.Errorf("the second run: %+v", n)
	}
	if n := first.Became(first.Tally).Of("").Tasks; n.Enqueued != 1 || n.Waiting != 1 {
		t.Errorf("the first: %+v", n)
	}
}
