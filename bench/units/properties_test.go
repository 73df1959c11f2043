package units_test

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"flashwave/bench/units"
)

// A way is a function that writes figures, how to read what it wrote, how much of a
// figure may be lost on the way, and how wide it may be below a limit.
type way struct {
	name  string
	write func(float64) string
	per   map[string]float64 // what each unit is worth
	lost  float64            // of the figure
	least float64            // or this much, whichever is more
	limit float64
	width int
}

var times = map[string]float64{"ns": 1e-6, "µs": 1e-3, "ms": 1, "s": 1e3, "min": 60e3, "h": 3600e3, "d": 86400e3}

var ways = []way{
	{"Millis", units.Millis, times, 0.021, 1e-6, 86_400e3 * 999, 11},
	{"Bound of ms", func(v float64) string { return units.Bound(v, "ms") }, times, 6e-5, 1e-7, 86_400e3 * 999, 26},
	{"Rate", units.Rate, map[string]float64{"": 1, "G": 1e9, "T": 1e12}, 0.0051, 0.001, 1e9, 11},
	{"PerSecond", units.PerSecond, map[string]float64{"/s": 1, "G/s": 1e9}, 0.0051, 0.001, 1e9, 13},
	{"Share", units.Share, map[string]float64{"%": 0.01}, 0.0051, 0.000501, 9, 8},
	{"Percent", units.Percent, map[string]float64{"%": 1}, 0.5, 1, 9999, 7},
	{"Count", units.Count[float64], map[string]float64{"": 1}, 0.5, 1, 1e9, 13},
	{"Short", units.Short[float64], map[string]float64{"": 1, "k": 1e3, "M": 1e6, "G": 1e9}, 0.5, 1, 1e12, 6},
	{"Bytes", units.Bytes[float64], map[string]float64{"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}, 0.5, 1, 1 << 40, 9},
	{"USD", units.USD, map[string]float64{"": 1}, 0.0051, 1e-6, 1e9, 14},
	{"Cents", units.Cents, map[string]float64{"": 1}, 0.5, 0.01, 1e6, 13},
	{"Factor", units.Factor, map[string]float64{"": 1}, 0.51, 0.01, 1e6, 10},
	{"Number", units.Number, map[string]float64{"": 1}, 0.5, 0.001, 1e9, 13},
}

// read is the value of a figure, or false.
func (w way) read(text string) (float64, bool) {
	negative := strings.HasPrefix(text, "−")
	text = strings.NewReplacer("−", "", ",", "", "$", "", "×", "", "<", "", ">", "").Replace(text)
	total := 0.0
	fields := strings.Fields(text)
	for len(fields) > 0 {
		number := strings.TrimRight(fields[0], "/s")
		unit := strings.TrimPrefix(fields[0], number)
		fields = fields[1:]
		if unit == "" && len(fields) > 0 {
			unit, fields = fields[0], fields[1:]
		}
		v, err := strconv.ParseFloat(number, 64)
		per, ok := w.per[unit]
		if err != nil || !ok {
			return 0, false
		}
		total += v * per
	}
	if negative {
		total = -total
	}
	return total, true
}

// figures are of all sizes, many at the edges of units.
func figures(t *rapid.T, label string) float64 {
	edges := []float64{1e-3, 0.1, 0.5, 1, 10, 60, 100, 1000, 1024, 3600, 10_000, 60_000, 86_400, 1e6, 3.6e6, 8.64e7, 1e9}
	off := []float64{0, 1e-9, -1e-9, 0.0005, -0.0005, -0.005, -0.05, 0.04, -0.5, 0.4, -0.01}
	v := rapid.OneOf(
		rapid.Float64Range(0, 2),
		rapid.Map(rapid.Float64Range(-25, 25), math.Exp),
		rapid.Custom(func(t *rapid.T) float64 {
			edge := rapid.SampledFrom(edges).Draw(t, "edge")
			return max(0, edge*(1+rapid.SampledFrom(off).Draw(t, "off")*rapid.Float64Range(0, 1).Draw(t, "by")))
		}),
	).Draw(t, label)
	return v
}

// TestProperties holds the promises of the package for all sizes of figures.
func TestProperties(t *testing.T) {
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				a, b := figures(t, "a"), figures(t, "b")
				if a > b {
					a, b = b, a
				}
				w.holds(t, a)
				w.holds(t, b)
				x, _ := w.read(w.write(a))
				y, _ := w.read(w.write(b))
				if x > y*(1+1e-12) {
					t.Fatalf("%v is %q, but the greater %v is %q", a, w.write(a), b, w.write(b))
				}
			})
		})
	}
}

func (w way) holds(t *rapid.T, v float64) {
	text := w.write(v)
	back, ok := w.read(text)
	switch {
	case !ok:
		t.Fatalf("%v is %q, which is no figure", v, text)
	case math.Abs(back-v) > max(w.lost*v, w.least):
		t.Fatalf("%v is %q, which is %v", v, text, back)
	case v > 0 && !strings.ContainsAny(text, "123456789"):
		t.Fatalf("%v is %q, which is nothing", v, text)
	case v > 0 && w.write(-v) != "−"+text:
		t.Fatalf("−%v is %q, not −%s", v, w.write(-v), text)
	case v == 0 && w.write(math.Copysign(0, -1)) != text:
		t.Fatalf("nothing is %q and %q", text, w.write(math.Copysign(0, -1)))
	case v < w.limit && utf8.RuneCountInString(text) > w.width:
		t.Fatalf("%v is %q, wider than %d", v, text, w.width)
	case strings.TrimSpace(text) != text:
		t.Fatalf("%v is %q", v, text)
	}
}

// TestNoFigures holds that what is no number is a dash, without a unit.
func TestNoFigures(t *testing.T) {
	for _, w := range ways {
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			if got := w.write(v); got != units.NoData {
				t.Errorf("%s of %v is %q", w.name, v, got)
			}
		}
		for _, v := range []float64{math.MaxFloat64, math.SmallestNonzeroFloat64, -math.MaxFloat64, math.MaxInt64} {
			if got := w.write(v); got == "" || utf8.RuneCountInString(got) > 40 {
				t.Errorf("%s of %v is %q", w.name, v, got)
			}
		}
	}
	for _, unit := range []string{"ms", "ratio", "1/s", "usd", "count", "tokens", ""} {
		if got := units.Value(math.NaN(), unit); got != units.NoData {
			t.Errorf("no value in %q is %q", unit, got)
		}
		if got := units.Bound(math.Inf(1), unit); got != units.NoData {
			t.Errorf("no bound in %q is %q", unit, got)
		}
	}
	for _, d := range []time.Duration{math.MaxInt64, math.MinInt64} {
		if units.Clock(d) == "" || units.Duration(d) == "" || units.ClockMinutes(d) == "" {
			t.Errorf("%d has no text", d)
		}
	}
}

// TestRoundedEdges holds that rounding never leaves a unit, at every edge of one and
// as near to it as numbers can be.
func TestRoundedEdges(t *testing.T) {
	never := []string{"1000 ", "1,000 ns", "1,000 µs", "1,000 ms", "1,000 s", "60.0 s", " 60 s", "60 min", " 24 h"}
	for _, edge := range []float64{1e-3, 1, 1e3, 60e3, 120e3, 3600e3, 7200e3, 86400e3, 2 * 86400e3} {
		for _, share := range []float64{0, 1e-15, 1e-12, 1e-6, 1e-4, 4e-4, 5e-4, 6e-4, 1e-3, 5e-3, 1e-2} {
			for _, v := range []float64{edge * (1 - share), edge * (1 + share), math.Nextafter(edge*(1-share), 0)} {
				text := units.Millis(v)
				if slices.ContainsFunc(never, func(s string) bool { return strings.Contains(text+" ", s) }) {
					t.Errorf("%v ms is %q", v, text)
				}
			}
		}
	}
}

// TestColumns holds that the figures of a scale compare as their texts do, and that
// their points stand above one another.
func TestColumns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Map(rapid.Float64Range(-9, 15), math.Exp), 1, 9).Draw(t, "ms")
		slices.Sort(list)
		s := units.DurationScale(list...)
		last, decimals := -1.0, -1
		for _, ms := range list {
			text := s.Write(ms)
			v, err := strconv.ParseFloat(strings.NewReplacer(",", "", "<", "").Replace(text), 64)
			_, after, _ := strings.Cut(text, ".")
			switch {
			case err != nil:
				t.Fatalf("%v is %q", ms, text)
			case v < last:
				t.Fatalf("%v is %q after %v", ms, text, last)
			case decimals >= 0 && len(after) != decimals:
				t.Fatalf("%q has not %d decimals", text, decimals)
			case !strings.ContainsAny(text, "123456789"):
				t.Fatalf("%v is %q", ms, text)
			}
			last, decimals = v, len(after)
		}
	})
	for _, v := range []float64{0, 0.04, 9.96, 99.94, 99.96, 100, 1234, 3.6e9} {
		text := units.Tabular(v)
		if i := strings.IndexAny(text, ". "); len(text)-i != 2 {
			t.Errorf("%q has its point elsewhere", text)
		}
	}
}
