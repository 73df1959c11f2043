package capacity

import (
	"math"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/client/outcome"
)

// Kind says which part of the search a step belongs to.
type Kind string

// The kinds of steps, in their order.
const (
	Ramp     Kind = "ramp"     // closed: so many requests in flight
	Bracket  Kind = "bracket"  // open, at rates that grow or shrink geometrically
	Bisect   Kind = "bisect"   // open, between a rate that held and one that did not
	Soak     Kind = "soak"     // open, long, at the answer
	Saturate Kind = "saturate" // closed: so many requests in flight all the time, to find the most that the endpoint does
	Warm     Kind = "warmup"   // closed: a few requests in flight, before anything is measured
	Count    Kind = "count"    // open, rising gently: what a limit gives that says nothing of itself
	Retry    Kind = "retry"    // open, at a rate that did not hold before
	Beyond   Kind = "beyond"   // open, above the answer: where the next SLO breaks
	Confirm  Kind = "confirm"  // open, long, above the answer: does it last for the next SLO?
	Sentinel Kind = "sentinel" // open, at a rate that held: has the endpoint changed?
)

// Above reports whether steps of a kind are above the answer, and held against the SLOs
// alone that do not end it.
func (k Kind) Above() bool { return k == Beyond || k == Confirm }

// StepVerdict is how one rate is judged.
type StepVerdict string

// The verdicts of a step.
const (
	Held      StepVerdict = "pass"
	Broke     StepVerdict = "fail"
	Undecided StepVerdict = "undecided" // the intervals held the bounds to the last look, or there was too little data
)

// A Step is one rate, or for the ramp one concurrency, and what came of it. All
// figures are of the requests scheduled after it had settled.
type Step struct {
	Kind        Kind        `json:"kind"`
	RateRPS     *float64    `json:"rate_rps"`    // requests per second that arrive; null: a closed step
	Concurrency *int        `json:"concurrency"` // of a closed step; else null
	StartedS    float64     `json:"started_s"`   // from the start of the search
	SettledS    float64     `json:"settled_s"`   // seconds of load before the figures begin
	DurationS   float64     `json:"duration_s"`  // seconds of load that the figures cover
	Looks       int         `json:"looks"`       // how often it was judged
	Verdict     StepVerdict `json:"verdict"`
	Why         string      `json:"why"` // the verdict in words
	SLOs        []Judged    `json:"slos"`

	Requests     result.Requests           `json:"requests"`
	Outcomes     map[outcome.Outcome]int64 `json:"outcomes"` // every outcome of the closed list
	OfferedRPS   *float64                  `json:"offered_rps"`
	SucceededRPS *float64                  `json:"succeeded_rps"` // requests that ended ok in the time, per second
	GoodputRPS   *float64                  `json:"goodput_rps"`   // of those that met every per-request bound
	ErrorRate    *float64                  `json:"error_rate"`    // ratio
	RateLimited  int64                     `json:"rate_limited"`  // requests that ended with a 429
	Tokens       result.Tokens             `json:"tokens"`
	CachedShare  *float64                  `json:"cached_share"` // of the prompt tokens, ratio; null: no usage was sent
	CostUSD      *float64                  `json:"cost_usd"`     // of the step with its settling; null: the price is unknown

	PerThousandOKUSD *float64 `json:"per_1k_ok_usd"` // cost of what the figures are of ÷ requests that ended ok × 1000; null: the price is unknown, none ended ok, or the end of the step cut many off

	InFlightMean *float64 `json:"in_flight_mean"` // requests sent and not ended
	InFlightMax  *int64   `json:"in_flight_max"`
	QueuedMax    *int64   `json:"queued_max"` // requests that waited for a slot of the generator

	ServedByS []int64   `json:"served_by_s"` // requests that ended ok in each full second of the load that the figures cover
	Refusals  *Refusals `json:"refusals"`    // how requests were refused; null: none were

	Latency StepLatency `json:"latency_ms"`
	Tasks   []StepTasks `json:"tasks"`      // of each class of a queue, the most urgent first; null: there is none
	Typical *Typical    `json:"typical_ms"` // latency to its end, as it is for most; null: too few seconds had some
	Supply  *Supply     `json:"supply"`     // what a limit gave that says nothing of itself; null: that was not counted
	ToldRPS *float64    `json:"told_rps"`   // requests per second that the limits allow, as the endpoint tells; null: it tells nothing

	RemainingRequests Quota    `json:"remaining_requests"` // what x-ratelimit-* said
	RemainingTokens   Quota    `json:"remaining_tokens"`
	OversaturatedS    *float64 `json:"oversaturated_at_s"` // after so many seconds requests in flight and TTFT were both growing; null: they were not
	GeneratorValid    bool     `json:"generator_valid"`
	GeneratorWarnings []string `json:"generator_warnings"`

	// Hollow is what the figures of all requests hide: a share of them of which none
	// succeeded, and empty answers.
	Hollow    []string `json:"hollow,omitempty"`
	RecoveryS *float64 `json:"recovery_s"` // from the end of the step until the endpoint was itself again; null: not looked for, or not seen
}

// StepLatency holds the latencies of a step, each with its histogram; null where there
// is no data.
type StepLatency struct {
	TTFT        *result.Latency `json:"ttft"`         // response time
	E2E         *result.Latency `json:"e2e"`          // response time
	ServiceTTFT *result.Latency `json:"service_ttft"` // from sending
	ServiceE2E  *result.Latency `json:"service_e2e"`  // from sending: the service time at this load
}

// Typical is a median that was measured several times over, in milliseconds.
type Typical struct {
	Median float64 `json:"median"`
	Low    float64 `json:"low"` // the interval of its mean
	High   float64 `json:"high"`
}

// Judged is an SLO at one step.
type Judged struct {
	Expr     string   `json:"expr"`
	Observed *float64 `json:"observed"` // in the unit of the expression; null: no data, or it fell among requests that got no answer
	Beyond   *int64   `json:"beyond"`   // how many of the samples were beyond the bound; null: it is none of a percentile
	Low      *float64 `json:"low"`      // the interval that decided; null: the bound has none (max), or no data
	High     *float64 `json:"high"`
	Needed   *float64 `json:"needed"` // what a goodput had to be at a load too low for the bound; null: the bound
	Samples  int64    `json:"samples"`
	OK       *bool    `json:"ok"` // null: undecided
}

// A Quota is one rate limit as response headers told it over a step.
type Quota struct {
	Limit     *int64   `json:"limit"`       // a minute, as announced; null: not announced
	GivesPerS *float64 `json:"gives_per_s"` // how much a second it gives for ever, as told; null: it does not say
	First     *int64   `json:"first"`       // what was left at the first second
	Last      *int64   `json:"last"`        // and at the last
	PerS      *float64 `json:"per_s"`       // trend, per second; negative: it falls
	RunsOutS  *float64 `json:"runs_out_s"`  // seconds until nothing is left at that trend; null: it lasts

	FixedWindow *bool `json:"fixed_window"` // all comes back at an instant; false: it is refilled all the time; null: neither told nor seen
}

// Tried is the load of a step that was held until it was judged: a rate, or so many
// requests in flight; ok is false where it is none of those.
func (s Step) Tried() (load float64, ok bool) {
	switch s.Kind {
	case Ramp, Saturate, Warm, Count:
		return 0, false
	}
	switch {
	case s.RateRPS != nil:
		return *s.RateRPS, true
	case s.Concurrency != nil:
		return float64(*s.Concurrency), true
	}
	return 0, false
}

// Asked is what a step asked of the endpoint, in words.
func (s Step) Asked() string {
	if s.Concurrency != nil {
		return units.Count(*s.Concurrency) + " in flight"
	}
	if s.RateRPS == nil {
		return ""
	}
	return units.PerSecond(*s.RateRPS)
}

// SameTry reports whether two steps held the same load until they were judged.
func (s Step) SameTry(other Step) bool {
	a, tried := s.Tried()
	b, too := other.Tried()
	return tried && too && SameRate(&a, b)
}

// Growing reports whether requests piled up to the end of the step.
func (s Step) Growing() bool {
	return s.OversaturatedS != nil ||
		s.RateRPS != nil && s.OfferedRPS != nil && s.SucceededRPS != nil && *s.SucceededRPS < keptUp**s.OfferedRPS
}

// keptUp is the part of what arrives that ends within a step where nothing piles up.
const keptUp = 0.95

// Slack takes up what rounding adds where two rates are compared.
const Slack = 1e-9

// SameRate reports whether a step has the rate that is wanted; 0: none.
func SameRate(rate *float64, want float64) bool {
	if rate == nil {
		return want == 0
	}
	return math.Abs(*rate-want) <= Slack*want
}
