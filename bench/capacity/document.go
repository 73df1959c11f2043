// Package capacity holds the documents of a search for capacity, plain values all of them:
// what it found ([Document], which is capacity.json, and its [Step]s and [Curve]), where it
// is while it goes on ([Snapshot]), and what is kept of it meanwhile ([Journal], [Past]).
//
// How a search comes to its answer, and how near that is, tells package search, which runs
// it.
package capacity

import (
	"time"

	"flashwave/bench/forecast"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
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
	Queue     *Queue             `json:"queue"`     // what was found of its classes; null: it is no queue that was searched
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
	ByBacklog     Limit = "backlog" // tasks of a class piled up: more came than workers took
	ByAbort       Limit = "abort_on"
	ByInterrupt   Limit = "interrupted"
	ByNothing     Limit = ""          // nothing was measured
	ByUndecidable Limit = "undecided" // the data did not decide
)

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

// Doubt is why the bracket that a search found is not to be relied on; "": it is. That a
// demand does not fit, or a goodput is out of reach, says nothing against it.
func (d *Document) Doubt() string {
	last := Step{GeneratorValid: true}
	if n := len(d.Steps); n > 0 {
		last = d.Steps[n-1]
	}
	for _, f := range d.Findings {
		if f.Kind == Drifts {
			return f.Text
		}
	}
	switch c := d.Capacity; {
	case d.Verdict.Status == result.Aborted:
		return "the search was ended before it had its answer: " + d.Verdict.because()
	case c.LimitedBy == ByGenerator, !last.GeneratorValid && !last.Kind.Above():
		return "the generator was the bottleneck of the search: " + d.Verdict.because()
	case c.RPS != nil && d.Plan.SoakS > 0 && !c.Confirmed:
		return "no soak confirmed the rate that held"
	}
	return ""
}

// because is the first reason of a verdict, else its headline.
func (v Verdict) because() string {
	if len(v.Reasons) > 0 {
		return v.Reasons[0]
	}
	return v.Headline
}
