package units_test

import (
	"math"
	"testing"
	"time"

	"flashwave/bench/units"
)

func TestFigures(t *testing.T) {
	second := func(s float64) string { return units.Millis(1000 * s) }
	for _, c := range []struct{ why, got, want string }{
		{"no time", units.Millis(0), "0 ms"},
		{"no time at all", units.Duration(0), "0 ms"},
		{"less than the clock tells", units.Millis(1e-7), "<1 ns"},
		{"steps of a clock", units.Duration(40), "40 ns"},
		{"nanoseconds become microseconds", units.Millis(999.6e-6), "1.00 µs"},
		{"microseconds", units.Duration(940 * time.Microsecond), "940 µs"},
		{"microseconds become milliseconds", units.Millis(0.9996), "1.00 ms"},
		{"three digits and no more", units.Millis(21.44), "21.4 ms"},
		{"zeros at the end are digits", units.Millis(5), "5.00 ms"},
		{"an edge within a unit", units.Millis(9.996), "10.0 ms"},
		{"the next one", units.Millis(99.96), "100 ms"},
		{"below the edge of a second", units.Millis(999.4), "999 ms"},
		{"never 1000 ms", units.Millis(999.95), "1.00 s"},
		{"seconds", units.Millis(1250), "1.25 s"},
		{"below the edge of a minute", second(59.94), "59.9 s"},
		{"never 60.0 s", second(59.96), "1 min 0 s"},
		{"a minute", second(60), "1 min 0 s"},
		{"never 60 s beside minutes", second(119.6), "2 min 0 s"},
		{"minutes", second(125), "2 min 5 s"},
		{"never 60 min", second(3599.7), "1 h 0 min"},
		{"hours", second(4500), "1 h 15 min"},
		{"never 24 h", second(24*3600 - 20), "1 d 0 h"},
		{"days", second(76 * 3600), "3 d 4 h"},
		{"many days", second(1234 * 86400), "1,234 d 0 h"},
		{"a negative time", units.Millis(-12.34), "−12.3 ms"},
		{"a time that is missing", units.Millis(math.NaN()), "–"},
		{"a time without end", units.Seconds(math.Inf(1)), "–"},
		{"a time before all", units.Seconds(math.Inf(-1)), "–"},

		{"a clock", units.Clock(72 * time.Second), "01:12"},
		{"a clock does not run ahead", units.Clock(3600*time.Second - 1), "59:59"},
		{"hours of a clock", units.Clock(75 * time.Minute), "1:15:00"},
		{"days of a clock", units.Clock(51*time.Hour + 15*time.Minute), "2d 03:15:00"},
		{"a clock before the start", units.Clock(-5 * time.Second), "−00:05"},
		{"a clock just before the start", units.Clock(-time.Millisecond), "00:00"},
		{"a clock of a document", units.ClockSeconds(4500), "1:15:00"},
		{"a clock of a document just short of a second", units.ClockSeconds(4.9999999999), "00:05"},
		{"a clock without an instant", units.ClockSeconds(math.NaN()), "–"},
		{"a clock of minutes", units.ClockMinutes(75 * time.Minute), "1:15"},

		{"no rate", units.Rate(0), "0.0"},
		{"a trace of a rate", units.Rate(0.0001), "<0.001"},
		{"a slow rate", units.Rate(0.05), "0.050"},
		{"three digits", units.Rate(200.0 / 60), "3.33"},
		{"an edge of rates", units.Rate(9.996), "10.0"},
		{"one decimal", units.Rate(199.84), "199.8"},
		{"never 1000.0", units.Rate(999.96), "1,000"},
		{"a fast rate", units.PerSecond(9412.4), "9,412/s"},
		{"a rate beyond counting", units.Rate(2.5e9), "2.50 G"},
		{"a rate per minute", units.PerMinute(200.0 / 60), "200.0/min"},
		{"tokens", units.TokensPerSecond(812.04), "812.0 tokens/s"},
		{"no rate is no unit", units.PerSecond(math.NaN()), "–"},

		{"a share", units.Share(0.981), "98.1 %"},
		{"none", units.Share(0), "0.0 %"},
		{"none of it is negative", units.Share(math.Copysign(0, -1)), "0.0 %"},
		{"hardly any", units.Share(0.00001), "<0.01 %"},
		{"a trace", units.Share(0.0005), "0.05 %"},
		{"the edge of traces", units.Share(0.00096), "0.1 %"},
		{"all but a trace", units.Share(0.9997), "99.97 %"},
		{"all but hardly any", units.Share(0.99999), ">99.99 %"},
		{"all", units.Share(1), "100.0 %"},
		{"more than all", units.Share(12.5), "1,250 %"},
		{"a share that is missing", units.Share(math.NaN()), "–"},
		{"a CPU", units.Percent(31.4), "31 %"},
		{"hardly any CPU", units.Percent(0.2), "<1 %"},

		{"a change", units.Change(0.123), "+12.3 %"},
		{"a loss", units.Change(-0.04), "−4.0 %"},
		{"nothing changed", units.Change(-0.0001), "0.0 %"},
		{"not quite all is lost", units.Change(-0.9997), "−99.97 %"},
		{"more than double", units.Change(1.2), "+120 %"},
		{"tenfold", units.Change(11.5), "×12.5"},
		{"an interval", units.ChangeRange(-0.02, 0.051), "−2.0 … +5.1 %"},
		{"an interval far up", units.ChangeRange(0.5, 11.5), "+50.0 % … ×12.5"},
		{"points", units.Points(0.004), "+0.4 pp"},
		{"points that somebody chose", units.PointsBound(0.01), "1 pp"},
		{"an interval of points", units.PointsRange(-0.002, 0.013), "−0.2 … +1.3 pp"},
		{"a change that is missing", units.Change(math.NaN()), "–"},
		{"a factor", units.Factor(1.1), "×1.10"},
		{"a small factor", units.Factor(0.5), "×0.50"},
		{"a large factor", units.Factor(1250), "×1,250"},

		{"thousands stand apart", units.Count(12391), "12,391"},
		{"a computed count", units.Count(12390.6), "12,391"},
		{"less than one", units.Count(0.2), "<1"},
		{"a negative count", units.Count(-1234), "−1,234"},
		{"one", units.Of(1, "request", "requests"), "1 request"},
		{"more", units.Of(12391, "request", "requests"), "12,391 requests"},
		{"a short count in full", units.Short(9412), "9,412"},
		{"thousands", units.Short(41_234), "41.2 k"},
		{"never 1,000 k", units.Short(999_960), "1.00 M"},
		{"millions", units.Short(3_714_000), "3.71 M"},
		{"milliards", units.Short(3_714_000_000), "3.71 G"},
		{"bytes", units.Bytes(512), "512 B"},
		{"a size", units.Bytes(int64(3) << 29), "1.50 GiB"},
		{"never 1,024 MiB", units.Bytes(1<<30 - 1), "1.00 GiB"},

		{"no money", units.USD(0), "$0.00"},
		{"hardly any money", units.USD(1e-8), "<$0.000001"},
		{"the price of a request", units.USD(0.000042), "$0.000042"},
		{"of some", units.USD(0.0042), "$0.00420"},
		{"of many", units.USD(0.034), "$0.0340"},
		{"below a dollar", units.USD(0.4213), "$0.4213"},
		{"the edge of a dollar", units.USD(0.99996), "$1.00"},
		{"dollars", units.USD(1021.2), "$1,021.20"},
		{"a lot", units.USD(1234567.8), "$1,234,568"},
		{"money back", units.USD(-1.2), "−$1.20"},
		{"beside a budget", units.Cents(0.4213), "$0.42"},
		{"beside a budget, hardly any", units.Cents(0.004), "<$0.01"},

		{"a latency", units.Value(803, "ms"), "803 ms"},
		{"a ratio", units.Value(0.018, "ratio"), "1.8 %"},
		{"a rate", units.Value(187.2, "1/s"), "187.2/s"},
		{"a cost", units.Value(0.4213, "usd"), "$0.4213"},
		{"a number of requests", units.Value(12391, "count"), "12,391"},
		{"a number of something else", units.Value(12, "tokens"), "12 tokens"},

		{"a bound in seconds", units.Bound(8000, "ms"), "8 s"},
		{"a bound in parts of them", units.Bound(1250, "ms"), "1.25 s"},
		{"a bound in milliseconds", units.Bound(800, "ms"), "800 ms"},
		{"a bound in microseconds", units.Bound(0.25, "ms"), "250 µs"},
		{"a bound in minutes", units.Bound(120_000, "ms"), "2 min"},
		{"a share as a bound", units.Bound(0.01, "ratio"), "1 %"},
		{"a small share as a bound", units.Bound(0.001, "ratio"), "0.1 %"},
		{"a share that binary does not know", units.Bound(0.07, "ratio"), "7 %"},
		{"a rate as a bound", units.Bound(200, "1/s"), "200/s"},
		{"money as a bound", units.Bound(5, "usd"), "$5"},
		{"cents as a bound", units.Bound(0.5, "usd"), "$0.5000"},
		{"a guess", units.About(83 * time.Second), "1 min 20 s"},
		{"nearly nothing left", units.About(200 * time.Millisecond), "10 s"},
		{"minutes left", units.About(4*time.Minute + 20*time.Second), "4 min"},
		{"hours left", units.About(3*time.Hour + 14*time.Minute), "3 h 10 min"},
		{"a length", units.Length(90 * time.Second), "1 min 30 s"},
		{"a long one", units.Length(8 * time.Hour), "8 h"},
		{"a night", units.Length(26*time.Hour + 30*time.Minute), "1 d 2 h 30 min"},

		{"a number", units.Number(1.5), "1.5"},
		{"a whole one", units.Number(2), "2"},
		{"a number of thousands", units.Number(1250.4), "1,250"},
		{"a small number", units.Number(0.125), "0.125"},
		{"decimals as asked for", units.Fixed(1234.5, 2), "1,234.50"},
		{"no minus before nothing", units.Fixed(-0.04, 1), "0.0"},
		{"what is more", units.Signed(0.0123*1000, units.Millis), "+12.3 ms"},
		{"what is less", units.Signed(-3, units.Millis), "−3.00 ms"},
		{"what is the same", units.Signed(0, units.Millis), "0 ms"},
		{"what is missing", units.Maybe(nil, units.Share), "–"},
		{"what is not", units.Maybe(new(0.5), units.Share), "50.0 %"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.why, c.got, c.want)
		}
	}
}

func TestScales(t *testing.T) {
	for _, c := range []struct {
		why    string
		values []float64
		unit   string
		want   []string
	}{
		{"the median keeps three digits", []float64{21.44, 31, 803}, "ms", []string{"21.4", "31.0", "803.0"}},
		{"two decimals at most", []float64{0.018, 12.4}, "ms", []string{"0.02", "12.40"}},
		{"nothing has no say", []float64{0, 212, 803}, "ms", []string{"0", "212", "803"}},
		{"what would be nothing is less than", []float64{0.001, 120}, "ms", []string{"<0.01", "120.00"}},
		{"thousands with one decimal", []float64{2.1, 1250}, "ms", []string{"2.1", "1,250.0"}},
		{"seconds from ten on", []float64{2100, 11_000}, "s", []string{"2.10", "11.00"}},
		{"microseconds", []float64{0.012, 0.9}, "µs", []string{"12.0", "900.0"}},
		{"no microseconds where they round to a millisecond", []float64{0.9996}, "ms", []string{"1.00"}},
		{"nothing at all", []float64{0, math.NaN(), math.Inf(1)}, "ms", []string{"0", "–", "–"}},
	} {
		s := units.DurationScale(c.values...)
		if s.Unit != c.unit {
			t.Errorf("%s: the unit is %s, want %s", c.why, s.Unit, c.unit)
		}
		for i, v := range c.values {
			if got := s.Write(v); got != c.want[i] {
				t.Errorf("%s: %v is %q, want %q", c.why, v, got, c.want[i])
			}
		}
	}
	for _, c := range []struct {
		why    string
		values []float64
		want   string
	}{
		{"slow ones", []float64{3.333, 101.6}, "3.33 101.60"},
		{"none is slow", []float64{20, 101.6}, "20.0 101.6"},
		{"slow and fast ones", []float64{3.333, 12000}, "3.3 12,000.0"},
		{"fast ones", []float64{9412.3, 12000}, "9,412 12,000"},
		{"a trace", []float64{0.001, 12}, "<0.01 12.00"},
		{"none", []float64{0, 0}, "0.0 0.0"},
	} {
		s := units.RateScale(c.values...)
		if got := s.Write(c.values[0]) + " " + s.Write(c.values[1]); got != c.want {
			t.Errorf("rates, %s: %q, want %q", c.why, got, c.want)
		}
	}
	if got := (units.Scale{}).Write(12.4); got != "12" {
		t.Errorf("the zero scale writes %q", got)
	}
}

// So many of a hundred are so many at least, and a trace is not nothing.
func TestOfHundred(t *testing.T) {
	for ratio, want := range map[float64]string{
		0: "0", 0.001: "<1", 0.01: "1", 0.58: "58", 0.589: "58", 0.9499: "94", 0.95: "95", 0.99: "99", 0.9901: ">99", 1: "100",
	} {
		if got := units.OfHundred(ratio); got != want {
			t.Errorf("%v is %s, want %s", ratio, got, want)
		}
	}
}
