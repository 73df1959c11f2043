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
	for _, c := range []struct{ speed, scale float64 }{{1, 1}, {10, 1}, {7, 0.5}, {100_000, 3}} {
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
		{"backwards", "at_s\n2\n\n1\n", 1, 1, "line 4: at_s 1 follows 2: sort the rows"},
		{"no speed", "at_s\n1\n", 0, 1, "a speed of 0 is not possible: give more than 0, up to 100000"},
		{"no scale", "at_s\n1\n", 1, -1, "a scale of -1 is not possible: give more than 0"},
	} {
		if _, err := ReadTrace(strings.NewReader(c.text), c.speed, c.scale); errText(err) != c.err {
			t.Errorf("%s: %q, want %q", c.name, errText(err), c.err)
		}
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
