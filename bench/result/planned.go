package result

import (
	"net/url"
	"time"

	"flashwave/bench/scenario"
)

// openEnd is how long a wave is planned whose length nobody can know.
const openEnd = time.Minute

// Planned is a scenario as a snapshot of a run that has not begun: its waves and the
// load of its lanes. nil is a scenario without waves.
func Planned(sc *scenario.Scenario) Snapshot {
	s := Snapshot{View: View{Wave: -1}}
	if sc == nil {
		return s
	}
	s.Name, s.Model, s.Target = sc.Name, sc.Target.Model, TargetName(sc.Target.URL)
	if n, known := sc.PlannedRequests(); known {
		s.PlannedRequests = n
	}
	for _, lane := range sc.Lanes {
		status := LaneStatus{Name: lane.Name, Wave: -1, Factor: 1}
		at := time.Duration(0)
		for _, w := range lane.Waves {
			length, known := w.Length()
			if !known {
				length = openEnd
			}
			status.Curve = append(status.Curve, PlannedLoad(w, at)...)
			s.Waves = append(s.Waves, WaveStatus{
				Name: w.Name, Lane: lane.Name, Closed: w.Closed(), Started: at, Length: length, Load: w.Load(),
			})
			at += length
		}
		s.Planned = max(s.Planned, at)
		s.Lanes = append(s.Lanes, status)
	}
	return s
}

// PlannedLoad is the load of a wave that begins at an instant.
func PlannedLoad(w scenario.Wave, at time.Duration) []CurvePoint {
	if w.Closed() {
		length, known := w.Length()
		if !known {
			length = openEnd
		}
		load := float64(w.Concurrency)
		return []CurvePoint{{At: at, Load: load, Closed: true}, {At: at + length, Load: load, Closed: true}}
	}
	segments, err := w.Segments("", 0)
	if err != nil {
		return nil
	}
	var curve []CurvePoint
	for _, s := range segments {
		curve = append(curve, CurvePoint{At: at, Load: s.From})
		at += s.For
		curve = append(curve, CurvePoint{At: at, Load: s.To})
	}
	return curve
}

// TargetName is what people call a URL: its host, or the built-in endpoint.
func TargetName(address string) string {
	if address == scenario.MockURL {
		return "the built-in endpoint"
	}
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}

// WavesOf are the waves of a lane whose beginning is known.
func (s Snapshot) WavesOf(lane int) []WaveStatus {
	var name string
	if lane < len(s.Lanes) {
		name = s.Lanes[lane].Name
	}
	var list []WaveStatus
	for _, w := range s.Waves {
		known := w.Begun || w.Started != Unknown
		if known && (w.Lane == name || len(s.Lanes) <= 1) {
			list = append(list, w)
		}
	}
	return list
}
