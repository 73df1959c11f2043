package result

// A Tier is what became of tasks that went through a Redis queue. Those of a warm-up are
// among them. What cannot be known of tasks is null.
type Tier struct {
	Layout string `json:"layout"`
	// Instants of taking and of being done are seen by looking: late by PollMS at best, by
	// ResolutionMS on average, and by LongestLookMS at worst.
	PollMS        float64  `json:"poll_ms"`
	ResolutionMS  *float64 `json:"resolution_ms"`
	LongestLookMS *float64 `json:"longest_look_ms"`
	BrokenLooks   int64    `json:"broken_looks"` // how often the connection of the looks broke

	Total   TierClass   `json:"total"`
	Classes []TierClass `json:"classes"`            // the most urgent first
	LostIDs []string    `json:"lost_ids,omitempty"` // of the tasks that were lost first

	TimelineStepS float64   `json:"timeline_step_s"`
	Timeline      []TierRow `json:"timeline"` // at most 600 rows
}

// A TierClass is the tasks of one class, or all of them.
type TierClass struct {
	Name         string      `json:"name"`
	Priorities   string      `json:"priorities"` // 1-3
	Tasks        TierTasks   `json:"tasks"`
	StarvedMSMax *float64    `json:"starved_ms_max"` // the longest that tasks waited and none of them was taken; null: none ever waited
	DepthMax     int64       `json:"depth_max"`      // most in the queue at the end of a second, tasks of others too; of all classes that of the deepest
	OldestMSMax  *float64    `json:"oldest_ms_max"`  // the oldest that waited then; null: none did
	Latency      TierLatency `json:"latency_ms"`
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
// done, and from when they were due until then. E2E is that of the class's workload.
type TierLatency struct {
	Wait    *Latency `json:"wait"`
	Service *Latency `json:"service"`
	E2E     *Latency `json:"e2e"`
}

// A TierRow is what happened in one step of time, by class.
type TierRow struct {
	TS      float64    `json:"t_s"` // its beginning, since the first wave began
	Classes []TierCell `json:"classes"`
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
}

// Add takes in a later second.
func (c TierCell) Add(d TierCell) TierCell {
	c.Depth, c.Waiting = max(c.Depth, d.Depth), max(c.Waiting, d.Waiting)
	c.OldestMS = longer(c.OldestMS, d.OldestMS)
	c.Enqueued, c.Taken, c.Done, c.Failed = c.Enqueued+d.Enqueued, c.Taken+d.Taken, c.Done+d.Done, c.Failed+d.Failed
	return c
}

// Add takes in another class: its tasks, and the longest and largest of both.
func (c *TierClass) Add(of TierClass) {
	a, b := &c.Tasks, of.Tasks
	a.Enqueued, a.Done, a.Dead, a.Lost = a.Enqueued+b.Enqueued, a.Done+b.Done, a.Dead+b.Dead, a.Lost+b.Lost
	a.Waiting, a.Running, a.Retries = a.Waiting+b.Waiting, a.Running+b.Running, a.Retries+b.Retries
	a.Duplicates, a.Inversions = a.Duplicates+b.Duplicates, a.Inversions+b.Inversions
	c.DepthMax = max(c.DepthMax, of.DepthMax)
	c.StarvedMSMax, c.OldestMSMax = longer(c.StarvedMSMax, of.StarvedMSMax), longer(c.OldestMSMax, of.OldestMSMax)
}

// longer is the longer of two times that may not be known.
func longer(a, b *float64) *float64 {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
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
