package search

import (
	"context"
	"fmt"
	"time"

	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/units"
)

// How long the rate takes to double while a limit is counted: at first, and once it is
// known about where it ends. The first way is from so low that a shallow bucket is full
// before it is over, and what flows then is lost; the second is not.
const (
	rising     = 2 * time.Second
	risingThen = 8 * time.Second

	lost = 1.1 // so many times as much as the first time says that something was lost then
)

// count finds out what a limit gives that was just met and says nothing of itself. First
// it is waited for. One that lets nothing pass for long and then all gives so much a
// window, and what had passed when it shut is what a window holds. Any other is given load
// that rises gently until the next 429: what passed from one 429 to the next is what had
// flowed by then, whatever the depth of the bucket.
func (s *Search) count(ctx context.Context) (step, bool) {
	if st, there, over := s.again(capacity.Count, 0, 0); there || over {
		return st, there
	}
	if !s.inTime(ctx, longestWait) {
		return step{}, false
	}
	began := s.elapsed()
	s.phase(capacity.Bracketing)
	before := s.gauge.passing()
	took, opened := s.reopen(ctx)
	st := step{Step: capacity.Step{
		Kind: capacity.Count, StartedS: began.Seconds(), DurationS: took.Seconds(), Verdict: capacity.Undecided, SLOs: []capacity.Judged{}, GeneratorValid: true,
		GeneratorWarnings: []string{},
	}}
	ok := s.stop == nil && ctx.Err() == nil
	switch {
	case !ok:
		s.halt(capacity.ByInterrupt, result.GroundInterrupted, "interrupted")
	case !opened:
		st.Why = "nothing but 429s for " + units.Duration(took)
	case took >= leastWindow:
		st.Supply = &capacity.Supply{Requests: before.since, OverS: longestWindow.Seconds(), Window: true}
	default:
		st, ok = s.rise(ctx, began, 1, rising)
		if first := st.Supply; ok && first != nil {
			if st, ok = s.rise(ctx, began, first.Rate(), risingThen); st.Supply == nil || st.Supply.Rate() < first.Rate()*lost {
				st.Supply = first // it counted for longer
			}
		}
	}
	if c := st.Supply; c != nil {
		st.Verdict = capacity.Held
		st.Why = fmt.Sprintf("a limit of about %s requests a minute, as counted", units.Rate(60*c.Rate()))
	}
	s.add(st, ok)
	return st, ok
}

// rise is load that doubles again and again until the first 429.
func (s *Search) rise(ctx context.Context, began time.Duration, from float64, each time.Duration) (step, bool) {
	top := 4 * max(s.served(), from)
	waves := func(lane int) (list []scenario.Wave) {
		share := s.shares[lane]
		for rate := from; rate < top; rate *= 2 {
			slow, fast := scenario.PerSecond(rate*share), scenario.PerSecond(2*rate*share)
			list = append(list, scenario.Wave{Name: lookWave(0), Rate: &scenario.Rate{From: slow, To: fast}, For: scenario.Duration(each)})
		}
		return list
	}
	s.gauge.restart()
	before := s.gauge.tolerate(0)
	defer s.gauge.tolerate(before)
	run, err := s.start(ctx, s.derive(waves, s.answering()))
	if err != nil {
		s.halt(capacity.ByNothing, result.GroundBroken, err.Error())
		return step{}, false
	}
	s.showing(capacity.Current{Kind: capacity.Count, Planned: time.Duration(len(waves(0))) * each}, run)
	s.drive(ctx, run, func() (over, atOnce bool) { return s.gauge.refusing(), true })
	doc, look := run.Wait(), run.Look(lookWave(0))
	st := step{Step: figures(look)}
	st.Kind, st.StartedS, st.Looks, st.SLOs = capacity.Count, began.Seconds(), 1, []capacity.Judged{}
	common(&st.Step, doc, look)
	s.told(&st.Step)
	st.Verdict, st.Why = capacity.Undecided, "no 429 up to "+units.PerSecond(top)
	if g := s.gauge.passing(); g.refused > 0 && g.gap.OverS > 0 {
		gap := g.gap
		st.Supply = &gap
	}
	return st, s.finish(ctx, doc)
}
