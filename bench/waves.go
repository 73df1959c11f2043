package bench

import (
	"fmt"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// A wave is a wave of some lane, on the run's clock. Its name, lane and load
// never change; the rest is guarded by Run.mu.
type wave struct {
	result.WaveStatus
	lane  int
	plan  scenario.Wave
	start time.Duration
	end   time.Duration // far while it goes on

	from, to float64 // load as planned, at its start and end: requests per second, or in flight
	breached bool    // an SLO was, while it was live
}

// Streams of random numbers: each lane has one for its waves and one for its
// warm-up, each stretch of it another.
const warmupStream = 1 << 32

// plan lays out lanes, stretches and waves.
func (r *Run) plan() error {
	for i, sl := range r.scenario.Lanes {
		l := &lane{
			run: r, index: i, name: sl.Name, workload: workload(r.scenario, sl),
			source: r.options.Prompts[i], factor: 1, live: result.Warmup,
		}
		l.prompts = r.promptsOf(i)
		arrivals := r.scenario.Arrivals
		if sl.Arrivals != "" {
			arrivals = sl.Arrivals
		}
		process, err := arrival.ParseProcess(arrivals)
		if err != nil {
			return err
		}
		if err := l.plan(sl, process); err != nil {
			return err
		}
		r.lanes = append(r.lanes, l)
	}
	return nil
}

// plan cuts the lane's waves into stretches: successive open waves are one curve.
func (l *lane) plan(sl scenario.Lane, process arrival.Process) error {
	r := l.run
	if r.scenario.Warmup > 0 && len(sl.Waves) > 0 {
		st, err := l.warmup(sl.Waves[0], process)
		if err != nil {
			return err
		}
		l.stretch = append(l.stretch, st)
	}
	var curve []arrival.Segment
	first := len(r.waves)
	flush := func() error {
		if len(curve) == 0 {
			return nil
		}
		plan := arrival.Plan{
			Segments: curve, Process: process, Seed: r.scenario.Seed,
			Stream: uint64(l.index)<<16 | uint64(len(l.stretch)),
		}
		if err := plan.Validate(); err != nil {
			return err
		}
		l.stretch = append(l.stretch, l.openStretch(first, len(r.waves)-1, plan))
		curve = nil
		return nil
	}
	for _, w := range sl.Waves {
		index := len(r.waves)
		from, to := float64(w.Concurrency), float64(w.Concurrency)
		if w.Closed() {
			if err := flush(); err != nil {
				return err
			}
			first = index + 1
			l.stretch = append(l.stretch, l.closedStretch(index, w))
		} else {
			segments, err := w.Segments("", index)
			if err != nil {
				return err
			}
			curve = append(curve, segments...)
			from, to = segments[0].From, segments[len(segments)-1].To
		}
		r.waves = append(r.waves, wave{
			WaveStatus: result.WaveStatus{Name: w.Name, Lane: l.name, Closed: w.Closed(), Load: w.Load()},
			lane:       l.index, plan: w, end: far, from: from, to: to,
		})
	}
	return flush()
}

// warmup plans load before the first wave, at its starting rate.
func (l *lane) warmup(first scenario.Wave, process arrival.Process) (stretch, error) {
	length := l.run.scenario.Warmup
	if first.Closed() {
		return l.closedStretch(result.Warmup, scenario.Wave{Concurrency: first.Concurrency, For: length}), nil
	}
	segments, err := first.Segments("", result.Warmup)
	if err != nil {
		return stretch{}, err
	}
	rate := segments[0].From
	plan := arrival.Plan{
		Segments: []arrival.Segment{{From: rate, To: rate, For: length.D(), Wave: result.Warmup}},
		Process:  process, Seed: l.run.scenario.Seed, Stream: warmupStream | uint64(l.index),
	}
	return l.openStretch(result.Warmup, result.Warmup, plan), plan.Validate()
}

// planWaves says when the waves will begin, as far as that is known.
func (r *Run) planWaves() {
	at := make([]time.Duration, len(r.lanes))
	for i := range r.waves {
		w := &r.waves[i]
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

// wavesPlanned is told when the waves of a curve began and will begin.
func (r *Run) wavesPlanned(l *lane, starts []arrival.Boundary, end time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, b := range starts {
		if b.Wave < 0 {
			continue
		}
		w := &r.waves[b.Wave]
		next := end
		if i+1 < len(starts) {
			next = starts[i+1].At
		}
		if !w.Begun {
			w.Started = r.since(b.At)
		}
		if !w.Ended {
			w.Length = next - b.At
		}
	}
	r.replanAfter(l.index)
}

// replanAfter moves the planned starts of a lane's waves to where the ones before
// them end. r.mu is held.
func (r *Run) replanAfter(lane int) {
	at := time.Duration(0)
	for i := range r.waves {
		w := &r.waves[i]
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

// waveChanged is told that a lane goes from one wave to another. l.mu is held.
func (r *Run) waveChanged(l *lane, before, now int, at time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ledger.Enter(l.index, now, at, r.surged(before, now))
	if before >= 0 {
		w := &r.waves[before]
		w.Ended, w.end = true, at
		w.Length = at - w.start
	}
	if now < 0 {
		r.replanAfter(l.index)
		return
	}
	if r.state == result.Warming {
		r.state = result.Running
	}
	w := &r.waves[now]
	w.Begun, w.start = true, at
	w.Started = r.since(at)
	r.replanAfter(l.index)
	r.addEvent(result.Event{
		TS: w.Started.Seconds(), Kind: result.WaveStarted, Wave: w.Name, Lane: l.name,
		Text: fmt.Sprintf("wave %s began: %s", w.Name, w.Load),
	})
}

// waveName is the name of a wave, "" for what is none.
func (r *Run) waveName(i int) string {
	if i < 0 {
		return ""
	}
	return r.waves[i].Name
}

// length is how long a wave, or the whole run (wave < 0), has lasted.
func (r *Run) length(wave int) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lengthLocked(wave)
}

// loadLength is how long load has been offered.
func (r *Run) loadLength() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.loadEnd > 0 {
		return r.loadEnd - r.start
	}
	return r.lengthLocked(-1)
}

func (r *Run) lengthLocked(wave int) time.Duration {
	now := r.now()
	if r.end > 0 {
		now = r.end
	}
	if wave < 0 {
		return max(r.since(now), 0)
	}
	w := r.waves[wave]
	if !w.Begun {
		return 0
	}
	return min(w.end, now) - w.start
}

// addEvent notes an event. r.mu is held.
func (r *Run) addEvent(e result.Event) {
	if len(r.events) < maxEvents || e.Kind == result.Stopped {
		r.events = append(r.events, e)
	}
}

// maxEvents bounds what a run remembers; a steering hand makes a few a minute.
const maxEvents = 10_000

func (r *Run) event(e result.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.addEvent(e)
}
