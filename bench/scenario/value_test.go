package scenario_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"flashwave/bench/scenario"
)

func TestParseRate(t *testing.T) {
	for _, c := range []struct {
		what, in string
		want     float64
		text     string // as it is written again
	}{
		{"requests a minute", "200/m", 200.0 / 60, "200/m"},
		{"part of a request a second", "3.3/s", 3.3, "3.3/s"},
		{"requests an hour", "50/h", 50.0 / 3600, "50/h"},
		{"what is shorter in seconds", "12000/m", 200, "200/s"},
		{"silence", "0/m", 0, "0/s"},
		{"spaces around it", " 60/m ", 1, "1/s"},
		{"a third of a request a second", "20/m", 20.0 / 60, "20/m"},
		{"a plus", "+5/s", 5, "5/s"},
	} {
		got, err := scenario.ParseRate(c.in)
		if err != nil || float64(got) != c.want || got.String() != c.text {
			t.Errorf("%s: ParseRate(%q) = %v (%s), %v; want %v (%s)", c.what, c.in, float64(got), got, err, c.want, c.text)
		}
	}
}

func TestWrongValues(t *testing.T) {
	rate := func(s string) error { _, err := scenario.ParseRate(s); return err }
	duration := func(s string) error { _, err := scenario.ParseDuration(s); return err }
	money := func(s string) error { _, err := scenario.ParseMoney(s); return err }
	for _, c := range []struct {
		parse    func(string) error
		in, want string
	}{
		{rate, "", "not a rate"},
		{rate, "200", "a unit is missing"},
		{rate, "200m", "not a rate"},
		{rate, "/m", "not a rate"},
		{rate, "200/", `unknown unit ""`},
		{rate, "200/d", `unknown unit "d"`},
		{rate, "1e3/s", "not a rate"},
		{rate, "0x10/s", "not a rate"},
		{rate, "NaN/s", "not a rate"},
		{rate, "Inf/s", "not a rate"},
		{rate, "1.2.3/s", "not a rate"},
		{rate, "-1/s", "a rate is never negative"},
		{rate, "1000001/s", "more than 1000000/s is not possible"},
		{duration, "", "not a duration"},
		{duration, "90", "a unit is missing"},
		{duration, "1d", "not a duration"},
		{duration, "-1s", "a duration is never negative"},
		{duration, "8785h", "more than 366 days are not possible"},
		{money, "", "not a sum of USD"},
		{money, "$", "not a sum of USD"},
		{money, "20 €", "not a sum of USD"},
		{money, "NaN", "not a sum of USD"},
		{money, "0.00", "a sum is more than $0"},
		{money, "-$5", "not a sum of USD"},
		{money, "$-5", "a sum is more than $0"},
	} {
		if err := c.parse(c.in); err == nil || err.Error() != c.want {
			t.Errorf("%q: error %v, want %s", c.in, err, c.want)
		}
	}
}

func TestParseMoney(t *testing.T) {
	for in, want := range map[string]float64{"$20": 20, "5.00": 5, " $0.5 ": 0.5} {
		if got, err := scenario.ParseMoney(in); err != nil || got != want {
			t.Errorf("ParseMoney(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
}

func TestDurationText(t *testing.T) {
	for text, d := range map[string]time.Duration{
		"0s": 0, "90ms": 90 * time.Millisecond, "1m30s": 90 * time.Second, "2m": 2 * time.Minute,
		"10m": 10 * time.Minute, "1h": time.Hour, "1h0m5s": time.Hour + 5*time.Second, "20h": 20 * time.Hour,
	} {
		if got := scenario.Duration(d).String(); got != text {
			t.Errorf("%v is written %q, want %q", d, got, text)
		}
	}
}

// Every rate and every duration is read back as it was, from text and from JSON.
func TestValuesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRate(t)
		if got, err := scenario.ParseRate(r.From.String()); err != nil || got != r.From {
			t.Fatalf("%v is written %s and read as %v, %v", float64(r.From), r.From, float64(got), err)
		}
		through(t, r)
		d := scenario.Duration(rapid.Int64Range(0, int64(366*24*time.Hour)).Draw(t, "duration"))
		if got, err := scenario.ParseDuration(d.String()); err != nil || got != d {
			t.Fatalf("%d is written %s and read as %d, %v", d, d, got, err)
		}
		through(t, d)
	})
}

// The text of a wave that follows a trace is read as the same one, however the file is
// called: names that end as speeds and windows do are names.
func TestTracesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.SampledFrom([]string{"a", "2", "1", ".", "@", "@2", "@1x3", "x", "#", "#1s..", "..2s", "#1s..2s", "s", "/", ":", "night.csv"})
		number := rapid.SampledFrom([]float64{1, 2, 0.1, 1e9, 1e-9})
		w := scenario.Wave{Name: "n", Trace: &scenario.Trace{
			File:  strings.Join(rapid.SliceOfN(part, 1, 6).Draw(t, "file"), ""),
			Speed: number.Draw(t, "speed"), Scale: number.Draw(t, "scale"),
			From: scenario.Duration(rapid.SampledFrom([]time.Duration{0, time.Second}).Draw(t, "from")),
			To:   scenario.Duration(rapid.SampledFrom([]time.Duration{0, time.Minute}).Draw(t, "to")),
		}}
		_, got, err := scenario.ParseWave("n:" + w.Load())
		if diff := cmp.Diff(w, got, same); err != nil || diff != "" {
			t.Fatalf("%q: %v %s", w.Load(), err, diff)
		}
	})
}

// through sends a value through JSON.
func through[T comparable](t *rapid.T, v T) {
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var got T
	if err := json.Unmarshal(data, &got); err != nil || got != v {
		t.Fatalf("%v is written %s and read as %v, %v", v, data, got, err)
	}
}

// drawRate draws what people write, and any other number.
func drawRate(t *rapid.T) scenario.Rate {
	draw := func(label string) scenario.PerSecond {
		if rapid.Bool().Draw(t, label+" is odd") {
			return scenario.PerSecond(rapid.Float64Range(0, 1e6).Draw(t, label))
		}
		n := float64(rapid.IntRange(0, 120000).Draw(t, label))
		return scenario.PerSecond(n / rapid.SampledFrom([]float64{1, 60, 3600}).Draw(t, label+" unit"))
	}
	r := scenario.Rate{From: draw("from")}
	r.To = r.From
	if rapid.Bool().Draw(t, "ramp") {
		r.To = draw("to")
	}
	return r
}

func TestRateJSON(t *testing.T) {
	for _, c := range []struct {
		rate scenario.Rate
		want string
	}{
		{scenario.Rate{From: 200.0 / 60, To: 200.0 / 60}, `"200/m"`},
		{scenario.Rate{From: 200.0 / 60, To: 200}, `{"from":"200/m","to":"200/s"}`},
	} {
		if got, err := json.Marshal(c.rate); err != nil || string(got) != c.want {
			t.Errorf("%v: %s, %v; want %s", c.rate, got, err, c.want)
		}
	}
	for _, wrong := range []string{`5`, `"5"`, `{"from":"5"}`, `null`, `[]`} {
		var r scenario.Rate
		if err := json.Unmarshal([]byte(wrong), &r); err == nil {
			t.Errorf("%s was read as %v", wrong, r)
		}
	}
}

func TestParseWave(t *testing.T) {
	for _, c := range []struct {
		what, spec, lane, name, load string
		length                       time.Duration
		known                        bool
		requests                     int
	}{
		{"a rate for a time", "calm:200/m:2m", "", "calm", "200/m", 2 * time.Minute, true, 0},
		{"a ramp", "midnight:200/m..12000/m:10s", "", "midnight", "200/m..12000/m", 10 * time.Second, true, 0},
		{"a rate for so many requests", "calm:100/s:1000x", "", "calm", "100/s", 10 * time.Second, true, 1000},
		{"a ramp for so many requests", "up:0/s..100/s:1000x", "", "up", "0/s..100/s", 20 * time.Second, true, 1000},
		{"closed", "steps:c50:1000x", "", "steps", "c50", 0, false, 1000},
		{"closed for a time", "steps:c50:90s", "", "steps", "c50", 90 * time.Second, true, 0},
		{"in a lane", "bulk/rush hour:3.3/s:90s", "bulk", "rush hour", "3.3/s", 90 * time.Second, true, 0},
		{"a name of another script", "nửa đêm:3.3/s:90s", "", "nửa đêm", "3.3/s", 90 * time.Second, true, 0},
		{"a trace", "night:trace=testdata/night.csv", "", "night", "trace=testdata/night.csv", 181 * time.Minute, true, 0},
		{"a fast trace", "night:trace=testdata/night.csv@60", "", "night", "trace=testdata/night.csv@60", 181 * time.Second, true, 0},
		{"a small trace", "night:trace=testdata/night.csv@60x0.1", "", "night", "trace=testdata/night.csv@60x0.1", 181 * time.Second, true, 0},
		{"an @ in the file's name", "night:trace=me@home.csv", "", "night", "trace=me@home.csv", 0, false, 0},
	} {
		lane, w, err := scenario.ParseWave(c.spec)
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		length, known := w.Length()
		if lane != c.lane || w.Name != c.name || w.Load() != c.load || length != c.length || known != c.known || w.Requests != c.requests {
			t.Errorf("%s: ParseWave(%q) = %q, %+v: %s for %v %v", c.what, c.spec, lane, w, w.Load(), length, known)
		}
	}
}

func TestWrongWaves(t *testing.T) {
	for spec, want := range map[string]string{
		"":                                `wave "" has no load`,
		"rush":                            `wave "rush" has no load`,
		"rush:200/m":                      `wave "rush" has no length`,
		":200/m:90s":                      "a wave's name is empty",
		"/rush:200/m:90s":                 "a lane's name is empty",
		"a/b/rush:200/m:90s":              `the wave's name "b/rush" holds '/'`,
		" rush:200/m:90s":                 `the wave's name " rush" begins or ends with a space`,
		"ru\tsh:200/m:90s":                `the wave's name "ru\tsh" holds '\t'`,
		"rush:200:90s":                    `load "200": a unit is missing`,
		"rush:200/m..:90s":                `load "200/m..": not a rate`,
		"rush:200/m..300:90s":             `load "200/m..300": a unit is missing`,
		"rush:c:90s":                      `load "c": not a concurrency`,
		"rush:c0:90s":                     `load "c0": not a concurrency`,
		"rush:c1.5:90s":                   `load "c1.5": not a concurrency`,
		"rush:200/m:90":                   `length "90": a unit is missing`,
		"rush:200/m:0s":                   `length "0s": a wave lasts more than 0s`,
		"rush:200/m:0x":                   `length "0x": less than 1`,
		"rush:200/m:x":                    `length "x": not a whole number`,
		"rush:200/m:90s:c5":               `length "90s:c5": not a duration`,
		"rush:200/m:1000000000000000000x": `length "1000000000000000000x": more than 1000000000`,
		"rush:200/m:99999999999999999999999999999x": `length "99999999999999999999999999999x": not a whole number`,
		"night:trace=":           "a trace needs its file",
		"night:trace=n.csv@0":    "speed 0 is not more than 0",
		"night:trace=n.csv@1x-1": "scale -1 is not more than 0",
	} {
		if _, w, err := scenario.ParseWave(spec); err == nil || err.Error() != want {
			t.Errorf("ParseWave(%q) = %+v, error %v; want %s", spec, w, err, want)
		}
	}
}
