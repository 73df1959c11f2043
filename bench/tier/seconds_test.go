package tier_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"flashwave/bench/result"
	"flashwave/bench/tier"
	"flashwave/client"
	"flashwave/client/queue"
)

// hists compares histograms by what they hold.
var hists = cmp.Comparer(func(a, b *result.Hist) bool { return a.Totals() == b.Totals() && a.Encode() == b.Encode() })

// Seconds add up to what happened, written down and read again as well; whoever asks for all
// of it between two seconds gets what there is by then.
func TestSecondsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tally := tier.New("shop", classes)
		var waiting, running []queue.Task
		told := []*result.TaskPart{{}, {}}
		rows := result.TierTimeline{}
		at := time.Duration(0)
		hear := func() {
			tally.EndSecond(at)
			text, err := json.Marshal(tally.News())
			if err != nil {
				t.Fatal(err)
			}
			var news result.TierSecond
			if err := json.Unmarshal(text, &news); err != nil {
				t.Fatal(err)
			}
			for i, p := range news.Classes {
				told[i].Merge(p)
			}
			for _, r := range news.Rows {
				rows.Add(r)
			}
		}
		for i := range rapid.IntRange(0, 200).Draw(t, "events") {
			at += time.Duration(rapid.IntRange(0, 300).Draw(t, "ms")) * time.Millisecond
			switch event := rapid.IntRange(0, 6).Draw(t, "event"); {
			case event == 0:
				of := task(i, rapid.IntRange(0, 1).Draw(t, "class"), at)
				waiting = append(waiting, of)
				tally.Enqueued(of)
			case event == 1 && len(waiting) > 0:
				of := waiting[0]
				waiting = waiting[1:]
				if of.Taken == client.Never {
					of.Taken = at
				}
				running = append(running, of)
				tally.Taken(of, i%3 == 0)
			case event == 2 && len(running) > 0:
				waiting, running = append(waiting, running[0]), running[1:]
				tally.Requeued(waiting[len(waiting)-1], at)
			case event == 3 && len(running) > 0:
				of := running[0]
				running = running[1:]
				of.Done = at
				tally.Ended(of, rapid.SampledFrom([]queue.Fate{queue.Done, queue.Dead, queue.Lost}).Draw(t, "fate"))
			case event == 4:
				tally.Depths(at, []int64{int64(i), 0})
			case event == 5:
				hear()
			}
			for _, p := range tally.UpTo(at).Classes {
				n := p.Tasks
				if n.Enqueued != n.Done+n.Dead+n.Lost+n.Waiting+n.Running {
					t.Fatalf("%+v", n)
				}
			}
		}
		tally.Depths(at, []int64{1, 0})
		hear()
		want := tally.UpTo(at)
		unwritten := cmpopts.IgnoreFields(result.TaskPart{}, "Wait", "Service")
		if diff := cmp.Diff(want.Classes, told, unwritten, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(want, tally.Sofar(), hists, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
		got, _ := rows.Rows()
		if diff := cmp.Diff(document(tally, at).Timeline, got); diff != "" {
			t.Fatal(diff)
		}
		var left int64
		for since, n := range want.Of("").Since {
			if n < 0 || since < 0 || time.Duration(since)*100*time.Millisecond > at {
				t.Fatalf("%d wait since %d", n, since)
			}
			left += n
		}
		if left != int64(len(waiting)) {
			t.Fatalf("%d wait, want %d", left, len(waiting))
		}
	})
}

// A window has what happened in its seconds, and who waits now, since whenever that may be.
func TestLately(t *testing.T) {
	tally := tier.New("shop", classes)
	for s := range 100 {
		at := time.Duration(s) * time.Second
		of := task(s, 0, at)
		tally.Enqueued(of)
		of.Taken = at + 200*time.Millisecond
		tally.Taken(of, false)
		if s == 10 {
			tally.Enqueued(task(1000, 1, at))
		}
		tally.EndSecond(at + time.Second)
	}
	for _, c := range []struct {
		ask, length time.Duration
		taken       int64
	}{{time.Second, time.Second, 1}, {10 * time.Second, 10 * time.Second, 10}, {time.Hour, time.Minute, 60}} {
		lately, length := tally.Lately(c.ask)
		urgent, bulk := lately.Classes[0], lately.Classes[1]
		if length != c.length || urgent.Taken != c.taken || urgent.Wait.Count() != c.taken || urgent.Older(0) != 0 {
			t.Errorf("the last %v: %v, %d taken", c.ask, length, urgent.Taken)
		}
		if *bulk.Starved != 90*time.Second || bulk.Older(89*time.Second) != 1 || bulk.Older(91*time.Second) != 0 || bulk.Tasks.Enqueued != 0 || bulk.Wait != nil {
			t.Errorf("the last %v of bulk: starved %v, %+v", c.ask, *bulk.Starved, bulk)
		}
	}
	if n := tally.Now(100 * time.Second); n[0].Waiting != 0 || n[0].Oldest != nil || n[0].Running != 100 || n[1].Waiting != 1 || *n[1].Oldest != 90*time.Second || *n[1].Hungry != 90*time.Second {
		t.Errorf("now %+v", n)
	}
}

// Whether a class starves is for another to say, who is told for how long it got nothing and
// whether others were served meanwhile.
func TestWhoStarves(t *testing.T) {
	tally := tier.New("shop", classes)
	type asked struct {
		class  string
		hungry time.Duration
		others bool
	}
	var heard []asked
	tally.Judge(func(class string, hungry time.Duration, others bool) bool {
		heard = append(heard, asked{class, hungry, others})
		return class == "bulk" && hungry >= 3*time.Second && others
	})
	tally.Enqueued(task(1, 1, time.Second))
	tally.Depths(5*time.Second, []int64{0, 1})
	urgent := task(2, 0, 5*time.Second)
	tally.Enqueued(urgent)
	urgent.Taken = 6 * time.Second
	tally.Taken(urgent, false)
	tally.Depths(7*time.Second, []int64{0, 1})
	if n := tally.Now(8 * time.Second); !n[1].Starving || n[0].Starving {
		t.Errorf("%+v", n)
	}
	if want := []asked{{"bulk", 4 * time.Second, false}, {"bulk", 6 * time.Second, true}, {"bulk", 7 * time.Second, true}}; !cmp.Equal(heard, want, cmp.AllowUnexported(asked{})) {
		t.Errorf("heard %v", heard)
	}
	rows := document(tally, 8*time.Second).Timeline
	if rows[0].Classes[1].Starving || !rows[1].Classes[1].Starving {
		t.Errorf("%+v", rows)
	}
}
