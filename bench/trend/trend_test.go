package trend_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"flashwave/bench/trend"
)

// The worked figures: 10 rising values make S = 45, of a variance of 125.
func TestMannKendall(t *testing.T) {
	rising := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	falling := []float64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}
	for _, c := range []struct {
		why  string
		xs   []float64
		want float64
	}{
		{"every pair rises", rising, 44 / math.Sqrt(125)},
		{"every pair falls", falling, -44 / math.Sqrt(125)},
		{"all alike", []float64{3, 3, 3, 3, 3, 3, 3, 3}, 0},
		{"nothing", nil, 0},
		{"one value", []float64{1}, 0},
	} {
		if got := trend.MannKendall(c.xs); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %g, want %g", c.why, got, c.want)
		}
	}
}

// Noise without a trend is called one about as often as the score says: a chance
// of 1 in 1000.
func TestNoiseHasNoTrend(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const rounds = 20_000
	alarms := 0
	for range rounds {
		xs := make([]float64, 12)
		for i := range xs {
			xs[i] = random.Float64()
		}
		if trend.MannKendall(xs) > trend.Significant {
			alarms++
		}
	}
	if share := float64(alarms) / rounds; share > 0.002 {
		t.Errorf("%g of the series are called rising", share)
	}
}

func TestTheilSenIgnoresAnOutlier(t *testing.T) {
	xs := []float64{0, 2, 4, 6, 1000, 10, 12, 14, 16, 18}
	if got := trend.TheilSen(xs); math.Abs(got-2) > 1e-9 {
		t.Errorf("slope %g, want 2", got)
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		xs   []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{5, 1, 3}, 3}, {[]float64{4, 1, 3, 2}, 2.5}} {
		if got := trend.Median(c.xs); got != c.want {
			t.Errorf("median of %v: %g, want %g", c.xs, got, c.want)
		}
	}
}
