package store

import "flashwave/bench/result"

// A standing is a result.Standing as a row of a second holds it: what has changed.
type standing struct {
	Asked    []int64                `json:"asked,omitempty"`
	Backlogs map[int]result.Backlog `json:"backlogs,omitempty"`
	Limited  map[int]limitsMet      `json:"limited,omitempty"`
	Steady   map[int]float64        `json:"steady_rps,omitempty"`
	Surges   map[int]aftermath      `json:"surges,omitempty"`
}

type limitsMet struct {
	FirstS float64  `json:"first_s"`
	LastS  float64  `json:"last_s"`
	RPM    float64  `json:"rpm"`
	TPM    *float64 `json:"tpm"`
}

type aftermath struct {
	StartS  float64           `json:"start_s"`
	EndS    *float64          `json:"end_s,omitempty"`
	Seconds map[int][4]uint32 `json:"seconds,omitempty"` // scheduled, good, bad, unjudged; older logs lack the last
}

func standingOf(s *result.Standing) *standing {
	if s == nil {
		return nil
	}
	j := &standing{Asked: s.Asked, Backlogs: s.Backlogs, Steady: s.Steady}
	for wave, l := range s.Limited {
		set(&j.Limited, wave, limitsMet(l))
	}
	for wave, a := range s.Surges {
		after := aftermath{StartS: a.StartS, EndS: a.EndS}
		for i, t := range a.Seconds {
			set(&after.Seconds, i, [4]uint32{t.Scheduled, t.Good, t.Bad, t.Unjudged})
		}
		set(&j.Surges, wave, after)
	}
	return j
}

// result is nil where there is none: older logs have none.
func (j *standing) result() *result.Standing {
	if j == nil {
		return nil
	}
	s := &result.Standing{Asked: j.Asked, Backlogs: j.Backlogs, Steady: j.Steady}
	for wave, l := range j.Limited {
		set(&s.Limited, wave, result.LimitsMet(l))
	}
	for wave, a := range j.Surges {
		after := result.Aftermath{StartS: a.StartS, EndS: a.EndS}
		for i, t := range a.Seconds {
			set(&after.Seconds, i, result.SecondsTally{Scheduled: t[0], Tally: result.Tally{Good: t[1], Bad: t[2], Unjudged: t[3]}})
		}
		set(&s.Surges, wave, after)
	}
	return s
}

// set sets a value in a map that is made when it is needed.
func set[V any](m *map[int]V, key int, v V) {
	if *m == nil {
		*m = map[int]V{}
	}
	(*m)[key] = v
}
