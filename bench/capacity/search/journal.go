package search

import (
	"slices"
	"time"

	"flashwave/bench/capacity"
	"flashwave/bench/result"
)

// ConfigOf is the configuration of a search that was kept, without the Options: it goes
// on within the bounds that it began with.
func ConfigOf(p *capacity.Past) Config {
	plan := p.Document.Plan
	seconds := result.FromSeconds
	maybe := func(s *float64) (d time.Duration) {
		if s != nil {
			d = seconds(*s)
		}
		return d
	}
	return Config{
		By: plan.Raised(), MinRate: plan.MinRateRPS, MaxRate: plan.MaxRateRPS, Precision: plan.Precision,
		StepFor: seconds(plan.StepForS), Soak: seconds(plan.SoakS), For: seconds(plan.ForS),
		HoldFor: maybe(plan.HoldForS), Warmup: maybe(plan.WarmupS),
		Headroom: p.Headroom, Utilisation: p.Utilisation, Rehearse: p.Rehearse, Workers: p.Workers, Past: p,
	}
}

// begun is what is known of the search at its beginning.
func (s *Search) begun() capacity.Begun {
	c := s.cfg
	doc := s.document()
	doc.Forecast, doc.Cost = nil, nil
	doc.Verdict = capacity.Verdict{Status: result.Inconclusive, Headline: "the search has begun", Reasons: []string{}}
	return capacity.Begun{
		Document: doc, Headroom: c.Headroom, Utilisation: c.Utilisation, Rehearse: c.Rehearse, Workers: s.workers(),
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
func (s *Search) state(now result.Snapshot) capacity.State {
	seen := s.meter.read()
	requests, tokens := s.gauge.read()
	st := capacity.State{
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
func (s *Search) recall(st capacity.State) {
	s.sent, s.points, s.spent, s.warnings = st.Sent, st.Runs, st.SpentUSD, slices.Clone(st.Warnings)
	s.gauge.announce(st.LimitRequests, st.LimitTokens)
	s.meter.set(spent{ok: st.OK, failed: st.Failed, ended: st.Ended, failures: st.Failures, retries: st.Retries})
}

// note keeps something, if the search is kept. What cannot be kept any more does not end
// the search.
func (s *Search) note(n capacity.Note) {
	if s.cfg.Journal == nil || s.unkept != nil {
		return
	}
	s.unkept = s.cfg.Journal.Note(n)
}

// progress keeps what a run has spent so far.
func (s *Search) progress(now result.Snapshot) { s.note(capacity.Note{State: s.state(now)}) }

// keep keeps a step that has ended.
func (s *Search) keep(st step) {
	s.note(capacity.Note{Kept: &capacity.Kept{Step: st.Step, Limit: st.limit, SLO: st.slo}, State: s.state(result.Snapshot{})})
}

// JournalError says why the search could not be kept; nil if it was. It is called after
// [Search.Run].
func (s *Search) JournalError() error { return s.unkept }
