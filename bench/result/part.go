package result

import (
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
// concurrent use.
type Part struct {
	Requests Requests
	Outcomes map[outcome.Outcome]int64
	Good     int64 // ok requests that met every per-request SLO
	Unjudged int64 // ok requests that met all that can be known, and have no value of another one

	// Here counts what happened during the wave's own wall time, whichever wave
	// of its lane had scheduled the request.
	Here Happened

	Prompt, Cached, Output, Reasoning int64 // tokens
	FromUsage, FromEvents             int64 // requests that were counted in either way

	// Streams are the ok requests with more than one token event; Bundled are those
	// of them that came in one piece, which have no ITL, no TPOT and no stall.
	Streams, Bundled int64

	Cost      price.Cost
	Estimated float64 // USD of Cost that no usage vouches for

	// Shortages counts the connections for which this machine had no file, port
	// or memory. These requests failed, but not by the endpoint's doing.
	Shortages map[outcome.Shortage]int64

	StaleRetries int64
	Backoff      Waits // of closed waves
	Finish       map[string]int64
	Errors       ErrorCounts
	Limits       LimitsSeen

	Hists [numMetrics]*Hist // nil: nothing recorded
	// Failed holds, of the durations in Hists, those of requests that failed all the
	// same: tables show what was observed, and an SLO ranks such a request beyond
	// every bound.
	Failed [numMetrics]*Hist
	// Open holds, for each metric that waits for an instant, the ages at the end of
	// the run of the unfinished requests: an SLO ranks one that is older than its
	// bound beyond it, whether the instant came or not.
	Open [numOpen]*Hist
	// Tokenless counts, likewise, the requests that ended ok although it never came:
	// one without an answer token has no TTFA.
	Tokenless [numOpen]int64
}

// Abandoned are the unfinished requests that are held against the endpoint: where whoever
// drove the run cut it short, a stream that had begun to answer is not.
func (p *Part) Abandoned() int64 {
	return min(p.Requests.Unfinished, p.Open[TTFTResponse].Count())
}

// Happened counts what took place during a wave's wall time.
type Happened struct {
	Sent, Completed, Succeeded, Failed int64
	Refused                            int64 // of Failed: turned away and not admitted; Sent − Refused is what was
	Good                               int64 // of Succeeded: met every per-request SLO
	Unjudged                           int64 // of Succeeded: met all that can be known, and have no value of another one
	OutputTokens, TotalTokens          int64
	WarmupTokens                       int64 // of OutputTokens: of the warm-up's requests
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
	p.Streams += from.Streams
	p.Bundled += from.Bundled
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
	LimitRequests, RemainingRequests *int64 // the newest limit, the lowest remainder
	LimitTokens, RemainingTokens     *int64
	RetryAfter                       time.Duration // the longest
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
// happened.
type Interval struct {
	Start, End time.Duration // since the run began
	Parts      map[int]*Part // by wave; Tail and Warmup besides
	Standing   *Standing     // at its end; nil: not known
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
