package dispatch

import (
	"slices"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/result"
)

// status is the lane as steering has left it.
func (l *lane) status() result.LaneStatus {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := result.LaneStatus{Name: l.name, Wave: max(l.live, -1), Factor: l.factor, Paused: l.paused, Bursts: slices.Clone(l.bursts)}
	if c, ok := l.load.(*closedLoad); ok {
		s.Concurrency, s.BackingOff = c.concurrency, len(c.waiting)
	}
	s.Curve = append(s.Curve, l.past...)
	at := time.Duration(0)
	if l.load != nil {
		s.Curve = append(s.Curve, l.load.curve()...)
	}
	if n := len(s.Curve); n > 0 {
		at = s.Curve[n-1].At
	}
	for _, st := range l.stretch[l.begun:] {
		points := st.planned(at)
		s.Curve = append(s.Curve, points...)
		if len(points) > 0 {
			at = points[len(points)-1].At
		}
	}
	// Warm-up lies before the first wave and is no part of the picture.
	for len(s.Curve) > 1 && s.Curve[1].At <= 0 && s.Curve[0].At < 0 {
		s.Curve = s.Curve[1:]
	}
	return s
}

// plannedCurve is the curve of a plan that begins at an instant since the start.
func plannedCurve(plan arrival.Plan, at time.Duration) []result.CurvePoint {
	var points []result.CurvePoint
	for _, s := range plan.Segments {
		points = append(points, result.CurvePoint{At: at, Load: s.From})
		at += s.For
		points = append(points, result.CurvePoint{At: at, Load: s.To})
	}
	return points
}
