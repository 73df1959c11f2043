package store

import (
	"maps"
	"math"
	"time"

	"flashwave/bench/result"
)

// secondKind marks a row of counters among the events.
const secondKind = "second"

// A second is the row of counters of one interval. Its histograms are in the
// histogram log.
type second struct {
	Kind     string               `json:"kind"`
	TS       float64              `json:"t_s"`
	EndS     float64              `json:"end_s"`
	Waves    []string             `json:"waves,omitempty"`
	InFlight int64                `json:"in_flight,omitempty"`
	Queued   int64                `json:"queued,omitempty"`
	Over     bool                 `json:"overloaded,omitempty"`
	Parts    map[int]*result.Part `json:"parts,omitempty"`    // by wave; not to be written to
	Classes  map[int]*result.Part `json:"classes,omitempty"`  // by class, as the scenario counts them; likewise. Older logs have none
	Standing *result.Standing     `json:"standing,omitempty"` // older logs have none
	Queue    *result.TierSecond   `json:"queue,omitempty"`    // only where requests are tasks of one; likewise
}

func newSecond(in result.Interval, row result.Row) second {
	return second{
		Kind: secondKind, TS: in.Start.Seconds(), EndS: in.End.Seconds(),
		Waves: row.Waves, InFlight: row.InFlight, Queued: row.Queued, Over: row.Overloaded,
		Parts: maps.Clone(in.Parts), Classes: maps.Clone(in.Classes), Standing: in.Standing, Queue: in.Queue,
	}
}

// A sampled is a kind of error of which a wave's log, or that of a class, has an example.
type sampled struct {
	wave    int
	isClass bool // wave is one
	kind    result.ErrorKey
}

// leaveOut drops the examples of errors that the log has already: an endpoint that
// is down says the same every second.
func (s *second) leaveOut(have map[sampled]bool) {
	leaveOut(s.Parts, false, have)
	leaveOut(s.Classes, true, have)
}

func leaveOut(parts map[int]*result.Part, isClass bool, have map[sampled]bool) {
	for wave, p := range parts {
		if len(p.Errors) == 0 {
			continue
		}
		short := *p
		short.Errors = p.Errors.WithoutSamples(func(kind result.ErrorKey) bool {
			this := sampled{wave, isClass, kind}
			had := have[this]
			have[this] = true
			return had
		})
		parts[wave] = &short
	}
}

// logged is the second as a run is rebuilt from it; false if its times cannot be.
func (s second) logged() (result.Logged, bool) {
	if !(s.TS >= 0 && s.EndS >= s.TS && s.EndS <= longest) {
		return result.Logged{}, false
	}
	l := result.Logged{
		Interval: result.Interval{Start: duration(s.TS), End: duration(s.EndS), Standing: s.Standing, Queue: s.Queue},
		Waves:    s.Waves, InFlight: s.InFlight, Queued: s.Queued, Overloaded: s.Over,
	}
	l.Parts, l.Classes = merged(s.Parts), merged(s.Classes)
	wellTimed(l.Parts)
	if l.Queue != nil {
		for i, p := range l.Queue.Classes {
			if p == nil {
				l.Queue.Classes[i] = &result.TaskPart{}
			}
		}
	}
	return l, true
}

// merged are whole parts, whatever of them the log had.
func merged(logged map[int]*result.Part) map[int]*result.Part {
	whole := map[int]*result.Part{}
	for key, p := range logged {
		whole[key] = result.NewPart()
		whole[key].Merge(p)
	}
	return whole
}

// wellTimed says of a log that knows how many good requests there were, and not when,
// that those which a wave answered in its time were among them: an earlier version
// wrote it.
func wellTimed(parts map[int]*result.Part) {
	var good, timed int64
	for _, p := range parts {
		good, timed = good+p.Good, timed+p.Here.Good
	}
	if good == 0 || timed > 0 {
		return
	}
	for _, p := range parts {
		p.Here.Good = min(p.Good, p.Here.Succeeded)
	}
}

// duration undoes Duration.Seconds, exactly within the longest run.
func duration(s float64) time.Duration { return time.Duration(math.Round(s * float64(time.Second))) }
