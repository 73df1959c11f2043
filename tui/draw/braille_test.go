package draw

import (
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

// TestBand holds where dots stand: a value in the middle of the row of its label, two to
// a column, the line above the bound above the band, and what is beyond the bound in the
// colour of a breach.
func TestBand(t *testing.T) {
	bound, nan := 2.0, math.NaN()
	b := Band{
		Low: []float64{0, 0, 0, 0, nan, nan, 0, 0}, High: []float64{1, 1, 1, 1, nan, nan, 3, 3},
		Line: []float64{0, 0, 1, 1, nan, nan, 3, 3}, Bound: &bound, Cursor: 2,
	}
	scale := NewLinearScale(4, 5)
	for name, c := range map[string]struct {
		pen  Pen
		want []string
	}{
		"dots": {Theming{NoColor: true}.Pen(), []string{
			"     4 ┤  │ ",
			"     3 ┤  │⠤",
			"     2 ┤⠄⠄│⠄",
			"     1 ┤⡠⡤│⡪",
			"     0 ┤⠤⠃│⠪",
		}},
		"ascii": {Theming{NoColor: true, ASCII: true}.Pen(), []string{
			"     4 +  | ",
			"     3 +  |#",
			"     2 +..|.",
			"     1 +:_|:",
			"     0 +-'|:",
		}},
	} {
		rows := c.pen.Band(scale, b, Gutter+2+4, 5)
		if got := ansi.Strip(strings.Join(rows, "\n")); got != strings.Join(c.want, "\n") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
	p := somePen()
	for i, row := range p.Band(scale, b, Gutter+2+4, 5) {
		if red := strings.Contains(row, p.Style.Bad.before); red != (i == 1) {
			t.Errorf("row %d is in the colour of a breach: %v", i, red)
		}
	}
}

// TestBandFits holds that a band fills its place and no more, whatever the values.
func TestBandFits(t *testing.T) {
	value := rapid.OneOf(rapid.Float64(), rapid.Float64Range(0, 1e4), rapid.Just(math.NaN()), rapid.Just(math.Inf(1)), rapid.Just(0.0))
	rapid.Check(t, func(t *rapid.T) {
		p := Theming{ASCII: rapid.Bool().Draw(t, "ascii")}.Pen()
		width, height := rapid.IntRange(0, 120).Draw(t, "width"), rapid.IntRange(0, 30).Draw(t, "height")
		values := func(name string) []float64 { return rapid.SliceOfN(value, 0, 250).Draw(t, name) }
		b := Band{Low: values("low"), High: values("high"), Line: values("line"), Bound: rapid.Ptr(rapid.Float64(), true).Draw(t, "bound"), Cursor: rapid.IntRange(-1, 130).Draw(t, "cursor")}
		rows := p.Band(NewLinearScale(1e4, height), b, width, height)
		if rows != nil && len(rows) != height {
			t.Fatalf("%d rows in %d", len(rows), height)
		}
		for _, row := range rows {
			if w := ansi.StringWidth(row); w != width || Cells(row) != w {
				t.Fatalf("a row is %d wide in %d", w, width)
			}
		}
	})
}
