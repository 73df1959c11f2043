package ledger

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"flashwave/bench/result"
)

// A recorder takes in, ends its seconds and is looked at, by everybody at once.
func TestTheRecorderIsSafeForConcurrentUse(t *testing.T) {
	const seconds, writers, warm = 12, 2, 6
	rec := newRecorder(result.NewTimeline([]string{"", "", ""}, result.Measured{}), 0, nil)
	var over atomic.Bool
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
				if over.Load() {
					return
				}
			}
		})
	}
	for _, look := range []func(){
		func() { rec.Spent(time.Minute) },
		func() { rec.Total(-1); rec.Total(1); rec.Warmup() },
		func() { p, _, _ := rec.Window(10*time.Second, -1); result.Derive(result.Label{}, p) },
	} {
		all.Go(func() {
			for !over.Load() {
				look()
			}
		})
	}
	for s := range seconds {
		time.Sleep(100 * time.Microsecond) // or nothing is in it
		in := rec.end(time.Duration(s+1) * time.Second)
		if p := in.Parts[result.Warmup]; s < warm-1 && p != nil {
			t.Errorf("the warm-up is in second %d, before the first wave", s)
		}
		rec.add(in, nil, 0, 0)
		rec.Rows(false)
	}
	over.Store(true)
	all.Wait()
}
