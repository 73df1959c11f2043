package health

import (
	"fmt"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
)

// Durations are measured with a monotonic clock. It is no witness of its own
// stops: it stands while the machine sleeps, or is paused from outside. Two others
// tell.

// ClockOffsets are how far other clocks are ahead of the monotonic one.
type ClockOffsets struct {
	Wall  time.Duration // the time of day; it can be set, too
	Slept time.Duration // the clock that goes on while the machine sleeps; constant where there is none
}

// readClocks reads the clocks, against a monotonic one that counts from epoch.
// Each pair is read three times, for if this thread is kept waiting between the
// clocks of a pair, the wall clock seems behind, and the machine to have slept.
func readClocks(epoch time.Time) ClockOffsets {
	var o ClockOffsets
	for i := range 3 {
		t := time.Now()
		wall, slept := time.Duration(t.UnixNano())-t.Sub(epoch), timeSlept()
		if i == 0 {
			o = ClockOffsets{wall, slept}
		}
		o.Wall, o.Slept = max(o.Wall, wall), min(o.Slept, slept)
	}
	return o
}

// parting is how far clocks must have come apart within a second to be worth a
// word. A time server that only nudges the wall clock stays far below.
const parting = 10 * time.Millisecond

// partings notices when clocks part. The zero value is ready.
type partings struct {
	began bool
	last  ClockOffsets

	slept   time.Duration // in all
	jumps   int           // of the wall clock
	largest time.Duration // of them; negative: back
}

// see takes in a reading. It says how long the machine slept since the last one,
// and by how much the wall clock jumped besides; 0: it did not.
func (p *partings) see(now ClockOffsets) (slept, jump time.Duration) {
	if p.began {
		slept = now.Slept - p.last.Slept
		jump = now.Wall - p.last.Wall - slept
	}
	p.began, p.last = true, now
	if slept < parting {
		slept = 0
	}
	p.slept += slept
	if abs(jump) < parting {
		return slept, 0
	}
	if p.jumps++; abs(jump) > abs(p.largest) {
		p.largest = jump
	}
	return slept, jump
}

// findings are the partings of the whole run.
func (p *partings) findings() (found result.Findings) {
	if p.slept > 0 {
		found = append(found, result.Finding{Kind: result.FoundSuspended, Text: sleepText(p.slept), Voids: result.VoidsNothing})
	}
	if p.jumps > 0 {
		text := jumpText(p.largest)
		if p.jumps > 1 {
			text += fmt.Sprintf(" (the largest of %d jumps)", p.jumps)
		}
		found = append(found, result.Finding{Kind: result.FoundClockJump, Text: text, Voids: result.VoidsNothing})
	}
	return found
}

func sleepText(d time.Duration) string {
	return fmt.Sprintf("this machine slept for %s: nothing was sent or read, and the clock of the run stood still", units.Duration(d))
}

func jumpText(d time.Duration) string {
	way := "forward"
	if d < 0 {
		way = "back"
	}
	return fmt.Sprintf("the wall clock jumped %s by %s against the monotonic clock: it was set, or this machine was paused", way, units.Duration(abs(d)))
}

func abs(d time.Duration) time.Duration { return max(d, -d) }
