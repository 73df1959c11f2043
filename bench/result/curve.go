package result

import (
	"math"
	"time"
)

// The geometry of a curve: curvePerNine points to each nine, up to curveNines.
const (
	curveNines   = 4
	curvePerNine = 16

	// CurvePoints is how many points a full curve has: from p0 to p99.99.
	CurvePoints = curveNines*curvePerNine + 1
)

// A Curve is the percentile curve of a latency in milliseconds: point i is the
// latency at [CurveQuantile](i), never falling. The points are evenly spaced in
// nines, which gives p90, p99, p99.9 and p99.99 equal room. A curve ends where
// the next point would be finer than one request tells, so that of n requests it
// reaches p(1 − 1/n) and no further; nil is "no data".
type Curve []float64

// CurveQuantile is the quantile of point i of a curve, 0 to 1: 1 − 10^(−i/16).
func CurveQuantile(i int) float64 { return 1 - math.Pow(10, -float64(i)/curvePerNine) }

// CurveIndex is where a quantile of 0 to 1 lies among the points of a curve; it
// may lie between two of them.
func CurveIndex(q float64) float64 { return -math.Log10(1-q) * curvePerNine }

// CurveShare is where a quantile lies on the way from a full curve's first point, 0,
// to its last one, 1.
func CurveShare(q float64) float64 { return CurveIndex(q) / (CurvePoints - 1) }

// Over is the latency in milliseconds at n places from the first point of a full curve
// to its last one; NaN beyond the end of this one.
func (c Curve) Over(n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		ms, ok := c.At(float64(i) / float64(max(1, n-1)) * (CurvePoints - 1))
		if values[i] = ms; !ok {
			values[i] = math.NaN()
		}
	}
	return values
}

// At is the latency at a place among the points, between two of them on the line
// that joins them; ok is false beyond the end of the curve.
func (c Curve) At(index float64) (ms float64, ok bool) {
	i := int(math.Floor(index + 1e-9))
	if i < 0 || i >= len(c) {
		return 0, false
	}
	if i == len(c)-1 {
		return c[i], index <= float64(i)+1e-9
	}
	return c[i] + (c[i+1]-c[i])*max(0, index-float64(i)), true
}

// Curve is the percentile curve of h; nil when nothing was recorded. Its points
// are what Quantile answers.
func (h *Hist) Curve() Curve {
	if h.Count() == 0 {
		return nil
	}
	points := min(CurvePoints, int(math.Floor(math.Log10(float64(h.count))*curvePerNine+1e-9))+1)
	percents := make([]float64, points)
	for i := range percents {
		percents[i] = 100 * h.ranked(CurveQuantile(i))
	}
	curve := make(Curve, points)
	for i, v := range h.Packed().ValueAtPercentilesSlice(percents) {
		curve[i] = Millis(time.Duration(min(v, h.max)))
	}
	return curve
}

// Curves are the percentile curves of a stretch: response and service time of
// TTFT and E2E.
type Curves struct {
	TTFT, E2E CurvePair
}

// A CurvePair is the percentile curve of a latency from the scheduled instant and
// from the instant of sending.
type CurvePair struct {
	Response, Service Curve
}

// CurvesOf are the curves of what happened in a stretch.
func CurvesOf(p *Part) Curves {
	return Curves{
		TTFT: CurvePair{p.Hists[TTFTResponse].Curve(), p.Hists[TTFTService].Curve()},
		E2E:  CurvePair{p.Hists[E2EResponse].Curve(), p.Hists[E2EService].Curve()},
	}
}

// StoredCurves are the curves of a stretch of a document, read from the
// histograms that its latencies carry. One that cannot be read is no data.
func StoredCurves(l Latencies) Curves {
	return Curves{
		TTFT: CurvePair{l.TTFT.Response.curve(), l.TTFT.Service.curve()},
		E2E:  CurvePair{l.E2E.Response.curve(), l.E2E.Service.curve()},
	}
}

func (l *Latency) curve() Curve {
	if l == nil || l.HDR == "" {
		return nil
	}
	h, err := DecodeHist(l.HDR)
	if err != nil {
		return nil
	}
	h.max = int64(math.Round(l.Max * 1e6)) // exact there, of the bucket here
	return h.Curve()
}
