package verdict_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"flashwave/bench/slo"
	"flashwave/bench/verdict"
)

// Whatever the SLOs given speak of, failures and losses are judged; until one on that
// very metric takes the place of what is assumed, in the waves it speaks of.
func TestAssumedBesideGiven(t *testing.T) {
	waves := []verdict.WaveName{{Wave: "calm"}, {Wave: "rush"}}
	for _, c := range []struct {
		why   string
		given []string
		want  []string
	}{
		{"none given", nil, []string{"error_rate <= 1%", "lost <= 1%"}},
		{"a latency", []string{"ttft.p95 < 800ms"}, []string{"error_rate <= 1%", "lost <= 1%"}},
		{"per request", []string{"ttft < 800ms"}, []string{"error_rate <= 1%", "lost <= 1%"}},
		{"an error rate", []string{"error_rate < 5%"}, []string{"lost <= 1%"}},
		{"losses", []string{"lost < 5%"}, []string{"error_rate <= 1%"}},
		{"another count of losses", []string{"dropped < 5%", "unfinished <= 0"}, []string{"error_rate <= 1%", "lost <= 1%"}},
		{"a share of good ones", []string{"good_fraction >= 99%"}, []string{"error_rate <= 1%", "lost <= 1%"}},
		{"an error rate of one wave", []string{"error_rate < 50% in rush"}, []string{"error_rate <= 1% in calm", "lost <= 1%"}},
		{"an error rate of each wave", []string{"error_rate < 50% in rush", "error_rate < 2% in calm"}, []string{"lost <= 1%"}},
		{"of the run and of a wave", []string{"error_rate < 50% in rush", "error_rate < 10%"}, []string{"lost <= 1%"}},
		{"both", []string{"error_rate < 50%", "lost <= 0"}, nil},
	} {
		a, err := verdict.Parse(c.given, nil, verdict.Subjects{Waves: waves})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range a.SLOs {
			if s.Assumed {
				got = append(got, s.Text)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q assumed, want %q", c.why, got, c.want)
		}
	}
}

// Where an expression holds its opposite does not.
func TestOpposite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		op := rapid.SampledFrom([]string{"<", "<=", ">", ">="}).Draw(t, "op")
		e := slo.MustParse("error_rate " + op + " 5%")
		v := rapid.SampledFrom([]float64{0, 0.049, 0.05, 0.051, 1}).Draw(t, "v")
		if e.Holds(v) == verdict.Opposite(e).Holds(v) {
			t.Fatalf("%s and its opposite agree on %g", e, v)
		}
	})
}
