package capacity

import (
	"time"

	"flashwave/bench/forecast"
)

// A WhatIf says that a document answers another night from a search that took place
// before: its scenario, forecast, cost and verdict are the night's, all else is the
// search's.
type WhatIf struct {
	AskedAt time.Time `json:"asked_at"`
	AgeS    float64   `json:"age_s"` // seconds since the search ended
}

// Usage are the tokens of the requests that a search made, which price a night. Those
// that the search itself cut are in none of it.
type Usage struct {
	OK       forecast.Tokens `json:"ok"`       // of requests that ended ok
	Failed   forecast.Tokens `json:"failed"`   // of those that failed and are billed all the same
	Ended    int64           `json:"ended"`    // requests
	Failures int64           `json:"failures"` // of them, the ones that ended otherwise than ok
	Retries  int64           `json:"retries"`  // attempts beyond the first
}
