package servertest

import "time"

// How an autoscaler looks at its workers.
const (
	lookEvery = 15 * time.Second
	busyLooks = 2
	busyShare = 0.8
)

// A scaler adds workers. It looks when a request comes, which is often enough.
type scaler struct {
	next  time.Time
	busy  int // looks in a row at which most workers were
	ready time.Time
}

// look is called under the server's lock.
func (c *scaler) look(s *Server, now time.Time) {
	if !c.ready.IsZero() && !now.Before(c.ready) {
		more := min(s.workers, s.idle)
		for range more {
			<-s.places
		}
		s.workers, s.idle = s.workers+more, s.idle-more
		c.ready, c.busy = time.Time{}, 0
	}
	if now.Before(c.next) {
		return
	}
	c.next = now.Add(lookEvery)
	if float64(s.open) >= busyShare*float64(s.workers) {
		c.busy++
	} else {
		c.busy = 0
	}
	if c.busy >= busyLooks && c.ready.IsZero() && s.idle > 0 {
		c.ready = now.Add(s.model.Scaling.After)
	}
}
