package result

import "time"

// Waits are how often and how long slots of a closed wave waited after a request
// that had failed.
type Waits struct {
	Count   int64         `json:"count,omitempty"`
	Total   time.Duration `json:"total_ns,omitempty"`
	Longest time.Duration `json:"longest_ns,omitempty"`
	// Unheeded are the waits that were asked for and not waited for, and Asked the
	// longest of them.
	Unheeded int64         `json:"unheeded,omitempty"`
	Asked    time.Duration `json:"asked_ns,omitempty"`
}

// Add counts one wait.
func (w *Waits) Add(d time.Duration) { w.merge(Waits{Count: 1, Total: d, Longest: d}) }

// Ignore counts one that was asked for and is not waited for.
func (w *Waits) Ignore(asked time.Duration) { w.merge(Waits{Unheeded: 1, Asked: asked}) }

func (w *Waits) merge(o Waits) {
	w.Count += o.Count
	w.Total += o.Total
	w.Longest = max(w.Longest, o.Longest)
	w.Unheeded += o.Unheeded
	w.Asked = max(w.Asked, o.Asked)
}

// backoff is nil where nothing was a closed load.
func backoff(l Label, w Waits) *Backoff {
	if !l.Closed {
		return nil
	}
	return &Backoff{
		Waits: w.Count, TotalS: w.Total.Seconds(), LongestS: w.Longest.Seconds(),
		Unheeded: w.Unheeded, AskedS: w.Asked.Seconds(),
	}
}

// A Backoff is how closed waves waited for an endpoint that failed: a slot whose
// request failed sends the next one no sooner than Retry-After says, and otherwise
// after 10 ms to 1 s, longer with each failure in a row. What the failed request
// itself took counts towards the latter. A wait ends with its wave at the latest; a wave
// of so many requests, which has no end in time, does not heed a Retry-After of over a
// minute. Meanwhile fewer requests are in flight than the wave asks for.
type Backoff struct {
	Waits    int64   `json:"waits"`
	TotalS   float64 `json:"total_s"` // over all slots
	LongestS float64 `json:"longest_s"`
	Unheeded int64   `json:"unheeded,omitempty"` // failures after which so long a wait was asked for that it was not heeded
	AskedS   float64 `json:"asked_s,omitempty"`  // the longest of these; 600 s stand for whatever is longer
}
