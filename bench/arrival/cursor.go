package arrival

import "time"

// A Cursor walks a plan while it runs, and lets it be steered. It has no clock:
// every method that acts at an instant is told which, on the caller's own clock.
// Those instants should not go backwards; one that does, or that lies before the
// plan's start or the last arrival taken, counts as that later instant. An
// arrival that was due by then is never moved or lost, however late it is taken, up
// to a million of them.
//
// A loop that sends the arrivals waits for Due or, while that is not ok, for
// End, and starts over whenever somebody steers:
//
//	for {
//		at, ok := c.Due()
//		switch {
//		case ok:             // wait until at, then send(c.Take())
//		case c.Paused():     // wait for Resume
//		default:             // wait until c.End(), then leave
//		}
//	}
//
// A Cursor is not safe for concurrent use.
type Cursor struct {
	curve curve
	gaps  gaps

	// The timeline: at the instant wall of the caller's clock the cursor stands
	// at spot on the curve, and both run at the same speed unless paused. They
	// are whole nanoseconds, so a pause shifts the rest exactly.
	wall, spot time.Duration
	paused     bool

	// The count: the next arrival lies left units beyond base = Λ(some spot),
	// under a curve multiplied by factor. Only a change of the curve moves it.
	base, left, factor float64

	next   Arrival       // the pending arrival of the curve
	isNext bool          // whether there is one
	ready  []row         // due before the last change of the curve, or of a burst; before next
	shed   []Shed        // given up, and not told yet
	extra  int           // arrivals of bursts so far
	floor  time.Duration // the latest instant taken or burst at: no change may come before

	marks   []mark          // where each wave begins on the curve, then the end
	reached []time.Duration // when those of them were met that were met by wall
	past    []Segment       // the load from the start until wall
	ribbon  []Point         // what Curve returns until something changes
}

// A mark is the beginning of a wave on the curve, or the curve's end.
type mark struct {
	spot time.Duration
	wave int
}

// Cursor begins a valid plan at the instant start of the caller's clock.
func (p Plan) Cursor(start time.Duration) *Cursor {
	c := &Cursor{
		curve:  newCurve(p.Segments),
		gaps:   newGaps(p.process(), p.Seed, p.Stream),
		wall:   start,
		floor:  start,
		factor: 1,
	}
	for i, piece := range c.curve {
		if i == 0 || c.curve[i-1].Wave != piece.Wave {
			c.marks = append(c.marks, mark{piece.start, piece.Wave})
		}
	}
	c.marks = append(c.marks, mark{spot: c.curve.length()})
	c.advance(start)
	c.left = c.gaps.first()
	c.aim()
	return c
}

// Due is the instant of the next arrival, which may be past. It is not ok if the
// curve as it stands holds none: the cursor is paused, the factor is 0, or no
// arrival falls before the plan's end. Steering may bring one back until [Cursor.End].
func (c *Cursor) Due() (at time.Duration, ok bool) {
	if len(c.ready) > 0 {
		return c.ready[0].At, true
	}
	return c.next.At, c.isNext
}

// Take consumes the arrival that is due; its At is on the caller's clock. Call
// it only after Due was ok.
func (c *Cursor) Take() Arrival {
	var a Arrival
	switch {
	case len(c.ready) > 0:
		a = c.takeReady()
	case c.isNext:
		a = c.step()
	default:
		return Arrival{}
	}
	c.floor = max(c.floor, a.At)
	return a
}

// step returns the pending arrival and draws the one after it.
func (c *Cursor) step() Arrival {
	a := c.next
	c.next.Index++
	c.left += c.gaps.next()
	c.aim()
	return a
}

// aim maps the pending arrival from its distance to an instant.
func (c *Cursor) aim() {
	c.isNext = false
	if c.paused || c.factor == 0 {
		return
	}
	at, wave, ok := c.curve.instant(c.base + c.left/c.factor)
	if !ok {
		return
	}
	// Rounding must not take an arrival back before a change that it comes after.
	c.next.At, c.next.Wave, c.isNext = c.wall+max(0, at-c.spot), wave, true
}

// advance moves the timeline to now, if that is ahead, and returns where it is.
func (c *Cursor) advance(now time.Duration) time.Duration {
	now = max(now, c.wall, c.floor)
	c.settle(now)
	to := c.spot
	if !c.paused {
		to = min(c.spot+(now-c.wall), c.curve.length())
	}
	c.record(now, to)
	for len(c.reached) < len(c.marks) && c.marks[len(c.reached)].spot <= to {
		c.reached = append(c.reached, c.boundary(len(c.reached)))
	}
	c.wall, c.spot = now, to
	return now
}

// boundary is the instant of a mark: when it was met, or when it will be.
func (c *Cursor) boundary(i int) time.Duration {
	if i < len(c.reached) {
		return c.reached[i]
	}
	return c.wall + (c.marks[i].spot - c.spot)
}

// A Boundary is the instant at which a wave began or will begin.
type Boundary struct {
	Wave int
	At   time.Duration
}

// Starts says for each wave when it began or, as things stand, will begin. While
// the cursor is paused, what lies ahead is given as if the pause ended at once.
func (c *Cursor) Starts() []Boundary {
	starts := make([]Boundary, len(c.marks)-1)
	for i := range starts {
		starts[i] = Boundary{c.marks[i].wave, c.boundary(i)}
	}
	return starts
}

// End is the instant at which the plan ended or, as things stand, will end; see
// [Cursor.Starts] for a pause. From then on no arrival comes but those due before.
func (c *Cursor) End() time.Duration { return c.boundary(len(c.marks) - 1) }

// Wave is the wave that is live at an instant; not ok before the start and from
// the end on. Throughout a pause it is the wave that was paused.
func (c *Cursor) Wave(now time.Duration) (wave int, ok bool) {
	i := c.live(now)
	if i < 0 || i == len(c.marks)-1 {
		return 0, false
	}
	return c.marks[i].wave, true
}

// live is the last mark met by an instant; -1 before the start.
func (c *Cursor) live(now time.Duration) int {
	if c.paused {
		now = min(now, c.wall)
	}
	i := len(c.marks) - 1
	for i >= 0 && c.boundary(i) > now {
		i--
	}
	return i
}
