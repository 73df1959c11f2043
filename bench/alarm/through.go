package alarm

import "time"

// A Watch reads a file where others are read: it calls ready there whenever something can
// be read. After stop has returned ready is not called any more. Not ok: it cannot.
type Watch func(fd int, ready func()) (stop func(), ok bool)

// Through rings where a watch reads, and wakes no goroutine of its own: ring is called
// there in so long, and again as often as it says, in the time that it answers with.
// After stop has returned it is not called any more. Not ok: there is no watch (it may be
// nil), or it cannot.
func Through(w Watch, first time.Duration, ring func() (next time.Duration)) (stop func(), ok bool) {
	if w == nil {
		return nil, false
	}
	return through(w, first, ring)
}
