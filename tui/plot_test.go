package tui

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"flashwave/bench/result"
)

func testPen() pen { return pen{newTheme(true, colorprofile.TrueColor), unicodeGlyphs} }

// TestPlotRefuses holds that what cannot be drawn is not drawn.
func TestPlotRefuses(t *testing.T) {
	p, nan := testPen(), math.NaN()
	for why, lines := range map[string][]line{
		"no line": nil, "a line without values": {{}},
		"no value": {{values: []float64{nan, nan}}}, "infinity alone": {{values: []float64{math.Inf(1)}}},
	} {
		if got := p.plot(lines, nil, 60, 8); got != nil {
			t.Errorf("%s is drawn: %q", why, got)
		}
	}
	if got := p.plot([]line{{values: []float64{1, 2}}}, nil, 8, 8); got != nil {
		t.Errorf("a plot without columns is drawn: %q", got)
	}
}

// TestPlotFlat holds that a flat line at nought is drawn, at the bottom.
func TestPlotFlat(t *testing.T) {
	p := testPen()
	rows := p.plot([]line{{values: make([]float64, 20), style: p.style.p50, pen: p.glyph.solid}}, nil, 40, 5)
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
	p, nan := testPen(), math.NaN()
	alarm := 2.0
	rows := p.plotOn(newScale(4, 5), []line{
		{values: []float64{0, 0, 2, 2, nan, 4, 4, 4}, style: p.style.strong, pen: p.glyph.solid},
		{values: []float64{nan, nan, nan, 1, 1}, style: p.style.p95, pen: p.glyph.heavy},
	}, &alarm, gutter+2+9, 5)
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
		if above := strings.Contains(row, p.style.bad.before); above != (i == 0) {
			t.Errorf("row %d is in the colour of a breach: %v", i, above)
		}
	}
	if !strings.Contains(rows[3], p.style.p95.Render("━━╸")) || !strings.Contains(rows[2], p.style.strong.Render("╭─╴")) {
		t.Errorf("lines have lost their styles: %q", rows)
	}
}

// TestPlotFits holds that a plot keeps to its place and leaks none of the colours
// that tell the lines apart, whatever the values.
func TestPlotFits(t *testing.T) {
	p := testPen()
	value := rapid.OneOf(rapid.Float64(), rapid.Float64Range(0, 1e4), rapid.Just(math.NaN()), rapid.Just(math.Inf(1)), rapid.Just(0.0))
	rapid.Check(t, func(t *rapid.T) {
		width, height := rapid.IntRange(0, 120).Draw(t, "width"), rapid.IntRange(0, 30).Draw(t, "height")
		var lines []line
		for range rapid.IntRange(0, 4).Draw(t, "lines") {
			lines = append(lines, line{values: rapid.SliceOfN(value, 0, 130).Draw(t, "values"), style: p.style.p95, pen: p.glyph.heavy})
		}
		alarm := rapid.Ptr(rapid.Float64(), true).Draw(t, "alarm")
		rows := p.plot(lines, alarm, width, height)
		if rapid.Bool().Draw(t, "logarithmic") {
			rows = p.plotOn(logScale{10, 1e4, height}, lines, alarm, width, height)
		}
		if len(rows) > max(0, height) {
			t.Fatalf("%d rows in %d", len(rows), height)
		}
		for _, row := range rows {
			if w := ansi.StringWidth(row); w > width {
				t.Fatalf("a row is %d wide in %d", w, width)
			}
			if strings.Contains(row, "38;5;") || strings.ContainsAny(row, "┼\n") {
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
		s := newScale(value, height)
		if s.steps != height-1 || s.top < value*(1-1e-9) || s.top > 2.5*value {
			t.Fatalf("%+v for %g in %d rows", s, value, height)
		}
		seen := map[string]bool{}
		for i, label := range s.labels() {
			if (label != "") != ((s.steps-i)%s.stride == 0) {
				t.Fatalf("row %d has the label %q", i, label)
			}
			if label != "" && value < 1e5 && value > 0.1 && seen[label] {
				t.Fatalf("the label %q stands twice", label)
			}
			seen[label] = true
			if ansi.StringWidth(label) > gutter {
				t.Fatalf("the label %q is wider than %d", label, gutter)
			}
		}
	})
}

// TestSample holds that columns keep the worst of percentiles, the mean of
// rates, and gaps as gaps.
func TestSample(t *testing.T) {
	rows := []result.Row{{TS: 0, StepS: 1, SentRPS: 10}, {TS: 1, StepS: 1, SentRPS: 30}, {TS: 4, StepS: 2, SentRPS: 7}}
	sent := func(r result.Row) float64 { return r.SentRPS }
	axis := timeAxis{from: 0, step: 2, columns: 4}
	for _, c := range []struct {
		why  string
		join merge
		want []float64
	}{
		{"mean", mean, []float64{20, math.NaN(), 7, math.NaN()}},
		{"highest", highest, []float64{30, math.NaN(), 7, math.NaN()}},
	} {
		got := axis.sample(rows, sent, c.join)
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
		a := newTimeAxis(from, from+length, columns, growing)
		if a.step*float64(columns) < length-1e-6 {
			t.Fatalf("%+v does not hold %g s", a, length)
		}
		if growing && 4*a.step != math.Trunc(4*a.step) || growing && a.step > 4 && a.step != math.Trunc(a.step) {
			t.Fatalf("a step of %g s", a.step)
		}
		if r := a.reached(from + length); r < 0 || r > columns {
			t.Fatalf("%d of %d columns reached", r, columns)
		}
	})
}

// TestLoadAt holds what the ribbon reads from a curve: lines between corners,
// the later one at a jump, no line between an open and a closed wave.
func TestLoadAt(t *testing.T) {
	curve := []result.CurvePoint{
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

// TestLayout holds that the parts of every window lie within it and do not
// overlap.
func TestLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(0, 300).Draw(t, "width"), rapid.IntRange(0, 100).Draw(t, "height")
		l := newLayout(w, h, rapid.Bool().Draw(t, "done"))
		parts := append([]rect{l.header, l.ribbon, l.status, l.latency, l.tally, l.outcomes, l.cost, l.slos, l.waves, l.events, l.keys}, l.charts...)
		taken := map[[2]int]int{}
		for i, r := range parts {
			if r.h == 0 {
				continue
			}
			if r.x < 0 || r.y < 0 || r.x+r.w > w || r.y+r.h > h {
				t.Fatalf("part %d, %+v, leaves the window", i, r)
			}
			for y := r.y; y < r.y+r.h; y++ {
				for x := r.x; x < r.x+r.w; x++ {
					if other, twice := taken[[2]int{x, y}]; twice {
						t.Fatalf("parts %d and %d overlap at %d,%d", other, i, x, y)
					}
					taken[[2]int{x, y}] = i
				}
			}
		}
	})
}

// TestLogLabels holds that every label of a logarithmic scale says what its row stands
// for, and that there are at least two of them.
func TestLogLabels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := math.Pow(10, rapid.Float64Range(-2, 5).Draw(t, "low"))
		s := logScale{low, low * rapid.Float64Range(3, 1e4).Draw(t, "ratio"), rapid.IntRange(4, 40).Draw(t, "rows")}
		labels := 0
		for row, label := range s.labels() {
			if label == "" {
				continue
			}
			labels++
			said, err := time.ParseDuration(label)
			if err != nil {
				t.Fatal(err)
			}
			stands := s.low * math.Pow(s.high/s.low, 1-float64(row)/float64(s.rows-1))
			if ratio := result.Millis(said) / stands; ratio < 0.9 || ratio > 1.11 {
				t.Fatalf("row %d of %+v stands for %g ms and says %s", row, s, stands, label)
			}
			if ansi.StringWidth(label) > gutter {
				t.Fatalf("the label %q is wider than %d", label, gutter)
			}
		}
		if labels < 2 {
			t.Fatalf("%+v has %d labels", s, labels)
		}
	})
}
