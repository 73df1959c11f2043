package ticker

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
)

// liveWindow is how far back the live judgement looks.
const liveWindow = 10 * time.Second

// judge holds the SLOs against the last seconds, notes first breaches and
// overload, and stops the run where it was asked to. It reports whether the endpoint
// is overloaded.
func (s *seconds) judge(lanes map[string]result.Row) (overloaded bool) {
	now := s.Waves.Now()
	if now < s.Waves.Start()+time.Second {
		return false
	}
	sending := s.config.Sending()
	if sending {
		overloaded = s.judgePace(now, lanes)
	}
	recent := map[string]verdict.Stretch{} // many expressions speak of the same part of a run
	look := func(e slo.Expr) slo.Result {
		where := e.Where()
		if _, ok := recent[where]; !ok {
			recent[where] = s.Present(e, liveWindow)
		}
		if !e.Op.Upper() && recent[where].Length < liveWindow-time.Second/2 {
			return slo.Result{} // what is not there yet may come: the first answers take a while
		}
		return slo.Evaluate(e, recent[where])
	}
	for _, a := range s.Assertions.SLOs {
		if !sending && !a.Op.Upper() {
			continue // rates fall to nothing while the run drains
		}
		if live := look(a.Expr); live.OK != nil && !*live.OK {
			s.breach(a.Expr, now)
		}
	}
	for _, e := range s.Assertions.AbortOn {
		if !sending {
			break
		}
		if live := look(verdict.Opposite(e)); live.OK != nil && !*live.OK {
			s.config.Stop(verdict.AbortedOn, e.Text)
		}
	}
	return overloaded
}

// breach notes that an SLO is breached, and an event of it the first time.
func (s *seconds) breach(e slo.Expr, now time.Duration) {
	concerned := slices.DeleteFunc(slices.Collect(s.Ledger.Live()), func(wave int) bool { return !s.Assertions.Concerns(e, wave) })
	s.Waves.Breach(concerned, now-liveWindow)
	if _, before := s.breached[e.Text]; before {
		return
	}
	rate := s.Admitted(e)
	s.breached[e.Text] = rate
	wave := e.Wave
	if s.Assertions.Class(e) >= 0 {
		wave = ""
	}
	s.Journal.Add(result.Event{
		TS: s.Waves.Since(now).Seconds(), Kind: result.Breached, Wave: wave,
		Text: fmt.Sprintf("%s first breached at %s requests/s", e.Text, units.Rate(rate)),
	})
}

// paceSeconds is how far back the pace of the load is looked at.
const paceSeconds = 30

// judgePace notes when the endpoint cannot keep up with a lane, whatever the SLOs say:
// requests in flight and the time to first token grow together, and less is answered
// than arrives. Each lane is looked at by itself, for in the sum of all a small one that
// falls behind is lost. rows are those of the last second, by lane.
func (s *seconds) judgePace(now time.Duration, rows map[string]result.Row) bool {
	s.worst = nil
	for lane, l := range s.Scenario.Lanes {
		recent := append(s.recent[l.Name], rows[l.Name])
		recent = recent[max(len(recent)-paceSeconds, 0):]
		s.recent[l.Name] = recent
		over, ok := overloaded(recent)
		if !ok || s.Ledger.LiveWave(lane) < 0 {
			delete(s.overload, l.Name)
			continue
		}
		before, known := s.overload[l.Name]
		over.Since = before.Since
		if len(s.Scenario.Lanes) > 1 {
			over.Lane = l.Name
		}
		if !known {
			over.Since = s.Waves.Since(now)
			s.overloadBegan(over, lane)
		}
		s.overload[l.Name] = over
		if s.worst == nil || over.Served*s.worst.Offered < s.worst.Served*over.Offered {
			s.worst = &over
		}
	}
	if s.worst != nil {
		s.Ledger.Overloaded()
	}
	return s.worst != nil
}

// overloaded reports whether more arrived over rows of a lane than the endpoint serves.
func overloaded(rows []result.Row) (result.Overload, bool) {
	first, last := rows[0], rows[len(rows)-1]
	pace := verdict.PaceOf(rows, result.FromSeconds(first.TS), result.FromSeconds(last.TS+last.StepS))
	return result.Overload{Offered: pace.Offered, Served: pace.Served, Waiting: pace.Waiting},
		pace.State == verdict.FellShort && verdict.Oversaturated(rows, pace.Offered)
}

// overloadBegan makes an event of it, which names the wave where others run beside it.
func (s *seconds) overloadBegan(over result.Overload, lane int) {
	where := ""
	if i := s.Ledger.LiveWave(lane); i >= 0 && over.Lane != "" {
		where = " in " + s.Waves.Name(i).String()
	}
	s.Journal.Add(result.Event{
		TS: over.Since.Seconds(), Kind: result.Overloaded, Lane: over.Lane,
		Text: fmt.Sprintf("cannot keep up%s: %s of %s requests/s served, %s waiting and growing",
			where, units.Rate(over.Served), units.Rate(over.Offered), units.Count(over.Waiting)),
	})
}

// limitPause is the least time between two events about rate limits.
const limitPause = 10 * time.Second

// watchLimits makes an event of the rate limits met in an interval.
func (s *seconds) watchLimits(in result.Interval) {
	sum := result.NewPart()
	in.SumAll(sum)
	n := sum.Outcomes[outcome.RateLimited]
	if n == 0 || s.limitNoted > 0 && in.End < s.limitNoted+limitPause {
		return
	}
	s.limitNoted = in.End
	s.Journal.Add(result.Event{TS: in.End.Seconds(), Kind: result.Limited, Text: limitText(n, in.End-in.Start, sum.Limits)})
}

// limitText is how an event speaks of n 429s.
func limitText(n int64, in time.Duration, seen result.LimitsSeen) string {
	parts := []string{fmt.Sprintf("429 rate limited ×%s in %s", units.Count(n), units.Duration(in))}
	if seen.RetryAfter > 0 {
		parts = append(parts, "retry-after "+units.Length(seen.RetryAfter))
	}
	if seen.LimitRequests != nil {
		parts = append(parts, "limit "+units.Count(*seen.LimitRequests)+" rpm")
	}
	if seen.LimitTokens != nil {
		parts = append(parts, "limit "+units.Count(*seen.LimitTokens)+" tpm")
	}
	return strings.Join(parts, ", ")
}
