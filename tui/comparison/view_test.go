package comparison

import (
	"testing"

	"pgregory.net/rapid"
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
