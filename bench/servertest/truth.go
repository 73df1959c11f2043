package servertest

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// An Outcome is one simulated request.
type Outcome struct {
	At      float64 // seconds; when it came
	E2E     float64 // seconds; without meaning where it was refused
	Refused bool
}

// Poisson are n instants, in seconds, of a Poisson process of a rate.
func Poisson(rate float64, n int, seed uint64) []float64 {
	random := rand.New(rand.NewPCG(seed, 2))
	list, at := make([]float64, n), 0.0
	for i := range list {
		at += random.ExpFloat64() / rate
		list[i] = at
	}
	return list
}

// Constant are n instants, in seconds, 1/rate apart.
func Constant(rate float64, n int) []float64 {
	list := make([]float64, n)
	for i := range list {
		list[i] = (float64(i) + 0.5) / rate
	}
	return list
}

// Simulate plays the model without a clock, for arrivals in rising order. Models that
// scale are played with the workers they begin with.
func (m Model) Simulate(arrivals []float64) []Outcome {
	random := rand.New(rand.NewPCG(m.Seed, 1))
	list := make([]Outcome, len(arrivals))
	for i, at := range arrivals {
		list[i].At = at
	}
	work := func(i int) (s float64) { // of those that are let in, in their order
		if m.Service != nil {
			s = m.Service(random).Seconds()
		}
		if m.Slower != nil {
			s *= m.Slower(seconds(list[i].At - list[0].At))
		}
		return s
	}
	if m.Sharing {
		m.share(list, work)
	} else {
		m.queue(list, work)
	}
	return list
}

// queue plays first come, first served.
func (m Model) queue(list []Outcome, work func(i int) float64) {
	free := make(instants, max(m.Workers, 1)) // when each worker is
	var open instants                         // when each open request ends
	var limit *meter
	if m.Quota != nil {
		limit = new(m.meter())
	}
	for i := range list {
		o := &list[i]
		for len(open) > 0 && open[0] <= o.At {
			open.pop()
		}
		if limit != nil {
			if ok, _ := limit.take(time.Time{}.Add(time.Hour + seconds(o.At))); !ok {
				o.Refused = true
				continue
			}
		}
		if m.MaxOpen > 0 && len(open) >= m.MaxOpen {
			o.Refused = true
			continue
		}
		start, lasts := o.At, work(i)
		if m.Workers > 0 {
			start = max(start, free[0])
		}
		if m.Patience > 0 && start-o.At > m.Patience.Seconds() {
			o.Refused = true
			continue
		}
		end := start + lasts
		o.E2E = end - o.At
		if m.Workers > 0 {
			free[0] = end
			free.sink()
		}
		if m.MaxOpen > 0 {
			open.push(end)
		}
	}
}

// share plays a shared processor.
func (m Model) share(list []Outcome, work func(i int) float64) {
	type piece struct {
		until float64
		i     int
	}
	var queue []piece // by until, the first to end last
	given, clock := 0.0, 0.0
	speed := func() float64 {
		if m.Workers == 0 || len(queue) <= m.Workers {
			return 1
		}
		return float64(m.Workers) / float64(len(queue))
	}
	for i := 0; i < len(list) || len(queue) > 0; {
		next := math.Inf(1)
		if i < len(list) {
			next = list[i].At
		}
		if n := len(queue); n > 0 {
			if end := clock + (queue[n-1].until-given)/speed(); end <= next {
				given, clock = queue[n-1].until, end
				list[queue[n-1].i].E2E = clock - list[queue[n-1].i].At
				queue = queue[:n-1]
				continue
			}
			given += (next - clock) * speed()
		}
		clock = next
		p := piece{given + work(i), i}
		at, _ := slices.BinarySearchFunc(queue, p, func(a, b piece) int {
			switch {
			case a.until > b.until:
				return -1
			case a.until < b.until:
				return 1
			}
			return 0
		})
		queue = slices.Insert(queue, at, p)
		i++
	}
}

// An SLO is what a rate must hold: a quantile of the end-to-end time, those refused
// ranking above every bound, and a share of refusals.
type SLO struct {
	Quantile float64
	Bound    time.Duration
	Errors   float64
}

const (
	// truthRequests is how many requests are played at each rate: percentiles near
	// saturation need many.
	truthRequests = 200_000
	// roughRequests is how many tell a rate from twice as much.
	roughRequests = truthRequests / 10
)

// Capacity is the highest rate, in requests per second to a third of a percent, at
// which the model holds an SLO for ever: that of a quota follows from it alone, all
// else from a long simulation. Arrivals are those of a Poisson process, or 1/rate
// apart.
func (m Model) Capacity(s SLO, poisson bool) float64 {
	if m.Quota != nil {
		return float64(m.Quota.PerMinute) / m.each() / 60 / (1 - s.Errors)
	}
	low, high := 0.01, 1.0
	for m.holds(s, high, roughRequests, poisson) && high < 1e5 {
		low, high = high, 2*high
	}
	for high/low > 1.003 {
		if rate := math.Sqrt(low * high); m.holds(s, rate, truthRequests, poisson) {
			low = rate
		} else {
			high = rate
		}
	}
	return low
}

func (m Model) holds(s SLO, rate float64, requests int, poisson bool) bool {
	arrivals := Constant(rate, requests)
	if poisson {
		arrivals = Poisson(rate, requests, m.Seed+7)
	}
	late, refused := 0, 0
	for _, o := range m.Simulate(arrivals) {
		switch {
		case o.Refused:
			refused++
			late++
		case o.E2E > s.Bound.Seconds():
			late++
		}
	}
	n := float64(len(arrivals))
	return float64(late) <= (1-s.Quantile)*n && float64(refused) <= s.Errors*n
}

// instants are a heap, the earliest on top: container/heap would take a third of the time
// of a truth to put each into an interface.
type instants []float64

// sink moves the top down to its place.
func (h instants) sink() {
	at := 0
	for {
		first := 2*at + 1
		if first >= len(h) {
			return
		}
		if first+1 < len(h) && h[first+1] < h[first] {
			first++
		}
		if h[at] <= h[first] {
			return
		}
		h[at], h[first] = h[first], h[at]
		at = first
	}
}

func (h *instants) push(x float64) {
	list := append(*h, x)
	for at := len(list) - 1; at > 0; {
		above := (at - 1) / 2
		if list[above] <= list[at] {
			break
		}
		list[at], list[above] = list[above], list[at]
		at = above
	}
	*h = list
}

func (h *instants) pop() {
	list := *h
	last := len(list) - 1
	list[0] = list[last]
	*h = list[:last]
	h.sink()
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
