// Package ledger records what happens to the requests of a run, as it happens: what was
// due and never sent, what is open, how it ended, what it cost. Once a second everything
// since the last becomes an interval that is never written again, and readers get sums of
// those.
//
// A [Ledger] starts one goroutine, which writes the log of requests if there is one;
// [Ledger.CloseLog] waits for it. Every method is safe for concurrent use. Of its locks
// none is taken while another is held, but for one: whoever looks at a recovery may hold
// a shard.
package ledger

import (
	"io"
	"iter"
	"sync/atomic"
	"time"

	"flashwave/bench/class"
	"flashwave/bench/dispatch"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
)

// Config says what is to be recorded.
type Config struct {
	Lanes    []scenario.Lane
	Measured result.Measured
	Requests io.Writer // the log of requests; nil: none
	// Classes is by how many classes requests are told apart besides their waves, and
	// ClassesOf says of which of them one is. Of those that Watched names the last minute is
	// kept, second by second.
	Classes   int
	ClassesOf func(dispatch.Ticket) class.Indexes
	Watched   func(class int) bool
	// Converses says whether a request is a turn of a conversation; nil: none is.
	Converses func(dispatch.Ticket) bool
	// Excerpt: a stream that had begun to answer when it was cut is not held against the
	// endpoint.
	Excerpt bool
}

// ClassesOf are those of a request; one of the warm-up is of none.
func (l *Ledger) ClassesOf(t dispatch.Ticket) class.Indexes {
	if l.config.Classes == 0 || t.Wave == result.Warmup {
		return class.None
	}
	return l.config.ClassesOf(t)
}

// A Ledger records a run. Instants are on the run's clock.
type Ledger struct {
	*recorder
	config Config
	waves  []verdict.WaveName
	start  time.Duration // when the first wave begins
	live   []atomic.Int64
	open   register
	pace   *pace
	surges surges
	steady []*steady // by wave; nil for an open one
	log    *requestLog
}

// New is an empty ledger. Nothing may be recorded before [Ledger.Begin].
func New(c Config) *Ledger {
	l := &Ledger{config: c, live: make([]atomic.Int64, len(c.Lanes))}
	var lanes []string // of each wave
	for i, lane := range c.Lanes {
		l.live[i].Store(result.Warmup)
		for _, w := range lane.Waves {
			lanes, l.waves = append(lanes, lane.Name), append(l.waves, verdict.WaveName{Lane: lane.Name, Wave: w.Name})
			if w.Closed() {
				l.steady = append(l.steady, &steady{})
			} else {
				l.steady = append(l.steady, nil)
			}
		}
	}
	l.recorder = newRecorder(result.NewTimeline(lanes, c.Measured), c.Classes, c.Watched)
	l.open, l.surges = newRegister(len(l.waves)), newSurges(len(c.Lanes), len(l.waves))
	if c.Requests != nil {
		l.log = newRequestLog(c.Requests)
	}
	return l
}

// Begin starts the clock of the first interval; the first wave begins at start.
func (l *Ledger) Begin(now, start time.Duration) {
	l.start = start
	l.pace = newPace(now, len(l.waves))
	l.begin(now, start)
}

// since is an instant as counted from the first wave.
func (l *Ledger) since(at time.Duration) time.Duration { return at - l.start }

// LiveWave is the wave in whose wall time things happen in a lane: result.Warmup before
// its first, result.Over after its last, result.Tail when nothing is offered any more.
func (l *Ledger) LiveWave(lane int) int { return int(l.live[lane].Load()) }

// A Second is one that has ended: what happened in it, on the clock of the first wave, and
// the rows that say so. Whoever has it has all of it, and it is never written again.
type Second struct {
	result.Interval
	Row   result.Row
	Lanes map[string]result.Row // of each lane by itself
}

// EndSecond ends the current second, at whose end so many requests are in flight and wait
// for a slot; false: it belongs to the warm-up, whose cost comes with the first second.
func (l *Ledger) EndSecond(now time.Duration, inFlight, waiting int) (s Second, ok bool) {
	s.Interval = l.end(now)
	if now <= l.start {
		return s, false
	}
	s.Start, s.End = max(l.since(s.Start), 0), l.since(s.End)
	var live []string
	for wave := range l.Live() {
		live = append(live, l.waves[wave].String())
	}
	s.Row, s.Lanes = l.add(s.Interval, live, int64(inFlight), int64(waiting))
	return s, true
}

// Live are the waves in whose wall time things happen.
func (l *Ledger) Live() iter.Seq[int] {
	return func(yield func(int) bool) {
		for lane := range l.live {
			if wave := l.LiveWave(lane); wave >= 0 && !yield(wave) {
				return
			}
		}
	}
}

// Enter makes a wave the live one of a lane. surged: the one before it was a surge, and
// what comes now is kept apart.
func (l *Ledger) Enter(lane, wave int, at time.Duration, surged bool) {
	before := int(l.live[lane].Swap(int64(wave)))
	l.surges.enter(lane, before, wave, at, surged)
}

// EndLoad says that nothing is offered any more: what ends from now on is in no rate.
func (l *Ledger) EndLoad() {
	for i := range l.live {
		l.live[i].Store(result.Tail)
	}
}

// of adds something to the current second of a request's wave and of its classes.
func (l *Ledger) of(t dispatch.Ticket, add func(*result.Part)) {
	classes := l.ClassesOf(t)
	s := l.shard(t.Index)
	s.mu.Lock()
	defer s.mu.Unlock()
	add(s.part(t.Wave))
	s.each(classes, add)
}

// record adds something to the current second of a wave. index spreads the recording.
func (l *Ledger) record(wave int, index uint64, add func(*result.Part)) {
	s := l.shard(index)
	s.mu.Lock()
	defer s.mu.Unlock()
	add(s.part(wave))
}
