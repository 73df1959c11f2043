package live

import (
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/tui/draw"
)

// A kept run is a source that stands still: a document, as its result screen
// shows it.
type kept struct {
	run  *result.Run
	base result.Snapshot // without a view
}

// Keep makes a source of a document: a run that is over, and that nothing steers.
func Keep(run *result.Run) Source {
	s := result.Planned(run.Scenario)
	s.Name, s.State, s.At = run.Name, result.Done, draw.Seconds(run.DurationS)
	s.Total, s.Series = run.Total, result.WithHeat(run.Timeline)
	s.Events, s.Happened = run.Events, len(run.Events)
	s.Planned = s.At
	verdict := run.Verdict
	s.Verdict = &verdict
	s.Health = result.Health{OK: run.Generator.Valid, CPUPercent: run.Generator.CPUPercent, Warnings: run.Generator.Warnings}
	if lag := run.Generator.LagMS; lag != nil {
		p99 := time.Duration(lag.P99 * float64(time.Millisecond))
		s.Health.LagP99 = &p99
	}
	if run.Scenario != nil {
		s.Health.MaxLag = run.Scenario.MaxLag.D()
	}
	if c := run.Total.Cost; c != nil {
		s.Cost = &result.CostStatus{Spent: c.Total, Projected: &c.Total}
		if run.DurationS > 0 {
			s.Cost.PerHour = c.Total / run.DurationS * 3600
		}
		if run.Scenario != nil && run.Scenario.Budget > 0 {
			s.Cost.Budget = &run.Scenario.Budget
		}
	}
	if run.Queue != nil {
		s.Queue = &result.TierStatus{Tier: *run.Queue}
	}
	s.Workloads, s.Turns, s.Sessions = run.Workloads, run.Turns, run.Sessions
	s.SLOs = storedSLOs(run.Verdict.SLOs)
	s.Waves = nil
	for _, w := range run.Waves {
		s.Waves = append(s.Waves, storedWave(run.Scenario, w))
	}
	s.Lanes = asDriven(s.Lanes, s.Waves, run)
	return kept{run, s}
}

// Snapshot implements [Source].
func (s kept) Snapshot(view result.View) result.Snapshot {
	shot := s.base
	if view.Wave >= len(s.run.Waves) {
		view.Wave = -1
	}
	view.Window = 0
	shot.View, shot.Window = view, s.run.Total
	if view.Wave >= 0 {
		shot.Window = s.run.Waves[view.Wave]
	}
	shot.Curves = result.StoredCurves(shot.Window.Latency)
	return shot
}

// A kept run cannot be steered.
func (kept) TogglePause(int)    {}
func (kept) Scale(int, float64) {}
func (kept) Burst(int, int)     {}
func (kept) NextWave(int)       {}
func (kept) Stop()              {}

// storedWave is a wave of a document on the timeline.
func storedWave(sc *scenario.Scenario, w result.Stats) result.WaveStatus {
	from, _, begun := w.Wall()
	status := result.WaveStatus{
		Name: w.Name, Lane: w.Lane, Closed: w.Kind == result.ClosedWave, Begun: begun && w.DurationS > 0, Ended: true,
		Started: draw.Seconds(from), Length: draw.Seconds(w.DurationS),
	}
	if sc != nil {
		for _, l := range sc.Lanes {
			for _, plan := range l.Waves {
				if l.Name == w.Lane && plan.Name == w.Name {
					status.Load = plan.Load()
				}
			}
		}
	}
	return status
}

// storedSLOs are the SLOs of a document as they ended.
func storedSLOs(list []result.SLO) []result.SLOStatus {
	var out []result.SLOStatus
	for _, o := range list {
		s := result.SLOStatus{Expr: o.Expr, Wave: o.Wave, Kind: o.Kind, Unit: o.Unit, Live: o.Observed, AtLeast: o.AtLeast, AtMost: o.AtMost, LiveOK: o.OK, RunOK: o.OK, Assumed: o.Assumed}
		if e, err := slo.Parse(o.Expr); err == nil {
			s.Metric, s.Stat, s.Service = string(e.Metric), string(e.Stat), e.Service
			s.Op, s.Bound = string(e.Op), e.Value
		}
		out = append(out, s)
	}
	return out
}

// asDriven puts the load of a stored run where its waves really were. What was
// steered is drawn as it was offered.
func asDriven(lanes []result.LaneStatus, waves []result.WaveStatus, run *result.Run) []result.LaneStatus {
	steered := false
	for _, e := range run.Events {
		steered = steered || e.Kind == result.Steered
	}
	for i := range lanes {
		lanes[i].Wave = -1
		if len(lanes) == 1 && steered {
			lanes[i].Curve = offered(run.Timeline)
			continue
		}
		lanes[i].Curve = moved(run.Scenario.Lanes[i], waves)
	}
	return lanes
}

// offered is the load that a timeline shows, as a polyline of steps.
func offered(rows []result.Row) []result.CurvePoint {
	var curve []result.CurvePoint
	for _, r := range rows {
		from := draw.Seconds(r.TS)
		curve = append(curve, result.CurvePoint{At: from, Load: r.OfferedRPS},
			result.CurvePoint{At: from + draw.Seconds(r.StepS), Load: r.OfferedRPS})
	}
	return curve
}

// moved is the planned load of a lane, wave by wave where it really was.
func moved(lane scenario.Lane, waves []result.WaveStatus) []result.CurvePoint {
	var curve []result.CurvePoint
	for _, plan := range lane.Waves {
		for _, w := range waves {
			if w.Lane != lane.Name || w.Name != plan.Name || !w.Begun {
				continue
			}
			for _, p := range result.PlannedLoad(plan, w.Started) {
				if p.At <= w.Started+w.Length || p.Closed {
					curve = append(curve, p)
				}
			}
			if n := len(curve); n > 0 && plan.Closed() {
				curve[n-1].At = w.Started + w.Length
			}
		}
	}
	return curve
}
