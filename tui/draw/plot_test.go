package draw

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"flashwave/bench/result"
)

func somePen() Pen { return Theming{}.Pen() }

// TestPlotRefuses holds that what cannot be drawn is not drawn.
func TestPlotRefuses(t *testing.T) {
	p, nan := somePen(), math.NaN()
	for why, lines := range map[string][]Line{
		"no line": nil, "a line without values": {{}},
		"no value": {{Values: []float64{nan, nan}}}, "infinity alone": {{Values: []float64{math.Inf(1)}}},
	} {
		if got := p.Plot(lines, nil, 60, 8); got != nil {
			t.Errorf("%s is drawn: %q", why, got)
		}
	}
	if got := p.Plot([]Line{{Values: []float64{1, 2}}}, nil, 8, 8); got != nil {
		t.Errorf("a plot without columns is drawn: %q", got)
	}
}

// TestPlotFlat holds that a flat line at nought is drawn, at the bottom.
func TestPlotFlat(t *testing.T) {
	p := somePen()
	rows := p.Plot([]Line{{Values: make([]float64, 20), Style: p.Style.P50, Stroke: p.Glyph.Solid}}, nil, 40, 5)
	if len(rows) != 5 {
		t.Fatalf("%d rows, want 5", len(rows))
	}
	if last := ansi.Strip(rows[4]); !strings.HasPrefix(last, "  0.00 ┤───") {
		t.Errorf("the last row is %q", last)
	}
}

// TestPlotLines holds that each value stands in its own column, with gaps as gaps,
// and that what is above the alarm has the colour of a breach.
func TestPlotLines(t *testing.T) {
	p, nan := somePen(), math.NaN()
	alarm := 2.0
	rows := p.PlotOn(NewLinearScale(4, 5), []Line{
		{Values: []float64{0, 0, 2, 2, nan, 4, 4, 4}, Style: p.Style.Strong, Stroke: p.Glyph.Solid},
		{Values: []float64{nan, nan, nan, 1, 1}, Style: p.Style.P95, Stroke: p.Glyph.Heavy},
	}, &alarm, Gutter+2+9, 5)
	want := []string{
		"     4 ┤     ───╴",
		"     3 ┤",
		"     2 ┤  ╭─╴",
		"     1 ┤  │━━╸",
		"     0 ┤──╯",
	}
	for i, row := range rows {
		if got := strings.TrimRight(ansi.Strip(row), " "); got != want[i] {
			t.Errorf("row %d is %q, want %q", i, got, want[i])
		}
		if above := strings.Contains(row, p.Style.Bad.code.String()); above != (i == 0) {
			t.Errorf("row %d is in the colour of a breach: %v", i, above)
		}
	}
	if !strings.Contains(rows[3], p.Style.P95.code.String()+"━━╸") || !strings.Contains(rows[2], p.Style.Strong.code.String()+"╭─╴") {
		t.Errorf("lines have lost their styles: %q", rows)
	}
}

// TestPlotFits holds that a plot keeps to its place, and has colours only where there are
// some, whatever the values.
func TestPlotFits(t *testing.T) {
	value := rapid.OneOf(rapid.Float64(), rapid.Float64Range(0, 1e4), rapid.Just(math.NaN()), rapid.Just(math.Inf(1)), rapid.Just(0.0))
	rapid.Check(t, func(t *rapid.T) {
		mono := rapid.Bool().Draw(t, "mono")
		p := Theming{NoColor: mono}.Pen()
		width, height := rapid.IntRange(0, 120).Draw(t, "width"), rapid.IntRange(0, 30).Draw(t, "height")
		var lines []Line
		for range rapid.IntRange(0, 4).Draw(t, "lines") {
			lines = append(lines, Line{Values: rapid.SliceOfN(value, 0, 130).Draw(t, "values"), Style: p.Style.P95, Stroke: p.Glyph.Heavy})
		}
		alarm := rapid.Ptr(rapid.Float64(), true).Draw(t, "alarm")
		rows := p.Plot(lines, alarm, width, height)
		if rapid.Bool().Draw(t, "logarithmic") {
			rows = p.PlotOn(LogScale{10, 1e4, height}, lines, alarm, width, height)
		}
		if len(rows) > max(0, height) {
			t.Fatalf("%d rows in %d", len(rows), height)
		}
		for _, row := range rows {
			if w := ansi.StringWidth(row); w > width {
				t.Fatalf("a row is %d wide in %d", w, width)
			}
			if mono && strings.Contains(row, "\x1b") || strings.ContainsAny(row, "┼\n") {
				t.Fatalf("asciigraph's own colours or axis are left in %q", row)
			}
		}
	})
}

// TestScale holds that the scale covers its value with little air, and that its
// labels are few, round, different and evenly spaced.
func TestScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value, height := math.Pow(10, rapid.Float64Range(-3, 40).Draw(t, "power")), rapid.IntRange(2, 30).Draw(t, "height")
		s := NewLinearScale(value, height)
		if s.steps != height-1 || s.Top < value*(1-1e-9) || s.Top > 2.5*value {
			t.Fatalf("%+v for %g in %d rows", s, value, height)
		}
		seen := map[string]bool{}
		for i, label := range s.Labels() {
			if (label != "") != ((s.steps-i)%s.stride == 0) {
				t.Fatalf("row %d has the label %q", i, label)
			}
			if label != "" && value < 1e5 && value > 0.1 && seen[label] {
				t.Fatalf("the label %q stands twice", label)
			}
			seen[label] = true
			if ansi.StringWidth(label) > Gutter {
				t.Fatalf("the label %q is wider than %d", label, Gutter)
			}
		}
	})
}

// TestSample holds that columns keep the worst of percentiles, the mean of
// rates, and gaps as gaps.
func TestSample(t *testing.T) {
	stretches := []Stretch{{0, 1, 10}, {1, 1, 30}, {4, 2, 7}}
	axis := TimeAxis{From: 0, Step: 2, Columns: 4}
	for _, c := range []struct {
		why  string
		join Merge
		want []float64
	}{
		{"mean", Mean, []float64{20, math.NaN(), 7, math.NaN()}},
		{"highest", Highest, []float64{30, math.NaN(), 7, math.NaN()}},
	} {
		got := axis.Sample(len(stretches), func(i int) Stretch { return stretches[i] }, c.join)
		for i := range got {
			if got[i] != c.want[i] && !(math.IsNaN(got[i]) && math.IsNaN(c.want[i])) {
				t.Errorf("%s: %v, want %v", c.why, got, c.want)
				break
			}
		}
	}
}

// TestTimeAxis holds that an axis holds its time, in columns of simple lengths.
func TestTimeAxis(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, length := rapid.Float64Range(0, 1e4).Draw(t, "from"), rapid.Float64Range(0, 1e5).Draw(t, "length")
		columns := rapid.IntRange(1, 200).Draw(t, "columns")
		growing := rapid.Bool().Draw(t, "growing")
		a := NewTimeAxis(from, from+length, columns, growing)
		if a.Step*float64(columns) < length-1e-6 {
			t.Fatalf("%+v does not hold %g s", a, length)
		}
		if growing && 4*a.Step != math.Trunc(4*a.Step) || growing && a.Step > 4 && a.Step != math.Trunc(a.Step) {
			t.Fatalf("a step of %g s", a.Step)
		}
		if r := a.reached(from + length); r < 0 || r > columns {
			t.Fatalf("%d of %d columns reached", r, columns)
		}
	})
}

// TestLoadAt holds what the ribbon reads from a curve: lines between corners,
// the later one at a jump, no line between an open and a closed wave.
func TestLoadAt(t *testing.T) {
	curve := []Load{
		{At: 0, Load: 10},
		{At: 10 * time.Second, Load: 20},
		{At: 10 * time.Second, Load: 5},
		{At: 20 * time.Second, Load: 5},
		{At: 20 * time.Second, Load: 50, Closed: true},
		{At: 30 * time.Second, Load: 50, Closed: true},
	}
	for _, c := range []struct {
		why    string
		at     time.Duration
		want   float64
		closed bool
	}{
		{"before", -time.Second, 0, false},
		{"the beginning", 0, 10, false},
		{"the middle of a ramp", 5 * time.Second, 15, false},
		{"a jump", 10 * time.Second, 5, false},
		{"a closed wave", 25 * time.Second, 50, true},
		{"the end", 30 * time.Second, 50, true},
		{"after", 31 * time.Second, 0, true},
	} {
		if got, closed := loadAt(curve, c.at); got != c.want || closed != c.closed {
			t.Errorf("%s: %g %v, want %g %v", c.why, got, closed, c.want, c.closed)
		}
	}
	if got, _ := peakBetween(curve, 8*time.Second, 12*time.Second); got != 20 {
		t.Errorf("a peak within a column is %g, want 20", got)
	}
}

// TestLogLabels holds that every label of a logarithmic scale says what its row stands
// for, and that there are at least two of them.
func TestLogLabels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := math.Pow(10, rapid.Float64Range(-2, 5).Draw(t, "low"))
		s := LogScale{low, low * rapid.Float64Range(3, 1e4).Draw(t, "ratio"), rapid.IntRange(4, 40).Draw(t, "rows")}
		labels := 0
		for row, label := range s.Labels() {
			if label == "" {
				continue
			}
			labels++
			said, err := time.ParseDuration(label)
			if err != nil {
				t.Fatal(err)
			}
			stands := s.Low * math.Pow(s.High/s.Low, 1-float64(row)/float64(s.Rows-1))
			if ratio := result.Millis(said) / stands; ratio < 0.9 || ratio > 1.11 {
				t.Fatalf("row %d of %+v stands for %g ms and says %s", row, s, stands, label)
			}
			if ansi.StringWidth(label) > Gutter {
				t.Fatalf("the label %q is wider than %d", label, Gutter)
			}
		}
		if labels < 2 {
			t.Fatalf("%+v has %d labels", s, labels)
		}
	})
}
