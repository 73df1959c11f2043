package forecast

import (
	"math"
	"slices"
)

// mostTried is how many requests a step is played with, to tell the disciplines apart.
const mostTried = 3000

// discipline finds the places: whether requests beyond what is worked on at full speed
// wait in line or share, and make everybody slower. Both serve as much, and Little's
// law holds for both; but in line all wait about as long and are then worked on as
// fast as alone, while those who share get a first token early and wait for the rest,
// each according to its work. So each number of places plays the crowded closed steps,
// and that is taken whose percentiles are nearest to the measured ones.
func discipline(p profile, steps []Step) law {
	least := max(1, int(math.Round(p.most)))
	var crowd []Step
	for _, s := range steps {
		if s.Closed && !s.Refused && !s.Shed && s.LengthS > 0 && s.mean() >= crowded*p.alone*(1+p.slope*(s.InFlight-1)) {
			crowd = append(crowd, s)
		}
	}
	full := saturating(p.slope, p.most)
	best, off := p.with(full), math.Inf(1)
	if full == math.MaxInt {
		best = p.with(least)
	}
	if len(crowd) == 0 {
		return best
	}
	tried := []int{best.places}
	// More places than were ever asked for are as good as any number.
	for n := float64(least); n < 0.9*crowd[len(crowd)-1].InFlight; n *= math.Sqrt2 {
		tried = append(tried, int(math.Round(n)))
	}
	tried = append(tried, math.MaxInt)
	for _, places := range tried {
		l, sum := p.with(places), 0.0
		for _, s := range crowd {
			sum += p.misses(l, s)
		}
		// Chance alone must not make a strange number of places of a usual one.
		if sum < off*0.9 {
			best, off = l, sum
		}
	}
	return best
}

// with is the law with so many places. In few of them work cannot be so slow that they
// would end less than was measured.
func (p profile) with(places int) law {
	l := law{places: places, slope: p.slope, most: p.most}
	if places > 1 && places < math.MaxInt {
		l.slope = min(l.slope, max(0, (float64(places)/p.most-1)/float64(places-1)))
	}
	return l
}

// misses is how far the percentiles of a step are from those that a law plays: the sum
// of the squares of the logarithms of their ratios.
func (p profile) misses(l law, s Step) (sum float64) {
	p.law = l
	n := int(math.Round(s.InFlight))
	length := min(s.LengthS, mostTried/p.rate.rps)
	since := s.SettledS
	if since == 0 {
		since = s.LengthS - length
	}
	since = min(since, float64(10*n)/p.rate.rps)
	play := playing(p.station(), 1e9, 1)
	play.keep(n, since, since+length)
	compare := func(played []float32, measured func(q float64) float64) {
		slices.Sort(played)
		for _, q := range []float64{0.1, 0.25, 0.5, 0.75, 0.9} {
			if v := measured(q); v > 0 && len(played) > 0 {
				miss := math.Log(max(float64(played[rank(q, len(played))]), 1e-6) / v)
				sum += miss * miss
			}
		}
	}
	compare(play.wholes, func(q float64) float64 { return s.Service.Quantile(q).Seconds() })
	if len(p.first) > 0 && s.First.Count() > 0 {
		compare(play.firsts, func(q float64) float64 { return s.First.Quantile(q).Seconds() })
	}
	return sum
}
