package tui

import (
	"net/url"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// openEnd is how long a wave is drawn whose length nobody can know.
const openEnd = time.Minute

// plannedSnapshot is a scenario as a snapshot of a run that has not begun: what a
// ribbon is drawn from. nil is a scenario without waves.
func plannedSnapshot(sc *scenario.Scenario) result.Snapshot {
	s := result.Snapshot{View: result.View{Wave: -1}}
	if sc == nil {
		return s
	}
	s.Name, s.Model, s.Target = sc.Name, sc.Target.Model, targetName(sc.Target.URL)
	if n, known := sc.PlannedRequests(); known {
		s.PlannedRequests = n
	}
	for _, lane := range sc.Lanes {
		status := result.LaneStatus{Name: lane.Name, Wave: -1, Factor: 1}
		at := time.Duration(0)
		for _, w := range lane.Waves {
			length, known := w.Length()
			if !known {
				length = openEnd
			}
			status.Curve = append(status.Curve, planned(w, at)...)
			s.Waves = append(s.Waves, result.WaveStatus{
				Name: w.Name, Lane: lane.Name, Closed: w.Closed(), Started: at, Length: length, Load: w.Load(),
			})
			at += length
		}
		s.Planned = max(s.Planned, at)
		s.Lanes = append(s.Lanes, status)
	}
	return s
}

// planned is the load of a wave that begins at an instant.
func planned(w scenario.Wave, at time.Duration) []result.CurvePoint {
	if w.Closed() {
		length, known := w.Length()
		if !known {
			length = openEnd
		}
		load := float64(w.Concurrency)
		return []result.CurvePoint{{At: at, Load: load, Closed: true}, {At: at + length, Load: load, Closed: true}}
	}
	segments, err := w.Segments("", 0)
	if err != nil {
		return nil
	}
	var curve []result.CurvePoint
	for _, s := range segments {
		curve = append(curve, result.CurvePoint{At: at, Load: s.From})
		at += s.For
		curve = append(curve, result.CurvePoint{At: at, Load: s.To})
	}
	return curve
}

// targetName is what people call a URL: its host, or the built-in endpoint.
func targetName(address string) string {
	if address == scenario.MockURL {
		return "the built-in endpoint"
	}
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}
