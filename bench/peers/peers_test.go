//go:build linux

package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The test's binary is the target and the clients, too, as the program is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		if role := roles[os.Args[1]]; role != nil {
			end(role(os.Args[2:]))
			return
		}
	}
	_ = os.Setenv("GORACE", "atexit_sleep_ms=0") // each would end a second later under the race detector
	os.Exit(m.Run())
}

var none = math.NaN()

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   float64
	}{
		{nil, none},
		{[]float64{none, none}, none},
		{[]float64{3, 1, 2}, 2},
		{[]float64{4, none, 1, 2, 3}, 2.5},
	} {
		if got := median(test.values); got != test.want && !(math.IsNaN(got) && math.IsNaN(test.want)) {
			t.Errorf("median(%v) = %v, want %v", test.values, got, test.want)
		}
	}
}

// A ratio is of figures of one round: what met both alike is not in it.
func TestRatioIsWithinRounds(t *testing.T) {
	for _, test := range []struct {
		ours, theirs []float64
		want         float64
	}{
		{[]float64{1, 20, 3}, []float64{2, 40, 6}, 0.5},
		{[]float64{1, none, 3}, []float64{2, 1, 6}, 0.5},
		{[]float64{1, 2, 3}, []float64{2}, 0.5},
		{[]float64{1, 2}, []float64{0, -1}, none}, // less than nothing is noise
		{nil, []float64{1}, none},
	} {
		if got := ratio(test.ours, test.theirs); got != test.want && !(math.IsNaN(got) && math.IsNaN(test.want)) {
			t.Errorf("ratio(%v, %v) = %v, want %v", test.ours, test.theirs, got, test.want)
		}
	}
}

func TestQuantile(t *testing.T) {
	values := []time.Duration{5, 1, 4, 2, 3}
	for q, want := range map[float64]time.Duration{0: 1, 0.5: 3, 0.6: 3, 0.61: 4, 0.99: 5, 1: 5} {
		if got := quantile(values, q); got != want {
			t.Errorf("quantile %v = %v, want %v", q, got, want)
		}
	}
}

// Lateness is measured from the schedule, wherever that begins.
func TestLateness(t *testing.T) {
	at := func(ms ...int64) []int64 {
		for i := range ms {
			ms[i] *= int64(time.Millisecond)
		}
		return ms
	}
	for name, test := range map[string]struct {
		arrivals []int64
		want     []time.Duration
	}{
		"none":               {nil, []time.Duration{}},
		"on time":            {at(7, 17, 27), []time.Duration{0, 0, 0}},
		"one is late":        {at(7, 20, 27), []time.Duration{0, 3e6, 0}},
		"all but one are":    {at(9, 17, 29), []time.Duration{2e6, 0, 2e6}},
		"stuck, then a heap": {at(7, 37, 37, 37), []time.Duration{0, 20e6, 10e6, 0}},
	} {
		if got := lateness(test.arrivals, 100); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

// A search ends at the highest rung that holds, wherever it begins.
func TestClimb(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		highest := rapid.IntRange(-1, lastRung+3).Draw(t, "highest")
		asked := map[int]bool{}
		got, err := climb(rapid.IntRange(0, lastRung).Draw(t, "last"), func(rate int) (bool, error) {
			if asked[rate] {
				t.Errorf("%d/s was asked twice", rate)
			}
			asked[rate] = true
			return highest >= 0 && rate <= rateOf(highest), nil
		})
		if (err != nil) != (highest < 0) {
			t.Fatalf("highest %d: %v", highest, err)
		}
		if want := min(highest, lastRung); err == nil && got != want {
			t.Errorf("rung %d, want %d", got, want)
		}
	})
	broken := errors.New("broken")
	if _, err := climb(0, func(int) (bool, error) { return false, broken }); !errors.Is(err, broken) {
		t.Errorf("a search that broke: %v", err)
	}
}

func TestTTFTErrors(t *testing.T) {
	log := `{"outcome":"ok","sent_ms":10,"first_token_ms":110.5,"request_id":"0000000001000000-0000000101000000"}
{"outcome":"timeout","sent_ms":11,"first_token_ms":null}
{"outcome":"ok","sent_ms":12,"first_token_ms":112,"request_id":"0000000002000000-0000000102200000"}
`
	got, err := ttftErrors([]byte(log))
	if want := []time.Duration{500 * time.Microsecond, -200 * time.Microsecond}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	for name, log := range map[string]string{
		"empty":     "",
		"no stamps": `{"sent_ms":10,"first_token_ms":110,"request_id":"req_7"}`,
		"no log":    "usage: flashwave",
	} {
		if got, err := ttftErrors([]byte(log)); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestWhatToolsSay(t *testing.T) {
	if got, err := k6Errors([]byte("running\n" + `{"p(50)":0.125,"p(99)":2}`)); err != nil || !slices.Equal(got, []float64{125, 2000}) {
		t.Errorf("k6: %v, %v", got, err)
	}
	for _, text := range []string{"", "{}", "no figures"} {
		if got, err := k6Errors([]byte(text)); err == nil {
			t.Errorf("k6 said %q: %v", text, got)
		}
	}
	if got, err := lagSaid([]byte(`{"generator":{"lag_ms":{"p99":1.5}}}`)); err != nil || got != 1.5 {
		t.Errorf("lag %v, %v", got, err)
	}
	if got, err := lagSaid([]byte(`{"generator":{"lag_ms":null}}`)); err != nil || !math.IsNaN(got) {
		t.Errorf("no lag: %v, %v", got, err)
	}
	if got := peakIn([]byte("Name:\tx\nVmPeak:\t  999 kB\nVmHWM:\t    2048 kB\n")); got != 2<<20 {
		t.Errorf("peak %d", got)
	}
	if got := peakIn(nil); got != 0 {
		t.Errorf("peak of a process that is gone: %d", got)
	}
	if got := lastLine([]byte(" \n"), []byte("one\ntwo\n\n")); got != "two" {
		t.Errorf("last line %q", got)
	}
}

// Nothing is missing in silence: what could not be had stands in the table with its reason,
// and what failed below it.
func TestTable(t *testing.T) {
	us, them := &tool{name: "flashwave", version: "this tree"}, &tool{name: "them", version: "v1"}
	gone := &tool{name: "gone", version: "v2", missing: errors.New("not\nthere | at all")}
	m := &measure{name: "cost", rows: []string{"µs", "… more"}}
	table := &table{measures: []*measure{m}, tools: []*tool{us, them, gone}, figures: map[place][]float64{}}
	table.rounds = 1
	table.add(m, us, []float64{2, none}, nil)
	table.add(m, them, nil, errors.New("too busy"))
	table.rounds = 2
	table.add(m, us, []float64{4, none}, nil)
	table.add(m, them, []float64{8, 5}, nil)

	want := [][]string{
		{"", "flashwave", "them"},
		{"version", "this tree", "v1"},
		{"µs", "3.00", "8.00 ×0.50"},
		{"… more", "–", "5.00"},
		{"gone v2", "could not be had: not there / at all"},
	}
	if got := table.lines(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("lines\n%q\nwant\n%q", got, want)
	}
	if got := table.notes(); len(got) != 1 || got[0] != "cost of them failed in 1 of 2 rounds: too busy" {
		t.Errorf("notes %q", got)
	}
	for line := range strings.Lines(markdown(want)) {
		if strings.Count(line, "|") != 4 {
			t.Errorf("not three columns: %s", line)
		}
	}
	if got := strings.Split(text(want), "\n")[2]; got != "µs       3.00       8.00 ×0.50" {
		t.Errorf("text %q", got)
	}
	if table.hopeless(m, them) || table.hopeless(m, gone) {
		t.Error("who succeeded, or never tried, was given up")
	}
}

func TestChoose(t *testing.T) {
	for only, want := range map[string]int{"": len(measures()), "open": 3, "open-500": 1, "tokens": 1, "start": 1} {
		if got, err := choose(measures(), only); err != nil || len(got) != want {
			t.Errorf("%q: %d measures, %v, want %d", only, len(got), err, want)
		}
	}
	if _, err := choose(measures(), "nothing"); err == nil || !strings.Contains(err.Error(), "memory") {
		t.Errorf("an unknown measure: %v", err)
	}
}

// Every tool is pinned and asks the target that it is given.
func TestTools(t *testing.T) {
	names := map[string]bool{}
	for i, tool := range tools() {
		if (i == 0) != (tool.name == "flashwave") {
			t.Errorf("%s is number %d", tool.name, i)
		}
		if names[tool.name] || tool.version == "" || tool.closed == nil {
			t.Errorf("%s: named twice, without a version, or of no use", tool.name)
		}
		names[tool.name] = true
		l := load{at: "127.0.0.1:4711", stream: true, tokens: 3, atOnce: 5, requests: 7, lasts: time.Second, dir: t.TempDir()}
		c := tool.closed("exe", l)
		said := fmt.Sprint(c)
		if c.argv[0] != "exe" || !strings.Contains(said, l.at) {
			t.Errorf("%s does not ask the target: %v", tool.name, c)
		}
		if !tool.timed && (!strings.Contains(said, "5") || !strings.Contains(said, "7")) {
			t.Errorf("%s does not do 7 requests, 5 at once: %v", tool.name, c)
		}
		if tool.open != nil {
			l.rate = 1234
			if said := fmt.Sprint(tool.open("exe", l)); !strings.Contains(said, "1234") {
				t.Errorf("%s does not send 1234/s: %s", tool.name, said)
			}
		}
	}
}

// What is held against the tools counts right itself: each of our clients gets every token
// of the target, in pieces, in one, with a long prompt, and gathered.
func TestOwnClients(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		serving serving
		load    load
		tokens  int
		most    int // 0: it may be anything
	}{
		"streams":  {serving{Tokens: 5, First: time.Millisecond, Gap: time.Millisecond}, load{atOnce: 8, requests: 30}, 150, 0},
		"at once":  {serving{Tokens: 5}, load{atOnce: 3, requests: 10}, 50, 0},
		"unary":    {serving{}, load{atOnce: 4, requests: 100}, 0, 0},
		"long":     {serving{}, load{atOnce: 2, requests: 10, long: true}, 0, 0},
		"gathered": {serving{Tokens: 1000, Gap: time.Millisecond, Gather: 20}, load{atOnce: 20, requests: 20}, -1, 20},
	} {
		for _, role := range []string{"floor", "bare"} {
			t.Run(name+" "+role, func(t *testing.T) {
				b := &bench{dir: t.TempDir()}
				spent, seen, err := b.drive(t.Context(), &tool{name: role, exe: exe, closed: own(role)}, test.serving, test.load)
				if err != nil {
					t.Fatal(err)
				}
				if len(seen.Arrivals) != test.load.requests || test.tokens >= 0 && seen.Tokens != test.tokens || test.most > 0 && seen.Most != test.most {
					t.Errorf("%d requests, %d tokens, %d at once", len(seen.Arrivals), seen.Tokens, seen.Most)
				}
				if !slices.IsSorted(seen.Arrivals) || spent.cpu <= 0 {
					t.Errorf("arrivals %v, CPU %v", seen.Arrivals, spent.cpu)
				}
				if test.serving.Gather == 0 && strings.TrimSpace(string(spent.stdout)) != fmt.Sprint(test.tokens) {
					t.Errorf("it counted %q tokens", spent.stdout)
				}
			})
		}
	}
}
