package capacity

// Refusals are how an endpoint refused (429, 503, 529) during a step, settling among
// it. They tell apart a quota, which refuses at any load, a limit of concurrency, which
// refuses above so many in flight, and shedding, which refuses after a wait. What a quota
// gives is told by the limits and the [Supply].
type Refusals struct {
	Count   int64   `json:"count"`
	AfterS  float64 `json:"after_s"`         // median time from sending to the refusal
	Open    *int    `json:"open_limit"`      // requests in flight beyond which they came; null: they came at any number
	Before  int64   `json:"passed_before"`   // requests that were sent before the first one that was refused
	BeforeS float64 `json:"passed_before_s"` // in so many seconds
}
