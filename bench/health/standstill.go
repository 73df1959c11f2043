package health

import (
	"fmt"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
)

// standstill is how long nobody must have been there for it to be said, however
// seldom it was.
const standstill = 100 * time.Millisecond

// standstills are the times in which the process, or at least what watches it, did
// not run. Instants are on the run's clock. The zero value is ready.
type standstills struct {
	times       int
	sum         time.Duration
	longest     time.Duration
	from, until time.Duration // the last one
}

// add takes in a standstill. One that overlaps the last, which another witness told
// of, is the same.
func (s *standstills) add(from, until time.Duration) {
	known := time.Duration(0)
	if s.times > 0 && from < s.until {
		known = s.until - s.from
		from, until = min(from, s.from), max(until, s.until)
	} else {
		s.times++
	}
	s.from, s.until = from, until
	s.sum += until - from - known
	s.longest = max(s.longest, until-from)
}

// text says it to people.
func (s *standstills) text() string {
	if s.times == 1 {
		return fmt.Sprintf("the generator stood still for %s: its process was stopped, paused or starved", units.Duration(s.longest))
	}
	return fmt.Sprintf("the generator stood still %d times, %s in all and %s at the longest: its process was stopped, paused or starved",
		s.times, units.Duration(s.sum), units.Duration(s.longest))
}

// findings are the standstills of a wave.
func (s *standstills) findings(wave string) result.Findings {
	if s.times == 0 {
		return nil
	}
	return result.Findings{{Wave: wave, Kind: result.FoundStopped, Text: s.text(), Voids: result.VoidsNothing}}
}
