package result

import (
	"maps"
	"time"

	"flashwave/bench/class"
	"flashwave/client/outcome"
)

// A Label says which stretch Stats describe.
type Label struct {
	Name, Lane, Kind  string
	Started, Duration time.Duration
	Unbegun           bool          // it never began
	Drain             time.Duration // of Duration: nothing was offered any more
	Priced            bool          // the price is known
	Judged            bool          // some SLO defines what a good request is
	Closed            bool          // some of the load was closed
	HDR               bool          // carry the encoded histograms
}

// load is the time in which load was offered.
func (l Label) load() time.Duration { return l.Duration - l.Drain }

// Derive makes the figures of a stretch from what happened in it.
func Derive(l Label, p *Part) Stats {
	return Stats{
		Name: l.Name, Lane: l.Lane, Kind: l.Kind,
		StartedS: started(l), DurationS: l.Duration.Seconds(),
		LoadS: new(l.load().Seconds()), DrainS: new(l.Drain.Seconds()),
		Requests:   p.Requests,
		Outcomes:   outcomes(p),
		Rate:       rates(l.load(), p),
		Tokens:     tokens(l.load(), p),
		Latency:    latencies(p, l.HDR),
		Bundled:    ratio(p.Bundled, p.Streams),
		ErrorRate:  ratio(p.Requests.Failed, p.Requests.Succeeded+p.Requests.Failed),
		Shortages:  maps.Clone(p.Shortages),
		Goodput:    goodput(l, p),
		Unjudged:   unjudged(l, p),
		Cost:       cost(l, p),
		Finish:     copyCounts(p.Finish),
		RateLimits: rateLimits(p),
		Backoff:    backoff(l, p.Backoff),
		Errors:     p.Errors.List(),
	}
}

// DeriveClasses makes the figures of classes of requests, over a stretch. Turns to which no
// conversation came have none.
func DeriveClasses(l Label, list []class.Class, of func(int) *Part) (workloads, turns []Stats) {
	for i, c := range list {
		l.Name, l.Kind = c.Name, string(c.Kind)
		switch s := Derive(l, of(i)); {
		case c.Kind == class.Workload:
			workloads = append(workloads, s)
		case s.Requests.Scheduled > 0:
			turns = append(turns, s)
		}
	}
	return workloads, turns
}

func started(l Label) *float64 {
	if l.Unbegun {
		return nil
	}
	return new(l.Started.Seconds())
}

// Wall is the wall time, in seconds from the start of the run; ok is false of a wave
// that never began.
func (s Stats) Wall() (from, to float64, ok bool) {
	if s.StartedS == nil {
		return 0, 0, false
	}
	return *s.StartedS, *s.StartedS + s.DurationS, true
}

// outcomes counts every outcome of the closed list, and those of a later version
// that a log held.
func outcomes(p *Part) map[outcome.Outcome]int64 {
	all := maps.Clone(p.Outcomes)
	for _, o := range outcome.All() {
		all[o] += 0
	}
	return all
}

func rates(d time.Duration, p *Part) Rate {
	return Rate{
		Offered:   per(p.Requests.Scheduled, d),
		Sent:      per(p.Here.Sent, d),
		Completed: per(p.Here.Completed, d),
		Succeeded: per(p.Here.Succeeded, d),
	}
}

func tokens(d time.Duration, p *Part) Tokens {
	t := Tokens{}
	if n, known := p.OutputTokens(); known {
		t.OutputTPS = per(n, d)
	}
	if n, known := p.TotalTokens(); known {
		t.TotalTPS = per(n, d)
	}
	if p.Prompt > 0 { // no prompt is without tokens: a usage that says 0 does not know
		t.Prompt, t.Cached = new(p.Prompt), new(p.Cached)
	}
	if p.CacheWritten > 0 {
		t.CacheWritten = new(p.CacheWritten)
	}
	if p.Items > 0 {
		t.Items, t.ItemsPerS = new(p.Items), per(p.Here.Items, d)
	}
	if p.FromUsage > 0 {
		t.Reasoning = new(p.Reasoning)
	}
	from := ""
	switch {
	case p.FromUsage > 0 && p.FromEvents > 0:
		from = "mixed"
	case p.FromUsage > 0:
		from = "usage"
	case p.FromEvents > 0:
		from = "events"
	default:
		return t
	}
	t.From, t.Output = &from, new(p.Output)
	return t
}

func latencies(p *Part, withHDR bool) Latencies {
	of := func(m Metric) *Latency { return p.Hists[m].Latency(withHDR) }
	return Latencies{
		TTFT:    Pair{of(TTFTResponse), of(TTFTService)},
		TTFA:    Pair{of(TTFAResponse), of(TTFAService)},
		E2E:     Pair{of(E2EResponse), of(E2EService)},
		ITL:     of(ITL),
		TPOT:    of(TPOT),
		Stall:   of(Stall),
		Queue:   of(Queue),
		Connect: of(Connect),
		DNS:     of(DNS),
		TLS:     of(TLS),
	}
}

// rateLimits is nil where the endpoint neither spoke of limits nor applied any.
func rateLimits(p *Part) *RateLimits {
	n, q := p.Outcomes[outcome.RateLimited], p.Requests
	d := p.Limits.document()
	if d == nil {
		if n == 0 {
			return nil
		}
		d = &RateLimits{}
	}
	d.RateLimited = n
	d.RateLimitedShare = ratio(n, q.Succeeded+q.Failed)
	d.AttemptsPerRequest = ratio(q.Sent+q.Retries, q.Sent)
	return d
}

func goodput(l Label, p *Part) *Goodput {
	rps, share := per(p.Here.Good, l.load()), ratio(p.Good, p.Requests.Scheduled)
	if !l.Judged || rps == nil || share == nil {
		return nil
	}
	if p.Unjudged > 0 && p.Unjudged == p.Requests.Succeeded {
		return nil
	}
	return &Goodput{RPS: *rps, GoodFraction: *share}
}

// unjudged is nil where nothing says which request is good.
func unjudged(l Label, p *Part) *int64 {
	if !l.Judged {
		return nil
	}
	return new(p.Unjudged)
}

func cost(l Label, p *Part) *Cost {
	if !l.Priced {
		return nil
	}
	c := &Cost{Input: p.Cost.Input, Cached: p.Cost.Cached, Output: p.Cost.Output, Total: p.Cost.Total()}
	if p.CacheWritten > 0 {
		c.CacheWritten = new(p.Cost.CacheWritten)
	}
	if c.Total > 0 {
		c.EstimatedShare = new(min(p.Estimated/c.Total, 1))
	}
	if ok := p.Requests.Succeeded; ok > 0 {
		per1k := c.Total / float64(ok) * 1000
		c.PerThousandOK = &per1k
	}
	return c
}

// per is n per second over d; nil when no time has passed.
func per(n int64, d time.Duration) *float64 {
	if d <= 0 {
		return nil
	}
	v := float64(n) / d.Seconds()
	return &v
}

// ratio is a ÷ b; nil when b is 0.
func ratio(a, b int64) *float64 {
	if b == 0 {
		return nil
	}
	v := float64(a) / float64(b)
	return &v
}
