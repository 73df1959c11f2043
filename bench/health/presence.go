package health

import (
	"iter"
	"time"
)

// A presence says for how much of a wave the generator has to be there: for its
// wall time, and afterwards for as many of its requests as are still open. It
// decides which ticks count.
type presence struct {
	live   bool
	open   int64 // requests in flight
	full   int64 // of them, when the wave was last live
	credit int64
}

// seen is called when live and open are as they are now.
func (p *presence) seen() {
	if p.live {
		p.full = p.open
	}
	p.full = max(p.full, p.open, 1)
}

// counts reports whether a tick counts for the wave: every one in its wall time.
// After it they count in proportion to the requests that are left, for one that
// hangs in silence must not outweigh, by its many calm ticks, the whole load
// before it.
func (p *presence) counts() bool {
	if p.live {
		return true
	}
	p.credit += p.open
	if p.credit < p.full {
		return false
	}
	p.credit -= p.full
	return true
}

// counted are those of successive ticks that count for the wave.
func (p *presence) counted(ticks iter.Seq[time.Duration]) iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		for late := range ticks {
			if p.counts() && !yield(late) {
				return
			}
		}
	}
}

// any reports whether anything of the wave is to be watched.
func (p *presence) any() bool { return p.live || p.open > 0 }
