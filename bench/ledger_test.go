package bench

import (
	"fmt"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// A reader keeps every interval that a run hands out, and what was in it then.
type reader struct {
	takes time.Duration // for each of them
	kept  []result.Interval
	said  []string
}

func (*reader) Begin(*result.Run) error  { return nil }
func (*reader) Event(result.Event) error { return nil }
func (*reader) End(*result.Run) error    { return nil }

func (r *reader) Interval(in result.Interval, _ result.Row) error {
	time.Sleep(r.takes)
	r.kept = append(r.kept, in)
	r.said = append(r.said, figures(in))
	return nil
}

// figures is what an interval says, part by part.
func figures(in result.Interval) string {
	text := ""
	for wave := result.Warmup; wave < 3; wave++ {
		if p := in.Parts[wave]; p != nil {
			text += fmt.Sprintf("%d: %+v %+v %d tokens, $%.9f, %d TTFTs; ", wave, p.Requests, p.Here, p.Output, p.Cost.Total(), p.Hists[result.TTFTResponse].Count())
		}
	}
	return text
}

// busy is a run with a warm-up whose stragglers reach into the waves.
func busy(t *testing.T) *scenario.Scenario {
	return build(t, func(sc *scenario.Scenario) {
		sc.Warmup, sc.SLO = scenario.Duration(3*time.Second), []string{"ttft.p95 < 1s", "e2e.p99 < 8s in rush", "error_rate < 50%"}
	}, "calm:20/s:4s", "rush:20/s..60/s:4s", "after:c8:2s")
}

func slowly(i int, _ time.Duration) reply {
	return reply{wait: time.Duration(20+i%400) * time.Millisecond, tokens: 1 + i%5, gap: time.Duration(1+i%300) * time.Millisecond}
}

// Whoever looks at a run, whenever and at whatever, reads nothing that is being
// written, though it is steered, its clocks tick, and its keeper and the reader of its log
// take their time. The race detector is the judge.
func TestReadersNeverMeetAWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{epoch: time.Now(), answer: slowly}
		o, kept := options(t, busy(t), f, f.epoch), &reader{takes: 300 * time.Millisecond}
		o.Journal, o.Requests, o.clocks = kept, &lockedBuffer{}, together
		run, err := Start(o)
		if err != nil {
			t.Fatal(err)
		}
		a := run.account
		looks := []func(){
			func() { a.Ledger.Spent(time.Minute) },
			func() { a.Ledger.Warmup() },
			func() { a.Ledger.Total(-1); a.Ledger.Total(1) },
			func() { p, _, _ := a.Ledger.Window(10*time.Second, -1); result.Derive(result.Label{}, p) },
			func() { a.Ledger.Window(time.Second, 0) },
			func() { a.Ledger.Rows(false); a.Ledger.Rows(true); a.Ledger.Lanes() },
			func() { run.Snapshot(result.View{Wave: -1, Window: 10 * time.Second}) },
			func() { run.Snapshot(result.View{Wave: 1}) },
			func() { run.Look("calm", "rush"); run.Look("after") },
			func() { _, _, _, _ = run.JournalError(), run.LeftBehind(), run.Insisted(), a.Waves.Ended() },
			func() { _, _ = run.RequestLog() },
			func() { a.Journal.Newest(10); a.Journal.Events() },
			func() { a.Waves.Statuses(); a.Waves.Names(); a.Dispatch.Lanes(); a.Dispatch.Backlog(-1) },
		}
		go beat(run, 6*time.Second, 400*time.Millisecond)
		// A reader looks while a second is being ended: virtual time stands still as
		// long as anybody is busy.
		var readers sync.WaitGroup
		for i, look := range looks {
			readers.Go(func() {
				for ended := 0; !closed(run.Done()); {
					time.Sleep(time.Second)
					for before := ended; ended == before && !closed(run.Done()); look() {
						ended = a.Ledger.Seconds()
					}
					look()
					if ended%4 == 1 && i < 3 {
						steer(run, 2+i, 0)
					}
				}
			})
		}
		conserved(t, run.Wait())
		readers.Wait()
		if len(kept.kept) == 0 {
			t.Error("nothing was kept")
		}
		for i, in := range kept.kept {
			if now := figures(in); now != kept.said[i] {
				t.Errorf("second %d was written to after it was handed out:\n%s\n%s", i, kept.said[i], now)
			}
		}
	})
}

// An interval is complete when it enters the ring, and is the recorder's own.
func TestTheRingIsNeverWrittenTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{epoch: time.Now(), answer: slowly}
		o, journal := options(t, busy(t), f, f.epoch), &reader{}
		o.Journal = journal
		run, err := Start(o)
		if err != nil {
			t.Fatal(err)
		}
		doc := run.Wait()
		rings := run.account.Ledger.Last(time.Hour)
		rings = rings[len(rings)-len(journal.kept):]
		for i, in := range journal.kept {
			if got, want := figures(rings[i]), journal.said[i]; got != want {
				t.Errorf("second %d in the ring:\n%s\nas it was handed out:\n%s", i, got, want)
			}
			maps.DeleteFunc(in.Parts, func(int, *result.Part) bool { return true })
			if figures(rings[i]) != journal.said[i] {
				t.Fatalf("who got second %d wrote into the ring", i)
			}
		}
		var warm float64
		for _, in := range rings {
			if p := in.Parts[result.Warmup]; p != nil {
				warm += p.Cost.Total()
			}
		}
		if want := run.account.Ledger.Warmup().Cost.Total(); warm != want || warm == 0 || doc.Total.Requests.Sent == 0 {
			t.Errorf("the seconds hold $%.9f of the warm-up's $%.9f", warm, want)
		}
	})
}
