package search

import (
	"context"
	"fmt"
	"time"

	"flashwave/bench/capacity"
	"flashwave/bench/result"
)

const (
	longestRecovery = time.Minute
	probePause      = time.Second
	longestWait     = longestWindow + 15*time.Second // for a limit to let something pass
	leastWindow     = 5 * time.Second                // what is shut so long gives all at once
	refusedPause    = 2 * time.Second                // from one 429 to the next try, where none is asked for
	backAgain       = 2                              // times the idle latency
	backMargin      = 20 * time.Millisecond          // and so much more: what a short latency may be off by
)

// settleDown waits until the endpoint is itself again after a step: a single
// request takes what it took on the idle endpoint, about, and the rate limit has
// given back what the next step needs. It gives up after a minute, with a warning.
func (s *Search) settleDown(ctx context.Context, st step, next move) {
	if s.replaying() || next.kind == "" || next.kind == capacity.Count || st.Kind == capacity.Count {
		return // what is counted is to be neither eased nor taken from
	}
	s.spentBetween()
	s.phase(capacity.Recovering)
	began := time.Now()
	if s.cfg.Options.Tier != nil {
		s.clear(ctx)
		s.recovered(st, time.Since(began))
		return
	}
	s.quotaBack(ctx, s.arriving(next.rate))
	if st.limit == capacity.ByRateLimit && s.refused(st) {
		s.reopen(ctx)
		return
	}
	for ctx.Err() == nil && s.stop == nil {
		ms, ok := s.probe(ctx)
		if !ok {
			return
		}
		if ms > 0 && (s.idle == 0 || ms <= backAgain*s.idle+result.Millis(backMargin)) {
			s.recovered(st, time.Since(began))
			return
		}
		if time.Since(began) > longestRecovery {
			break
		}
		pause(ctx, probePause)
	}
	if ctx.Err() == nil && s.stop == nil {
		s.warnings = append(s.warnings, fmt.Sprintf("a minute after the load of %s the endpoint was not yet itself again: the next step may have suffered", st.Asked()))
	}
}

// refused reports whether a step met 429s.
func (s *Search) refused(st step) bool { return st.RateLimited > 0 }

// quotaBack waits until the rate limit can bear the next rate.
func (s *Search) quotaBack(ctx context.Context, next float64) {
	requests, tokens := s.gauge.read()
	now := time.Since(s.gauge.epoch)
	d := requests.wait(now, next)
	if told := tokens.gives(); told > 0 && s.hunt != nil && s.hunt.told > 0 {
		d = max(d, tokens.wait(now, next*told/s.hunt.told))
	}
	if d > 0 {
		pause(ctx, d)
	}
}

// reopen sends single requests until a limit lets one pass, and says how long that took.
// One that was shut for long and tells nothing has begun a new window then.
func (s *Search) reopen(ctx context.Context) (took time.Duration, opened bool) {
	began := time.Now()
	for ctx.Err() == nil && s.stop == nil && time.Since(began) < longestWait {
		pause(ctx, s.gauge.asked())
		ms, ok := s.probe(ctx)
		if !ok {
			break
		}
		if ms == 0 {
			continue
		}
		if took = time.Since(began); took >= leastWindow {
			s.gauge.opens()
		}
		return took, true
	}
	return time.Since(began), false
}

// probe sends one request and answers with its latency; 0: it did not succeed.
func (s *Search) probe(ctx context.Context) (ms float64, ok bool) {
	run, err := s.start(ctx, s.derive(single, longestRecovery))
	if err != nil {
		return 0, false
	}
	s.drive(ctx, run, func() (over, atOnce bool) { return false, false })
	doc := run.Wait()
	if !s.finish(ctx, doc) {
		return 0, false
	}
	if doc.Total.Requests.Succeeded == 0 {
		return 0, true
	}
	return latency(figures(run.Look(lookWave(0)))), true
}

// recovered notes how long it took.
func (s *Search) recovered(st step, d time.Duration) {
	for i := range s.steps {
		if s.steps[i].StartedS == st.StartedS {
			s.steps[i].RecoveryS = new(d.Seconds())
		}
	}
	s.note(capacity.Note{State: s.state(result.Snapshot{}), RecoveryS: new(d.Seconds())})
	s.publish()
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
