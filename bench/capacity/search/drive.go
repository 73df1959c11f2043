package search

import (
	"context"
	"slices"
	"strings"
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/units"
)

// pollOffset keeps the looks off the full seconds, at which the run adds up.
const pollOffset = 100 * time.Millisecond

// start begins a step, which is cut short as soon as enough is known.
func (s *Search) start(ctx context.Context, sc *scenario.Scenario) (*bench.Run, error) {
	return s.launch(ctx, sc, true)
}

// launch begins a run of the search with prompts that were not asked yet: of the
// scenario's lanes, or those of the base that keep names. Tasks of the one before it are
// in the queue no longer.
func (s *Search) launch(ctx context.Context, sc *scenario.Scenario, excerpt bool, keep ...int) (*bench.Run, error) {
	o := s.cfg.Options
	if o.Tier != nil {
		s.clear(ctx)
		o.Tier = o.Tier.Anew()
		s.tier = o.Tier
	}
	sc.Target.ServerMetrics = "" // a search has nowhere to say what the server said
	o.Scenario, o.Client = sc, s.gauge
	o.Journal, o.Requests, o.Excerpt = nil, nil, excerpt
	o.Prompts, o.FirstPrompts = nil, nil
	for i, source := range s.cfg.Options.Prompts {
		if len(keep) == 0 || slices.Contains(keep, i) {
			o.Prompts, o.FirstPrompts = append(o.Prompts, source), append(o.FirstPrompts, s.sent)
		}
	}
	s.points++
	return bench.Start(o)
}

// drive waits for a run and calls watch about once a second, and as soon as more is
// refused than the SLOs allow, until that says that all is known: then nothing more is
// sent, and what is open is given up at once if it says so. The end of ctx gives
// everything up.
func (s *Search) drive(ctx context.Context, run *bench.Run, watch func() (over, atOnce bool)) {
	timer := time.NewTimer(time.Second + pollOffset)
	defer timer.Stop()
	shuts := s.gauge.shuts()
	for {
		select {
		case <-run.Done():
			return
		case <-shuts:
			shuts = nil
		case <-ctx.Done():
			run.Stop()
			run.Stop()
			<-run.Done()
			return
		case <-timer.C:
		}
		timer.Reset(time.Second)
		s.progress(run.Snapshot(result.View{Window: time.Second, Wave: -1}))
		if over, atOnce := watch(); over {
			run.Stop()
			if atOnce {
				run.Stop()
			}
			select {
			case <-run.Done():
			case <-ctx.Done():
				run.Stop()
				<-run.Done()
			}
			return
		}
	}
}

// finish takes in what a run cost, and says whether the search may go on: a run
// that was refused, aborted, interrupted or out of money ends it.
func (s *Search) finish(ctx context.Context, doc *result.Run) bool {
	s.sent += uint64(doc.Total.Requests.Scheduled)
	if c := doc.Total.Cost; c != nil {
		s.spent += c.Total
	}
	reason := doc.Verdict.Headline
	if len(doc.Verdict.Reasons) > 0 {
		reason = doc.Verdict.Reasons[0]
	}
	switch {
	case ctx.Err() != nil:
		s.halt(capacity.ByInterrupt, result.GroundInterrupted, "interrupted")
	case doc.Verdict.Ground == result.GroundUsage && s.answered():
		_, why, _ := strings.Cut(reason, ": ")
		s.halt(capacity.ByNothing, result.GroundData, "some requests are refused and others are not, so that no rate is known to hold: "+why)
	case doc.Verdict.Ground == result.GroundUsage:
		s.halt(capacity.ByNothing, result.GroundUsage, reason)
	case doc.Verdict.Ground == result.GroundStopped:
		limit := capacity.ByAbort
		if s.base.Budget > 0 && (len(s.base.AbortOn) == 0 || strings.Contains(reason, "budget")) {
			limit = capacity.ByBudget
		}
		s.halt(limit, result.GroundStopped, reason)
	}
	return s.stop == nil
}

// answered reports whether a request of the search succeeded: the endpoint does not refuse
// them all, even if it did those of a step of few.
func (s *Search) answered() bool {
	return slices.ContainsFunc(s.steps, func(st step) bool { return st.Requests.Succeeded > 0 })
}

// halt ends the search before it has its answer. The first reason counts.
func (s *Search) halt(limit capacity.Limit, on result.Ground, text string) {
	if s.stop == nil {
		s.stop = &stop{limit, on, text}
	}
}

// inTime reports whether so much more fits into the time of the search, and ends
// it where it does not.
func (s *Search) inTime(ctx context.Context, d time.Duration) bool {
	switch {
	case ctx.Err() != nil:
		s.halt(capacity.ByInterrupt, result.GroundInterrupted, "interrupted")
	case s.left() < d:
		s.halt(capacity.ByTime, result.GroundData, "the time of the search, "+units.Length(s.cfg.For)+", is up")
	}
	return s.stop == nil
}
