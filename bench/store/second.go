package store

import (
	"maps"
	"math"
	"time"

	"flashwave/bench/result"
	"flashwave/client/outcome"
)

// secondKind marks a row of counters among the events.
const secondKind = "second"

// A second is the row of counters of one interval. Its histograms are in the
// histogram log.
type second struct {
	Kind     string           `json:"kind"`
	TS       float64          `json:"t_s"`
	EndS     float64          `json:"end_s"`
	Waves    []string         `json:"waves,omitempty"`
	InFlight int64            `json:"in_flight,omitempty"`
	Queued   int64            `json:"queued,omitempty"`
	Over     bool             `json:"overloaded,omitempty"`
	Parts    map[int]counters `json:"parts,omitempty"` // by wave
	Standing *standing        `json:"standing,omitempty"`
}

// counters are a result.Part without its histograms. The structs are those of
// package result but for their tags: a row of a quiet second is short.
type counters struct {
	Requests requests                  `json:"requests,omitzero"`
	Outcomes map[outcome.Outcome]int64 `json:"outcomes,omitempty"`
	Good     int64                     `json:"good,omitempty"`
	Unjudged int64                     `json:"unjudged,omitempty"`
	Here     happened                  `json:"here,omitzero"`

	Prompt     int64 `json:"prompt_tokens,omitempty"`
	Cached     int64 `json:"cached_tokens,omitempty"`
	Output     int64 `json:"output_tokens,omitempty"`
	Reasoning  int64 `json:"reasoning_tokens,omitempty"`
	FromUsage  int64 `json:"from_usage,omitempty"`
	FromEvents int64 `json:"from_events,omitempty"`

	CacheWritten int64 `json:"cache_written_tokens,omitempty"`
	Items        int64 `json:"items,omitempty"`

	Streams int64 `json:"streams,omitempty"`
	Bundled int64 `json:"bundled,omitempty"`

	Cost      cost    `json:"cost_usd,omitzero"`
	Estimated float64 `json:"estimated_usd,omitempty"`

	Shortages map[outcome.Shortage]int64 `json:"shortages,omitempty"`

	StaleRetries int64            `json:"stale_retries,omitempty"`
	Backoff      waits            `json:"backoff,omitzero"`
	Finish       map[string]int64 `json:"finish,omitempty"`
	Errors       []errorCount     `json:"errors,omitempty"`
	Limits       limits           `json:"rate_limits,omitzero"`
	Tokenless    map[string]int64 `json:"tokenless,omitempty"` // by metric
}

type errorCount struct {
	Outcome outcome.Outcome `json:"outcome"`
	Message string          `json:"message"`
	Count   int64           `json:"count"`
	Sample  string          `json:"sample,omitempty"` // in the first row of a wave that has such an error
}

type requests struct {
	Scheduled  int64 `json:"scheduled,omitempty"`
	Sent       int64 `json:"sent,omitempty"`
	Succeeded  int64 `json:"succeeded,omitempty"`
	Failed     int64 `json:"failed,omitempty"`
	Dropped    int64 `json:"dropped,omitempty"`
	Unsent     int64 `json:"unsent,omitempty"`
	Unfinished int64 `json:"unfinished,omitempty"`
	Retries    int64 `json:"retries,omitempty"`
}

type happened struct {
	Sent         int64 `json:"sent,omitempty"`
	Completed    int64 `json:"completed,omitempty"`
	Succeeded    int64 `json:"succeeded,omitempty"`
	Failed       int64 `json:"failed,omitempty"`
	Refused      int64 `json:"refused,omitempty"`
	Good         int64 `json:"good,omitempty"`
	Unjudged     int64 `json:"unjudged,omitempty"`
	OutputTokens int64 `json:"output_tokens,omitempty"`
	TotalTokens  int64 `json:"total_tokens,omitempty"`
	WarmupTokens int64 `json:"warmup_tokens,omitempty"`
	Items        int64 `json:"items,omitempty"`
}

type waits struct {
	Count   int64         `json:"count,omitempty"`
	Total   time.Duration `json:"total_ns,omitempty"`
	Longest time.Duration `json:"longest_ns,omitempty"`

	Unheeded int64         `json:"unheeded,omitempty"`
	Asked    time.Duration `json:"asked_ns,omitempty"`
}

type cost struct {
	Input  float64 `json:"input,omitempty"`
	Cached float64 `json:"cached,omitempty"`
	Output float64 `json:"output,omitempty"`
}

type limits struct {
	LimitRequests     *int64        `json:"limit_requests,omitempty"`
	RemainingRequests *int64        `json:"remaining_requests,omitempty"`
	LimitTokens       *int64        `json:"limit_tokens,omitempty"`
	RemainingTokens   *int64        `json:"remaining_tokens,omitempty"`
	RetryAfter        time.Duration `json:"retry_after_ns,omitempty"`
}

func newSecond(in result.Interval, row result.Row) second {
	s := second{
		Kind: secondKind, TS: in.Start.Seconds(), EndS: in.End.Seconds(),
		Waves: row.Waves, InFlight: row.InFlight, Queued: row.Queued, Over: row.Overloaded,
		Parts: make(map[int]counters, len(in.Parts)),
	}
	for wave, p := range in.Parts {
		s.Parts[wave] = countersOf(p)
	}
	s.Standing = standingOf(in.Standing)
	return s
}

// A sampled is a kind of error of which a wave's log has an example.
type sampled struct {
	wave int
	kind result.ErrorKey
}

// leaveOut drops the examples of errors that the log has already: an endpoint that
// is down says the same every second.
func (s *second) leaveOut(have map[sampled]bool) {
	for wave, c := range s.Parts {
		for i := range c.Errors {
			e := &c.Errors[i]
			key := sampled{wave, result.ErrorKey{Outcome: e.Outcome, Message: e.Message}}
			if have[key] {
				e.Sample = ""
			}
			have[key] = true
		}
	}
}

// logged is the second as a run is rebuilt from it; false if its times cannot be.
func (s second) logged() (result.Logged, bool) {
	if !(s.TS >= 0 && s.EndS >= s.TS && s.EndS <= longest) {
		return result.Logged{}, false
	}
	l := result.Logged{
		Interval: result.Interval{Start: duration(s.TS), End: duration(s.EndS), Parts: map[int]*result.Part{}},
		Waves:    s.Waves, InFlight: s.InFlight, Queued: s.Queued, Overloaded: s.Over,
	}
	for wave, c := range s.Parts {
		l.Parts[wave] = c.part()
	}
	wellTimed(l.Parts)
	l.Standing = s.Standing.result()
	return l, true
}

// wellTimed says of a log that knows how many good requests there were, and not when,
// that those which a wave answered in its time were among them: an earlier version
// wrote it.
func wellTimed(parts map[int]*result.Part) {
	var good, timed int64
	for _, p := range parts {
		good, timed = good+p.Good, timed+p.Here.Good
	}
	if good == 0 || timed > 0 {
		return
	}
	for _, p := range parts {
		p.Here.Good = min(p.Good, p.Here.Succeeded)
	}
}

// duration undoes Duration.Seconds, exactly within the longest run.
func duration(s float64) time.Duration { return time.Duration(math.Round(s * float64(time.Second))) }

func countersOf(p *result.Part) counters {
	c := counters{
		Requests: requests(p.Requests), Outcomes: p.Outcomes, Good: p.Good, Unjudged: p.Unjudged, Here: happened(p.Here),
		Prompt: p.Prompt, Cached: p.Cached, Output: p.Output, Reasoning: p.Reasoning,
		FromUsage: p.FromUsage, FromEvents: p.FromEvents, Streams: p.Streams, Bundled: p.Bundled,
		CacheWritten: p.CacheWritten, Items: p.Items,
		Cost: cost(p.Cost), Estimated: p.Estimated,
		Shortages: p.Shortages, StaleRetries: p.StaleRetries, Backoff: waits(p.Backoff), Finish: p.Finish, Limits: limits(p.Limits),
	}
	for _, e := range p.Errors.List() {
		c.Errors = append(c.Errors, errorCount(e))
	}
	for m, n := range p.Tokenless {
		if n != 0 {
			if c.Tokenless == nil {
				c.Tokenless = map[string]int64{}
			}
			c.Tokenless[result.Metric(m).String()] = n
		}
	}
	return c
}

func (c counters) part() *result.Part {
	p := result.NewPart()
	p.Requests, p.Here = result.Requests(c.Requests), result.Happened(c.Here)
	maps.Copy(p.Outcomes, c.Outcomes)
	maps.Copy(p.Shortages, c.Shortages)
	maps.Copy(p.Finish, c.Finish)
	p.Good, p.Unjudged = c.Good, c.Unjudged
	p.Prompt, p.Cached, p.Output, p.Reasoning = c.Prompt, c.Cached, c.Output, c.Reasoning
	p.FromUsage, p.FromEvents = c.FromUsage, c.FromEvents
	p.CacheWritten, p.Items = c.CacheWritten, c.Items
	p.Streams, p.Bundled = c.Streams, c.Bundled
	p.Cost.Input, p.Cost.Cached, p.Cost.Output = c.Cost.Input, c.Cost.Cached, c.Cost.Output
	p.Estimated, p.StaleRetries = c.Estimated, c.StaleRetries
	for _, e := range c.Errors {
		kind := result.ErrorKey{Outcome: e.Outcome, Message: e.Message}
		p.Errors[kind] = new(result.ErrorCount(e))
	}
	p.Limits, p.Backoff = result.LimitsSeen(c.Limits), result.Waits(c.Backoff)
	for name, n := range c.Tokenless {
		if m, ok := result.ParseMetric(name); ok && int(m) < len(p.Tokenless) {
			p.Tokenless[m] = n
		}
	}
	return p
}
