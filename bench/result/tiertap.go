package result

import "flashwave/client/outcome"

// A TierTap is how well the calls of workers were heard, by a tap before their endpoint. Its
// instants bound when tasks were taken from above: a task was taken when looking says so or, if
// that had been heard of by then, when the tap was asked for it first. So with a
// tap an instant of taking is late by LatestMS and the worker's own way to its call, where
// that is less than the time between two looks.
type TierTap struct {
	UncertaintyMS float64 `json:"uncertainty_ms"` // by which its clock may be off: half of the round trip by which it was read, the longest that counted
	LatestMS      float64 `json:"latest_ms"`      // from what happened at the tap until the run heard of it, at most
	Calls         int64   `json:"calls"`          // that were heard of
	Matched       int64   `json:"matched"`        // of them, for tasks of this run
	Unmatched     int64   `json:"unmatched"`      // the rest: for others, or for none
	NoTask        int64   `json:"no_task"`        // of the rest, those that said no task
	Taken         int64   `json:"taken"`          // tasks of which it said when they were taken: they were seen to be gone later
	Missed        int64   `json:"missed_records"` // that the tap had let go before the run read them
	Broken        int64   `json:"broken"`         // how often the connection to the tap broke
	Restarts      int64   `json:"restarts"`       // how often the tap was started anew
	DeafMS        float64 `json:"deaf_ms"`        // how long nothing was heard, all in all: instants of then are seen by looking
	Deaf          bool    `json:"deaf"`           // nothing was heard any more when the run was over
}

// TierCalls are the calls that a tap heard of a class's tasks.
type TierCalls struct {
	Tasks    int64                     `json:"tasks"`   // of which any was heard
	Calls    int64                     `json:"calls"`   // Ended and Open
	Retries  int64                     `json:"retries"` // after the first of their task
	Ended    int64                     `json:"ended"`
	Open     int64                     `json:"open"`     // not known to be over when the run was
	Outcomes map[outcome.Outcome]int64 `json:"outcomes"` // of those that ended: words of the closed list that occurred
	Tokens   TierTokens                `json:"tokens"`
}

// TierTokens are what calls used; null where none told.
type TierTokens struct {
	Told         int64   `json:"told"` // calls that did
	Prompt       *int64  `json:"prompt"`
	Cached       *int64  `json:"cached"`
	CacheWritten *int64  `json:"cache_written"`
	Output       *int64  `json:"output"`
	Reasoning    *int64  `json:"reasoning"`
	From         *string `json:"tokens_from"` // usage, events, mixed
}

// Add takes in the calls of another class.
func (c *TierCalls) Add(d TierCalls) {
	c.Tasks, c.Calls, c.Retries, c.Ended, c.Open = c.Tasks+d.Tasks, c.Calls+d.Calls, c.Retries+d.Retries, c.Ended+d.Ended, c.Open+d.Open
	if c.Outcomes == nil {
		c.Outcomes = map[outcome.Outcome]int64{}
	}
	for of, n := range d.Outcomes {
		c.Outcomes[of] += n
	}
	a, b := &c.Tokens, d.Tokens
	a.Told += b.Told
	a.Prompt, a.Cached, a.CacheWritten = sum(a.Prompt, b.Prompt), sum(a.Cached, b.Cached), sum(a.CacheWritten, b.CacheWritten)
	a.Output, a.Reasoning = sum(a.Output, b.Output), sum(a.Reasoning, b.Reasoning)
	a.From = mixed(a.From, b.From)
}

// sum adds what may not be known.
func sum(a, b *int64) *int64 {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return new(*a + *b)
}

// mixed is the source of what comes from two.
func mixed(a, b *string) *string {
	switch {
	case a == nil:
		return b
	case b == nil || *a == *b:
		return a
	}
	return new("mixed")
}
