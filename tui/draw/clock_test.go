package draw

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

// TestRulers holds that instants are named at round values, and waves where they began.
func TestRulers(t *testing.T) {
	p := Theming{NoColor: true}.Pen()
	axis := TimeAxis{From: 95, Step: 2, Columns: 40}
	if got := p.ClockRuler(axis, 160); got != "                  02:00          02:30" {
		t.Errorf("the clock is %q", got)
	}
	if got := p.ClockRuler(TimeAxis{From: 7, Step: 0.25, Columns: 3}, 7.5); got != "      00:07" {
		t.Errorf("a short clock is %q", got)
	}
	waves := []RibbonWave{
		{Name: "calm", Begun: true},
		{Name: "midnight", Started: 100 * time.Second, Begun: true},
		{Name: "rush", Started: 110 * time.Second, Begun: true},
		{Name: "recovery", Started: 140 * time.Second},
	}
	if got := p.WaveRuler(axis, waves); got != "       ╰──┴────┴ rush ──────────────────────────" {
		t.Errorf("the waves are %q", got)
	}
}

// TestRulersFit holds that rulers are no wider than their plot.
func TestRulersFit(t *testing.T) {
	p := somePen()
	rapid.Check(t, func(t *rapid.T) {
		axis := TimeAxis{From: rapid.Float64Range(0, 1e5).Draw(t, "from"), Step: rapid.Float64Range(0.1, 1e4).Draw(t, "step"), Columns: rapid.IntRange(1, 150).Draw(t, "columns")}
		to := axis.From + rapid.Float64Range(0, 1.2).Draw(t, "share")*axis.Step*float64(axis.Columns)
		var waves []RibbonWave
		for range rapid.IntRange(0, 5).Draw(t, "waves") {
			waves = append(waves, RibbonWave{Name: rapid.StringN(0, 9, -1).Draw(t, "name"), Started: time.Duration(rapid.Int64Range(-1, 1e15).Draw(t, "started")), Begun: rapid.Bool().Draw(t, "begun")})
		}
		for _, line := range []string{p.ClockRuler(axis, to), p.WaveRuler(axis, waves)} {
			if w := ansi.StringWidth(line); w > Gutter+2+axis.Columns && axis.Columns > 8 || strings.Contains(line, "\n") {
				t.Fatalf("%d cells for %d columns: %q", w, axis.Columns, line)
			}
		}
	})
}
