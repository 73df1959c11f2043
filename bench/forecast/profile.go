package forecast

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"flashwave/bench/result"
)

// A Step is one load that was measured.
type Step struct {
	InFlight     float64      // mean requests in flight
	SucceededRPS float64      // requests per second that ended ok
	Service      *result.Hist // from sending to the end, of those that ended ok
	First        *result.Hist // from sending to the first token; nil: not measured
	Growing      bool         // more arrived than was served: requests in flight were still growing, or were given up
	Closed       bool         // InFlight was held: each request that ended was replaced
	Cut          bool         // it ended with requests in flight: the long ones are missing in the times
	Refused      bool         // requests were refused at once: what was served does not say how fast work goes
	Shed         bool         // requests were refused after they had waited

	// Served are the requests that ended ok, second by second; nil: not known.
	Served []int64
	// SettledS and LengthS are seconds of load before and while it was measured; 0: not known.
	SettledS, LengthS float64
}

// count is how many requests the step saw.
func (s Step) count() float64 { return float64(s.Service.Count()) }

// mean is the mean service time in seconds: by Little's law where the times of some are
// missing and it is known how many were in flight.
func (s Step) mean() float64 {
	if s.Closed && s.Cut && !s.Refused && !s.Shed {
		return s.InFlight / s.SucceededRPS
	}
	return s.Service.Mean().Seconds()
}

// variation is the square of the coefficient of variation of their service times.
func (s Step) variation() float64 {
	var sum, squares, n float64
	s.Service.ForEach(func(value, count int64) bool {
		sum += float64(value) * float64(count)
		squares += float64(value) * float64(value) * float64(count)
		n += float64(count)
		return true
	})
	mean := sum / n
	return max(squares/n/mean/mean-1, 0)
}

// A profile is an endpoint as its steps show it.
type profile struct {
	law
	alone     float64 // mean service time of a lone request, in seconds
	work      table   // service times of a lone request, whole and to the first token, of equal ranks
	first     table   // empty: not measured
	saturated bool    // the ceiling was seen; else it may be higher
	rate      estimate
}

// An estimate is a service rate in requests per second, and what is not sure of it.
type estimate struct {
	rps       float64
	margin    float64 // half its interval of 90 %, ratio
	deviation float64 // by which it wanders from one stretch of paceFor to the next, ratio
	steps     int     // that it comes from
}

// likely is how many standard deviations of a normal distribution hold 90 % of it to both
// sides of the mean.
const likely = 1.644854

// profiled fits a profile. It is not ok if no step has what it takes.
func profiled(steps []Step, limited bool) (p profile, ok bool) {
	usable, settled := sorted(steps)
	if len(usable) == 0 {
		return p, false
	}
	calm := easy(settled)
	p.rate, p.saturated = saturation(usable, calm)
	most := p.rate.rps
	if !p.saturated && limited {
		most = math.Inf(1)
	}
	p.alone, p.slope = lone(settled, most)
	if !p.saturated {
		p.rate.margin = math.Inf(1)
		for _, s := range settled {
			p.rate.margin = min(p.rate.margin, likely*s.chance())
		}
	}
	p.most = most * p.alone
	p.places = math.MaxInt
	p.tables(calm)
	if p.saturated || !limited {
		p.law = discipline(p, settled)
	}
	return p, true
}

const (
	flat    = 0.05 // a step that serves so much less than the saturation, and what chance adds, is below it
	crowded = 1.3  // a step whose requests take so many times as long as alone, or more, is beyond what is worked on at full speed
)

// sorted are the steps that have what it takes, by the requests in flight, and those of
// them in which nothing grew, if there are any.
func sorted(steps []Step) (usable, settled []Step) {
	usable = slices.DeleteFunc(slices.Clone(steps), func(s Step) bool {
		return s.InFlight <= 0 || s.SucceededRPS <= 0 || s.Service.Count() == 0 || s.Service.Mean() <= 0
	})
	slices.SortStableFunc(usable, func(a, b Step) int { return cmp.Compare(a.InFlight, b.InFlight) })
	settled = slices.DeleteFunc(slices.Clone(usable), func(s Step) bool { return s.Growing })
	if len(settled) == 0 {
		settled = usable
	}
	return usable, settled
}

// Saturated is the saturation that steps show; nil: they do not reach it.
func Saturated(steps []Step) *Saturation {
	usable, settled := sorted(steps)
	if len(usable) == 0 {
		return nil
	}
	e, ok := saturation(usable, easy(settled))
	if !ok {
		return nil
	}
	return e.document()
}

func (e estimate) document() *Saturation {
	return &Saturation{RPS: e.rps, LowRPS: e.rps * (1 - e.margin), HighRPS: e.rps * (1 + e.margin), Steps: e.steps}
}

// saturation is the service rate of the saturated endpoint: what it serves at the highest
// loads, where more in flight brings nothing more. Not ok: no such loads were measured,
// and the rate is the most that was served.
func saturation(steps, calm []Step) (e estimate, ok bool) {
	var loaded []Step
	long := slices.ContainsFunc(steps, loads)
	for _, s := range steps {
		e.rps = max(e.rps, s.SucceededRPS)
		if loads(s) || !long && s.Closed && !s.Refused {
			loaded = append(loaded, s)
		}
	}
	if len(loaded) == 0 {
		return e, false
	}
	alone, _ := lone(calm, e.rps)
	top := loaded[len(loaded)-1]
	if top.InFlight/top.SucceededRPS < crowded*alone && !top.Growing {
		return e, false
	}
	first := len(loaded) - 1
	for first > 0 && level(loaded[first-1], top) {
		first--
	}
	return rated(loaded[first:], variationOf(calm)), true
}

// loads reports whether a step had work waiting to its end, if it is saturated at all.
func loads(s Step) bool { return (s.Closed && s.Cut || s.Growing) && !s.Refused }

// leastTimes is how many service times it takes to know how they are spread.
const leastTimes = 500

// easy are the steps in which hardly anybody waits, for their requests take about as
// long as alone; of the others those that come next, until there are requests enough.
func easy(steps []Step) (list []Step) {
	most := 0.0
	for _, s := range steps {
		most = max(most, s.SucceededRPS)
	}
	alone, slope := lone(steps, most)
	longer := func(s Step) float64 { return s.mean() / (alone * (1 + slope*max(s.InFlight-1, 0))) }
	sorted := slices.Clone(steps)
	slices.SortStableFunc(sorted, func(a, b Step) int { return cmp.Compare(longer(a), longer(b)) })
	requests := 0.0
	for _, s := range sorted {
		if longer(s) > crowded && requests >= leastTimes {
			break
		}
		list = append(list, s)
		requests += s.count()
	}
	return list
}

// variationOf is the square of the coefficient of variation of the service times of steps.
func variationOf(steps []Step) (variation float64) {
	requests := 0.0
	for _, s := range steps {
		requests += s.count()
		variation += s.count() * s.variation()
	}
	return variation / requests
}

// level reports whether a step serves as much as another, as far as chance lets one say.
func level(s, top Step) bool {
	chance := 2 * math.Hypot(s.chance(), top.chance())
	return s.SucceededRPS >= top.SucceededRPS*(1-flat-chance)
}

// chance is the standard error of what a step served, ratio: by the spread of its
// quarters where seconds are known, but not less than that of its service times.
func (s Step) chance() float64 {
	own := math.Sqrt(s.variation() / s.count())
	each := len(s.Served) / 4
	if each == 0 {
		return own
	}
	_, variance := dispersion([][]int64{s.Served}, each)
	return max(own, math.Sqrt(variance/4))
}

// dispersion is the mean of what was served in windows of so many seconds, and the
// variance of these as a part of its square. NaN: there are less than two.
func dispersion(series [][]int64, seconds int) (mean, variance float64) {
	var windows []float64
	for _, served := range series {
		for from := 0; from+seconds <= len(served); from += seconds {
			sum := 0.0
			for _, n := range served[from : from+seconds] {
				sum += float64(n)
			}
			windows = append(windows, sum)
		}
	}
	n := float64(len(windows))
	for _, w := range windows {
		mean += w / n
	}
	for _, w := range windows {
		variance += (w - mean) * (w - mean) / (n - 1)
	}
	return mean, variance / mean / mean
}

// leastWindows is how many windows it takes to tell how a rate wanders.
const leastWindows = 4

// rated is the rate of saturated steps, and what is not sure of it.
//
// Counts of a saturated endpoint have an index of dispersion, variance ÷ mean, that of
// long windows tends to the squared coefficient of variation of the service times
// (D. R. Cox, "Renewal Theory", 1962, 4.5). What it has beyond that, at the length of
// window at which it is greatest, is an endpoint that wanders.
func rated(steps []Step, own float64) (e estimate) {
	var requests, time float64
	var series [][]int64
	for _, s := range steps {
		requests += s.count()
		time += s.count() / s.SucceededRPS
		series = append(series, s.Served)
	}
	e.rps, e.steps = requests/time, len(steps)
	index, windows := own, requests
	for _, seconds := range []int{1, 2, 5, 10, 20} {
		n := 0
		for _, served := range series {
			n += len(served) / seconds
		}
		if n < leastWindows {
			break
		}
		if mean, variance := dispersion(series, seconds); variance*mean > index {
			index, windows = variance*mean, float64(n)
		}
	}
	// So few windows tell the deviation by halves: Student's t makes up for it.
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: max(windows-1, 1)}.Quantile(0.95)
	e.margin = min(t*math.Sqrt(index/requests), 0.5)
	e.deviation = math.Sqrt(max(index-own, 0) / (e.rps * paceFor))
	return e
}

// lone is the mean service time of a lone request, and by what ratio of it each request
// more in flight makes it longer: a straight line through the mean service times of the
// steps, by weighted least squares. A step weighs little that has few requests, or in
// which many wait: by the approximation of H. Sakasegawa ("An approximation formula
// Lq ≈ α·ρ^β/(1−ρ)", Annals of the Institute of Statistical Mathematics 29, 1977) the
// wait of c places at a load ρ is about
//
//	S·(1 + cv²)/2 · ρ^(√(2(c+1))−1) ÷ (c(1 − ρ))
func lone(steps []Step, most float64) (alone, slope float64) {
	least := steps[0].mean()
	for _, s := range steps {
		least = min(least, s.mean())
	}
	places := max(1, most*least)
	var sw, sx, sy, sxx, sxy float64
	for _, s := range steps {
		load := min(s.SucceededRPS/most, 0.98)
		wait := (1 + s.variation()) / 2 * math.Pow(load, math.Sqrt(2*(places+1))-1) / (places * (1 - load))
		w := 1 / (max(s.variation(), 0.01)/s.count() + wait*wait) / s.mean() / s.mean()
		x := max(s.InFlight-1, 0)
		sw, sx, sy, sxx, sxy = sw+w, sx+w*x, sy+w*s.mean(), sxx+w*x*x, sxy+w*x*s.mean()
	}
	b := 0.0
	if d := sw*sxx - sx*sx; d > 1e-9*sw*sxx {
		b = max((sw*sxy-sx*sy)/d, 0)
	}
	a := (sy - b*sx) / sw
	if a <= 0 {
		return sy / sw, 0
	}
	return a, b / a
}

// tables takes the distribution of service times from calm steps, each with its mean
// made that of a lone request.
func (p *profile) tables(calm []Step) {
	var whole, first times
	for _, s := range calm {
		shrink := p.alone / s.Service.Mean().Seconds()
		whole.add(s.Service, shrink)
		first.add(s.First, shrink)
	}
	p.work = whole.table()
	if len(first) > 0 {
		p.first = first.table()
	}
}

// draw gives what a request takes alone: until its first token (0: not measured), and
// whole. Both have the same rank, so that no token comes after the end.
func (p *profile) draw(rng *rand.Rand) (first, whole float64) {
	i := rng.Uint64N(tableSize)
	if len(p.first) > 0 {
		first = min(p.first[i], p.work[i])
	}
	return first, p.work[i]
}

// station is the endpoint, without limits and with callers that wait for ever.
func (p *profile) station() station {
	endless := math.Inf(1)
	return station{
		work: p.draw, streams: len(p.first) > 0, law: p.law,
		patience: endless, timeout: endless, boundFirst: endless, boundWhole: endless,
	}
}

// limit is a duration in seconds; 0 means that there is none.
func limit(d time.Duration) float64 {
	if d <= 0 {
		return math.Inf(1)
	}
	return d.Seconds()
}
