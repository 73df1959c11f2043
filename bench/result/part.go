package result

import (
	"encoding/json"
	"maps"
	"time"

	"flashwave/bench/price"
	"flashwave/client/outcome"
)

// A Metric names one histogram of a Part.
type Metric int

// The metrics that are recorded. The first six are measured per request to an
// instant that may never come; Part.Open and Part.Tokenless speak of them.
const (
	TTFTResponse Metric = iota
	TTFTService
	TTFAResponse
	TTFAService
	E2EResponse
	E2EService
	ITL
	TPOT
	Stall
	Queue
	Connect
	DNS
	TLS
	Lag
	ReadLag
	numMetrics
)

// numOpen is how many metrics wait for an instant that may never come.
const numOpen = int(E2EService) + 1

// metricNames are the tags of the histogram log.
var metricNames = [numMetrics]string{
	"ttft", "service.ttft", "ttfa", "service.ttfa", "e2e", "service.e2e",
	"itl", "tpot", "stall", "queue", "connect", "dns", "tls", "lag", "read_lag",
}

// String is the metric's name in expressions and in the histogram log.
func (m Metric) String() string { return metricNames[m] }

// Metrics lists every metric.
func Metrics() []Metric {
	all := make([]Metric, numMetrics)
	for i := range all {
		all[i] = Metric(i)
	}
	return all
}

// ParseMetric finds a metric by its name.
func ParseMetric(name string) (Metric, bool) {
	for i, n := range metricNames {
		if n == name {
			return Metric(i), true
		}
	}
	return 0, false
}

// A Part is what happened to the requests of one wave in a stretch of time.
// Parts of different stretches and waves add up exactly. A Part is not safe for
// concurrent use. Its JSON lacks the histograms, and is short where little happened.
type Part struct {
	Requests Requests                  `json:"requests,omitzero"`
	Outcomes map[outcome.Outcome]int64 `json:"outcomes,omitempty"`
	Good     int64                     `json:"good,omitempty"`     // ok requests that met every per-request SLO
	Unjudged int64                     `json:"unjudged,omitempty"` // ok requests that met all that can be known, and have no value of another one

	// Here counts what happened during the wave's own wall time, whichever wave
	// of its lane had scheduled the request.
	Here Happened `json:"here,omitzero"`

	Prompt     int64 `json:"prompt_tokens,omitempty"`
	Cached     int64 `json:"cached_tokens,omitempty"`
	Output     int64 `json:"output_tokens,omitempty"`
	Reasoning  int64 `json:"reasoning_tokens,omitempty"`
	FromUsage  int64 `json:"from_usage,omitempty"` // requests that were counted in this way
	FromEvents int64 `json:"from_events,omitempty"`
	// CacheWritten are those of Prompt that were written to a cache, Items embeddings.
	CacheWritten int64 `json:"cache_written_tokens,omitempty"`
	Items        int64 `json:"items,omitempty"`

	// Streams are the ok requests with more than one token event; Bundled are those
	// of them that came in one piece, which have no ITL, no TPOT and no stall.
	Streams int64 `json:"streams,omitempty"`
	Bundled int64 `json:"bundled,omitempty"`
	Empty   int64 `json:"empty,omitempty"` // ok requests whose answers held no token

	Cost      price.Cost `json:"cost_usd,omitzero"`
	Estimated float64    `json:"estimated_usd,omitempty"` // of Cost: no usage vouches for it

	// Shortages counts the connections for which this machine had no file, port
	// or memory. These requests failed, but not by the endpoint's doing.
	Shortages map[outcome.Shortage]int64 `json:"shortages,omitempty"`

	StaleRetries int64            `json:"stale_retries,omitempty"`
	Backoff      Waits            `json:"backoff,omitzero"` // of closed waves
	Finish       map[string]int64 `json:"finish,omitempty"`
	Errors       ErrorCounts      `json:"errors,omitempty"`
	Limits       LimitsSeen       `json:"rate_limits,omitzero"`

	Hists [numMetrics]*Hist `json:"-"` // nil: nothing recorded
	// Failed holds, of the durations in Hists, those of requests that failed all the
	// same: tables show what was observed, and an SLO ranks such a request beyond
	// every bound.
	Failed [numMetrics]*Hist `json:"-"`
	// Open holds, for each metric that waits for an instant, the ages at the end of
	// the run of the unfinished requests: an SLO ranks one that is older than its
	// bound beyond it, whether the instant came or not.
	Open [numOpen]*Hist `json:"-"`
	// Tokenless counts, likewise, the requests that ended ok although it never came:
	// one without an answer token has no TTFA.
	Tokenless Tokenless `json:"tokenless,omitzero"`
}

// Tokenless counts requests by the metric that they have no value of. Its JSON names those
// of which there are any.
type Tokenless [numOpen]int64

// MarshalJSON implements [json.Marshaler].
func (t Tokenless) MarshalJSON() ([]byte, error) {
	named := map[string]int64{}
	for m, n := range t {
		if n != 0 {
			named[Metric(m).String()] = n
		}
	}
	return json.Marshal(named)
}

// UnmarshalJSON implements [json.Unmarshaler]. Names it does not know are left out.
func (t *Tokenless) UnmarshalJSON(b []byte) error {
	var named map[string]int64
	if err := json.Unmarshal(b, &named); err != nil {
		return err
	}
	for name, n := range named {
		if m, ok := ParseMetric(name); ok && int(m) < len(t) {
			t[m] = n
		}
	}
	return nil
}

// Abandoned are the unfinished requests that are held against the endpoint: where whoever
// drove the run cut it short, a stream that had begun to answer is not.
func (p *Part) Abandoned() int64 {
	return min(p.Requests.Unfinished, p.Open[TTFTResponse].Count())
}

// Happened counts what took place during a wave's wall time.
type Happened struct {
	Sent         int64 `json:"sent,omitempty"`
	Completed    int64 `json:"completed,omitempty"`
	Succeeded    int64 `json:"succeeded,omitempty"`
	Failed       int64 `json:"failed,omitempty"`
	Refused      int64 `json:"refused,omitempty"`  // of Failed: turned away and not admitted; Sent − Refused is what was
	Good         int64 `json:"good,omitempty"`     // of Succeeded: met every per-request SLO
	Unjudged     int64 `json:"unjudged,omitempty"` // of Succeeded: met all that can be known, and have no value of another one
	OutputTokens int64 `json:"output_tokens,omitempty"`
	TotalTokens  int64 `json:"total_tokens,omitempty"`
	WarmupTokens int64 `json:"warmup_tokens,omitempty"` // of OutputTokens: of the warm-up's requests
	Items        int64 `json:"items,omitempty"`         // embeddings
}

// NewPart is an empty Part.
func NewPart() *Part {
	return &Part{Outcomes: map[outcome.Outcome]int64{}, Shortages: map[outcome.Shortage]int64{}, Finish: map[string]int64{}, Errors: ErrorCounts{}}
}

// maxFinishReasons bounds how many finish reasons a Part tells apart: an endpoint
// may make up one for each request.
const maxFinishReasons = 50

// otherReasons collects the finish reasons past that bound.
const otherReasons = "(other reasons)"

// Finished counts n requests that ended ok for a reason.
func (p *Part) Finished(reason string, n int64) {
	if _, ok := p.Finish[reason]; !ok && len(p.Finish) >= maxFinishReasons {
		reason = otherReasons
	}
	p.Finish[reason] += n
}

// Record adds a duration to one of the part's histograms.
func (p *Part) Record(m Metric, d time.Duration) {
	if p.Hists[m] == nil {
		p.Hists[m] = NewHist()
	}
	p.Hists[m].Record(d)
}

// RecordFailed says of a recorded duration that its request failed.
func (p *Part) RecordFailed(m Metric, d time.Duration) {
	if p.Failed[m] == nil {
		p.Failed[m] = NewHist()
	}
	p.Failed[m].Record(d)
}

// RecordOpen adds the age of an unfinished request for which the instant of m
// never came. m must be one of the first six metrics.
func (p *Part) RecordOpen(m Metric, age time.Duration) {
	if p.Open[m] == nil {
		p.Open[m] = NewHist()
	}
	p.Open[m].Record(age)
}

// WithOpen is p for more calls of RecordOpen, which p does not see: it shares all
// else with p.
func (p *Part) WithOpen() *Part {
	c := *p
	for m := range c.Open {
		c.Open[m] = mergeHist(nil, p.Open[m])
	}
	return &c
}

// Merge adds from to p. from may be nil and stays as it is.
func (p *Part) Merge(from *Part) {
	if from == nil {
		return
	}
	p.Requests.add(from.Requests)
	addCounts(p.Outcomes, from.Outcomes)
	addCounts(p.Shortages, from.Shortages)
	for reason, n := range from.Finish {
		p.Finished(reason, n)
	}
	p.Good += from.Good
	p.Unjudged += from.Unjudged
	p.Here.add(from.Here)
	p.Prompt += from.Prompt
	p.Cached += from.Cached
	p.Output += from.Output
	p.Reasoning += from.Reasoning
	p.FromUsage += from.FromUsage
	p.FromEvents += from.FromEvents
	p.CacheWritten += from.CacheWritten
	p.Items += from.Items
	p.Streams += from.Streams
	p.Bundled += from.Bundled
	p.Empty += from.Empty
	p.Cost = p.Cost.Add(from.Cost)
	p.Estimated += from.Estimated
	p.StaleRetries += from.StaleRetries
	p.Backoff.merge(from.Backoff)
	p.Errors.merge(from.Errors)
	p.Limits.merge(from.Limits)
	for m := range p.Hists {
		p.Hists[m] = mergeHist(p.Hists[m], from.Hists[m])
		p.Failed[m] = mergeHist(p.Failed[m], from.Failed[m])
	}
	for m := range p.Open {
		p.Open[m] = mergeHist(p.Open[m], from.Open[m])
		p.Tokenless[m] += from.Tokenless[m]
	}
}

// Reset empties p and keeps the memory of its histograms.
func (p *Part) Reset() {
	clear(p.Outcomes)
	clear(p.Shortages)
	clear(p.Finish)
	clear(p.Errors)
	kept := Part{Outcomes: p.Outcomes, Shortages: p.Shortages, Finish: p.Finish, Errors: p.Errors, Hists: p.Hists, Failed: p.Failed, Open: p.Open}
	for _, hists := range [][]*Hist{p.Hists[:], p.Failed[:], p.Open[:]} {
		for _, h := range hists {
			if h != nil {
				h.Reset()
			}
		}
	}
	*p = kept
}

// Clone is a Part of its own with the same content.
func (p *Part) Clone() *Part {
	c := NewPart()
	c.Merge(p)
	return c
}

// OutputTokens are those that came in the wall time; false: requests ended ok, and
// nobody counted the tokens of any.
func (p *Part) OutputTokens() (n int64, known bool) {
	return p.Here.OutputTokens, p.Here.OutputTokens > 0 || p.FromUsage+p.FromEvents > 0 || p.Requests.Succeeded == 0
}

// TotalTokens are the prompt and output tokens of the wall time; false: it is not known
// of the output, or there was some and no usage told of any prompt.
func (p *Part) TotalTokens() (n int64, known bool) {
	output, known := p.OutputTokens()
	return p.Here.TotalTokens, known && (p.Here.TotalTokens > output || output == 0)
}

// Answered is how many failures the endpoint itself gave for an answer (see
// [outcome.Outcome.Answered]): they count against it however late the generator
// was.
func (p *Part) Answered() (n int64) {
	for o, count := range p.Outcomes {
		if o.Answered() {
			n += count
		}
	}
	for _, count := range p.Shortages { // all of them ended as connect
		n -= count
	}
	return n
}

// Refused is how many values no histogram of the part could hold.
func (p *Part) Refused() (n int64) {
	for _, h := range p.Hists {
		n += h.Refused()
	}
	return n
}

// Ended is how many requests have an outcome.
func (r Requests) Ended() int64 { return r.Succeeded + r.Failed + r.Unfinished }

// Open is what has not ended yet, as it counts if nothing more is waited for: what was
// sent is unfinished, what was not is unsent.
func (r Requests) Open() Requests {
	return Requests{
		Unfinished: max(0, r.Sent-r.Ended()),
		Unsent:     max(0, r.Scheduled-r.Sent-r.Dropped-r.Unsent),
	}
}

// Lost is how many requests never got an answer in time.
func (r Requests) Lost() int64 { return r.Dropped + r.Unsent + r.Unfinished }

// InVain reports whether none of several requests succeeded. A single one that did not may
// be chance.
func (r Requests) InVain() bool { return r.Scheduled > 1 && r.Succeeded == 0 }

func (r *Requests) add(o Requests) {
	r.Scheduled += o.Scheduled
	r.Sent += o.Sent
	r.Succeeded += o.Succeeded
	r.Failed += o.Failed
	r.Dropped += o.Dropped
	r.Unsent += o.Unsent
	r.Unfinished += o.Unfinished
	r.Retries += o.Retries
}

func (h *Happened) add(o Happened) {
	h.Sent += o.Sent
	h.Completed += o.Completed
	h.Succeeded += o.Succeeded
	h.Failed += o.Failed
	h.Refused += o.Refused
	h.Good += o.Good
	h.Unjudged += o.Unjudged
	h.OutputTokens += o.OutputTokens
	h.TotalTokens += o.TotalTokens
	h.WarmupTokens += o.WarmupTokens
	h.Items += o.Items
}

func addCounts[K comparable](to, from map[K]int64) {
	for k, n := range from {
		to[k] += n
	}
}

func mergeHist(to, from *Hist) *Hist {
	if from == nil {
		return to
	}
	if to == nil {
		return from.clone()
	}
	to.Merge(from)
	return to
}

// LimitsSeen is what response headers said of rate limits over many requests.
type LimitsSeen struct {
	LimitRequests     *int64        `json:"limit_requests,omitempty"`     // the newest
	RemainingRequests *int64        `json:"remaining_requests,omitempty"` // the lowest
	LimitTokens       *int64        `json:"limit_tokens,omitempty"`
	RemainingTokens   *int64        `json:"remaining_tokens,omitempty"`
	RetryAfter        time.Duration `json:"retry_after_ns,omitempty"` // the longest
}

func (l *LimitsSeen) merge(o LimitsSeen) {
	if o.LimitRequests != nil {
		l.LimitRequests = o.LimitRequests
	}
	if o.LimitTokens != nil {
		l.LimitTokens = o.LimitTokens
	}
	l.RemainingRequests = lowest2(l.RemainingRequests, o.RemainingRequests)
	l.RemainingTokens = lowest2(l.RemainingTokens, o.RemainingTokens)
	l.RetryAfter = max(l.RetryAfter, o.RetryAfter)
}

func lowest2(a, b *int64) *int64 {
	switch {
	case a == nil:
		return b
	case b == nil || *a <= *b:
		return a
	}
	return b
}

// See takes in one response; -1 says nothing.
func (l *LimitsSeen) See(limitReq, remainReq, limitTok, remainTok int64, retryAfter time.Duration) {
	l.merge(LimitsSeen{
		LimitRequests: said(limitReq), RemainingRequests: said(remainReq),
		LimitTokens: said(limitTok), RemainingTokens: said(remainTok),
		RetryAfter: retryAfter,
	})
}

func said(n int64) *int64 {
	if n < 0 {
		return nil
	}
	return &n
}

func (l LimitsSeen) document() *RateLimits {
	if l == (LimitsSeen{}) {
		return nil
	}
	d := &RateLimits{
		LimitRequests: l.LimitRequests, RemainingRequests: l.RemainingRequests,
		LimitTokens: l.LimitTokens, RemainingTokens: l.RemainingTokens,
	}
	if l.RetryAfter > 0 {
		s := l.RetryAfter.Seconds()
		d.RetryAfterSMax = &s
	}
	return d
}

// An Interval is one second of a run: a Part for each wave in which anything
// happened. What happened to classes of requests is in these, too.
type Interval struct {
	Start, End time.Duration // since the run began
	Parts      map[int]*Part // by wave; Tail and Warmup besides
	Classes    map[int]*Part // by class, as the scenario counts them
	Standing   *Standing     // at its end; nil: not known
	Queue      *TierSecond   // of the tasks that requests are; nil: there is no queue
}

// The keys of an Interval's parts that are no waves.
const (
	Tail   = -1 // Here counts while no lane offers load any more: the drain
	Warmup = -2 // cost, and what happened before the first wave: in no metric
	Over   = -3 // Here counts after a lane's last wave, while another lane goes on
)

// Sum adds up the parts of one wave, or of all that was load when wave is
// negative: without the warm-up, and without the drain, in which nothing was
// offered and whose answers belong to no rate.
func (i Interval) Sum(into *Part, wave int) {
	if wave >= 0 {
		into.Merge(i.Parts[wave])
		return
	}
	for key, part := range i.Parts {
		if key != Warmup && key != Tail {
			into.Merge(part)
		}
	}
}

// SumAll adds up what happened at all, the drain included: what one second of a
// run was like.
func (i Interval) SumAll(into *Part) {
	i.Sum(into, -1)
	into.Merge(i.Parts[Tail])
}

// copyCounts is a map of its own, never nil.
func copyCounts(m map[string]int64) map[string]int64 {
	c := maps.Clone(m)
	if c == nil {
		c = map[string]int64{}
	}
	return c
}
