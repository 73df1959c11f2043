package arrival

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestReadTraceOfMinutes(t *testing.T) {
	data, err := os.ReadFile("testdata/flash-sale-night.csv")
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	records = records[1:]
	for _, c := range []struct{ speed, scale float64 }{{1, 1}, {10, 1}, {7, 0.5}, {1000, 3}} {
		segments, err := ReadTrace(bytes.NewReader(data), c.speed, c.scale)
		if err != nil {
			t.Fatal(err)
		}
		plan := Plan{Segments: segments}
		if err := plan.Validate(); err != nil {
			t.Fatal(err)
		}
		curve := newCurve(segments)
		minute := float64(time.Minute) / c.speed
		for i, record := range records {
			count, err := strconv.ParseFloat(record[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			from, to := time.Duration(float64(i)*minute), time.Duration(float64(i+1)*minute)
			if got, want := curve.count(to)-curve.count(from), count*c.scale; math.Abs(got-want) > 1e-7*want {
				t.Fatalf("speed %v, scale %v: minute %s holds %v requests, want %v", c.speed, c.scale, record[0], got, want)
			}
		}
		if want := time.Duration(float64(len(records)) * minute); plan.Length() != want {
			t.Errorf("speed %v: lasts %v, want %v", c.speed, plan.Length(), want)
		}
	}
}

func TestTraceOfMinutesIsReplayedToTheRequest(t *testing.T) {
	const text = "minute,requests\n0,7\n1,0\n3,5\n4,5\n"
	segments, err := ReadTrace(strings.NewReader(text), 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(segments) != 3 { // 7, then two of 0, then two of 5
		t.Errorf("got %+v", segments)
	}
	counts := make([]int, 5)
	for a := range (Plan{Segments: segments}).Instants() {
		counts[a.At/time.Minute]++
	}
	if want := []int{7, 0, 0, 5, 5}; !slices.Equal(counts, want) {
		t.Errorf("counts %v, want %v", counts, want)
	}
}

func TestTraceOfInstantsReturnsEachToItsStep(t *testing.T) {
	const text = "at_s\n1735689600.00\n1735689600.02\n1735689600.35\n1735689601.70\n1735689601.70\n1735689604.99\n"
	segments, err := ReadTrace(strings.NewReader(text), 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for a := range (Plan{Segments: segments}).Instants() {
		got = append(got, int(a.At/instantStep))
	}
	if want := []int{0, 0, 3, 17, 17, 49}; !slices.Equal(got, want) {
		t.Errorf("steps %v, want %v", got, want)
	}
}

func TestReadTraceErrors(t *testing.T) {
	for _, c := range []struct {
		name, text   string
		speed, scale float64
		err          string
	}{
		{"nothing", "", 1, 1, "the trace is empty: it begins with a line minute,requests or at_s"},
		{"no rows", "at_s\n", 1, 1, "the trace has a header but no rows"},
		{"other columns", "time,count\n1,2\n", 1, 1, `line 1: unknown columns "time,count": a trace has minute,requests or at_s`},
		{"no header", "0,200\n", 1, 1, `line 1: unknown columns "0,200": a trace has minute,requests or at_s`},
		{"a word", "minute,requests\n0,1\n1,many\n", 1, 1, `line 3: requests "many" is not a number`},
		{"no number", "minute,requests\n0,NaN\n", 1, 1, `line 2: requests "NaN" is not a number`},
		{"a field too many", "minute,requests\n0,1,2\n", 1, 1, "line 2: wrong number of fields"},
		{"a lone quote", "minute,requests\n0,\"1\n", 1, 1, `line 2: extraneous or missing " in quoted-field`},
		{"half a minute", "minute,requests\n0,1\n1.5,1\n", 1, 1, "line 3: minute 1.5 is not a whole number"},
		{"negative", "minute,requests\n0,-1\n", 1, 1, "line 2: -1 requests are not possible: give 0 or more"},
		{"twice", "minute,requests\n0,1\n0,1\n", 1, 1, "line 3: minute 0 follows minute 0: sort the rows, one for each minute"},
		{"a gap of ages", "minute,requests\n0,1\n1e15,1\n", 1, 1, "line 3: the trace is longer than ten years: raise its speed"},
		{"a count that no machine sends", "minute,requests\n0,1\n1,1e12\n", 1, 1, "line 3: 1e+12 requests in 60 s are 1.67e+10/s: more than 1000000/s is not possible"},
		{"a count beyond all measure", "minute,requests\n0,1e308\n", 1, 1e10, "line 2: 1e+308 requests times 1e+10 in 60 s are +Inf/s: more than 1000000/s is not possible"},
		{"too much at that speed", "minute,requests\n0,600000\n", 1000, 1, "line 2: 600000 requests in 0.06 s are 1e+07/s: more than 1000000/s is not possible"},
		{"too much at that scale", "minute,requests\n0,600000\n", 1, 1000, "line 2: 600000 requests times 1000 in 60 s are 1e+07/s: more than 1000000/s is not possible"},
		{"a million at one instant", "at_s\n" + strings.Repeat("7\n", 1_000_000), 1, 1, "line 100002: 100001 requests in 0.1 s are 1e+06/s: more than 1000000/s is not possible"},
		{"infinite", "minute,requests\n0,+Inf\n", 1, 1, `line 2: requests "+Inf" is not a number`},
		{"out of range", "minute,requests\n0,1e400\n", 1, 1, `line 2: requests "1e400" is not a number`},
		{"the far future", "at_s\n0\n1e300\n", 1, 1, "line 3: the trace is longer than ten years: raise its speed"},
		{"a scale beyond all measure", "at_s\n1\n", 1, math.Inf(1), "a scale of +Inf is not possible: give more than 0"},
		{"backwards", "at_s\n2\n\n1\n", 1, 1, "line 4: at_s 1 follows 2: sort the rows"},
		{"no speed", "at_s\n1\n", 0, 1, "a speed of 0 is not possible: give more than 0, up to 100000"},
		{"no scale", "at_s\n1\n", 1, -1, "a scale of -1 is not possible: give more than 0"},
	} {
		if _, err := ReadTrace(strings.NewReader(c.text), c.speed, c.scale); errText(err) != c.err {
			t.Errorf("%s: %q, want %q", c.name, errText(err), c.err)
		}
	}
}

// As much as can be sent is no error, at the limit either.
func TestTheHighestTrace(t *testing.T) {
	for _, text := range []string{"minute,requests\n0,60000000\n", "at_s\n" + strings.Repeat("7\n", 100_000)} {
		segments, err := ReadTrace(strings.NewReader(text), 1, 1)
		if err != nil || math.Abs(segments[0].From/MaxRate-1) > 1e-9 {
			t.Errorf("%+v, %v", segments, err)
		}
	}
	if _, err := ReadTrace(strings.NewReader("minute,requests\n0,1\n"), 1, 1); err != nil {
		t.Error(err)
	}
}

// zeros is a trace that does not end, in long lines.
type zeros struct{ begun bool }

func (z *zeros) Read(b []byte) (int, error) {
	if !z.begun {
		z.begun = true
		return copy(b, "at_s\n"), nil
	}
	for i := range b {
		b[i] = '0'
	}
	b[len(b)-1] = '\n'
	return len(b), nil
}

// What never ends is not read to its end.
func TestATraceIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 256 MiB")
	}
	if _, err := ReadTrace(&zeros{}, 1, 1); errText(err) != "the trace is larger than 256 MiB: give it as minute,requests" {
		t.Error(err)
	}
}

func FuzzReadTrace(f *testing.F) {
	f.Add("minute,requests\n-1,200\n0,12000\n5,0.5\n", 1.0, 1.0)
	f.Add("\ufeffAt_S\n0\n0.5\n0.5\n1e3\n", 10.0, 0.1)
	f.Add("minute, requests\r\n1, 2\r\n", 60.0, 2.0)
	f.Add("at_s\n\"1\"\n", 0.001, 1.0)
	f.Fuzz(func(t *testing.T, text string, speed, scale float64) {
		segments, err := ReadTrace(strings.NewReader(text), speed, scale)
		if err != nil {
			return
		}
		plan := Plan{Segments: segments}
		if err := plan.Validate(); err != nil {
			return // too many requests: what the file says, not how it is read
		}
		n := 0
		last := time.Duration(0)
		for a := range plan.Instants() {
			if a.At < last || a.At >= plan.Length() {
				t.Fatalf("%+v after %v, in a plan of %v", a, last, plan.Length())
			}
			if last, n = a.At, n+1; n == 1000 {
				return
			}
		}
	})
}
