package capacity

import (
	"time"

	"flashwave/bench/forecast"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
)

// Schema names the format of the document. Within v1 keys are only ever added.
const Schema = "flashwave.capacity/v1"

// A Document is what a search found: capacity.json. Units are in the keys; null
// (a nil pointer) is "no data", never 0.
type Document struct {
	Schema    string            `json:"schema"`
	ID        string            `json:"id"` // of the search, "" if it has none
	Name      string            `json:"name"`
	Labels    map[string]string `json:"labels"`
	Tool      result.Tool       `json:"tool"`
	StartedAt time.Time         `json:"started_at"`
	EndedAt   time.Time         `json:"ended_at"`
	DurationS float64           `json:"duration_s"`

	Scenario  *scenario.Scenario `json:"scenario"` // as resolved, secrets absent; its open waves are the demand
	Plan      Plan               `json:"plan"`     // how the search was bounded
	Verdict   Verdict            `json:"verdict"`
	Capacity  Capacity           `json:"capacity"`
	SLOs      []SLO              `json:"slos"`      // what each rate was held against
	BySLO     []SLOCapacity      `json:"by_slo"`    // where each of them ends the capacity; null: an earlier version made the document
	Findings  []Finding          `json:"findings"`  // how the endpoint changed, and what limits it has
	Steps     []Step             `json:"steps"`     // in the order in which they were measured
	Curve     []CurvePoint       `json:"curve"`     // the same by the load, see Curve; null: an earlier version made the document
	Forecast  *forecast.Forecast `json:"forecast"`  // of the demand; null: the scenario has no open wave
	Cost      *forecast.Cost     `json:"cost"`      // of the demand; null: likewise
	Rehearsal *Rehearsal         `json:"rehearsal"` // the demand as it was run; null: it was not
	WhatIf    *WhatIf            `json:"what_if"`   // the demand is another than that of the search; null: it is a search
	Usage     *Usage             `json:"usage"`     // tokens of the requests that were measured; null: an earlier version made the document
	CostUSD   *float64           `json:"cost_usd"`  // spent by the search itself; null: the price is unknown
	Warnings  []string           `json:"warnings"`  // what should be known before the figures are believed
}

// A Plan is what the search was asked for.
type Plan struct {
	By         *Load    `json:"by"`           // what was raised; null: an earlier version made the document, by the rate
	MinRateRPS float64  `json:"min_rate_rps"` // requests per second; nothing slower is tried, in a search by rate
	MaxRateRPS float64  `json:"max_rate_rps"` // nothing faster is tried
	Precision  float64  `json:"precision"`    // ratio; high ÷ low − 1 at which the search ends
	StepForS   float64  `json:"step_for_s"`   // seconds from the start of a step to its first look, settling apart
	SoakS      float64  `json:"soak_s"`       // seconds of the soak; 0: the answer is not confirmed
	HoldForS   *float64 `json:"hold_for_s"`   // seconds for which a rate that failed is held to see whether it recovers; null: it is not
	WarmupS    *float64 `json:"warmup_s"`     // seconds of load before the search, at most; null: none
	ForS       float64  `json:"for_s"`        // seconds that the whole search may take
	BudgetUSD  *float64 `json:"budget_usd"`   // null: none
}

// A Verdict is the judgement over the search and, where there is a demand, over
// whether it fits.
type Verdict struct {
	Status   result.Status `json:"status"`
	ExitCode int           `json:"exit_code"`
	Headline string        `json:"headline"` // one sentence for people
	Reasons  []string      `json:"reasons"`
}

// Raised is what the search raised.
func (p Plan) Raised() Load {
	if p.By == nil {
		return Arrivals
	}
	return *p.By
}

// Further are the reasons that the headline does not tell already.
func (v Verdict) Further() []string {
	return result.Verdict{Headline: v.Headline, Reasons: v.Reasons}.Further()
}

// Capacity is the answer: the highest rate of arrivals, whatever the endpoint
// does, at which every SLO held; without a soak beyond doubt.
type Capacity struct {
	RPS     *float64 `json:"rps"`      // requests per second; null: no rate held. Of a search by concurrency, what was served there
	RPM     *float64 `json:"rpm"`      // the same a minute
	LowRPS  *float64 `json:"low_rps"`  // the highest rate that held; null: by concurrency
	HighRPS *float64 `json:"high_rps"` // the lowest that did not; null: none was found, it is of another time than LowRPS, or by concurrency

	Concurrency     *int `json:"concurrency"`      // requests in flight, the most at which every SLO held; null: none held, or it is a search by rate
	LowConcurrency  *int `json:"low_concurrency"`  // likewise
	HighConcurrency *int `json:"high_concurrency"` // the fewest at which one did not; null: none were found

	Confirmed bool                 `json:"confirmed"`    // by a soak at RPS
	AtLeast   bool                 `json:"at_least"`     // the search ended before a rate failed: there may be more
	LimitedBy Limit                `json:"limited_by"`   // what ends it
	SLO       *string              `json:"slo"`          // the SLO that broke first; null: none did
	Saturated *forecast.Saturation `json:"saturated"`    // all that the endpoint does, whatever its latency; null: no step was over it, or it changed meanwhile
	InFlight  *float64             `json:"in_flight"`    // mean requests in flight at RPS: the concurrency it takes
	OutputTPS *float64             `json:"output_tps"`   // output tokens per second at RPS
	TokensPM  *float64             `json:"tokens_per_m"` // prompt and output tokens a minute at RPS
}

// refused reports whether the endpoint lets no more in than the capacity: it announces a
// limit that it does not keep to where nothing broke.
func (c Capacity) refused() bool { return c.LimitedBy == ByRateLimit && !c.AtLeast }

// A Limit says what ends the capacity, or the search for it.
type Limit string

// The limits.
const (
	ByLatency     Limit = "latency"      // a latency SLO, see Capacity.SLO
	ByErrors      Limit = "error_rate"   // failures other than 429s
	ByRateLimit   Limit = "rate_limited" // 429s, or a quota that would not last; where nothing failed the announced limit, above which nothing was tried
	ByGenerator   Limit = "generator"    // this machine cannot drive more
	ByMaxRate     Limit = "max_rate"     // nothing failed up to the highest rate allowed
	ByMinRate     Limit = "min_rate"     // nothing held down to the lowest rate allowed
	ByBudget      Limit = "budget"
	ByTime        Limit = "time"
	ByAbort       Limit = "abort_on"
	ByInterrupt   Limit = "interrupted"
	ByNothing     Limit = ""          // nothing was measured
	ByUndecidable Limit = "undecided" // the data did not decide
)

// An SLO is an assertion that each rate was held against.
type SLO struct {
	Expr    string `json:"expr"`
	Assumed bool   `json:"assumed"` // flashwave's own, because none of its kind was given
}

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

// Refusal is the document of a search that was never begun.
func Refusal(tool result.Tool, reason, hint string) *Document {
	reasons := []string{reason}
	if hint != "" {
		reasons = append(reasons, hint)
	}
	now := time.Now().UTC()
	return &Document{
		Schema: Schema, Labels: map[string]string{}, Tool: tool, StartedAt: now, EndedAt: now, Plan: Plan{By: new(Arrivals)},
		Verdict: Verdict{
			Status: result.Aborted, ExitCode: verdict.ExitUsage, Headline: "nothing was sent: " + reason, Reasons: reasons,
		},
		SLOs: []SLO{}, BySLO: []SLOCapacity{}, Findings: []Finding{}, Steps: []Step{}, Curve: []CurvePoint{}, Warnings: []string{},
	}
}
