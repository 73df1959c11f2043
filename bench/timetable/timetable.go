// Package timetable says when the waves of a run take place: as they are planned, as
// steering moves them, and as it came.
package timetable

import (
	"slices"
	"sync"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
)

// far is an instant that never comes.
const far = time.Duration(1<<63 - 1)

// A Timetable is the waves of a run, lane after lane, and when they take place. It is
// safe for concurrent use.
type Timetable struct {
	*Clock
	plan []plan // of each wave; it never changes

	mu      sync.Mutex
	list    []wave
	loadEnd time.Duration // when the last lane was over; 0: not yet
	end     time.Duration // of the run; 0: not yet
}

// A plan is what was laid down of a wave.
type plan struct {
	scenario.Wave
	name     verdict.WaveName
	lane     int
	from, to float64 // load at its start and end: requests per second, or in flight
}

// A wave is what became of a plan, on the run's clock.
type wave struct {
	result.WaveStatus
	start    time.Duration
	end      time.Duration // far while it goes on
	breached bool          // an SLO was, while it was live
}

// New lays out the waves of a scenario, lane after lane.
func New(sc *scenario.Scenario, clock *Clock) (*Timetable, error) {
	t := &Timetable{Clock: clock}
	for lane, sl := range sc.Lanes {
		for _, w := range sl.Waves {
			from, to := float64(w.Concurrency), float64(w.Concurrency)
			if !w.Closed() {
				segments, err := w.Segments("", len(t.plan))
				if err != nil {
					return nil, err
				}
				from, to = segments[0].From, segments[len(segments)-1].To
			}
			t.plan = append(t.plan, plan{Wave: w, name: verdict.WaveName{Lane: sl.Name, Wave: w.Name}, lane: lane, from: from, to: to})
			t.list = append(t.list, wave{
				WaveStatus: result.WaveStatus{Name: w.Name, Lane: sl.Name, Closed: w.Closed(), Load: w.Load()}, end: far,
			})
		}
	}
	return t, nil
}

// Begin says when the first wave begins, and so when the others will, as far as that is
// known. It comes before everything else.
func (t *Timetable) Begin(start time.Duration) {
	t.start = start
	at := map[int]time.Duration{} // by lane
	for i := range t.list {
		w, lane := &t.list[i], t.plan[i].lane
		w.Started, w.Length = at[lane], result.Unknown
		length, known := t.plan[i].Length()
		if known {
			w.Length = length
		}
		if known && at[lane] != result.Unknown {
			at[lane] += length
		} else {
			at[lane] = result.Unknown
		}
	}
}

// Planned is told when the waves of a curve began and will begin.
func (t *Timetable) Planned(lane int, starts []arrival.Boundary, end time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, b := range starts {
		if b.Wave < 0 {
			continue
		}
		w := &t.list[b.Wave]
		next := end
		if i+1 < len(starts) {
			next = starts[i+1].At
		}
		if !w.Begun {
			w.Started = t.Since(b.At)
		}
		if !w.Ended {
			w.Length = next - b.At
		}
	}
	t.replan(lane)
}

// replan moves the planned starts of a lane's waves to where the ones before them end.
// t.mu is held.
func (t *Timetable) replan(lane int) {
	at := time.Duration(0)
	for i := range t.list {
		if t.plan[i].lane != lane {
			continue
		}
		w := &t.list[i]
		if !w.Begun {
			w.Started = at
		}
		if w.Length == result.Unknown || w.Started == result.Unknown {
			at = result.Unknown
		} else {
			at = w.Started + w.Length
		}
	}
}

// Entered is told that a lane goes from one wave to another. It answers with the status
// of the one that began, if any did, and whether the one before was a surge.
func (t *Timetable) Entered(lane, before, now int, at time.Duration) (began *result.WaveStatus, surged bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	surged = t.surged(before, now)
	if before >= 0 {
		w := &t.list[before]
		w.Ended, w.end = true, at
		w.Length = at - w.start
	}
	if now >= 0 {
		w := &t.list[now]
		w.Begun, w.start = true, at
		w.Started = t.Since(at)
		began = new(w.WaveStatus)
	}
	t.replan(lane)
	return began, surged
}

// surgeRatio is by how much the load falls after a wave that is a surge whatever
// it did to the endpoint.
const surgeRatio = 2

// surged reports whether a wave that has ended was a surge: an open wave with at
// least twice the rate at its end that the next one begins with, or any wave in
// which an SLO was breached live and after which there is less load. t.mu is held.
func (t *Timetable) surged(before, next int) bool {
	if before < 0 || next < 0 {
		return false
	}
	w, n := t.plan[before], t.plan[next]
	if w.Closed() != n.Closed() {
		return false
	}
	return !w.Closed() && w.to > 0 && w.to >= surgeRatio*n.from || t.list[before].breached && n.from < w.to
}

// Breach notes that an SLO is breached in those of some waves that had begun by an instant:
// a younger one may suffer from those before it.
func (t *Timetable) Breach(waves []int, by time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, i := range waves {
		if w := &t.list[i]; w.start <= by {
			w.breached = true
		}
	}
}

// EndLoad notes that nothing is offered any more.
func (t *Timetable) EndLoad() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.loadEnd = t.start
	for i := range t.list {
		if w := &t.list[i]; w.Begun {
			w.end = min(w.end, t.Now()) // its lane may be stuck
			t.loadEnd = max(t.loadEnd, w.end)
		}
	}
}

// Finish ends the run now.
func (t *Timetable) Finish() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end = t.Now()
}

// Ended is when the run ended; now while it goes on.
func (t *Timetable) Ended() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.endOrNow()
}

func (t *Timetable) endOrNow() time.Duration {
	if t.end > 0 {
		return t.end
	}
	return t.Now()
}

// Names are those of all waves.
func (t *Timetable) Names() []verdict.WaveName {
	names := make([]verdict.WaveName, len(t.plan))
	for i, p := range t.plan {
		names[i] = p.name
	}
	return names
}

// Name is that of a wave; empty for what is none.
func (t *Timetable) Name(i int) verdict.WaveName {
	if i < 0 {
		return verdict.WaveName{}
	}
	return t.plan[i].name
}

// Lane is the lane of a wave, by its number.
func (t *Timetable) Lane(i int) int { return t.plan[i].lane }

// Len is how many waves there are.
func (t *Timetable) Len() int { return len(t.plan) }

// Closed reports whether any of the waves is closed.
func (t *Timetable) Closed() bool {
	return slices.ContainsFunc(t.plan, func(p plan) bool { return p.Closed() })
}

// Length is how long a wave, or the whole run (wave < 0), has lasted.
func (t *Timetable) Length(wave int) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lasted(wave)
}

// LoadLength is how long load has been offered.
func (t *Timetable) LoadLength() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.loadEnd > 0 {
		return t.loadEnd - t.start
	}
	return t.lasted(-1)
}

// lasted is length, with t.mu held.
func (t *Timetable) lasted(wave int) time.Duration {
	now := t.endOrNow()
	if wave < 0 {
		return max(t.Since(now), 0)
	}
	w := &t.list[wave]
	if !w.Begun {
		return 0
	}
	return min(w.end, now) - w.start
}

// Overlap is how much of a window lies in the load of a wave, or of the run
// (wave < 0). What is less than a second says nothing about rates: 0.
func (t *Timetable) Overlap(wave int, from, to time.Duration) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	start, end := t.start, to
	if wave >= 0 {
		w := &t.list[wave]
		if !w.Begun {
			return 0
		}
		start, end = w.start, w.end
	}
	d := min(to, end) - max(from, start)
	if d < time.Second {
		return 0
	}
	return d
}

// Status is how a wave stands.
func (t *Timetable) Status(i int) result.WaveStatus {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.list[i].WaveStatus
}

// Statuses are how all of them stand, and how long they take together; 0: that cannot be
// known.
func (t *Timetable) Statuses() (list []result.WaveStatus, longest time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	known := true
	for i := range t.list {
		w := &t.list[i]
		list = append(list, w.WaveStatus)
		if w.Started == result.Unknown || w.Length == result.Unknown {
			known = false
		}
		longest = max(longest, w.Started+w.Length)
	}
	if !known {
		return list, 0
	}
	return list, longest
}
