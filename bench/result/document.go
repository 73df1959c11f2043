package result

import (
	"slices"
	"strings"
	"time"

	"flashwave/bench/class"
	"flashwave/bench/scenario"
	"flashwave/client/outcome"
)

// Schema names the format of run.json. Within v1 keys are only ever added.
const Schema = "flashwave.run/v1"

// A Run is the document run.json: one execution of a scenario. Units are in the
// keys; null (a nil pointer) is "no data", never 0.
type Run struct {
	Schema    string            `json:"schema"`
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Labels    map[string]string `json:"labels"`
	Tool      Tool              `json:"tool"`
	StartedAt time.Time         `json:"started_at"`
	EndedAt   time.Time         `json:"ended_at"`
	DurationS float64           `json:"duration_s"`

	Scenario  *scenario.Scenario `json:"scenario"` // as resolved, secrets absent
	Prompts   []Prompts          `json:"prompts"`  // by lane; null: not known
	Verdict   Verdict            `json:"verdict"`
	Generator Generator          `json:"generator"`
	Total     Stats              `json:"total"`
	Waves     []Stats            `json:"waves"`
	Workloads []Stats            `json:"workloads,omitempty"` // of each share of a mix, over the whole run
	Turns     []Stats            `json:"turns,omitempty"`     // of conversations, likewise: of their first requests, their second, 3-5, 6+
	Sessions  *Sessions          `json:"sessions,omitempty"`  // what became of conversations
	Queue     *Tier              `json:"queue,omitempty"`     // what became of the tasks of a queue; of a run that was cut off, up to its last second

	ServerMetrics *ServerMetrics `json:"server_metrics,omitempty"` // nobody was asked, or the run was cut off

	TimelineStepS float64 `json:"timeline_step_s"`
	Timeline      []Row   `json:"timeline"`
	Events        []Event `json:"events"`
}

// Tool says what made the document.
type Tool struct {
	Version string `json:"version"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
}

// Status is how a run is judged.
type Status string

// The verdicts.
const (
	Pass         Status = "pass"
	Fail         Status = "fail"
	Inconclusive Status = "inconclusive"
	Aborted      Status = "aborted"
)

// A Ground is what the judgement over a run rests on. Package verdict knows which counts
// before which, and the exit code of each.
type Ground string

// The grounds.
const (
	GroundUsage       Ground = "usage"       // nothing could be sent, or every request was refused
	GroundInterrupted Ground = "interrupted" // by the user
	GroundStopped     Ground = "stopped"     // by the budget or a reason to abort
	GroundCutOff      Ground = "cut off"     // it was killed
	GroundAnswers     Ground = "answers"     // an SLO failed on what the endpoint itself answered
	GroundGenerator   Ground = "generator"   // that was the bottleneck
	GroundSLO         Ground = "slo"         // one failed
	GroundData        Ground = "data"        // for an SLO is missing, or an SLO itself
	GroundBroken      Ground = "broken"      // anything else
	GroundPass        Ground = "pass"
)

// Classes are the figures of all classes of requests.
func (r *Run) Classes() []Stats { return slices.Concat(r.Workloads, r.Turns) }

// Same reports whether both are of the same run. Of one without an id nobody can know.
func (r *Run) Same(as *Run) bool {
	return r.ID != "" && r.ID == as.ID && r.StartedAt.Equal(as.StartedAt)
}

// CutOff reports whether a run was made of its logs, because it never ended. Documents
// of earlier versions say so in their headline alone.
func (r *Run) CutOff() bool {
	if r.Generator.Findings != nil {
		return slices.ContainsFunc(r.Generator.Findings, func(f Finding) bool { return f.Kind == FoundCutOff })
	}
	return strings.HasPrefix(r.Verdict.Headline, "the run was cut off")
}

// A Verdict is the judgement over a run.
type Verdict struct {
	Status   Status `json:"status"`
	ExitCode int    `json:"exit_code"`
	Headline string `json:"headline"` // one sentence for people
	// Customers is what those felt for whom requests were scheduled, in a shop's words; ""
	// where nothing is known of it, and in documents of earlier versions.
	Customers string   `json:"customers,omitempty"`
	Reasons   []string `json:"reasons"`
	SLOs      []SLO    `json:"slos"`
	Ground    Ground   `json:"-"` // of a run of one's own; "": it is not known
}

// An SLO is an assertion and what was observed of it.
type SLO struct {
	Expr     string   `json:"expr"`
	Wave     string   `json:"wave"`           // what it speaks of: a wave, with its lane if that was named, a workload or turns; "": the whole run
	Kind     string   `json:"kind,omitempty"` // of the requests it speaks of: workload, turn; "": those of a wave, or all
	Observed *float64 `json:"observed"`       // in Unit; null: no data, or the rank fell among those that failed or were lost
	AtLeast  *float64 `json:"at_least"`       // the bound proven when observed is null
	AtMost   *float64 `json:"at_most"`        // likewise, where requests could not be judged: it lies between the two
	Unit     string   `json:"unit"`           // ms, ratio, 1/s, usd, count
	OK       *bool    `json:"ok"`             // null: no data
	Assumed  bool     `json:"assumed"`        // flashwave's own, because none was given on that metric
}

// Generator is the load generator's own health.
type Generator struct {
	Valid               bool     `json:"valid"`
	Warnings            []string `json:"warnings"` // the findings as sentences, but for those on gaps alone
	Findings            Findings `json:"findings"` // null in documents of earlier versions
	LagMS               *Latency `json:"lag_ms"`
	ReadLagMS           *Latency `json:"read_lag_ms"` // at ticks of 5 ms; one that was missed is as late as it was
	CPUPercent          *float64 `json:"cpu_percent"`
	CPUAllowed          *float64 `json:"cpu_allowed"`          // cores
	SchedLatencyMSP99   *float64 `json:"sched_latency_ms_p99"` // how long runnable goroutines waited for a thread
	GCPauseMSMax        *float64 `json:"gc_pause_ms_max"`
	RunQueueWaitPercent *float64 `json:"run_queue_wait_percent"`
	OpenFilesLimit      *int64   `json:"open_files_limit"`
	OpenFilesMaxSeen    *int64   `json:"open_files_max_seen"`
	PortsLimit          *int64   `json:"ports_limit"`    // connections that can be open to one address and port
	PortsMaxSeen        *int64   `json:"ports_max_seen"` // TCP sockets of the whole machine that kept a port
	MaxInFlightSeen     int64    `json:"max_in_flight_seen"`
	StaleRetries        int64    `json:"stale_retries"`
}

// The kinds of Stats.
const (
	OpenWave   = "open"
	ClosedWave = "closed"
	WholeRun   = "total"                // the name, too, of the figures over all waves
	OfWorkload = string(class.Workload) // of the requests of a share of a mix
	OfTurn     = string(class.Turn)     // of the requests that are such turns of their conversations
)

// Stats are the figures of a wave, of a window of it, or of a whole run.
type Stats struct {
	Name      string   `json:"name"`
	Lane      string   `json:"lane"`
	Kind      string   `json:"kind"`                            // open, closed; total; workload, turn
	StartedS  *float64 `json:"started_s" jsonschema:"required"` // from the start of the run; null: the wave never began
	DurationS float64  `json:"duration_s"`
	// Of DurationS load was offered for LoadS, which is what every rate divides by. In
	// DrainS, the rest after the last wave, open requests ended or were given up. Both
	// are null in documents of earlier versions.
	LoadS  *float64 `json:"load_s"`
	DrainS *float64 `json:"drain_s"`

	Requests  Requests                  `json:"requests"`
	Outcomes  map[outcome.Outcome]int64 `json:"outcomes"` // every outcome of the closed list
	Rate      Rate                      `json:"rate"`
	Tokens    Tokens                    `json:"tokens"`
	Latency   Latencies                 `json:"latency_ms"`
	Bundled   *float64                  `json:"bundled_share"` // of the ok streams of several token events: came in one piece and so have no itl, tpot and stall
	ErrorRate *float64                  `json:"error_rate"`    // failed ÷ (succeeded + failed)
	Goodput   *Goodput                  `json:"goodput"`       // null: nothing says which request is good, or none that ended ok could be judged
	// Unjudged are the ok requests that met every per-request SLO that can be known, and
	// have no value of another one: the gaps of a single token, or of a stream that came
	// in one piece. They are neither good nor bad. It is null where nothing says which
	// request is good, and in documents of earlier versions.
	Unjudged   *int64           `json:"unjudged"`
	Cost       *Cost            `json:"cost_usd"` // null: the price is unknown
	Finish     map[string]int64 `json:"finish"`
	RateLimits *RateLimits      `json:"rate_limits"`
	Backlog    *Backlog         `json:"backlog"`
	Backoff    *Backoff         `json:"backoff"`  // null: no closed wave
	Recovery   *Recovery        `json:"recovery"` // null: the wave was no surge
	Errors     []ErrorCount     `json:"errors"`

	// Shortages counts, of the outcome connect, what this machine had no file, port
	// or memory for: failures of the generator.
	Shortages map[outcome.Shortage]int64 `json:"shortages,omitempty"`
}

// Requests count what became of the scheduled requests. Always:
// scheduled = sent + dropped + unsent, and sent = succeeded + failed + unfinished
// once a run has ended; while it goes on, the rest are queued or in flight.
type Requests struct {
	Scheduled  int64 `json:"scheduled"`
	Sent       int64 `json:"sent"`
	Succeeded  int64 `json:"succeeded"`
	Failed     int64 `json:"failed"`
	Dropped    int64 `json:"dropped"`
	Unsent     int64 `json:"unsent"`
	Unfinished int64 `json:"unfinished"`
	Retries    int64 `json:"retries"`
}

// Rate holds requests per second: what happened while load was offered ÷ that
// time. The drain after a run's last wave is in no rate.
type Rate struct {
	Offered   *float64 `json:"offered_rps"`
	Sent      *float64 `json:"sent_rps"`
	Completed *float64 `json:"completed_rps"`
	Succeeded *float64 `json:"succeeded_rps"`

	// Steady is the rate of completions of a closed wave without its fill and its
	// drain: those after the n-th, up to the last one in the wave's wall time, ÷ the
	// time from that one to this. n is the concurrency, or how many requests the
	// wave took over if they are more. Steering by hand begins it anew. It is null
	// where fewer completions are left than the concurrency, for open waves, for a
	// run of more than one wave, and in one that was cut off.
	Steady *float64 `json:"steady_rps"`
}

// Tokens counts tokens, and their rate while load was offered. What no usage told is
// null; documents of earlier versions say 0.
type Tokens struct {
	Prompt    *int64   `json:"prompt" jsonschema:"required"`
	Cached    *int64   `json:"cached" jsonschema:"required"`
	Output    *int64   `json:"output" jsonschema:"required"` // null: no events were counted either
	Reasoning *int64   `json:"reasoning" jsonschema:"required"`
	From      *string  `json:"tokens_from"` // usage, events, mixed
	OutputTPS *float64 `json:"output_tps"`
	TotalTPS  *float64 `json:"total_tps"`

	CacheWritten *int64   `json:"cache_written"` // of the prompt: written to a cache; null: no usage speaks of it
	Items        *int64   `json:"items"`         // embeddings; null: there were none
	ItemsPerS    *float64 `json:"items_per_s"`
}

// Latencies holds every latency metric; null where there is no data.
type Latencies struct {
	TTFT    Pair     `json:"ttft"`
	TTFA    Pair     `json:"ttfa"`
	E2E     Pair     `json:"e2e"`
	ITL     *Latency `json:"itl"`
	TPOT    *Latency `json:"tpot"`
	Stall   *Latency `json:"stall"`
	Queue   *Latency `json:"queue"`
	Connect *Latency `json:"connect"` // DNS, TCP and TLS, of the requests that opened a connection
	DNS     *Latency `json:"dns"`     // of those, by themselves
	TLS     *Latency `json:"tls"`
}

// A Pair is a latency from the scheduled instant (response time) and from the
// instant of sending (service time).
type Pair struct {
	Response *Latency `json:"response"`
	Service  *Latency `json:"service"`
}

// Latency summarises a histogram, in milliseconds.
type Latency struct {
	Count int64   `json:"count"`
	Mean  float64 `json:"mean"`
	Min   float64 `json:"min"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P95   float64 `json:"p95"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p99_9"`
	Max   float64 `json:"max"`
	HDR   string  `json:"hdr,omitempty"` // base64 of the HdrHistogram V2 encoding, in nanoseconds
}

// Goodput is the rate, and the share of scheduled requests, of ok requests that
// met every per-request SLO.
type Goodput struct {
	RPS          float64 `json:"rps"`           // those that ended while load was offered ÷ that time
	GoodFraction float64 `json:"good_fraction"` // all of them, whenever they ended
}

// Cost is what the tokens cost, in USD.
type Cost struct {
	Input          float64  `json:"input"`
	Cached         float64  `json:"cached"`
	CacheWritten   *float64 `json:"cache_written"` // of prompt tokens written to a cache; null: no usage speaks of any
	Output         float64  `json:"output"`
	Total          float64  `json:"total"`
	PerThousandOK  *float64 `json:"per_1k_ok"`
	EstimatedShare *float64 `json:"estimated_share" jsonschema:"required"` // of Total, from requests that sent no usage; null: Total is 0
}

// RateLimits is what the endpoint said of its limits, and how they were met. A
// pace is of the requests sent and the tokens billed in the minute before the
// first 429, or since the start of the run where that is less.
type RateLimits struct {
	LimitRequests     *int64   `json:"limit_requests"`
	RemainingRequests *int64   `json:"remaining_requests"` // the lowest seen
	LimitTokens       *int64   `json:"limit_tokens"`
	RemainingTokens   *int64   `json:"remaining_tokens"` // the lowest seen
	RetryAfterSMax    *float64 `json:"retry_after_s_max"`

	RateLimited        int64    `json:"rate_limited"`         // requests that ended with a 429
	RateLimitedShare   *float64 `json:"rate_limited_share"`   // of those that ended
	First429S          *float64 `json:"first_429_s"`          // from the start of the run
	Last429S           *float64 `json:"last_429_s"`           // likewise
	RPMAtFirst429      *float64 `json:"rpm_at_first_429"`     // requests per minute
	TPMAtFirst429      *float64 `json:"tpm_at_first_429"`     // prompt and output tokens per minute; null: no usage had told of any by then
	AttemptsPerRequest *float64 `json:"attempts_per_request"` // (sent + retries) ÷ sent
}

// A Backlog is the most requests that were queued and in flight at any instant of
// the wall time, counted exactly.
type Backlog struct {
	Peak     int64   `json:"peak"` // Queued + InFlight
	AtS      float64 `json:"at_s"` // from the start of the run
	Queued   int64   `json:"queued"`
	InFlight int64   `json:"in_flight"`
}

// A Recovery says how long after a surge the endpoint was itself again. A surge
// is an open wave whose rate (a ramp's last) is at least twice that with which
// the next wave of its lane begins, or any wave in which an SLO was breached over
// ten seconds and after which there is less load.
//
// RecoveredS is by scheduled instants, to a second: from the end of the surge to
// the first second with an arrival from which on, for 30 s, every window of 10 s
// with at least 20 requests holds SLO. A request is good that met every
// per-request bound; one that failed, was lost or took longer is not. Where some could
// not be judged, a window holds SLO if it does with every one of them taken as bad.
type Recovery struct {
	RecoveredS *float64 `json:"recovered_s"` // null: not within WithinS
	WithinS    float64  `json:"within_s"`    // how long was watched: to the end of the next surge or of the lane, an hour at most
	SLO        string   `json:"slo"`         // the share of the requests that must be good, and what that is
}

// An ErrorCount is one kind of failure.
type ErrorCount struct {
	Outcome outcome.Outcome `json:"outcome"`
	Message string          `json:"message"` // with the figures taken out, so that like errors count as one
	Count   int64           `json:"count"`
	Sample  string          `json:"sample"` // one of them, word for word
}

// A Row is one step of the timeline, over all waves. The warm-up's requests are in none
// of it but in what is in flight and queued: those are all that are.
type Row struct {
	TS     float64  `json:"t_s"` // start of the step, from the start of the run
	StepS  float64  `json:"step_s"`
	Waves  []string `json:"waves"` // the live ones
	Counts Counts   `json:"counts"`

	InFlight int64 `json:"in_flight"` // at the end of the step
	Queued   int64 `json:"queued"`

	// Overloaded: requests piled up, for the endpoint could not keep up.
	Overloaded bool `json:"overloaded,omitempty"`

	OfferedRPS   float64  `json:"offered_rps"`
	SentRPS      float64  `json:"sent_rps"`
	CompletedRPS float64  `json:"completed_rps"`
	FailedRPS    float64  `json:"failed_rps"`
	OutputTPS    *float64 `json:"output_tps" jsonschema:"required"` // null: requests ended ok, and nobody counted their tokens
	CostUSD      *float64 `json:"cost_usd" jsonschema:"required"`   // spent in the step; null: the price is unknown

	Latency RowLatencies `json:"latency_ms"`

	// Server is what the server said of itself, by the names of ServerMetrics: of a counter
	// the growth during the step, of any other the highest value.
	Server map[string]float64 `json:"server,omitempty"`

	Heat *RowHeat `json:"-"` // of a run's own rows; WithHeat makes it for those of a document
}

// Counts are the requests of one row: what happened during the step. Over all rows
// they add up to those of the run.
type Counts struct {
	Scheduled   int64 `json:"scheduled"`
	Sent        int64 `json:"sent"`
	Succeeded   int64 `json:"succeeded"`
	Failed      int64 `json:"failed"`
	RateLimited int64 `json:"rate_limited"`
	Dropped     int64 `json:"dropped"`
	Unsent      int64 `json:"unsent"`
	Unfinished  int64 `json:"unfinished"`

	// Good are the ok requests that met every per-request SLO. It is null where nothing
	// says which request is good, and in documents of earlier versions.
	Good *int64 `json:"good"`
	// Unjudged are those of which nobody can say whether they were good, as in Stats. It
	// is null in documents of earlier versions.
	Unjudged *int64 `json:"unjudged"`
}

// RowLatencies are the latencies of one row; response TTFT and E2E, ITL and TPOT carry
// their histogram. In documents of earlier versions ITL has none, and TPOT is null.
type RowLatencies struct {
	TTFT RowPair        `json:"ttft"`
	E2E  RowPair        `json:"e2e"`
	ITL  *RowPercentile `json:"itl"`
	TPOT *RowPercentile `json:"tpot"`
}

// A RowPair is response and service time in one row.
type RowPair struct {
	Response *RowPercentile `json:"response"`
	Service  *RowPercentile `json:"service"`
}

// RowPercentile is a latency in one row, in milliseconds.
type RowPercentile struct {
	Count int64   `json:"count"`
	P50   float64 `json:"p50"`
	P95   float64 `json:"p95"`
	P99   float64 `json:"p99"`
	Max   float64 `json:"max"`
	HDR   string  `json:"hdr,omitempty"`
}

// EventKind sorts events.
type EventKind string

// The kinds of event.
const (
	WaveStarted EventKind = "wave"     // a wave began
	Steered     EventKind = "steer"    // somebody changed the load by hand
	Breached    EventKind = "slo"      // an SLO was breached for the first time
	Limited     EventKind = "limit"    // rate limits were met
	Overloaded  EventKind = "overload" // the endpoint cannot keep up: requests pile up
	Starving    EventKind = "starve"   // a class of a queue gets nothing, or something again
	TasksLost   EventKind = "lost"     // workers took tasks, and never finished them
	Stopped     EventKind = "stop"     // interrupted, aborted, out of budget
	Noted       EventKind = "note"     // anything else worth a line
)

// An Event is something that happened during a run.
type Event struct {
	TS   float64   `json:"t_s"`
	Kind EventKind `json:"kind"`
	Wave string    `json:"wave,omitempty"`
	Lane string    `json:"lane,omitempty"`
	Text string    `json:"text"`
}
