package result

import "time"

// Waits are how often and how long slots of a closed wave waited after a request
// that had failed.
type Waits struct {
	Count          int64
	Total, Longest time.Duration
}

// Add counts one wait.
func (w *Waits) Add(d time.Duration) { w.merge(Waits{Count: 1, Total: d, Longest: d}) }

func (w *Waits) merge(o Waits) {
	w.Count += o.Count
	w.Total += o.Total
	w.Longest = max(w.Longest, o.Longest)
}

// backoff is nil where nothing was a closed load.
func backoff(l Label, w Waits) *Backoff {
	if !l.Closed {
		return nil
	}
	return &Backoff{Waits: w.Count, TotalS: w.Total.Seconds(), LongestS: w.Longest.Seconds()}
}

// A Backoff is how closed waves waited for an endpoint that failed: a slot whose
// request failed sends the next one no sooner than Retry-After says, and otherwise
// after 10 ms to 1 s, longer with each failure in a row. What the failed request
// itself took counts towards the latter. A wait ends with its wave at the latest.
// Meanwhile fewer requests are in flight than the wave asks for.
type Backoff struct {
	Waits    int64   `json:"waits"`
	TotalS   float64 `json:"total_s"` // over all slots
	LongestS float64 `json:"longest_s"`
}
