package forecast

// A Forecast holds what a night will ask against what an endpoint was measured to
// give. It is a section of the capacity document: units are in the keys; null (a
// nil pointer) is "no data", never 0.
type Forecast struct {
	Demand Load `json:"demand"`

	CapacityRPS   *float64 `json:"capacity_rps"`   // requests per second at which every SLO held, of a queue with the workers of the night; null: none did
	SaturationRPS *float64 `json:"saturation_rps"` // the most requests per second that ended ok at any load, SLOs or not; null: not measured
	Slots         *int     `json:"slots"`          // requests that the endpoint works on at once when it is saturated; the rest wait

	Headroom      *float64 `json:"headroom"`       // ratio; capacity ÷ peak
	HeadroomAsked float64  `json:"headroom_asked"` // ratio; 1: the peak may take all of the capacity
	Fits          *bool    `json:"fits"`           // Headroom ≥ HeadroomAsked; null: undecided within the capacity's interval, or not measured

	Utilisation float64 `json:"utilisation"` // ratio; the share of its capacity that a replica is planned to give at the peak
	Replicas    *int64  `json:"replicas"`    // of what was measured, together, for the peak; null: capacity unknown, or a quota that replicas do not raise

	Quota     Quota    `json:"quota"`
	Ground    Ground   `json:"ground,omitempty"` // whether the steps say how the endpoint takes this demand: firm; where not, nothing is foretold of a night
	Service   *Service `json:"service"`          // how the endpoint works, as the steps show it; null: nothing was measured, or no firm ground
	Fluid     *Backlog `json:"fluid"`            // by the fluid model; null: nothing was measured, no firm ground, or refusals that a fluid does not know
	Simulated *Backlog `json:"simulated"`        // by simulation of every request, the middle one of several nights; null: nothing was measured, no firm ground, or more requests than are simulated
	Band      *Band    `json:"band"`             // how far the simulated nights are apart; null: likewise

	Tasks *Tasks `json:"tasks"` // the night of each class of a queue; null: it is none, or nothing was measured

	Assumptions []string `json:"assumptions"` // what the figures take for granted, in sentences
}

// Load is the demand of a night.
type Load struct {
	Source         string   `json:"source"`                                 // the trace's file, or "waves"
	DurationS      float64  `json:"duration_s"`                             // of the curve
	Requests       float64  `json:"requests"`                               // expected in all
	MeanRPS        float64  `json:"mean_rps"`                               // requests per second
	PeakRPS        float64  `json:"peak_rps"`                               // requests in the busiest second
	PeakAtS        float64  `json:"peak_at_s"`                              // when it begins, from the start of the curve
	PeakMinute     float64  `json:"peak_minute"`                            // requests in the busiest 60 s
	P99Minute      float64  `json:"p99_minute"`                             // requests in 60 s that 99 % of the stretches of 60 s do not exceed
	OverCapacityS  *float64 `json:"over_capacity_s" jsonschema:"required"`  // seconds in which the curve is above the capacity; null: that is unknown
	OverSaturatedS *float64 `json:"over_saturated_s" jsonschema:"required"` // seconds in which it is above the saturation, so that a queue grows; null: likewise
}

// Quota is what to ask a provider for, a minute. Tokens are prompt and output
// tokens as measured; null: none were counted.
type Quota struct {
	RequestsPM         float64  `json:"requests_per_m"`          // requests in the p99 minute
	TokensPM           *float64 `json:"tokens_per_m"`            // likewise
	PeakRequestsPM     float64  `json:"peak_requests_per_m"`     // at the pace of the busiest second
	PeakTokensPM       *float64 `json:"peak_tokens_per_m"`       // likewise
	ReservedTokensPM   *float64 `json:"reserved_tokens_per_m"`   // in the p99 minute where the provider counts max_tokens in place of the output; null: unbounded
	RequestTokens      *float64 `json:"request_tokens"`          // mean of one request, prompt and output
	ReservedPerRequest *float64 `json:"reserved_request_tokens"` // mean prompt and max_tokens
}

// A Backlog is a night as a model plays it: who waits, how long, and when it is
// over. Instants count from the start of the demand's curve.
type Backlog struct {
	Peak     float64  `json:"peak"`                            // most requests waiting at once, those being worked on apart
	PeakAtS  *float64 `json:"peak_at_s" jsonschema:"required"` // when; null: nobody waits
	InFlight *float64 `json:"in_flight" jsonschema:"required"` // most requests waiting or being worked on at once; null: nobody waits, and the model has no single requests

	WorstWaitS   float64  `json:"worst_wait_s"`                          // longest time to the first token (without streaming: to the end) beyond what the request takes alone
	WorstWaitAtS *float64 `json:"worst_wait_at_s" jsonschema:"required"` // when the one arrived that waited so long; null: nobody waits

	WaitP50S  *float64 `json:"wait_p50_s"` // over all requests; null: the model has no single requests
	WaitP95S  *float64 `json:"wait_p95_s"`
	TTFTP95S  *float64 `json:"ttft_p95_s"` // response time: wait and measured time to the first token; null: none was measured
	WorstTTFT *float64 `json:"ttft_max_s"`
	E2EP95S   *float64 `json:"e2e_p95_s"` // response time: wait and measured service time
	WorstE2E  *float64 `json:"e2e_max_s"`

	Beyond      float64 `json:"beyond_slo"`       // requests whose response time is above the bound of a latency SLO, those refused or timed out among them
	BeyondShare float64 `json:"beyond_slo_share"` // ratio, of all

	Refused       float64  `json:"refused"` // requests that are refused at once: by an exhausted quota, or for too many are in flight
	RefusedShare  float64  `json:"refused_share"`
	Shed          *float64 `json:"shed"` // requests that the endpoint refuses after they have waited; null: the model has no single requests
	ShedShare     *float64 `json:"shed_share"`
	TimedOut      *float64 `json:"timed_out" jsonschema:"required"` // requests given up while they waited or were worked on; null: likewise
	TimedOutShare *float64 `json:"timed_out_share" jsonschema:"required"`

	DrainedAtS   *float64 `json:"drained_at_s"`    // when the last wait is over; null: nobody waits
	TimeToDrainS *float64 `json:"time_to_drain_s"` // from the peak of the backlog until then

	Curve []Waiting `json:"curve"` // the backlog over time, at most 240 points; empty: nobody waits
}

// Waiting is a point of the backlog's curve.
type Waiting struct {
	TS      float64 `json:"t_s"`
	Waiting float64 `json:"waiting"` // requests
}

// A Service is how an endpoint works: alone, n at once, and at most.
type Service struct {
	AloneS     float64    `json:"alone_s"`    // mean service time of a lone request
	Slope      float64    `json:"slope"`      // ratio; by so much of that each request more in flight makes it longer, below saturation
	Discipline Discipline `json:"discipline"` // of those beyond that
	LowRPS     *float64   `json:"low_rps"`    // the saturation's interval of 90 %, requests per second; null: saturation was not seen
	HighRPS    *float64   `json:"high_rps"`
	Wander     float64    `json:"wander"` // ratio; standard deviation of the service rate from one 10 s to the next, beyond that of the requests themselves

	OpenLimit    *int     `json:"open_limit"`     // requests in flight beyond which more are refused at once; null: none seen
	ShedAfterS   *float64 `json:"shed_after_s"`   // a request that waited so long is refused; null: none was
	QuotaRPS     *float64 `json:"quota_rps"`      // requests per second of a quota; null: none was met
	QuotaDepth   *float64 `json:"quota_depth"`    // requests that may be saved up in its bucket; null: no bucket
	QuotaWindowS *float64 `json:"quota_window_s"` // length of its fixed windows; null: none
}

// A Saturation is the throughput that stands still while more is offered: all that an
// endpoint does, whatever its latency then.
type Saturation struct {
	RPS     float64 `json:"rps"`      // requests per second that end
	LowRPS  float64 `json:"low_rps"`  // its interval of 90 %
	HighRPS float64 `json:"high_rps"` // likewise
	Steps   int     `json:"steps"`    // that served about as much, all of which it comes from
}

// A Discipline is what becomes of requests beyond those that are worked on at full
// speed.
type Discipline string

// The disciplines.
const (
	Queue   Discipline = "queue"   // they wait in line, first come, first served
	Sharing Discipline = "sharing" // all are worked on, and everybody is slower
)

// A Band is how far simulated nights are apart that differ by chance, and by what is
// not sure of the service rate within its interval of 90 %.
type Band struct {
	Nights       int    `json:"nights"` // simulated
	Peak         *Range `json:"peak"`   // as in a Backlog; null: no night has it
	InFlight     *Range `json:"in_flight"`
	WorstWaitS   *Range `json:"worst_wait_s"`
	TTFTP95S     *Range `json:"ttft_p95_s"`
	WorstTTFT    *Range `json:"ttft_max_s"`
	E2EP95S      *Range `json:"e2e_p95_s"`
	WorstE2E     *Range `json:"e2e_max_s"`
	TimeToDrainS *Range `json:"time_to_drain_s"`
	BeyondShare  *Range `json:"beyond_slo_share"` // ratio, of all requests
	FailedShare  *Range `json:"failed_share"`     // ratio; refused, shed and timed out
}

// A Range is the least and the most of several nights.
type Range struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// A Cost is the price of a whole night, in USD. It is a section of the capacity
// document.
type Cost struct {
	Model string `json:"model"` // as requests name it

	LowUSD      *float64 `json:"low_usd"`      // 2.5 % of such nights cost less; null: the price or the tokens are unknown
	ExpectedUSD *float64 `json:"expected_usd"` // mean
	HighUSD     *float64 `json:"high_usd"`     // 2.5 % cost more
	WorstUSD    *float64 `json:"worst_usd"`    // if every answer were as long as max_tokens allows; null: unbounded

	InputUSD        *float64 `json:"input_usd"` // parts of ExpectedUSD
	CachedUSD       *float64 `json:"cached_usd"`
	CacheWrittenUSD *float64 `json:"cache_written_usd"`
	OutputUSD       *float64 `json:"output_usd"`

	PerThousandOKUSD *float64 `json:"per_1k_ok_usd"` // ExpectedUSD, FailedUSD and RetriesUSD over the requests expected to end ok
	FailedUSD        *float64 `json:"failed_usd"`    // requests that fail and are billed all the same, on top of ExpectedUSD
	RetriesUSD       *float64 `json:"retries_usd"`   // prompts sent again, if failed attempts are billed, on top of ExpectedUSD

	Requests     *float64 `json:"requests" jsonschema:"required"`      // expected to end ok; null: no error rate was measured below capacity, and the figures above take it for 0
	Failed       *float64 `json:"failed" jsonschema:"required"`        // expected to fail: as in the simulated night, and at that error rate
	PromptTokens *float64 `json:"prompt_tokens" jsonschema:"required"` // expected in all, cached ones among them; null: the tokens are unknown
	CachedTokens *float64 `json:"cached_tokens" jsonschema:"required"`
	OutputTokens *float64 `json:"output_tokens" jsonschema:"required"`
	Sampled      int64    `json:"sampled"` // measured requests that the means come from

	Models []ModelCost `json:"models"` // the same tokens on every model of the price book, cheapest first
}

// A ModelCost is what the same tokens cost elsewhere.
type ModelCost struct {
	Host        string   `json:"host"` // "": any
	Model       string   `json:"model"`
	ExpectedUSD float64  `json:"expected_usd"`
	LowUSD      float64  `json:"low_usd"`
	HighUSD     float64  `json:"high_usd"`
	Times       *float64 `json:"times"`   // ExpectedUSD ÷ that of the model measured; null: its price is unknown
	Current     bool     `json:"current"` // the host and model that were measured
	Date        string   `json:"date"`    // when the price stood, YYYY-MM-DD; "" if unknown
}
