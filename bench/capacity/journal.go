package capacity

import (
	"slices"
	"time"

	"flashwave/bench/forecast"
	"flashwave/bench/price"
	"flashwave/bench/result"
)

// A Journal keeps a search on disk while it goes on. Its methods are called from one
// goroutine at a time; what they are given is on disk when they return. After an error
// no other method but End is called.
type Journal interface {
	// Begin is called once, before anything is sent; not of a search that is resumed.
	Begin(Begun) error
	// Note keeps a step that has ended, or what was spent since.
	Note(Note) error
	// End keeps the document, and whether the search could go on from where it ended.
	End(doc *Document, goesOn bool) error
}

// Begun is what is known of a search when it begins: enough to go on with it.
type Begun struct {
	Document    *Document    `json:"document"` // without steps, forecast or answer
	Headroom    float64      `json:"headroom"`
	Utilisation float64      `json:"utilisation"`
	Rehearse    *Shape       `json:"rehearse,omitempty"`
	Price       *price.Price `json:"price,omitempty"` // nil: unknown
	Prompts     []string     `json:"prompts"`         // by lane: the fingerprint of what they may ask
}

// A Note is one line of a search's log.
type Note struct {
	Kept  *Kept `json:"step,omitempty"` // a step that has ended; nil: only the state is news
	State State `json:"state"`
	// RecoveryS completes the step before it; nil: that was not looked for, or not seen.
	RecoveryS *float64 `json:"recovery_s,omitempty"`
}

// Kept is a step, with what it was limited by.
type Kept struct {
	Step
	Limit Limit  `json:"limited_by,omitempty"`
	SLO   string `json:"limited_by_slo,omitempty"`
}

// A State is what a search knows beside its steps. A step that was cut off leaves its
// costs in it, for they were spent.
type State struct {
	ElapsedS float64  `json:"elapsed_s"` // of the search, pauses between its parts left out
	Sent     uint64   `json:"sent"`      // requests scheduled: where the prompts go on
	Runs     uint64   `json:"runs"`      // so far: the seed of the next
	SpentUSD float64  `json:"spent_usd"`
	Warnings []string `json:"warnings,omitempty"`

	// A minute, as announced; 0: not announced.
	LimitRequests int64 `json:"limit_requests,omitempty"`
	LimitTokens   int64 `json:"limit_tokens,omitempty"`

	// Of all requests that ended, but those that the search itself cut.
	OK       forecast.Tokens `json:"ok_tokens"`
	Failed   forecast.Tokens `json:"failed_tokens"`
	Ended    int64           `json:"ended"`
	Failures int64           `json:"failures"`
	Retries  int64           `json:"retries"`
}

// A Past is a search as far as it was kept.
type Past struct {
	Begun
	Notes []Note
	Over  bool      // it came to its end: there is nothing to go on with
	Until time.Time // when the last of it was kept
}

// Steps is how many steps were kept.
func (p *Past) Steps() (n int) {
	for _, note := range p.Notes {
		if note.Kept != nil {
			n++
		}
	}
	return n
}

// State is the last that was kept.
func (p *Past) State() State {
	if len(p.Notes) == 0 {
		return State{}
	}
	return p.Notes[len(p.Notes)-1].State
}

// Config is that of the search, without the Options: it goes on within the bounds that
// it began with.
func (p *Past) Config() Config {
	plan := p.Document.Plan
	seconds := result.FromSeconds
	maybe := func(s *float64) (d time.Duration) {
		if s != nil {
			d = seconds(*s)
		}
		return d
	}
	return Config{
		MinRate: plan.MinRateRPS, MaxRate: plan.MaxRateRPS, Precision: plan.Precision,
		StepFor: seconds(plan.StepForS), Soak: seconds(plan.SoakS), For: seconds(plan.ForS),
		HoldFor: maybe(plan.HoldForS), Warmup: maybe(plan.WarmupS),
		Headroom: p.Headroom, Utilisation: p.Utilisation, Rehearse: p.Rehearse, Past: p,
	}
}

// begun is what is known of the search at its beginning.
func (s *Search) begun() Begun {
	c := s.cfg
	doc := s.document()
	doc.Forecast, doc.Cost = nil, nil
	doc.Verdict = Verdict{Status: result.Inconclusive, Headline: "the search has begun", Reasons: []string{}}
	return Begun{
		Document: doc, Headroom: c.Headroom, Utilisation: c.Utilisation, Rehearse: c.Rehearse,
		Price: c.Options.Price, Prompts: Fingerprints(c),
	}
}

// Fingerprints are those of what the lanes may ask, which tells whether a search would
// go on with the prompts that it began with.
func Fingerprints(c Config) []string {
	list := make([]string, len(c.Options.Prompts))
	for i, source := range c.Options.Prompts {
		list[i] = source.Fingerprint(uint64(i)).Content
	}
	return list
}

// state is what the search knows beside its steps, while some run is on its way (nil:
// none is).
func (s *Search) state(now result.Snapshot) State {
	seen := s.meter.read()
	requests, tokens := s.gauge.read()
	st := State{
		ElapsedS: s.elapsed().Seconds(), Sent: s.sent + uint64(now.Total.Requests.Scheduled), Runs: s.points, SpentUSD: s.spent,
		Warnings: s.warnings, LimitRequests: requests.limit, LimitTokens: tokens.limit,
		OK: seen.ok, Failed: seen.failed, Ended: seen.ended, Failures: seen.failures, Retries: seen.retries,
	}
	if now.Cost != nil {
		st.SpentUSD += now.Cost.Spent
	}
	return st
}

// recall takes a state in.
func (s *Search) recall(st State) {
	s.sent, s.points, s.spent, s.warnings = st.Sent, st.Runs, st.SpentUSD, slices.Clone(st.Warnings)
	s.gauge.announce(st.LimitRequests, st.LimitTokens)
	s.meter.set(spent{ok: st.OK, failed: st.Failed, ended: st.Ended, failures: st.Failures, retries: st.Retries})
}

// note keeps something, if the search is kept. What cannot be kept any more does not end
// the search.
func (s *Search) note(n Note) {
	if s.cfg.Journal == nil || s.unkept != nil {
		return
	}
	s.unkept = s.cfg.Journal.Note(n)
}

// progress keeps what a run has spent so far.
func (s *Search) progress(now result.Snapshot) { s.note(Note{State: s.state(now)}) }

// keep keeps a step that has ended.
func (s *Search) keep(st step) {
	s.note(Note{Kept: &Kept{Step: st.Step, Limit: st.limit, SLO: st.slo}, State: s.state(result.Snapshot{})})
}

// JournalError says why the search could not be kept; nil if it was. It is called after
// [Search.Run].
func (s *Search) JournalError() error { return s.unkept }
