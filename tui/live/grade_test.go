package live

import (
	"testing"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/tui/draw"
)

func TestGrades(t *testing.T) {
	for _, c := range []struct {
		why   string
		expr  string
		value float64
		want  draw.Grade
	}{
		{"well under", "ttft.p95 <= 800ms", 500, draw.Good},
		{"within 10 %", "ttft.p95 <= 800ms", 730, draw.Near},
		{"at the bound", "ttft.p95 <= 800ms", 800, draw.Near},
		{"over", "ttft.p95 <= 800ms", 801, draw.Bad},
		{"at a bound that is to be stayed under", "ttft.p95 < 800ms", 800, draw.Bad},
		{"a floor well kept", "rps >= 200/s", 300, draw.Good},
		{"a floor within 10 %", "rps >= 200/s", 210, draw.Near},
		{"under a floor", "rps >= 200/s", 199, draw.Bad},
		{"a share that lacks little", "good_fraction >= 99%", 0.998, draw.Good},
		{"nothing at a bound of nothing", "dropped <= 0", 0, draw.Good},
	} {
		if got := gradeOf(slo.MustParse(c.expr), c.value); got != c.want {
			t.Errorf("%s: got %d, want %d", c.why, got, c.want)
		}
	}
}

// TestRowGrade holds that a row is judged by the SLOs of its own waves only.
func TestRowGrade(t *testing.T) {
	status := result.SLOStatus{Expr: "ttft.p95 < 800ms", Metric: "ttft", Stat: "p95", Wave: "rush", Op: "<", Bound: 800, Unit: "ms"}
	row := result.Row{Waves: []string{"rush"}, Latency: result.RowLatencies{TTFT: result.RowPair{Response: &result.RowPercentile{Count: 9, P95: 900}}}}
	if g := rowGrade(row, []result.SLOStatus{status}); g != draw.Bad {
		t.Errorf("a breach in the wave is graded %d", g)
	}
	row.Waves = []string{"calm"}
	if g := rowGrade(row, []result.SLOStatus{status}); g != draw.Unknown {
		t.Errorf("a row of another wave is graded %d", g)
	}
	status.Wave, status.Service = "", true
	if g := rowGrade(row, []result.SLOStatus{status}); g != draw.Unknown {
		t.Errorf("a row without service times is graded %d by them", g)
	}
}
