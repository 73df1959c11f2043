package search

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"flashwave/bench/capacity"
	"flashwave/bench/forecast"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/units"
	"flashwave/client"
)

func compare(predicted *float64, band *forecast.Range, measured *float64) capacity.Compared {
	c := capacity.Compared{Predicted: predicted, Measured: measured}
	if band != nil {
		c.Low, c.High = &band.Low, &band.High
	}
	if predicted != nil && measured != nil && *measured != 0 {
		c.Off = new(*predicted / *measured - 1)
	}
	return c
}

// A stage is what a rehearsal runs: the scenario's open waves alone, in its shape.
type stage struct {
	capacity.Shape
	scenario *scenario.Scenario
	keep     []int // indices of the lanes that have such waves
	demand   forecast.Demand
}

// stageOf shapes a resolved scenario. An error is a *[scenario.Error].
func stageOf(sh capacity.Shape, sc *scenario.Scenario) (*stage, error) {
	c := *sc
	c.Lanes, c.Warmup = nil, 0
	st := &stage{Shape: sh, scenario: &c}
	for i, l := range sc.Lanes {
		l.Waves = slices.DeleteFunc(slices.Clone(l.Waves), scenario.Wave.Closed)
		for k := range l.Waves {
			shape(sh, &l.Waves[k])
		}
		if len(l.Waves) > 0 {
			c.Lanes, st.keep = append(c.Lanes, l), append(st.keep, i)
		}
	}
	if len(st.keep) == 0 {
		return nil, &scenario.Error{Message: "there is nothing to rehearse", Hint: "give the demand as open waves: a scenario file, or --wave night:trace=FILE.csv"}
	}
	if err := c.Resolve(scenario.Machine{}); err != nil {
		return nil, err
	}
	var err error
	st.demand, err = forecast.Of(&c)
	return st, err
}

// shape gives a wave a shape.
func shape(sh capacity.Shape, w *scenario.Wave) {
	if w.Trace != nil {
		w.Trace = &scenario.Trace{File: w.Trace.File, Speed: w.Trace.Speed * sh.Speed, Scale: w.Trace.Scale * sh.Scale}
		return
	}
	by := scenario.PerSecond(sh.Speed * sh.Scale)
	w.Rate = &scenario.Rate{From: w.Rate.From * by, To: w.Rate.To * by}
	w.For = scenario.Duration(float64(w.For) / sh.Speed)
	if w.Requests > 0 {
		w.Requests = max(1, int(math.Round(float64(w.Requests)*sh.Scale)))
	}
}

// rehearse runs the demand in the shape asked for, and holds what comes against the
// forecast of it. It is not bounded by the time of the search: its length is that of
// the demand, which was asked for.
func (s *Search) rehearse(ctx context.Context) {
	if s.stage == nil || s.stop != nil || ctx.Err() != nil || s.answer == 0 {
		return
	}
	s.spentBetween()
	if s.replay.only {
		s.halt(capacity.ByInterrupt, result.GroundCutOff, cutOff)
		return
	}
	s.goesOn()
	if s.limits(client.Never).Quota.RPS > 0 { // a night begins with a quota that is whole
		s.phase(capacity.Recovering)
		pause(ctx, longestWindow)
	}
	sc := *s.stage.scenario
	sc.SLO = append(slices.Clone(sc.SLO), s.assumed()...)
	f, cost := s.forecast(s.stage.demand, &sc, time.Since(s.gauge.epoch))
	if sc.Budget > 0 {
		sc.Budget = max(sc.Budget-s.spent, math.SmallestNonzeroFloat64)
	}
	s.gauge.restart()
	began := s.elapsed()
	run, err := s.launch(ctx, &sc, false, s.stage.keep...)
	if err != nil {
		s.halt(capacity.ByNothing, result.GroundBroken, err.Error())
		return
	}
	length, _ := sc.Planned()
	s.update(func(l *live) {
		l.Phase, l.Current, l.run, l.Next = capacity.Rehearsing, &capacity.Current{Planned: length}, run, ""
	})
	s.drive(ctx, run, func() (over, atOnce bool) { return false, false })
	doc := run.Wait()
	r := s.rehearsal(doc, f, cost)
	r.StartedS = began.Seconds()
	s.rehearsed, s.rehearsedOn = r, doc.Verdict.Ground
	s.finish(ctx, doc)
	if s.cfg.Progress != nil {
		s.cfg.Progress(fmt.Sprintf("%s  rehearsal of %s: worst wait %s predicted, %s measured", units.ClockSeconds(r.StartedS),
			units.Seconds(r.DurationS), units.Maybe(r.WorstWait.Predicted, units.Seconds), units.Maybe(r.WorstWait.Measured, units.Seconds)))
	}
}

// assumed are the SLOs that the search assumed and a run does not.
func (s *Search) assumed() (texts []string) {
	for _, c := range s.criteria {
		if c.assumed && (c.Latency() || c.OfGood()) {
			texts = append(texts, c.Text)
		}
	}
	return texts
}

// rehearsal holds a run against its forecast.
func (s *Search) rehearsal(doc *result.Run, f *forecast.Forecast, cost *forecast.Cost) *capacity.Rehearsal {
	t := doc.Total
	sim, band := f.Simulated, f.Band
	if sim == nil { // nothing was foretold of the night
		sim, band = &forecast.Backlog{}, &forecast.Band{}
	}
	r := &capacity.Rehearsal{
		Speed: s.stage.Speed, Scale: s.stage.Scale, DurationS: s.stage.demand.Length().Seconds(),
		Requests: t.Requests, Generator: doc.Generator, Forecast: f, SLOs: doc.Verdict.SLOs,
	}
	for i, l := range r.SLOs {
		r.SLOs[i].Assumed = l.Assumed || slices.Contains(s.assumed(), l.Expr)
	}
	longest, worst, apart := t.Latency.TTFT.Response, sim.WorstTTFT, band.WorstTTFT
	if longest == nil {
		longest, worst, apart = t.Latency.E2E.Response, sim.WorstE2E, band.WorstE2E
	}
	if apart != nil {
		apart = &forecast.Range{Low: max(0, apart.Low-s.idle/1000), High: max(0, apart.High-s.idle/1000)}
	}
	r.WorstWait = compare(less(worst, s.idle/1000), apart, less(inSeconds(longest, func(l *result.Latency) float64 { return l.Max }), s.idle/1000))
	p95 := func(l *result.Latency) float64 { return l.P95 }
	r.TTFTP95 = compare(sim.TTFTP95S, band.TTFTP95S, inSeconds(t.Latency.TTFT.Response, p95))
	r.E2EP95 = compare(sim.E2EP95S, band.E2EP95S, inSeconds(t.Latency.E2E.Response, p95))
	if b := t.Backlog; b != nil {
		r.PeakBacklog = compare(sim.InFlight, band.InFlight, new(float64(b.Peak)))
	}
	places := 0
	if f.Slots != nil {
		places = *f.Slots
	}
	r.Curve = waitingOf(doc.Timeline, places)
	if sim.Peak > 0 {
		r.TimeToDrain = compare(sim.TimeToDrainS, band.TimeToDrainS, drained(r.Curve))
	}
	r.ErrorRate.Measured = t.ErrorRate
	if f.Simulated != nil {
		failures, failing := s.failures(f)
		r.ErrorRate = compare(failures, failing, t.ErrorRate)
	}
	if c := t.Cost; c != nil && cost.ExpectedUSD != nil {
		more := *cost.FailedUSD + *cost.RetriesUSD
		r.Cost = compare(new(*cost.ExpectedUSD+more), &forecast.Range{Low: *cost.LowUSD + more, High: *cost.HighUSD + more}, &c.Total)
	}
	return r
}

// less is a figure without a part of it, at least 0.
func less(v *float64, by float64) *float64 {
	if v == nil {
		return nil
	}
	return new(max(0, *v-by))
}

func inSeconds(l *result.Latency, of func(*result.Latency) float64) *float64 {
	if l == nil {
		return nil
	}
	return new(of(l) / 1000)
}

// waitingOf is how many requests were queued and in flight, beyond those that are
// worked on, at the end of each step of a timeline.
func waitingOf(rows []result.Row, places int) []forecast.Waiting {
	curve := make([]forecast.Waiting, len(rows))
	for i, r := range rows {
		curve[i] = forecast.Waiting{TS: r.TS + r.StepS, Waiting: max(0, float64(r.InFlight+r.Queued-int64(places)))}
	}
	return curve
}

// drained is the time from the peak of a backlog until nobody waited; nil where
// nobody did, or to the end.
func drained(curve []forecast.Waiting) *float64 {
	top := 0
	for i, p := range curve {
		if p.Waiting > curve[top].Waiting {
			top = i
		}
	}
	if len(curve) == 0 || curve[top].Waiting == 0 {
		return nil
	}
	for _, p := range curve[top:] {
		if p.Waiting == 0 {
			return new(p.TS - curve[top].TS)
		}
	}
	return nil
}
