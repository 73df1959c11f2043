package result

// A Tier is what became of tasks that went through a Redis queue. Those of a warm-up are
// among them. What cannot be known of tasks is null.
type Tier struct {
	Layout string `json:"layout"`
	TierLooks

	Total   TierClass   `json:"total"`
	Classes []TierClass `json:"classes"`            // the most urgent first
	LostIDs []string    `json:"lost_ids,omitempty"` // of the tasks that were lost first

	Tap *TierTap `json:"tap,omitempty"` // null: no tap was listened to, or the run was cut off

	TimelineStepS float64   `json:"timeline_step_s"`
	Timeline      []TierRow `json:"timeline"` // at most 600 rows
}

// TierLooks say how well was seen what became of tasks.
type TierLooks struct {
	// Instants of taking and of being done lie in the middle between the look that did not show
	// them yet and the one that did: off by half of ResolutionMS on average at most (the mean time
	// between looks, each weighted by its length). Where it was longer than five times PollMS they
	// are its end, late by LongestLookMS at worst.
	PollMS        float64  `json:"poll_ms"`
	ResolutionMS  *float64 `json:"resolution_ms"`
	LongestLookMS *float64 `json:"longest_look_ms"`
	BrokenLooks   int64    `json:"broken_looks"` // how often the connection of the looks broke
}

// A TierClass is the tasks of one class, or all of them.
type TierClass struct {
	Name         string      `json:"name"`
	Priorities   string      `json:"priorities"` // 1-3
	Tasks        TierTasks   `json:"tasks"`
	StarvedMSMax *float64    `json:"starved_ms_max"` // the longest that tasks waited and none of them was taken; null: none ever waited
	DepthMax     int64       `json:"depth_max"`      // most in the queue at the end of a second, tasks of others too; of all classes that of the deepest
	OldestMSMax  *float64    `json:"oldest_ms_max"`  // the oldest that waited then, or in the end; null: none did
	Latency      TierLatency `json:"latency_ms"`
	Calls        *TierCalls  `json:"calls,omitempty"` // null: no tap was listened to
}

// TierTasks count tasks. Enqueued is the sum of the five that follow it.
type TierTasks struct {
	Enqueued   int64 `json:"enqueued"`
	Done       int64 `json:"done"`
	Dead       int64 `json:"dead"`       // failed for good
	Lost       int64 `json:"lost"`       // taken, and neither done nor failed within the timeout
	Waiting    int64 `json:"waiting"`    // in the queue when the run was over
	Running    int64 `json:"running"`    // in the hands of a worker then
	Retries    int64 `json:"retries"`    // tries after the first, of those that ended
	Duplicates int64 `json:"duplicates"` // done twice
	Inversions int64 `json:"inversions"` // taken while one of a more urgent class waited
}

// TierLatency is how long tasks took: until they were taken, from then until they were
// done, and from when they were due until then. E2E is that of the class's workload. TTFT is
// of calls as the worker saw them, retries too: from when the tap was asked until it read the
// first token of the answer; null where no tap was listened to and where nothing was streamed.
type TierLatency struct {
	Wait    *Latency `json:"wait"`
	Service *Latency `json:"service"`
	E2E     *Latency `json:"e2e"`
	TTFT    *Latency `json:"ttft"`
}

// A TierRow is what happened in one step of time, by class.
type TierRow struct {
	TS      float64    `json:"t_s"` // its beginning, since the first wave began
	Classes []TierCell `json:"classes"`
}

// RowS is how long the i-th row of the timeline lasts, in seconds: to the next one.
func (q *Tier) RowS(i int) float64 {
	if i+1 < len(q.Timeline) {
		return q.Timeline[i+1].TS - q.Timeline[i].TS
	}
	return q.TimelineStepS
}

// A TierCell is one class in one step: depths and ages at the end of its seconds, the
// largest of them, and how much happened within.
type TierCell struct {
	Depth    int64    `json:"depth"`     // in Redis
	Waiting  int64    `json:"waiting"`   // of them ours
	OldestMS *float64 `json:"oldest_ms"` // of ours; null: none waited
	Enqueued int64    `json:"enqueued"`
	Taken    int64    `json:"taken"`
	Done     int64    `json:"done"`
	Failed   int64    `json:"failed"` // dead and lost
	// Starving: it got nothing although some waited, for longer than an SLO on that allows, or
	// for long while others were served. It is absent where it did not.
	Starving bool `json:"starving,omitempty"`
}

// Add takes in a later second.
func (c TierCell) Add(d TierCell) TierCell {
	c.Depth, c.Waiting = max(c.Depth, d.Depth), max(c.Waiting, d.Waiting)
	c.OldestMS, c.Starving = Larger(c.OldestMS, d.OldestMS), c.Starving || d.Starving
	c.Enqueued, c.Taken, c.Done, c.Failed = c.Enqueued+d.Enqueued, c.Taken+d.Taken, c.Done+d.Done, c.Failed+d.Failed
	return c
}

// add takes in what happened besides.
func (t *TierTasks) add(o TierTasks) {
	t.Enqueued, t.Done, t.Dead, t.Lost = t.Enqueued+o.Enqueued, t.Done+o.Done, t.Dead+o.Dead, t.Lost+o.Lost
	t.Waiting, t.Running, t.Retries = t.Waiting+o.Waiting, t.Running+o.Running, t.Retries+o.Retries
	t.Duplicates, t.Inversions = t.Duplicates+o.Duplicates, t.Inversions+o.Inversions
}

// Class is that of a name; nil: there is none.
func (q *Tier) Class(name string) *TierClass {
	for i := range q.Classes {
		if q.Classes[i].Name == name {
			return &q.Classes[i]
		}
	}
	return nil
}

// Join puts in what the workloads know of the classes: the time from when a task was due.
func (q *Tier) Join(total Stats, workloads []Stats) {
	q.Total.Latency.E2E = bare(total.Latency.E2E.Response)
	for _, w := range workloads {
		if c := q.Class(w.Name); c != nil {
			c.Latency.E2E = bare(w.Latency.E2E.Response)
		}
	}
}

// bare is a latency without its histogram, which stands elsewhere.
func bare(l *Latency) *Latency {
	if l == nil {
		return nil
	}
	b := *l
	b.HDR = ""
	return &b
}
