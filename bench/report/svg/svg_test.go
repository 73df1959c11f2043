package svg

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"
)

// hostile is a label that would end what it stands in.
const hostile = `"'></text><script>alert(1)</script>&lt;]]>` + "\u202e"

// wellFormed holds a chart to be XML without a script in which every number is one.
func wellFormed(t interface{ Fatalf(string, ...any) }, chart template.HTML) (texts []string) {
	for d := xml.NewDecoder(strings.NewReader(string(chart))); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return texts
		}
		if err != nil {
			t.Fatalf("%v in %s", err, chart)
		}
		switch token := token.(type) {
		case xml.CharData:
			texts = append(texts, string(token))
		case xml.StartElement:
			if token.Name.Local == "script" {
				t.Fatalf("a label became an element: %s", chart)
			}
			for _, a := range token.Attr {
				for _, wrong := range []string{"NaN", "Inf", "%!", "-9223372036854775808", "e+"} {
					if strings.Contains(a.Value, wrong) {
						t.Fatalf("%s of <%s> is %.200q", a.Name.Local, token.Name.Local, a.Value)
					}
				}
			}
		}
	}
}

// single is a chart of one line over its X from 0 to 10 and a Y from 0 to 10.
func single(points ...Point) Chart {
	return Chart{
		Frame: Frame{ID: "c", Title: "title", Desc: "what is seen", Height: 100, X: Counts(10, "x"), Y: Counts(10, "y")},
		Lines: []Line{{Name: "line", Ink: P95, Points: points}},
	}
}

// d is the path of the line of a chart.
func d(chart template.HTML) string {
	_, rest, _ := strings.Cut(string(chart), `<path class="line p95" d="`)
	path, _, _ := strings.Cut(rest, `"`)
	return path
}

func TestLines(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, c := range map[string]struct {
		points []Point
		want   string // the path; "": there is no chart
	}{
		"no point":                                {nil, ""},
		"nothing but gaps":                        {[]Point{{1, nan}, {2, inf}, {3, -inf}}, ""},
		"a place that is none":                    {[]Point{{nan, 1}, {inf, 1}}, ""},
		"one point is a dot":                      {[]Point{{5, 5}}, "M5000 500h0"},
		"a line":                                  {[]Point{{0, 0}, {5, 5}, {10, 10}}, "M0 1000l5000-500l5000-500"},
		"all equal":                               {[]Point{{0, 5}, {5, 5}, {10, 5}}, "M0 500h5000h5000"},
		"a gap parts it":                          {[]Point{{0, 5}, {2, 5}, {4, nan}, {6, 5}, {8, 5}}, "M0 500h2000M6000 500h2000"},
		"a point between two gaps is a dot":       {[]Point{{0, nan}, {2, 5}, {4, nan}}, "M2000 500h0"},
		"what is beyond is cut off at the edge":   {[]Point{{0, -50}, {5, 500}, {50, 5}}, "M0 1020l5000-1040l45000 520"},
		"what is beyond every number, so as well": {[]Point{{-1e300, -1e300}, {1e300, 1e300}}, "M-100000 1020l210000-1040"},
	} {
		chart := single(c.points...).SVG()
		if got := d(chart); got != c.want || (chart == "") != (c.want == "") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		wellFormed(t, chart)
	}
}

// A line of a million points is not longer than a screen is wide, and loses no peak.
func TestVeryManyPoints(t *testing.T) {
	const n = 1_000_000
	points := make([]Point, n)
	for i := range points {
		points[i] = Point{float64(i) * 10 / n, 5 + math.Sin(float64(i))}
	}
	points[123_456].Y, points[654_321].Y, points[7].Y = 10, 0, math.Inf(-1)
	for kind, c := range map[string]Chart{
		"line":   single(points...),
		"dots":   {Frame: single().Frame, Lines: []Line{{Ink: P95, Points: points, Dots: true}}},
		"points": {Frame: single().Frame, Lines: []Line{{Ink: P95, Points: points, Apart: true}}},
		"area":   {Frame: single().Frame, Areas: []Area{{Ink: P95, Low: points, High: points}}},
	} {
		chart := c.SVG()
		if len(chart) > 64<<10 || len(chart) < 4<<10 {
			t.Errorf("%s: %d bytes", kind, len(chart))
		}
		wellFormed(t, chart)
		low, high := heights(string(chart))
		if low != 0 || high != 1000 {
			t.Errorf("%s: a peak is lost: from %d to %d", kind, low, high)
		}
	}
}

// heights are the lowest and the highest place that paths of a chart reach, on the grid.
func heights(chart string) (low, high int) {
	low = math.MaxInt
	for _, part := range strings.Split(chart, ` d="`)[1:] {
		path, _, _ := strings.Cut(part, `"`)
		x, y := 0, 0
		for path = strings.ReplaceAll(path, "z", ""); path != ""; {
			step, a, b := path[0], 0, 0
			path = path[1:]
			read := func() (v int) {
				path = strings.TrimLeft(path, " ")
				end := 1
				for end < len(path) && path[end] >= '0' && path[end] <= '9' {
					end++
				}
				_, _ = fmt.Sscan(path[:end], &v)
				path = path[end:]
				return v
			}
			switch step {
			case 'M':
				x, y = read(), read()
			case 'l':
				a, b = read(), read()
			case 'h':
				a = read()
			case 'v':
				b = read()
			}
			x, y = x+a, y+b
			low, high = min(low, y), max(high, y)
		}
	}
	return low, high
}

// Areas with gaps are several.
func TestAreas(t *testing.T) {
	nan := math.NaN()
	zero := []Point{{0, 0}, {2, 0}, {4, 0}, {6, 0}, {8, 0}}
	for name, c := range map[string]struct {
		high []Point
		want string
	}{
		"whole":        {[]Point{{0, 5}, {2, 5}, {4, 5}, {6, 5}, {8, 5}}, "M0 500h2000h2000h2000h2000v500h-2000h-2000h-2000h-2000z"},
		"with a gap":   {[]Point{{0, 5}, {2, 5}, {4, nan}, {6, 5}, {8, 5}}, "M0 500h2000v500h-2000zM6000 500h2000v500h-2000z"},
		"nothing else": {[]Point{{0, nan}, {2, nan}, {4, nan}, {6, nan}, {8, nan}}, ""},
	} {
		chart := string(Chart{Frame: single().Frame, Areas: []Area{{Ink: Good, Low: zero, High: c.high}}}.SVG())
		_, rest, _ := strings.Cut(chart, `<path class="area good" d="`)
		if got, _, _ := strings.Cut(rest, `"`); got != c.want || (chart == "") != (c.want == "") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Whatever a label is, it stays one, wherever it stands.
func TestLabelsAreEscaped(t *testing.T) {
	label := func(float64) string { return hostile }
	frame := Frame{
		ID: hostile, Title: hostile, Desc: hostile, Height: 100, X: Linear(10, hostile, label), Y: Linear(10, hostile, label),
		Lanes:  [][]Band{{{From: 0, To: 10, Name: hostile, Number: "<1>"}, {From: 9.9, To: 10, Name: hostile, Number: "<2>"}}},
		Shaded: []Band{{From: 1, To: 2, Name: hostile}},
		Bounds: []Bound{{At: 5, From: 0, To: 10, Label: hostile}}, Marks: []Mark{{At: 3, Text: hostile}},
	}
	texts := wellFormed(t, Chart{Frame: frame, Lines: []Line{{Name: hostile, Ink: P50, Points: []Point{{1, 1}}}}}.SVG())
	told := 0
	for _, text := range texts {
		if text == hostile {
			told++
		}
	}
	// title, desc, lane ×3 (two bands, one with its name), shade, bound, mark, end, two units, and the ticks
	if want := 11 + len(frame.X.Ticks) + len(frame.Y.Ticks); told != want {
		t.Errorf("%d labels are told, want %d", told, want)
	}
	wellFormed(t, Heatmap{Frame: frame, Cells: [][]uint64{{1}}, Width: 1, Rows: 1}.SVG())
}

// Ends of lines that would lie upon each other are set apart, within the plot's height and
// a label's.
func TestEndsStandApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1, 12), 1, 7).Draw(t, "values")
		chart := single()
		chart.Lines = nil
		for i, v := range values {
			chart.Lines = append(chart.Lines, Line{Name: fmt.Sprint("line", i), Ink: P50, Points: []Point{{0, 0}, {10, v}}})
		}
		var ys []float64
		for _, part := range strings.Split(string(chart.SVG()), `<text class="end p50" x="100%" dx="6" y="`)[1:] {
			var y float64
			if _, err := fmt.Sscanf(part, "%g", &y); err != nil {
				t.Fatal(err)
			}
			ys = append(ys, y)
		}
		if len(ys) != len(values) {
			t.Fatalf("%d names of %d lines", len(ys), len(values))
		}
		for i := range ys[1:] {
			if ys[i+1]-ys[i] < 12.99 {
				t.Fatalf("%v: names lie upon each other", ys)
			}
		}
		if last := ys[len(ys)-1]; last > headHeight+100+4 {
			t.Fatalf("%v: a name is below the chart", ys)
		}
	})
}

// odd is any number, those that are none included.
func odd() *rapid.Generator[float64] {
	return rapid.OneOf(rapid.Float64(), rapid.Float64Range(-10, 1e5), rapid.SampledFrom([]float64{
		0, math.Copysign(0, -1), 1, -1, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, -math.MaxFloat64,
		math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, 1e-300, 1e300,
	}))
}

// axes are one of each kind, over whatever there is.
func axes(low, high float64) map[string]Axis {
	label := func(v float64) string { return fmt.Sprintf("%.3g", v) }
	return map[string]Axis{
		"linear": Linear(high, "u", label), "counts": Counts(high, "u"), "millis": Millis(low, high), "log": Log(low, high, "u", label),
		"between": LogBetween(low, high, "u", label), "time": Time(low, high), "nines": Nines(high),
	}
}

// No axis is without an end, whatever it is over: its ticks are few, in their order and on
// it.
func TestAxesOverAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low, high := odd().Draw(t, "low"), odd().Draw(t, "high")
		stray := Point{odd().Draw(t, "x"), odd().Draw(t, "y")}
		for kind, a := range axes(low, high) {
			if len(a.Ticks) > 120 {
				t.Fatalf("%s over %v to %v: %d ticks", kind, low, high, len(a.Ticks))
			}
			before := -1.0
			for _, tick := range a.Ticks {
				if !(tick.At >= -1e-6 && tick.At <= 1+1e-6) || tick.At < before {
					t.Fatalf("%s over %v to %v: a tick at %v, the one before at %v", kind, low, high, tick.At, before)
				}
				before = tick.At
			}
			line := Line{Ink: P95, Name: "l", Points: []Point{{low, high}, {high, low}, stray}}
			frame := Frame{ID: "c", Height: 100, X: a, Y: a, Bounds: []Bound{{low, low, high, "b"}}, Marks: []Mark{{high, "m"}}, Lanes: [][]Band{{{low, high, "n", "1"}}}}
			wellFormed(t, Chart{Frame: frame, Lines: []Line{line}, Areas: []Area{{Ink: Good, Low: line.Points, High: line.Points}}}.SVG())
		}
	})
}

// What an axis is over is on it, and a greater value further along.
func TestAxesHoldTheirValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Float64Range(1e-3, 1e6).Draw(t, "low")
		high := low * rapid.Float64Range(1, 5e3).Draw(t, "times")
		for kind, a := range axes(low, high) {
			if kind == "nines" || kind == "between" && high < low*1.001 {
				continue
			}
			from, to := a.Place(low), a.Place(high)
			if !(from >= -1e-9 && to <= 1+1e-9 && from <= to) {
				t.Fatalf("%s over %v to %v: they lie at %v and %v", kind, low, high, from, to)
			}
			if labels := labelled(a); kind != "time" && labels == 0 || len(a.Ticks) > 60 {
				t.Fatalf("%s over %v to %v: %d ticks, %d labels", kind, low, high, len(a.Ticks), labels)
			}
		}
	})
}

func labelled(a Axis) (n int) {
	for _, t := range a.Ticks {
		if t.Label != "" {
			n++
		}
	}
	return n
}

// The golden is a chart with everything on it.
func TestChart(t *testing.T) {
	golden.RequireEqual(t, []byte(Chart{
		Frame: Frame{
			ID: "all", Title: "All that a chart has", Desc: "for the golden", Height: 200, X: Time(0, 250), Y: Millis(40, 1200),
			Lanes:  [][]Band{{{0, 60, "calm", "1"}, {60, 70, "midnight", "2"}, {70, 250, "rush", "3"}}},
			Shaded: []Band{{100, 120, "bracket", ""}},
			Bounds: []Bound{{800, 0, 250, "ttft.p95 < 800ms"}}, Marks: []Mark{{84.2, "a breach"}, {900, "after the end"}},
		},
		Areas: []Area{{Accent, []Point{{0, 0}, {250, 0}}, []Point{{0, 100}, {250, 200}}}},
		Lines: []Line{
			{Name: "p95", Ink: P95, Points: []Point{{1, 200}, {100, 1100}, {249, 300}}},
			{Name: "measured", Ink: Text, Points: []Point{{1, 210}, {100, 1000}, {249, 310}}, Dots: true},
			{Name: "apart", Ink: Bad, Points: []Point{{50, 600}, {60, math.NaN()}, {70, 650}}, Apart: true},
		},
	}.SVG()))
}

// A heatmap's fullest cell has the darkest shade, one request has one that can be seen.
func TestHeatmap(t *testing.T) {
	frame := Frame{ID: "h", Height: 40, X: Time(0, 4), Y: LogBetween(1, 10, "ms", func(v float64) string { return fmt.Sprint(v) })}
	for name, c := range map[string]struct {
		cells [][]uint64
		want  []string
	}{
		"no column":                        {nil, nil},
		"empty cells":                      {[][]uint64{{0, 0}, nil, {0}}, nil},
		"one request":                      {[][]uint64{{1}}, []string{`heat-4" d="M0 1h1v1h-1z"`}},
		"side by side is one":              {[][]uint64{{5}, {5}, nil, {5}}, []string{`heat-7" d="M0 1h2v1h-2zM3 1h1v1h-1z"`}},
		"one beside very many":             {[][]uint64{{1, math.MaxUint64}}, []string{`heat-1" d="M0 1h1v1h-1z"`, `heat-7" d="M0 0h1v1h-1z"`}},
		"a cell above the top is not seen": {[][]uint64{{1, 1, 9}}, []string{`heat-1"`}},
	} {
		chart := Heatmap{Frame: frame, Cells: c.cells, Width: 4, Rows: 2}.SVG()
		if (chart == "") != (c.want == nil) {
			t.Errorf("%s: %q", name, chart)
		}
		for _, want := range c.want {
			if !strings.Contains(string(chart), want) {
				t.Errorf("%s: no %s in %s", name, want, chart)
			}
		}
		wellFormed(t, chart)
	}
}

// Every ink that a chart may have is in the stylesheet, as a line, as dots and, where one
// is named so, as text.
func TestEveryInkHasAStyle(t *testing.T) {
	for _, ink := range []Ink{P50, P95, P99, Accent, Text, Faint, Good, Near, Bad, Lost} {
		for _, rule := range []string{".line." + string(ink), ".dots." + string(ink)} {
			if !strings.Contains(Style, rule+" {") && !strings.Contains(Style, rule+",") {
				t.Errorf("no %s", rule)
			}
		}
	}
	for _, rule := range strings.Split(Style, "}") {
		selector, body, _ := strings.Cut(rule, "{")
		if strings.Contains(selector, ".dots.") && strings.Contains(body, "stroke-width") {
			t.Errorf("%s: dots have one size", strings.TrimSpace(selector))
		}
	}
}
