package comparison

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"flashwave/tui/draw"
)

// What is drawn beyond the mark of a margin lies beyond it, and nothing else.
func TestBarsKeepTheSideOfTheMargin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := 2*rapid.IntRange(10, 30).Draw(t, "half") + 1
		margins := rapid.OneOf(rapid.Float64Range(-6, 6), rapid.Float64Range(0.95, 1.05), rapid.Float64Range(-1.05, -0.95)).Draw(t, "margins")
		at := cellOf(margins, width)
		if at < 0 || at >= width {
			t.Fatalf("cell %d of %d", at, width)
		}
		if beyond := at > cellOf(1, width); beyond != (margins > 1) {
			t.Fatalf("%v margins are drawn in cell %d of %d, the margin in %d", margins, at, width, cellOf(1, width))
		}
		if beyond := at < cellOf(-1, width); beyond != (margins < -1) {
			t.Fatalf("%v margins are drawn in cell %d of %d, the margin in %d", margins, at, width, cellOf(-1, width))
		}
	})
}

// An arrow stands at an end where something lies beyond the scale, and nowhere else.
func TestBarsSayWhatLiesBeyond(t *testing.T) {
	c := New(scenes["worse"](), draw.Theming{})
	for _, r := range c.rows() {
		low, high, ok := r.Interval()
		if !ok {
			continue
		}
		bar := ansi.Strip(c.bar(r, 41, c.pen.Style.Text))
		if less := strings.HasPrefix(bar, "←"); less != (low < -reach) {
			t.Errorf("%s from %v: %q", r.Name(), low, bar)
		}
		if more := strings.HasSuffix(bar, "→"); more != (high > reach) {
			t.Errorf("%s to %v: %q", r.Name(), high, bar)
		}
		for _, margin := range []float64{-1, 1} {
			if at := []rune(bar)[cellOf(margin, 41)]; at != '┊' && at != '●' {
				t.Errorf("%s has no margin in %q", r.Name(), bar)
			}
		}
	}
}
