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
	kept []result.Interval
	said []string
}

func (*reader) Begin(*result.Run) error  { return nil }
func (*reader) Event(result.Event) error { return nil }
func (*reader) End(*result.Run) error    { return nil }

func (r *reader) Interval(in result.Interval, _ result.Row) error {
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
// written. The race detector is the judge.
func TestReadersNeverMeetAWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{epoch: time.Now(), answer: slowly}
		o, journal := options(t, busy(t), f, f.epoch), &reader{}
		o.Journal = journal
		run, err := Start(o)
		if err != nil {
			t.Fatal(err)
		}
		looks := []func(){
			func() { run.rec.spent(time.Minute) },
			func() { run.rec.warmup() },
			func() { run.rec.total(-1); run.rec.total(1) },
			func() { p, _, _ := run.rec.window(10*time.Second, -1); result.Derive(result.Label{}, p) },
			func() { run.rec.window(time.Second, 0) },
			func() { run.Snapshot(result.View{Wave: -1, Window: 10 * time.Second}) },
			func() { run.Snapshot(result.View{Wave: 1}) },
			func() {
				run.rec.mu.Lock()
				defer run.rec.mu.Unlock()
				run.rec.timeline.Rows(false)
			},
		}
		// A reader looks while a second is being ended: virtual time stands still as
		// long as anybody is busy.
		var readers sync.WaitGroup
		for _, look := range looks {
			readers.Go(func() {
				for ended := 0; !closed(run.Done()); {
					time.Sleep(time.Second)
					for before := ended; ended == before && !closed(run.Done()); look() {
						ended = run.rec.seconds()
					}
					look()
				}
			})
		}
		conserved(t, run.Wait())
		readers.Wait()
		for i, in := range journal.kept {
			if now := figures(in); now != journal.said[i] {
				t.Errorf("second %d was written to after it was handed out:\n%s\n%s", i, journal.said[i], now)
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
		rings := run.rec.ring[run.rec.n-len(journal.kept) : run.rec.n]
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
		if want := run.rec.warmup().Cost.Total(); warm != want || warm == 0 || doc.Total.Requests.Sent == 0 {
			t.Errorf("the seconds hold $%.9f of the warm-up's $%.9f", warm, want)
		}
	})
}

// seconds is how many intervals there were.
func (r *recorder) seconds() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n
}

// A recorder takes in, ends its seconds and is looked at, by everybody at once.
func TestTheRecorderIsSafeForConcurrentUse(t *testing.T) {
	const seconds, writers, warm = 12, 2, 6
	rec, over := newRecorder(result.NewTimeline([]string{"", "", ""}, result.Measured{})), make(chan struct{})
	rec.begin(0, warm*time.Second)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := uint64(w); ; i++ {
				s, wave := rec.shard(i), int(i%5)+result.Warmup
				s.mu.Lock()
				p := s.part(wave)
				p.Requests.Scheduled++
				p.Outcomes["ok"]++
				p.Record(result.TTFTResponse, time.Duration(i%1000)*time.Millisecond)
				s.mu.Unlock()
				if closed(over) {
					return
				}
			}
		})
	}
	for _, look := range []func(){
		func() { rec.spent(time.Minute) },
		func() { rec.total(-1); rec.total(1); rec.warmup() },
		func() { p, _, _ := rec.window(10*time.Second, -1); result.Derive(result.Label{}, p) },
	} {
		all.Go(func() {
			for !closed(over) {
				look()
			}
		})
	}
	for s := range seconds {
		time.Sleep(100 * time.Microsecond) // or nothing is in it
		in := rec.swap(time.Duration(s+1) * time.Second)
		if p := in.Parts[result.Warmup]; s < warm-1 && p != nil {
			t.Errorf("the warm-up is in second %d, before the first wave", s)
		}
		rec.mu.Lock()
		rec.timeline.Add(in, nil, 0, 0)
		rec.timeline.Rows(false)
		rec.mu.Unlock()
	}
	close(over)
	all.Wait()
}
