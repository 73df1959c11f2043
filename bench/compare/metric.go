package compare

import (
	"math"
	"slices"

	"flashwave/bench/result"
	"flashwave/client/outcome"
)

// A scale is how values of a metric are compared.
type scale int

const (
	byLog   scale = iota // ln(new ÷ base): latencies and prices, whose noise multiplies
	byRatio              // new ÷ base − 1: rates, which may fall to 0
	byPoint              // new − base: shares, which begin at 0
)

// A metric is a row of a comparison before it has values.
type metric struct {
	name, stat, unit string
	scale            scale
	more             bool // more of it is better
	gates            bool
	least            int64 // so many samples are needed for an interval

	// value is the metric of a run or wave; ok is false where there is no data. It is +∞
	// where its rank falls among the requests that failed or were lost.
	value func(result.Stats) (v float64, samples int64, ok bool)
	// within is where it lies by the rows of a run that has this value, and by how many
	// times its requests are fewer than they seem.
	within func(n noise, value float64) (i interval, crowd float64)
}

// metrics are the rows of a comparison, in their order.
var metrics = slices.Concat(
	latencies("ttft", true, ttft, ofAll, func(l result.Latencies) *result.Latency { return l.TTFT.Response }),
	latencies("e2e", true, e2e, ofAll, func(l result.Latencies) *result.Latency { return l.E2E.Response }),
	latencies("itl", false, itl, ofTheRest, func(l result.Latencies) *result.Latency { return l.ITL }),
	latencies("tpot", false, tpot, ofAll, func(l result.Latencies) *result.Latency { return l.TPOT }),
	[]metric{
		{name: "error_rate", unit: "ratio", scale: byPoint, gates: true, least: 20, value: errorRate, within: share(failed, succeeded, failed)},
		{name: "rate_limited", unit: "ratio", scale: byPoint, least: 20, value: limitedShare, within: share(rateLimited, succeeded, failed)},
		{name: "lost", unit: "ratio", scale: byPoint, gates: true, least: 20, value: lostShare, within: share(lost, scheduled)},
		{name: "goodput", unit: "1/s", scale: byRatio, more: true, least: 20, value: goodput, within: goodRate},
		{name: "good_fraction", unit: "ratio", scale: byPoint, more: true, least: 20, value: goodFraction, within: share(good, succeeded, failed, lost)},
		{name: "rps", unit: "1/s", scale: byRatio, more: true, least: 20, value: succeededRPS, within: rate(succeeded, seconds)},
		{name: "output_tps", unit: "1/s", scale: byRatio, more: true, least: 20, value: outputTPS, within: rate(outputTokens, seconds)},
		{name: "per_1k_ok", unit: "usd", scale: byLog, least: 20, value: perThousand, within: rate(costUSD, succeeded)},
	},
)

// A percentile is one that has rows.
type percentile struct {
	stat string
	q    float64
	of   func(*result.Latency) float64 // of what was observed
}

var percentiles = []percentile{
	{"p50", 0.50, func(l *result.Latency) float64 { return l.P50 }},
	{"p95", 0.95, func(l *result.Latency) float64 { return l.P95 }},
	{"p99", 0.99, func(l *result.Latency) float64 { return l.P99 }},
}

// latencies are the percentiles of a latency, found by at as metric.value has it. The p95
// of one may gate.
func latencies(name string, gates bool, in kept, at func(percentile, *result.Latency, result.Requests) (float64, int64, bool), of func(result.Latencies) *result.Latency) []metric {
	var list []metric
	for _, s := range percentiles {
		list = append(list, metric{
			name: name, stat: s.stat, unit: "ms", scale: byLog, gates: gates && s.stat == "p95",
			least:  int64(math.Round(leastBeyond / (1 - s.q))),
			value:  func(t result.Stats) (float64, int64, bool) { return at(s, of(t.Latency), t.Requests) },
			within: func(n noise, _ float64) (interval, float64) { return n.percentile(in, s.q), 1 },
		})
	}
	return list
}

// ofAll is a percentile of every scheduled request, as an SLO ranks them: those that
// failed or were lost stand beyond every value. Of those that were observed all the same,
// for they failed after their first token, only the number is known: they are taken to
// lie among the others as these do.
func ofAll(p percentile, l *result.Latency, t result.Requests) (v float64, samples int64, ok bool) {
	beyond := t.Failed + t.Lost()
	switch {
	case l == nil && (t.Succeeded > 0 || beyond == 0): // what succeeded has no such latency
		return 0, 0, false
	case l == nil:
		return math.Inf(1), beyond, true
	case beyond == 0:
		return p.of(l), l.Count, true
	}
	observed := min(l.Count, t.Succeeded)
	rank := rankOf(p.q, float64(observed+beyond))
	if rank > float64(observed) {
		return math.Inf(1), observed + beyond, true
	}
	h, err := result.DecodeHist(l.HDR)
	if err != nil || h.Count() == 0 {
		return 0, 0, false
	}
	return result.Millis(h.Quantile(rank / float64(observed))), observed + beyond, true
}

// rankOf is the rank of a percentile among n, from 1 on.
func rankOf(q, n float64) float64 { return max(math.Ceil(q*n-1e-9), 1) }

// ofTheRest is a percentile of gaps, among which no request has a rank. It says nothing
// where more requests failed or were lost than a share may differ by.
func ofTheRest(p percentile, l *result.Latency, t result.Requests) (v float64, samples int64, ok bool) {
	if l == nil || float64(t.Failed+t.Lost()) > marginPoints*float64(t.Scheduled) {
		return 0, 0, false
	}
	return p.of(l), l.Count, true
}

// optional reports whether runs may do without the metric: there are no tokens to
// wait for without streaming, and nothing is good where no bound was given. It then
// does not gate. One side alone may not do without.
func (m metric) optional() bool {
	return m.name == "ttft" || m.good()
}

// good reports whether the metric is of good requests, which are what the SLOs say.
func (m metric) good() bool { return m.name == "goodput" || m.name == "good_fraction" }

// gap reports whether the metric is of gaps between tokens.
func (m metric) gap() bool { return m.name == "itl" || m.name == "tpot" }

// leastBeyond is how many observations must lie beyond a percentile before its
// noise can be told.
const leastBeyond = 3

// share is a counter as a part of others that it is one of, or of their sum. However
// crowded they are, all hits together are one event at least.
func share(of counter, by ...counter) func(noise, float64) (interval, float64) {
	return func(n noise, value float64) (interval, float64) {
		whole := n.all.sum(by...)
		if whole == 0 || math.IsNaN(n.all.sum(of)) {
			return unbounded, 1
		}
		hits := min(value, 1-value) * whole
		crowd := max(1, min(crowding(n.sharedBy(of, by...), value, whole)*n.doubt(1), hits))
		return exact(value, whole/crowd), crowd
	}
}

// rate is a counter by another.
func rate(of, by counter) func(noise, float64) (interval, float64) {
	return func(n noise, value float64) (interval, float64) {
		part := n.all.sum(of)
		if part == 0 || math.IsNaN(part) {
			return unbounded, 1
		}
		variance := n.variance(func(t stratum) []float64 { return n.more(t, of, by) }) * n.doubt(1)
		half := value / part * normal(1-tail) * math.Sqrt(variance)
		return interval{value - half, value + half}, 1
	}
}

// goodRate is the good requests a second. A schedule that does not wait for the endpoint
// is no noise: there, and where none was good, it is as sure as their share.
func goodRate(n noise, value float64) (interval, float64) {
	hits, whole := n.all.sum(good), n.all.sum(succeeded, failed, lost)
	switch {
	case whole == 0 || math.IsNaN(hits):
		return unbounded, 1
	case n.closed && hits > 0:
		return rate(good, seconds)(n, value)
	}
	i, _ := share(good, succeeded, failed, lost)(n, hits/whole)
	offered := whole / n.all.sum(seconds)
	if hits > 0 {
		offered = value / hits * whole
	}
	return interval{i.low * offered, i.high * offered}, 1
}

func errorRate(t result.Stats) (float64, int64, bool) {
	return of(t.ErrorRate, t.Requests.Succeeded+t.Requests.Failed)
}

// limitedShare is the 429s among the requests that ended.
func limitedShare(t result.Stats) (float64, int64, bool) {
	ended := t.Requests.Succeeded + t.Requests.Failed
	if ended == 0 {
		return 0, 0, false
	}
	return float64(t.Outcomes[outcome.RateLimited]) / float64(ended), ended, true
}

// lostShare is the requests that were never answered, nor refused, among those
// scheduled: no latency and no error rate has them.
func lostShare(t result.Stats) (float64, int64, bool) {
	q := t.Requests
	if q.Scheduled == 0 {
		return 0, 0, false
	}
	return float64(q.Lost()) / float64(q.Scheduled), q.Scheduled, true
}

// fewUnjudged is the share of the requests that need not be judged, whether good or not,
// for their rate to be known: what a share may differ by is as much.
const fewUnjudged = marginPoints

// saysGood reports whether it is known which requests were good.
func saysGood(t result.Stats) bool {
	return t.Goodput != nil && (t.Unjudged == nil || float64(*t.Unjudged) <= fewUnjudged*float64(t.Requests.Scheduled))
}

func goodput(t result.Stats) (float64, int64, bool) {
	if !saysGood(t) {
		return 0, 0, false
	}
	return t.Goodput.RPS, t.Requests.Scheduled, true
}

func goodFraction(t result.Stats) (float64, int64, bool) {
	if !saysGood(t) {
		return 0, 0, false
	}
	return t.Goodput.GoodFraction, t.Requests.Scheduled, true
}

// succeededRPS has no data of a part that nobody asked.
func succeededRPS(t result.Stats) (float64, int64, bool) {
	if t.Requests.Scheduled == 0 {
		return 0, 0, false
	}
	return of(t.Rate.Succeeded, t.Requests.Scheduled)
}

// outputTPS has no data where nothing answered with tokens.
func outputTPS(t result.Stats) (float64, int64, bool) {
	if t.Tokens.From == nil {
		return 0, 0, false
	}
	return of(t.Tokens.OutputTPS, t.Requests.Succeeded)
}

func perThousand(t result.Stats) (float64, int64, bool) {
	if t.Cost == nil {
		return 0, 0, false
	}
	return of(t.Cost.PerThousandOK, t.Requests.Succeeded)
}

func of(v *float64, samples int64) (float64, int64, bool) {
	if v == nil {
		return 0, 0, false
	}
	return *v, samples, true
}

// Name is what people call a metric: p95 TTFT, error rate.
func (r Row) Name() string {
	name, known := names[r.Metric]
	if !known {
		name = r.Metric
	}
	if r.Stat == "" {
		return name
	}
	return r.Stat + " " + name
}

var names = map[string]string{
	"ttft": "TTFT", "e2e": "E2E", "itl": "ITL", "tpot": "TPOT",
	"error_rate": "error rate", "rate_limited": "rate limited", "lost": "lost requests",
	"goodput": "goodput", "good_fraction": "good requests",
	"rps": "requests ok", "output_tps": "output tokens", "per_1k_ok": "cost per 1k ok",
}
