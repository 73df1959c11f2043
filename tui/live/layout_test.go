package live

import (
	"testing"

	"pgregory.net/rapid"

	"flashwave/tui/draw"
)

// TestLayout holds that the parts of every window lie within it and do not
// overlap.
func TestLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(0, 300).Draw(t, "width"), rapid.IntRange(0, 100).Draw(t, "height")
		l := newLayout(w, h, contents{
			classes: rapid.IntRange(0, 9).Draw(t, "classes"), tasks: rapid.IntRange(0, 9).Draw(t, "tasks"),
			done: rapid.Bool().Draw(t, "done"), zoomed: rapid.Bool().Draw(t, "zoomed"),
		})
		parts := append([]draw.Rect{l.header, l.answer, l.ribbon, l.status, l.latency, l.table, l.tally, l.figures, l.zoom, l.outcomes, l.cost, l.slos, l.waves, l.classes, l.queue, l.events, l.keys}, l.charts...)
		taken := map[[2]int]int{}
		for i, r := range parts {
			if r.H == 0 {
				continue
			}
			if r.X < 0 || r.Y < 0 || r.X+r.W > w || r.Y+r.H > h {
				t.Fatalf("part %d, %+v, leaves the window", i, r)
			}
			for y := r.Y; y < r.Y+r.H; y++ {
				for x := r.X; x < r.X+r.W; x++ {
					if other, twice := taken[[2]int{x, y}]; twice {
						t.Fatalf("parts %d and %d overlap at %d,%d", other, i, x, y)
					}
					taken[[2]int{x, y}] = i
				}
			}
		}
	})
}
