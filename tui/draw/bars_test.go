package draw

import (
	"math"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

func TestBars(t *testing.T) {
	pen := Theming{}.Pen()
	ink := func(int) Ink { return pen.Style.P95 }
	for _, c := range []struct {
		values []float64
		top    float64
		rows   int
		want   []string
	}{
		{[]float64{0, 1, 4, 8, math.NaN()}, 8, 1, []string{"▁▁▄█ "}},
		{[]float64{0, 1, 4, 8, 9, math.Inf(1)}, 8, 2, []string{"   ██ ", "▁▂███ "}},
		{[]float64{0, 0}, 0, 2, []string{"  ", "▁▁"}},
		{nil, 8, 1, []string{""}},
	} {
		for i, line := range pen.Bars(c.values, c.top, c.rows, ink) {
			if got := ansi.Strip(line); got != c.want[i] {
				t.Errorf("%v of %v: row %d is %q, want %q", c.values, c.top, i, got, c.want[i])
			}
		}
	}
}

// A bar has a cell a row and value, and what is more is never lower.
func TestBarsGrow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(0, 1000), 2, 40).Draw(t, "values")
		rows := rapid.IntRange(1, 6).Draw(t, "rows")
		look := Theming{ASCII: rapid.Bool().Draw(t, "ascii")}
		lines := look.Pen().Bars(values, rapid.Float64Range(0, 1200).Draw(t, "top"), rows, func(int) Ink { return Ink{} })
		height := func(column int) (n int) {
			for _, line := range lines {
				if []rune(line)[column] != ' ' {
					n++
				}
			}
			return n
		}
		for i := range values {
			for j := range values {
				if values[i] > values[j] && height(i) < height(j) {
					t.Fatalf("%v is %d rows high, and %v %d", values[i], height(i), values[j], height(j))
				}
			}
		}
		for _, line := range lines {
			if Cells(line) != len(values) {
				t.Fatalf("%q has %d cells of %d", line, Cells(line), len(values))
			}
		}
	})
}
