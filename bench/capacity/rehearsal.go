package capacity

import (
	"flashwave/bench/forecast"
	"flashwave/bench/result"
)

// A Rehearsal is the demand as it was run, and what the forecast had said of it. All
// predictions were made, from the steps, before it began.
type Rehearsal struct {
	Speed     float64 `json:"speed"`      // so many times as fast
	Scale     float64 `json:"scale"`      // so many times the requests
	StartedS  float64 `json:"started_s"`  // from the start of the search
	DurationS float64 `json:"duration_s"` // of the waves

	Requests  result.Requests    `json:"requests"`
	Generator result.Generator   `json:"generator"`
	Forecast  *forecast.Forecast `json:"forecast"` // of this very shape

	WorstWait   Compared `json:"worst_wait_s"`    // longest time from the scheduled instant to the first token (without streaming: to the end), less what a lone request takes
	TTFTP95     Compared `json:"ttft_p95_s"`      // response time
	E2EP95      Compared `json:"e2e_p95_s"`       // response time
	PeakBacklog Compared `json:"peak_backlog"`    // most requests queued and in flight
	TimeToDrain Compared `json:"time_to_drain_s"` // from the peak until nobody waits
	ErrorRate   Compared `json:"error_rate"`      // ratio
	Cost        Compared `json:"cost_usd"`

	Curve []forecast.Waiting `json:"curve"` // the backlog as it was, those worked on apart
	SLOs  []result.SLO       `json:"slos"`  // that the search is held to, over the rehearsal
}

// Compared is a figure as it was predicted and as it came.
type Compared struct {
	Predicted *float64 `json:"predicted"`
	Low       *float64 `json:"low"`  // of the band of the prediction; null: it has none
	High      *float64 `json:"high"` // likewise
	Measured  *float64 `json:"measured"`
	Off       *float64 `json:"off"` // ratio; predicted ÷ measured − 1; null: no data, or nothing was measured to divide by
}

// A Shape says how a demand is rehearsed.
type Shape struct {
	Speed float64 `json:"speed"` // so many times as fast, with the same number of requests; above 0
	Scale float64 `json:"scale"` // so many times the requests; above 0
}
