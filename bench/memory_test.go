package bench

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// aNight is how long a run goes on that nobody watches.
const aNight = 8 * time.Hour

// heap is what is in use, in bytes.
func heap() int64 {
	runtime.GC()
	runtime.GC() // pools give up what they hold at the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Eight hours take no more memory than the first.
func TestANightTakesNoMoreMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) {
			sc.SLO, sc.Arrivals = []string{"ttft.p95 < 1s", "error_rate < 1%"}, "poisson"
		}, "surge:2/s:10m", "night:1/m..1/s:28200s")
		f := &fake{epoch: time.Now(), forget: true, answer: func(i int, _ time.Duration) reply {
			return reply{wait: time.Duration(20+i%977) * time.Millisecond, tokens: 1 + i%5, gap: time.Duration(1+i%89) * time.Millisecond}
		}}
		run, err := Start(options(t, sc, f, f.epoch))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		run.Snapshot(result.View{Wave: -1, Window: time.Minute})
		first := heap()
		time.Sleep(aNight - time.Hour - time.Second)
		run.Snapshot(result.View{Wave: -1, Window: time.Minute})
		last := heap()
		doc := run.Wait()
		conserved(t, doc)
		t.Logf("%d requests; heap %.1f MB after an hour, %.1f MB after eight", doc.Total.Requests.Sent, float64(first)/1e6, float64(last)/1e6)
		if grown := last - first; grown > 4e6 {
			t.Errorf("the heap grew by %d bytes in seven hours", grown)
		}
		if doc.Total.Requests.Succeeded < 10_000 || len(doc.Timeline) > 600 {
			t.Errorf("%+v in %d rows", doc.Total.Requests, len(doc.Timeline))
		}
	})
}
