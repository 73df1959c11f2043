package ledger

import (
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

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
	since    time.Duration        // start of the current interval
	start    time.Duration        // when the first wave begins
	early    map[int]*result.Part // what happened up to start, until it goes into an interval
	totals   map[int]*result.Part
	groups   []*result.Part               // likewise, of each group
	ring     [ringSeconds]result.Interval // what is in it is never written again
	n        int                          // intervals so far; the newest is ring[(n-1)%ringSeconds]
	timeline *result.Timeline
	final    bool                    // an interval that ends from now on is the last, and accounts for everything
	windows  map[windowKey]windowSum // of the newest interval: SLOs, screen and health ask for the same ones
}

// A windowKey is a stretch that is asked for: the last so long, of a wave or of all.
type windowKey struct {
	last time.Duration
	wave int
}

// A windowSum is what happened in a stretch. It is never written again.
type windowSum struct {
	part     *result.Part
	from, to time.Duration
}

// A shard holds the current second of the requests that hash to it.
type shard struct {
	mu    sync.Mutex
	parts map[int]*result.Part
	group map[int]*result.Part
	_     [32]byte // a cache line of its own
}

// parts are reused from second to second: their histograms are what recording
// would otherwise allocate.
var parts = sync.Pool{New: func() any {
	p := result.NewPart()
	p.Hists[result.ITL] = result.NewGrowingHist()
	return p
}}

func newRecorder(timeline *result.Timeline, groups int) *recorder {
	r := &recorder{totals: map[int]*result.Part{}, early: map[int]*result.Part{}, timeline: timeline, windows: map[windowKey]windowSum{}}
	for i := range r.shards {
		r.shards[i].parts, r.shards[i].group = map[int]*result.Part{}, map[int]*result.Part{}
	}
	for range groups {
		r.groups = append(r.groups, result.NewPart())
	}
	return r
}

// shard is the shard of the i-th request.
func (r *recorder) shard(i uint64) *shard { return &r.shards[i%nShards] }

// part is the part of a wave in the current second. s.mu must be held.
func (s *shard) part(wave int) *result.Part {
	p := s.parts[wave]
	if p == nil {
		p = parts.Get().(*result.Part)
		s.parts[wave] = p
	}
	return p
}

// each adds something to the groups of a request. s.mu must be held.
func (s *shard) each(groups Groups, add func(*result.Part)) {
	for _, g := range groups {
		if g < 0 {
			continue
		}
		p := s.group[g]
		if p == nil {
			p = parts.Get().(*result.Part)
			s.group[g] = p
		}
		add(p)
	}
}

// end ends the current interval at now: what the shards held becomes the newest
// interval, and the shards begin anew. The interval is complete, and its parts are
// shared with every reader: they must not be written to.
func (r *recorder) end(now time.Duration) result.Interval {
	r.mu.Lock()
	last := r.final // asked before the shards are emptied: what comes after that is in the next interval
	r.mu.Unlock()
	sum, groups := r.gather()
	r.mu.Lock()
	defer r.mu.Unlock()
	for g, p := range groups {
		r.groups[g].Merge(p)
	}
	for wave, p := range sum {
		if r.totals[wave] == nil {
			r.totals[wave] = result.NewPart()
		}
		r.totals[wave].Merge(p)
	}
	if last {
		r.account(sum)
	}
	r.carry(sum, now <= r.start)
	clear(r.windows)
	in := result.Interval{Start: r.since, End: now, Parts: sum}
	r.ring[r.n%ringSeconds] = in
	r.n++
	r.since = now
	in.Parts = maps.Clone(sum) // the ring keeps its own
	return in
}

// carry keeps what the warm-up cost, and what the waves did in the very instant in
// which they began, out of the intervals up to then, which nobody is told of, and in the
// first one after them. r.mu is held.
func (r *recorder) carry(parts map[int]*result.Part, warming bool) {
	from, to := r.early, parts
	if warming {
		from, to = parts, r.early
	}
	for wave, p := range from {
		if to[wave] == nil {
			to[wave] = result.NewPart()
		}
		to[wave].Merge(p)
	}
	clear(from)
}

// gather empties the shards.
func (r *recorder) gather() (waves, groups map[int]*result.Part) {
	waves, groups = map[int]*result.Part{}, map[int]*result.Part{}
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.Lock()
		parts, group := s.parts, s.group
		s.parts = make(map[int]*result.Part, len(parts))
		s.group = make(map[int]*result.Part, len(group))
		s.mu.Unlock()
		collect(waves, parts)
		collect(groups, group)
	}
	return waves, groups
}

// collect adds the parts of a shard to those of others, and lets go of them.
func collect(sum, of map[int]*result.Part) {
	for key, p := range of {
		if sum[key] == nil {
			sum[key] = result.NewPart()
		}
		sum[key].Merge(p)
		p.Reset()
		parts.Put(p)
	}
}

// Group is a copy of what one group did so far, up to the last full second.
func (r *recorder) Group(g int) *result.Part {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.groups[g].Clone()
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
	r.mu.Lock()
	defer r.mu.Unlock()
	sum, ok := r.windows[windowKey{d, wave}]
	if !ok {
		sum = windowSum{result.NewPart(), r.since, r.since}
		for in := range r.last(d) {
			if wave < 0 {
				in.SumAll(sum.part)
			} else {
				in.Sum(sum.part, wave)
			}
			sum.from = in.Start
		}
		r.windows[windowKey{d, wave}] = sum
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
func (r *recorder) account(sum map[int]*result.Part) {
	for wave, total := range r.totals {
		if wave < 0 {
			continue
		}
		rest := result.NewPart()
		rest.Requests = total.Requests.Open()
		if rest.Requests == (result.Requests{}) {
			continue
		}
		if n := rest.Requests.Unfinished; n > 0 {
			rest.Outcomes[outcome.Cancelled] = n
		}
		total.Merge(rest)
		if sum[wave] == nil {
			sum[wave] = result.NewPart()
		}
		sum[wave].Merge(rest)
	}
	for _, g := range r.groups {
		rest := g.Requests.Open()
		if g.Requests.Unsent += rest.Unsent; rest.Unfinished > 0 {
			g.Requests.Unfinished += rest.Unfinished
			g.Outcomes[outcome.Cancelled] += rest.Unfinished
		}
	}
}
