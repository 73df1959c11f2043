package ledger

import (
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"flashwave/bench/result"
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

// Fourteen million requests leave a recorder as large as the first million did,
// and lose none.
func TestRecorderIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	const perSecond, shapes = 500, 4
	rec, feed := newRecorder(result.NewTimeline([]string{""}, result.Measured{}), 0, nil), crowds(perSecond, shapes)
	var first int64
	seconds := int(aNight / time.Second)
	for s := range seconds {
		for i := range rec.shards {
			rec.shards[i].part(0).Merge(feed[(s+i)%shapes][i])
		}
		endSecond(rec, time.Duration(s+1)*time.Second)
		if s == seconds/8 {
			first = heap()
		}
	}
	last := heap()
	t.Logf("heap %.1f MB after an hour, %.1f MB after eight", float64(first)/1e6, float64(last)/1e6)
	if last-first > 4e6 {
		t.Errorf("the heap grew by %d bytes in seven hours", last-first)
	}
	total := rec.Total(0)
	if n := int64(seconds * perSecond); total.Requests.Succeeded != n || total.Hists[result.E2EResponse].Count() != n {
		t.Errorf("%d requests and %d latencies, want %d", total.Requests.Succeeded, total.Hists[result.E2EResponse].Count(), n)
	}
	var rows int64
	for _, row := range rec.timeline.Rows(false) {
		rows += row.Latency.TTFT.Response.Count
	}
	if n := int64(seconds * perSecond); rows != n {
		t.Errorf("%d latencies in the timeline, want %d", rows, n)
	}
	runtime.KeepAlive(rec)
}

// endSecond is what happens to a recorder every second.
func endSecond(rec *recorder, now time.Duration) {
	in := rec.end(now)
	rec.timeline.Add(in, nil, 0, 0)
}

// crowds are seconds of n requests, by shape and shard. All the
// requests of a shard are alike: what must not grow is what grows with time, and
// not the number of buckets that different values fill, which the geometry bounds.
func crowds(n, shapes int) [][nShards]*result.Part {
	list := make([][nShards]*result.Part, shapes)
	for shape := range list {
		for shard := range nShards {
			list[shape][shard] = result.NewPart()
		}
		for i := range n {
			alike := rand.NewPCG(uint64(shape), uint64(i%nShards))
			requestInto(list[shape][i%nShards], rand.New(alike))
		}
	}
	return list
}

// requestInto records one request that ended ok.
func requestInto(p *result.Part, random *rand.Rand) {
	ms := func(mean float64) time.Duration {
		return time.Duration(mean * random.ExpFloat64() * float64(time.Millisecond))
	}
	p.Requests.Scheduled++
	p.Requests.Sent++
	p.Requests.Succeeded++
	p.Outcomes["ok"]++
	ttft, gap := 200*time.Millisecond+ms(50), ms(20)
	for m, d := range map[result.Metric]time.Duration{
		result.TTFTResponse: ttft, result.TTFTService: ttft, result.E2EResponse: ttft + 5*gap, result.E2EService: ttft + 5*gap,
		result.TPOT: gap, result.Stall: gap, result.Queue: 0, result.Lag: ms(0.01),
	} {
		p.Record(m, d)
	}
	for range 5 {
		p.Record(result.ITL, ms(20))
	}
}

// What a second costs beside its requests: four shards swapped, merged and put
// into the timeline.
func BenchmarkSecond(b *testing.B) {
	for name, n := range map[string]int{"idle": 0, "5 requests": 5, "500 requests": 500, "5000 requests": 5000} {
		b.Run(name, func(b *testing.B) {
			rec, feed := newRecorder(result.NewTimeline([]string{""}, result.Measured{}), 0, nil), crowds(n, 4)
			b.ReportAllocs()
			now := time.Duration(0)
			for b.Loop() {
				for i := range rec.shards {
					rec.shards[i].part(0).Merge(feed[int(now/time.Second)%len(feed)][i])
				}
				now += time.Second
				endSecond(rec, now)
			}
		})
	}
}

// Twenty minutes of requests no two of which are alike are a recorder of ten megabytes:
// what has rows for the whole run keeps them small.
func TestRecorderIsSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	const perSecond, seconds = 200, 1250 // the timeline was halved twice by then
	before, rec, random := heap(), newRecorder(result.NewTimeline([]string{""}, result.Measured{}), 0, nil), rand.New(rand.NewPCG(1, 1))
	for s := range seconds {
		for i := range perSecond {
			requestInto(rec.shards[i%nShards].part(0), random)
		}
		endSecond(rec, time.Duration(s+1)*time.Second)
	}
	rows := rec.timeline.Rows(false)
	grown := heap() - before
	t.Logf("%.1f MB", float64(grown)/1e6)
	if grown > 12e6 {
		t.Errorf("it takes %d bytes", grown)
	}
	var n int64
	for _, row := range rows {
		n += row.Latency.ITL.Count
	}
	if n != 5*perSecond*seconds || len(rows) > 600 {
		t.Errorf("%d gaps in %d rows", n, len(rows))
	}
	runtime.KeepAlive(rec)
}
