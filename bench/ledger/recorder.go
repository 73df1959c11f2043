package ledger

import (
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"flashwave/bench/class"
	"flashwave/bench/result"
	"flashwave/client/outcome"
)

// nShards spreads the recording over a few locks.
const nShards = 4

// ringSeconds is how far back a sliding window reaches.
const ringSeconds = 60

// A recorder takes in what happens to requests. Its shards hold only the current
// second; once a second they are swapped out and added up to an interval, which
// goes into the totals of the waves, into the ring of recent seconds and into the
// timeline. So its size depends on neither the length nor the rate of a run, and
// percentiles are computed once a second and not at every look.
type recorder struct {
	shards [nShards]shard

	mu       sync.Mutex
	since    time.Duration // start of the current interval
	start    time.Duration // when the first wave begins
	early    sums          // what happened up to start, until it goes into an interval
	totals   map[int]*result.Part
	classes  []*result.Part               // likewise, of each class
	watched  func(class int) bool         // its seconds are kept in the ring
	ring     [ringSeconds]result.Interval // what is in it is never written again
	n        int                          // intervals so far; the newest is ring[(n-1)%ringSeconds]
	timeline *result.Timeline
	final    bool                    // an interval that ends from now on is the last, and accounts for everything
	windows  map[windowKey]windowSum // of the newest interval: SLOs, screen and health ask for the same ones
}

// A windowKey is a stretch that is asked for: the last so long, of a wave or of all.
type windowKey struct {
	last    time.Duration
	of      int
	isClass bool // of is one, and no wave
}

// sums are what waves and classes did in some time.
type sums struct{ waves, classes map[int]*result.Part }

func newSums() sums { return sums{map[int]*result.Part{}, map[int]*result.Part{}} }

// each shows both, with those of others.
func (s sums) each(o sums, do func(mine, others map[int]*result.Part)) {
	do(s.waves, o.waves)
	do(s.classes, o.classes)
}

// A windowSum is what happened in a stretch. It is never written again.
type windowSum struct {
	part     *result.Part
	from, to time.Duration
}

// A shard holds the current second of the requests that hash to it.
type shard struct {
	mu sync.Mutex
	sums
	_ [32]byte // a cache line of its own
}

// parts are reused from second to second: their histograms are what recording
// would otherwise allocate.
var parts = sync.Pool{New: func() any {
	p := result.NewPart()
	p.Hists[result.ITL] = result.NewGrowingHist()
	return p
}}

func newRecorder(timeline *result.Timeline, classes int, watched func(class int) bool) *recorder {
	r := &recorder{totals: map[int]*result.Part{}, early: newSums(), watched: watched, timeline: timeline, windows: map[windowKey]windowSum{}}
	for i := range r.shards {
		r.shards[i].sums = newSums()
	}
	for range classes {
		r.classes = append(r.classes, result.NewPart())
	}
	return r
}

// shard is the shard of the i-th request.
func (r *recorder) shard(i uint64) *shard { return &r.shards[i%nShards] }

// part is the part of a wave in the current second. s.mu must be held.
func (s *shard) part(wave int) *result.Part { return partOf(s.waves, wave) }

// each adds something to the classes of a request. s.mu must be held.
func (s *shard) each(of class.Indexes, add func(*result.Part)) {
	for _, c := range of {
		if c >= 0 {
			add(partOf(s.classes, c))
		}
	}
}

func partOf(sum map[int]*result.Part, key int) *result.Part {
	p := sum[key]
	if p == nil {
		p = parts.Get().(*result.Part)
		sum[key] = p
	}
	return p
}

// end ends the current interval at now: what the shards held becomes the newest
// interval, and the shards begin anew. The interval is complete, and its parts are
// shared with every reader: they must not be written to.
func (r *recorder) end(now time.Duration) result.Interval {
	r.mu.Lock()
	last := r.final // asked before the shards are emptied: what comes after that is in the next interval
	r.mu.Unlock()
	sum := r.gather()
	r.mu.Lock()
	defer r.mu.Unlock()
	for c, p := range sum.classes {
		r.classes[c].Merge(p)
	}
	addTo(r.totals, sum.waves)
	if last {
		r.account(sum)
	}
	r.carry(sum, now <= r.start)
	clear(r.windows)
	in := result.Interval{Start: r.since, End: now, Parts: sum.waves, Classes: sum.classes}
	out := in
	out.Parts, out.Classes = maps.Clone(sum.waves), maps.Clone(sum.classes) // the ring keeps its own
	maps.DeleteFunc(in.Classes, func(c int, _ *result.Part) bool { return r.watched == nil || !r.watched(c) })
	r.ring[r.n%ringSeconds] = in
	r.n++
	r.since = now
	return out
}

// addTo adds parts to others.
func addTo(to, from map[int]*result.Part) {
	for key, p := range from {
		if to[key] == nil {
			to[key] = result.NewPart()
		}
		to[key].Merge(p)
	}
}

// carry keeps what the warm-up cost, and what the waves did in the very instant in
// which they began, out of the intervals up to then, which nobody is told of, and in the
// first one after them. r.mu is held.
func (r *recorder) carry(now sums, warming bool) {
	from, to := r.early, now
	if warming {
		from, to = to, from
	}
	from.each(to, func(from, to map[int]*result.Part) {
		addTo(to, from)
		clear(from)
	})
}

// gather empties the shards.
func (r *recorder) gather() sums {
	all := newSums()
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.Lock()
		second := s.sums
		s.sums = sums{make(map[int]*result.Part, len(second.waves)), make(map[int]*result.Part, len(second.classes))}
		s.mu.Unlock()
		second.each(all, collect)
	}
	return all
}

// collect adds the parts of a shard to those of others, and lets go of them.
func collect(of, sum map[int]*result.Part) {
	addTo(sum, of)
	for _, p := range of {
		p.Reset()
		parts.Put(p)
	}
}

// Class is a copy of what the requests of one class did so far, up to the last full second.
func (r *recorder) Class(c int) *result.Part {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.classes[c].Clone()
}

// begin starts the clock of the first interval; the first wave begins at start.
func (r *recorder) begin(now, start time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.since, r.start = now, start
}

// Total is a copy of what one wave, or all of them (wave < 0), did so far, up to
// the last full second.
func (r *recorder) Total(wave int) *result.Part {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := result.NewPart()
	result.Interval{Parts: r.totals}.Sum(p, wave)
	return p
}

// Warmup is what the warm-up cost.
func (r *recorder) Warmup() *result.Part {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := result.NewPart()
	p.Merge(r.totals[result.Warmup])
	return p
}

// Window adds up the intervals of the last d, of one wave or of all, and says
// from when to when they reach. The part is shared: it must not be written to.
func (r *recorder) Window(d time.Duration, wave int) (p *result.Part, from, to time.Duration) {
	return r.window(windowKey{last: d, of: wave}, func(in result.Interval, p *result.Part) {
		if wave < 0 {
			in.SumAll(p)
		} else {
			in.Sum(p, wave)
		}
	})
}

// ClassWindow is likewise what a class did that is watched.
func (r *recorder) ClassWindow(d time.Duration, c int) (p *result.Part, from, to time.Duration) {
	return r.window(windowKey{last: d, of: c, isClass: true}, func(in result.Interval, p *result.Part) { p.Merge(in.Classes[c]) })
}

func (r *recorder) window(k windowKey, add func(result.Interval, *result.Part)) (p *result.Part, from, to time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	sum, ok := r.windows[k]
	if !ok {
		sum = windowSum{result.NewPart(), r.since, r.since}
		for in := range r.last(k.last) {
			add(in, sum.part)
			sum.from = in.Start
		}
		r.windows[k] = sum
	}
	return sum.part, sum.from, sum.to
}

// Spent is what the last d cost, in USD, and how much of it there is.
func (r *recorder) Spent(d time.Duration) (usd float64, of time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for in := range r.last(d) {
		for wave, part := range in.Parts {
			if wave != result.Warmup {
				usd += part.Cost.Total()
			}
		}
		of = r.since - in.Start
	}
	return usd, of
}

// last is the intervals of the last d, the newest first. r.mu is held.
func (r *recorder) last(d time.Duration) iter.Seq[result.Interval] {
	return func(yield func(result.Interval) bool) {
		for i := range min(r.n, ringSeconds) {
			in := r.ring[(r.n-1-i)%ringSeconds]
			// Half a second of tolerance, for ticks are not exact.
			if r.since-in.Start > d+500*time.Millisecond || !yield(in) {
				return
			}
		}
	}
}

// Seconds is how many intervals there were.
func (r *recorder) Seconds() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n
}

// Last are the intervals of the last d, the oldest first. They must not be written to.
func (r *recorder) Last(d time.Duration) []result.Interval {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := slices.Collect(r.last(d))
	slices.Reverse(list)
	return list
}

// add adds an interval, on the clock of the first wave, to the timeline, with the waves
// that were live and what was open at its end. Its answers are the row of the run and
// those of its lanes.
func (r *recorder) add(in result.Interval, live []string, inFlight, waiting int64) (row result.Row, lanes map[string]result.Row) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.timeline.Add(in, live, inFlight, waiting)
}

// Overloaded marks the newest row of the timeline.
func (r *recorder) Overloaded() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.timeline.Overloaded()
}

// Rows are those of the run so far, and how much time each stands for.
func (r *recorder) Rows(withHDR bool) (rows []result.Row, step time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.timeline.Rows(withHDR), r.timeline.Step
}

// Lanes are the rows of each lane so far.
func (r *recorder) Lanes() map[string][]result.Row {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.timeline.Lanes()
}

// Settle makes the next interval that is begun to be closed the last: what was scheduled
// and is not accounted for in it was never sent.
func (r *recorder) Settle() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.final = true
}

// account completes the counts of the last interval. r.mu is held.
func (r *recorder) account(sum sums) {
	for wave, total := range r.totals {
		if wave >= 0 {
			settle(total, sum.waves, wave)
		}
	}
	for c, total := range r.classes {
		settle(total, sum.classes, c)
	}
}

// settle completes the counts of a total, in the last interval as well.
func settle(total *result.Part, last map[int]*result.Part, key int) {
	rest := result.NewPart()
	rest.Requests = total.Requests.Open()
	if rest.Requests == (result.Requests{}) {
		return
	}
	if n := rest.Requests.Unfinished; n > 0 {
		rest.Outcomes[outcome.Cancelled] = n
	}
	total.Merge(rest)
	addTo(last, map[int]*result.Part{key: rest})
}
