package forecast

import (
	"math"
	"slices"
)

// A flow is the fluid model's night: the stretches in which a backlog stands, each
// a parabola, for where λ(t) is a straight line the backlog's rate λ(t) − μ is one
// too.
type flow struct {
	service float64 // μ, requests per second
	pools   []pool
}

// A pool is a stretch with a backlog: q(t) = level + net·t + slope·t²/2.
type pool struct {
	start, length     float64 // seconds
	level, net, slope float64 // requests, and their first and second derivative
}

func (p pool) at(t float64) float64 { return p.level + t*(p.net+p.slope*t/2) }

// pour integrates a curve against a service of so many requests per second, which
// is above 0. The last pool is what drains after the curve's end.
func pour(c curve, service float64) flow {
	f := flow{service: service}
	level := 0.0
	for _, l := range c {
		level = f.follow(l, level)
	}
	if level > 0 {
		f.pools = append(f.pools, pool{start: c.length(), length: level / service, level: level, net: -service})
	}
	return f
}

// follow adds the pools of one line, which begins with a backlog, and says with
// which it ends.
func (f *flow) follow(l line, level float64) float64 {
	for at := 0.0; at < l.length; {
		p := pool{start: l.start + at, length: l.length - at, level: level, net: l.from + l.slope()*at - f.service, slope: l.slope()}
		if level == 0 && (p.net < 0 || p.net == 0 && p.slope <= 0) {
			if p.slope <= 0 || -p.net >= p.slope*p.length {
				return 0
			}
			// λ crosses μ within the line: from there on the backlog is slope·t²/2.
			at += -p.net / p.slope
			p = pool{start: l.start + at, length: l.length - at, slope: p.slope}
			if p.length <= 0 {
				return 0
			}
		}
		empty, drained := p.empties()
		if drained {
			p.length = empty
		}
		f.pools = append(f.pools, p)
		at += p.length
		level = 0
		if !drained {
			return max(p.at(p.length), 0)
		}
	}
	return level
}

// empties is when the backlog of a pool comes down to 0, if within it.
func (p pool) empties() (t float64, ok bool) {
	for _, t := range p.reaches(0) {
		if t > 0 && p.net+p.slope*t <= 0 {
			return t, true
		}
	}
	return 0, false
}

// reaches are the offsets within the pool, in rising order, at which its backlog is
// at a level.
func (p pool) reaches(level float64) (at []float64) {
	a, b, c := p.slope/2, p.net, p.level-level
	root := b*b - 4*a*c
	if root < 0 || a == 0 && b == 0 {
		return nil
	}
	// The stable forms of the two roots: neither subtracts near equals.
	q := -(b + math.Copysign(math.Sqrt(root), b)) / 2
	for _, t := range []float64{q / a, c / q} {
		if t >= 0 && t <= p.length { // neither NaN nor infinite
			at = append(at, t)
		}
	}
	slices.Sort(at)
	return at
}

// peak is the greatest backlog and when it stands.
func (f flow) peak() (at, most float64) {
	look := func(p pool, t float64) {
		if v := p.at(t); t >= 0 && t <= p.length && v > most {
			at, most = p.start+t, v
		}
	}
	for _, p := range f.pools {
		look(p, 0)
		look(p, p.length)
		if p.slope < 0 {
			look(p, -p.net/p.slope)
		}
	}
	return at, most
}

// drained is when the backlog that stands at an instant has been worked off.
func (f flow) drained(after float64) float64 {
	end := after
	for _, p := range f.pools {
		if p.start+p.length <= after {
			continue
		}
		if end > after && p.start > end+1e-9 {
			break
		}
		if end = p.start + p.length; p.at(p.length) <= 1e-9 {
			break
		}
	}
	return end
}

// arriving is how many requests arrive while the backlog is above a level.
func (f flow) arriving(level float64) (requests float64) {
	for _, p := range f.pools {
		cuts := append([]float64{0}, p.reaches(level)...)
		cuts = append(cuts, p.length)
		for i, from := range cuts[:len(cuts)-1] {
			to := cuts[i+1]
			if middle := (from + to) / 2; p.at(middle) > level {
				requests += (to - from) * (f.service + p.net + p.slope*middle)
			}
		}
	}
	return requests
}

// level is the backlog at an instant.
func (f flow) level(t float64) float64 {
	for _, p := range f.pools {
		if t >= p.start && t <= p.start+p.length {
			return max(p.at(t-p.start), 0)
		}
	}
	return 0
}

// end is when the last backlog is gone; 0 if there was none.
func (f flow) end() float64 {
	if len(f.pools) == 0 {
		return 0
	}
	last := f.pools[len(f.pools)-1]
	return last.start + last.length
}
