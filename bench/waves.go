package bench

import (
	"sync"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
)

// far is an instant that never comes.
const far = time.Duration(1<<63 - 1)

// A clock is that of a run. Its zero is what the client's instants count from.
type clock struct {
	epoch time.Time
	start time.Duration // when the first wave begins; set before anything else goes on
}

// now is the instant.
func (c *clock) now() time.Duration { return time.Since(c.epoch) }

// since is an instant as counted from the first wave.
func (c *clock) since(at time.Duration) time.Duration { return at - c.start }

// waves are those of a run, lane after lane, and when they take place. They are safe for
// concurrent use; how many there are, their names and their lanes never change.
type waves struct {
	*clock
	list []wave

	mu      sync.Mutex
	loadEnd time.Duration // when the last lane was over; 0: not yet
	end     time.Duration // of the run; 0: not yet
}

// A wave is a wave of some lane, on the run's clock. Its name, lane and load
// never change; the rest is guarded by waves.mu.
type wave struct {
	result.WaveStatus
	lane  int
	plan  scenario.Wave
	start time.Duration
	end   time.Duration // far while it goes on

	from, to float64 // load as planned, at its start and end: requests per second, or in flight
	breached bool    // an SLO was, while it was live
}

// wavesOf lays out the waves of a scenario, lane after lane.
func wavesOf(sc *scenario.Scenario) ([]wave, error) {
	var list []wave
	for lane, sl := range sc.Lanes {
		for _, w := range sl.Waves {
			from, to := float64(w.Concurrency), float64(w.Concurrency)
			if !w.Closed() {
				segments, err := w.Segments("", len(list))
				if err != nil {
					return nil, err
				}
				from, to = segments[0].From, segments[len(segments)-1].To
			}
			list = append(list, wave{
				WaveStatus: result.WaveStatus{Name: w.Name, Lane: sl.Name, Closed: w.Closed(), Load: w.Load()},
				lane:       lane, plan: w, end: far, from: from, to: to,
			})
		}
	}
	return list, nil
}

// expect says when the waves will begin, as far as that is known.
func (ws *waves) expect(lanes int) {
	at := make([]time.Duration, lanes)
	for i := range ws.list {
		w := &ws.list[i]
		w.Started, w.Length = at[w.lane], result.Unknown
		length, known := w.plan.Length()
		if known {
			w.Length = length
		}
		if known && at[w.lane] != result.Unknown {
			at[w.lane] += length
		} else {
			at[w.lane] = result.Unknown
		}
	}
}

// planned is told when the waves of a curve began and will begin.
func (ws *waves) planned(lane int, starts []arrival.Boundary, end time.Duration) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for i, b := range starts {
		if b.Wave < 0 {
			continue
		}
		w := &ws.list[b.Wave]
		next := end
		if i+1 < len(starts) {
			next = starts[i+1].At
		}
		if !w.Begun {
			w.Started = ws.since(b.At)
		}
		if !w.Ended {
			w.Length = next - b.At
		}
	}
	ws.replan(lane)
}

// replan moves the planned starts of a lane's waves to where the ones before them end.
// ws.mu is held.
func (ws *waves) replan(lane int) {
	at := time.Duration(0)
	for i := range ws.list {
		w := &ws.list[i]
		if w.lane != lane {
			continue
		}
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

// entered is told that a lane goes from one wave to another. It answers with the status
// of the one that began, if any did, and whether the one before was a surge.
func (ws *waves) entered(lane, before, now int, at time.Duration) (began *result.WaveStatus, surged bool) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	surged = ws.surged(before, now)
	if before >= 0 {
		w := &ws.list[before]
		w.Ended, w.end = true, at
		w.Length = at - w.start
	}
	if now >= 0 {
		w := &ws.list[now]
		w.Begun, w.start = true, at
		w.Started = ws.since(at)
		began = new(w.WaveStatus)
	}
	ws.replan(lane)
	return began, surged
}

// surgeRatio is by how much the load falls after a wave that is a surge whatever
// it did to the endpoint.
const surgeRatio = 2

// surged reports whether a wave that has ended was a surge: an open wave with at
// least twice the rate at its end that the next one begins with, or any wave in
// which an SLO was breached live and after which there is less load. ws.mu is held.
func (ws *waves) surged(before, next int) bool {
	if before < 0 || next < 0 {
		return false
	}
	w, n := &ws.list[before], &ws.list[next]
	if w.Closed != n.Closed {
		return false
	}
	return !w.Closed && w.to > 0 && w.to >= surgeRatio*n.from || w.breached && n.from < w.to
}

// breach notes that an SLO is breached in those of some waves that it speaks of. Ones
// that began within the live window may suffer from those before.
func (ws *waves) breach(e slo.Expr, live []int, now time.Duration) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for _, i := range live {
		if w := &ws.list[i]; e.Concerns(w.Lane, w.Name) && now-w.start >= liveWindow {
			w.breached = true
		}
	}
}

// endLoad notes that nothing is offered any more.
func (ws *waves) endLoad() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.loadEnd = ws.start
	for i := range ws.list {
		if w := &ws.list[i]; w.Begun {
			w.end = min(w.end, ws.now()) // its lane may be stuck
			ws.loadEnd = max(ws.loadEnd, w.end)
		}
	}
}

// finish ends the run now.
func (ws *waves) finish() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.end = ws.now()
}

// ended is when the run ended; now while it goes on.
func (ws *waves) ended() time.Duration {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.endOrNow()
}

func (ws *waves) endOrNow() time.Duration {
	if ws.end > 0 {
		return ws.end
	}
	return ws.now()
}

// name is the wave's name. It never changes.
func (w *wave) name() verdict.WaveName { return verdict.WaveName{Lane: w.Lane, Wave: w.Name} }

// names are all of them.
func (ws *waves) names() []verdict.WaveName {
	names := make([]verdict.WaveName, len(ws.list))
	for i := range ws.list {
		names[i] = ws.list[i].name()
	}
	return names
}

// nameOf is the name of a wave in its lane, "" for what is none.
func (ws *waves) nameOf(i int) string {
	if i < 0 {
		return ""
	}
	return ws.list[i].Name
}

// length is how long a wave, or the whole run (wave < 0), has lasted.
func (ws *waves) length(wave int) time.Duration {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.lasted(wave)
}

// loadLength is how long load has been offered.
func (ws *waves) loadLength() time.Duration {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.loadEnd > 0 {
		return ws.loadEnd - ws.start
	}
	return ws.lasted(-1)
}

// lasted is length, with ws.mu held.
func (ws *waves) lasted(wave int) time.Duration {
	now := ws.endOrNow()
	if wave < 0 {
		return max(ws.since(now), 0)
	}
	w := &ws.list[wave]
	if !w.Begun {
		return 0
	}
	return min(w.end, now) - w.start
}

// overlap is how much of a window lies in the load of a wave, or of the run
// (wave < 0). What is less than a second says nothing about rates: 0.
func (ws *waves) overlap(wave int, from, to time.Duration) time.Duration {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	start, end := ws.start, to
	if wave >= 0 {
		w := &ws.list[wave]
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

// status is how a wave stands.
func (ws *waves) status(i int) result.WaveStatus {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.list[i].WaveStatus
}

// statuses are how all of them stand, and how long they take together; 0: that cannot be
// known.
func (ws *waves) statuses() (list []result.WaveStatus, longest time.Duration) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	known := true
	for i := range ws.list {
		w := &ws.list[i]
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
