package scenario

import (
	"fmt"
	"math"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/slo"
)

// AddWave appends a wave to the lane of that name, which it creates at its first
// mention. The wave is not checked before [Scenario.Resolve].
func (s *Scenario) AddWave(lane string, w Wave) {
	if s.origin == nil {
		s.origin = newOrigin("")
	}
	s.origin.forget(s.addWave(lane, w))
}

// addWave returns the wave's path in a file.
func (s *Scenario) addWave(lane string, w Wave) string {
	i, n := -1, 0
	for k, l := range s.Lanes {
		n += len(l.Waves)
		if l.Name == lane {
			i = k
		}
	}
	if i < 0 {
		i = len(s.Lanes)
		s.Lanes = append(s.Lanes, Lane{Name: lane})
	}
	place := fmt.Sprintf("waves[%d]", n)
	s.origin.places[wavePath(i, len(s.Lanes[i].Waves))] = place
	s.Lanes[i].Waves = append(s.Lanes[i].Waves, w)
	return place
}

func wavePath(lane, wave int) string { return fmt.Sprintf("lanes[%d].waves[%d]", lane, wave) }

// WaveNames are the names of all waves, with their lanes where those have names.
func (s *Scenario) WaveNames() (names []string) {
	for _, l := range s.Lanes {
		for _, w := range l.Waves {
			names = append(names, slo.WaveName(l.Name, w.Name))
		}
	}
	return names
}

// Workloads are the scenario's own workload, those of its mix and of the lanes that have one.
// A flag that overrides the workload overrides each of them.
func (s *Scenario) Workloads() []*Workload {
	all := []*Workload{&s.Workload}
	for i := range s.Mix {
		all = append(all, &s.Mix[i].Workload)
	}
	for _, l := range s.Lanes {
		if l.Workload != nil {
			all = append(all, l.Workload)
		}
	}
	return all
}

// Streams reports whether all workloads stream, so that there is a first token.
func (s *Scenario) Streams() bool {
	for _, w := range s.Workloads() {
		if !w.Stream {
			return false
		}
	}
	return true
}

// LongestAnswer is the max_tokens of a request: the most of any workload.
func (s *Scenario) LongestAnswer() (tokens int) {
	for _, w := range s.Workloads() {
		tokens = max(tokens, w.MaxTokens)
	}
	return tokens
}

// Slots is how many requests may be open at once: max_in_flight, or the
// connections of HTTP/1.1 if they are fewer.
func (s *Scenario) Slots() int {
	if c := s.Target.Connections; c > 0 && !s.Target.HTTP2 {
		return min(s.MaxInFlight, c)
	}
	return s.MaxInFlight
}

// UsualInFlight is how many requests a closed wave keeps in flight where nobody says: 50,
// or as many as may be open if that is less.
func (s *Scenario) UsualInFlight() int {
	usual := benchInFlight
	if s.MaxInFlight > 0 {
		usual = min(usual, s.MaxInFlight)
	}
	if c := s.Target.Connections; c > 0 && !s.Target.HTTP2 {
		usual = min(usual, c)
	}
	return usual
}

// Segments is the unbroken curve that begins with the lane's wave first: the
// segments of all open waves up to the next closed one, whose index (or the number
// of waves) is next. A wave that follows recorded instants is a curve by itself. Each segment carries the index of its wave in the lane. Trace
// files count from dir unless they are absolute.
func (l Lane) Segments(dir string, first int) (segments []arrival.Segment, next int, err error) {
	for next = first; next < len(l.Waves) && !l.Waves[next].Closed(); next++ {
		more, err := l.Waves[next].Segments(dir, next)
		if err != nil {
			return nil, next, err
		}
		if (arrival.Plan{Segments: more}).Exact() {
			if next == first {
				return more, next + 1, nil
			}
			return segments, next, nil
		}
		segments = append(segments, more...)
	}
	return segments, next, nil
}

// Planned is the length of the longest lane, warm-up and grace apart. It is
// unknown if a wave's length is.
func (s *Scenario) Planned() (length time.Duration, known bool) {
	for _, l := range s.Lanes {
		var sum time.Duration
		for _, w := range l.Waves {
			d, known := w.Length()
			if !known {
				return 0, false
			}
			sum += d
		}
		length = max(length, sum)
	}
	return length, len(s.Lanes) > 0
}

// PlannedRequests is how many requests the waves schedule, on the mean for random
// arrivals. It is unknown if a closed wave ends at its time, and where a trace
// cannot be read.
func (s *Scenario) PlannedRequests() (n int64, known bool) {
	var sum float64
	for _, l := range s.Lanes {
		for _, w := range l.Waves {
			expected, known := w.expected()
			if !known {
				return 0, false
			}
			sum += expected
		}
	}
	return int64(math.Round(sum)), len(s.Lanes) > 0
}

// expected is the mean number of the wave's requests.
func (w Wave) expected() (n float64, known bool) {
	if w.Requests > 0 {
		return float64(w.Requests), true
	}
	segments, err := w.Segments("", 0)
	return arrival.Plan{Segments: segments}.Expected(), err == nil
}

// PeakRate is a rate, in requests per second, that the open waves never exceed:
// the sum of the lanes' highest rates. It is 0 without open waves.
func (s *Scenario) PeakRate() float64 {
	var sum float64
	for _, l := range s.Lanes {
		var peak float64
		for _, w := range l.Waves {
			segments, err := w.Segments("", 0)
			if err == nil {
				peak = max(peak, arrival.Plan{Segments: segments}.Peak())
			}
		}
		sum += peak
	}
	return sum
}
