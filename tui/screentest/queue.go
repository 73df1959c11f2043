package screentest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"flashwave/bench/result"
)

// The queue of the sale: shares of what arrives, and what its workers take in a second, the
// most urgent first.
var (
	tierNames   = []string{"urgent", "normal", "bulk"}
	tierLevels  = []string{"1-3", "4-6", "7-10"}
	tierShares  = []float64{0.2, 0.5, 0.3}
	tierWorkers = 132.0
)

// tierPatience is for how long a class may get nothing, in seconds.
const tierPatience = 60

// Queued makes the sale one whose requests are tasks of a queue: in the rush its least urgent
// class starves.
func Queued(s *result.Snapshot) {
	t := s.At.Seconds()
	q := &result.TierStatus{Tier: result.Tier{Layout: "shop", TimelineStepS: 1, Total: result.TierClass{Name: result.WholeRun, Priorities: "1-10"}}}
	q.PollMS = 10
	q.Classes = make([]result.TierClass, len(tierNames))
	now := make([]result.TierNow, len(tierNames))
	depth, hungry := make([]float64, len(tierNames)), make([]float64, len(tierNames))
	for sec := 0.0; sec < min(t, SaleEnds); sec++ {
		left := tierWorkers
		row := result.TierRow{TS: sec}
		for i, share := range tierShares {
			arrived := saleLoad(sec+0.5) * wobble(sec+float64(i), 0.7) * share
			taken := min(left, depth[i]*0.8+arrived*0.7)
			depth[i] = max(0, depth[i]+arrived-taken)
			left = max(0, left-taken)
			if taken > 0.5 || depth[i] < 0.5 {
				hungry[i] = 0
			} else {
				hungry[i]++
			}
			if hungry[i] == tierPatience {
				happened(s, result.Event{TS: sec + 1, Kind: result.Starving, Text: fmt.Sprintf("%s starves: %d tasks wait, nothing taken for 1 min 0 s", tierNames[i], int(depth[i]))})
			}
			c, n := &q.Classes[i], int64(math.Round(depth[i]))
			cell := result.TierCell{Depth: n, Waiting: n, Enqueued: int64(arrived), Taken: int64(taken), Done: int64(taken), Starving: hungry[i] >= tierPatience}
			if n > 0 {
				cell.OldestMS = Ptr(max(180, 1000*hungry[i], 300+1000*depth[i]/(share*saleLoad(sec+0.5)+1)))
				c.OldestMSMax = Ptr(max(*cell.OldestMS, orZero(c.OldestMSMax)))
			}
			c.Tasks.Enqueued, c.Tasks.Done = c.Tasks.Enqueued+cell.Enqueued, c.Tasks.Done+cell.Done
			c.DepthMax, c.StarvedMSMax = max(c.DepthMax, n), Ptr(max(1000*hungry[i], orZero(c.StarvedMSMax)))
			now[i] = result.TierNow{Depth: n, Waiting: n, Running: int64(math.Round(taken / 3)), Enqueued: arrived, Taken: taken, Done: taken, Starving: cell.Starving}
			if n > 0 {
				now[i].Oldest = Ptr(time.Duration(*cell.OldestMS * float64(time.Millisecond)))
				now[i].Hungry = Ptr(time.Duration(max(0.1, hungry[i]) * float64(time.Second)))
			}
			if wait := 300 + 1000*depth[i]/max(taken, 1); taken > 0.5 {
				now[i].Wait = &result.Latency{Count: int64(10 * taken), P50: wait * 0.4, P95: wait, P99: wait * 1.2, Max: wait * 1.4}
				c.Latency.Wait = now[i].Wait
			}
			row.Classes = append(row.Classes, cell)
		}
		q.Timeline = append(q.Timeline, row)
	}
	for i := range q.Classes {
		c := &q.Classes[i]
		c.Name, c.Priorities = tierNames[i], tierLevels[i]
		c.Tasks.Waiting, c.Tasks.Running = now[i].Waiting, now[i].Running
		c.Tasks.Inversions = c.Tasks.Done / 4000 * int64(i)
		if i > 0 {
			c.Tasks.Lost = c.Tasks.Done / 9000
		}
		q.Total.Tasks.Lost += c.Tasks.Lost
		q.Total.Tasks.Inversions += c.Tasks.Inversions
	}
	if s.Verdict == nil {
		q.Now = now
	}
	s.Queue, s.Target = q, "the built-in queue"
	s.Total.Latency.TTFT, s.Window.Latency.TTFT = result.Pair{}, result.Pair{}
	s.Series = slices.Clone(s.Series)
	for i := range s.Series {
		s.Series[i].Latency.TTFT = result.RowPair{}
	}
	s.SLOs = tierSLOs(q, now)
}

// happened puts an event in its place.
func happened(s *result.Snapshot, e result.Event) {
	s.Events = append(slices.Clone(s.Events), e)
	slices.SortStableFunc(s.Events, func(a, b result.Event) int { return cmp.Compare(a.TS, b.TS) })
}

func orZero(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}

// tierSLOs are those of the sale's queue.
func tierSLOs(q *result.TierStatus, now []result.TierNow) []result.SLOStatus {
	wait := result.SLOStatus{Expr: "wait.p95 < 2s in urgent", Metric: "wait", Stat: "p95", Wave: "urgent", Kind: result.OfWorkload, Unit: "ms", Op: "<", Bound: 2000}
	starved := result.SLOStatus{Expr: "starved < 60s in bulk", Metric: "starved", Wave: "bulk", Kind: result.OfWorkload, Unit: "ms", Op: "<", Bound: 60_000}
	lost := result.SLOStatus{Expr: "lost <= 0", Metric: "lost", Unit: "count", Op: "<=", Live: Ptr(0.0), LiveOK: Ptr(true), RunOK: Ptr(q.Total.Tasks.Lost == 0)}
	if l := now[0].Wait; l != nil {
		wait.Live, wait.LiveOK, wait.RunOK = &l.P95, Ptr(l.P95 < wait.Bound), Ptr(true)
	}
	if h := now[2].Hungry; h != nil {
		ms := result.Millis(*h)
		starved.Live, starved.LiveOK, starved.RunOK = &ms, Ptr(ms < starved.Bound), Ptr(ms < starved.Bound)
	}
	return []result.SLOStatus{wait, starved, lost}
}
