package result

import (
	"encoding/json"
	"maps"
	"time"
)

// A Standing is what a run knows at the end of a second that no count of that second
// tells. Of waves it holds those for which something has changed; what it says of them
// replaces what was said before, but for the seconds of a surge, which add up.
type Standing struct {
	Asked    []int64           `json:"asked,omitempty"`      // requests scheduled so far, by lane, those of the warm-up included
	Backlogs map[int]Backlog   `json:"backlogs,omitempty"`   // the largest so far, by wave
	Limited  map[int]LimitsMet `json:"limited,omitempty"`    // how a wave met its rate limits
	Steady   map[int]float64   `json:"steady_rps,omitempty"` // completions per second of a closed wave
	Surges   map[int]Aftermath `json:"surges,omitempty"`     // what came after a wave that was a surge
	Sessions *Sessions         `json:"sessions,omitempty"`   // what became of conversations so far
}

// LimitsMet is how a wave met its rate limits.
type LimitsMet struct {
	FirstS float64  `json:"first_s"` // from the start of the run
	LastS  float64  `json:"last_s"`
	RPM    float64  `json:"rpm"` // the pace at the first
	TPM    *float64 `json:"tpm"` // likewise; nil: not known
}

// AddTo completes the figures.
func (l LimitsMet) AddTo(s *Stats) {
	if r := s.RateLimits; r != nil {
		r.First429S, r.Last429S, r.RPMAtFirst429, r.TPMAtFirst429 = &l.FirstS, &l.LastS, &l.RPM, l.TPM
	}
}

// An Aftermath is what became of the requests that a lane scheduled after a surge.
type Aftermath struct {
	StartS  float64              `json:"start_s"`           // the end of the surge
	EndS    *float64             `json:"end_s,omitempty"`   // when the lane went on to something else; nil: it is still watched
	Seconds map[int]SecondsTally `json:"seconds,omitempty"` // since the second before, by the second from StartS on
}

// A SecondsTally is a Tally that knows what it lacks.
type SecondsTally struct {
	Scheduled uint32
	Tally
}

// MarshalJSON implements [json.Marshaler]: scheduled, good, bad and unjudged.
func (t SecondsTally) MarshalJSON() ([]byte, error) {
	return json.Marshal([4]uint32{t.Scheduled, t.Good, t.Bad, t.Unjudged})
}

// UnmarshalJSON implements [json.Unmarshaler]. Older logs lack the last.
func (t *SecondsTally) UnmarshalJSON(b []byte) error {
	var n [4]uint32
	err := json.Unmarshal(b, &n)
	*t = SecondsTally{Scheduled: n[0], Tally: Tally{Good: n[1], Bad: n[2], Unjudged: n[3]}}
	return err
}

// Add adds another one.
func (t *SecondsTally) Add(o SecondsTally) {
	t.Scheduled = plus(t.Scheduled, o.Scheduled)
	t.Tally.Add(o.Tally)
}

// Merge adds what was said later.
func (s *Standing) Merge(later *Standing) {
	if later == nil {
		return
	}
	if later.Asked != nil {
		s.Asked = later.Asked
	}
	if later.Sessions != nil {
		s.Sessions = later.Sessions
	}
	s.Backlogs = replaced(s.Backlogs, later.Backlogs)
	s.Limited = replaced(s.Limited, later.Limited)
	s.Steady = replaced(s.Steady, later.Steady)
	for wave, after := range later.Surges {
		if s.Surges == nil {
			s.Surges = map[int]Aftermath{}
		}
		before, ok := s.Surges[wave]
		if !ok {
			before.Seconds = map[int]SecondsTally{}
		}
		before.StartS, before.EndS = after.StartS, after.EndS
		for i, t := range after.Seconds {
			sum := before.Seconds[i]
			sum.Add(t)
			before.Seconds[i] = sum
		}
		s.Surges[wave] = before
	}
}

func replaced[V any](m, by map[int]V) map[int]V {
	if m == nil {
		m = map[int]V{}
	}
	maps.Copy(m, by)
	return m
}

// backlog is the largest of a wave, or of any (wave < 0).
func (s *Standing) backlog(wave int) *Backlog {
	var most *Backlog
	for i, b := range s.Backlogs {
		if wave >= 0 && i != wave {
			continue
		}
		if most == nil || b.Peak > most.Peak || b.Peak == most.Peak && b.AtS < most.AtS {
			most = new(b)
		}
	}
	return most
}

// limited is how a wave, or the run (wave < 0), met its limits.
func (s *Standing) limited(wave int) (all LimitsMet, ok bool) {
	for i, l := range s.Limited {
		if wave >= 0 && i != wave {
			continue
		}
		last := max(all.LastS, l.LastS)
		if !ok || l.FirstS < all.FirstS {
			all = l
		}
		all.LastS, ok = last, true
	}
	return all, ok
}

// recovery says after how long the endpoint was itself again after a wave; nil where
// that was no surge. What is still open at end is not good.
func (s *Standing) recovery(wave int, end time.Duration, share float64, text string) *Recovery {
	after, ok := s.Surges[wave]
	if !ok {
		return nil
	}
	if after.EndS != nil {
		end = FromSeconds(*after.EndS)
	}
	watched := min(max(end-FromSeconds(after.StartS), 0), RecoveryLimit*time.Second)
	seconds := make([]Tally, int(watched/time.Second)+1)
	for i, t := range after.Seconds {
		if 0 <= i && i < len(seconds) {
			seconds[i] = t.Tally
			open := max(int64(t.Scheduled)-int64(t.Good)-int64(t.Bad)-int64(t.Unjudged), 0)
			seconds[i].Bad = plus(t.Bad, uint32(open))
		}
	}
	return RecoveryOf(seconds, watched, share, text)
}
