package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"flashwave/bench"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/client/mock"
)

// TestMain lets the test's binary be the endpoint's process.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "mock" {
		serveMock()
		return
	}
	os.Exit(m.Run())
}

func serveMock() {
	e, err := host(mock.Default())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Fprintf(os.Stderr, "serving %s · ceiling about 1 requests/s\n", e.base)
	time.Sleep(time.Minute) // until it is interrupted
}

func address(t *testing.T, target scenario.Target) string {
	t.Helper()
	u, err := url.Parse(target.URL)
	if err != nil {
		t.Fatal(err)
	}
	a, _, err := dialled(target, u)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestLaunchEndsItsProcess(t *testing.T) {
	e, err := launch(t.Context(), os.Args[0], mock.Default())
	if err != nil {
		t.Fatal(err)
	}
	at := address(t, scenario.Target{URL: e.base})
	conn, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	e.stop()
	if conn, err := net.Dial("tcp", at); err == nil {
		_ = conn.Close()
		t.Error("the endpoint outlives its stop")
	}
}

func TestLaunchFails(t *testing.T) {
	executables := []string{os.Args[0] + ".none"}
	if idle, err := exec.LookPath("true"); err == nil {
		executables = append(executables, idle)
	}
	for _, executable := range executables {
		if e, err := launch(t.Context(), executable, mock.Default()); err == nil {
			e.stop()
			t.Errorf("%s serves nothing", executable)
		}
	}
	l := &lab{executable: os.Args[0] + ".none", tokens: 4}
	e, err := l.endpoint(t.Context(), mock.Default())
	if err != nil {
		t.Fatal(err)
	}
	e.stop()
	if e.process || l.executable != "" || !strings.Contains(l.note, "could not be started") {
		t.Errorf("%+v %+v", e, l)
	}
}

func TestStartable(t *testing.T) {
	for executable, want := range map[string]bool{
		"/usr/bin/flashwave": true, `flashwave.exe`: true, "": false, "/tmp/doctor.test": false, "doctor.test.exe": false,
	} {
		if startable(executable) != want {
			t.Errorf("%q: %v", executable, !want)
		}
	}
}

func TestListen(t *testing.T) {
	announced := make(chan string, 1)
	listen(strings.NewReader("warning: x\nserving http://127.0.0.1:8123/v1 · ceiling\nserving http://127.0.0.1:1/v1\n"), announced)
	if base := <-announced; base != "http://127.0.0.1:8123/v1" {
		t.Error(base)
	}
	announced = make(chan string, 1)
	listen(strings.NewReader("error: cannot listen\nserving http://10.0.0.1:80/v1\n"), announced)
	if base, ok := <-announced; ok {
		t.Error(base)
	}
}

// The endpoint's model must have at least twice what a step asks of it.
func TestEndpointIsNotTheBottleneck(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &lab{tokens: rapid.IntRange(1, 2000).Draw(t, "tokens"), length: time.Second}
		rate := rapid.Float64Range(leastRate, 10_000).Draw(t, "rate")
		w, c := l.openStep(rate)
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		if float64(w.Rate.To) != rate {
			t.Fatalf("%v, want %v", w.Rate.To, rate)
		}
		ceiling, _ := c.Capacity(150, l.tokens)
		if exact := 32 / (rate * float64(l.tokens)); exact > 1e-6 && ceiling < 1.9*rate {
			t.Fatalf("the endpoint bears %v/s of %v", ceiling, rate)
		}
		n := rapid.IntRange(1, 10_000).Draw(t, "streams")
		_, c = l.closedStep(n)
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		if gap := float64(c.Step) * (1 + float64(n)/64); math.Abs(gap/float64(tokenGap)-1) > 0.01 {
			t.Fatalf("%d streams have a token every %v", n, time.Duration(gap))
		}
	})
}

func TestLadder(t *testing.T) {
	tests := []struct {
		name              string
		goal, must, bound float64
		limit             float64 // what the machine drives
		want              []float64
	}{
		{"upwards to eight times", 100, 100, math.Inf(1), 1e9, []float64{100, 200, 400, 800}},
		{"upwards until it is too much", 100, 100, math.Inf(1), 250, []float64{100, 200, 400}},
		{"upwards to the bound", 100, 100, 300, 1e9, []float64{100, 200, 300}},
		{"at the bound", 300, 300, 300, 1e9, []float64{300}},
		{"a second try, then downwards", 100, 100, math.Inf(1), 30, []float64{100, 100, 50, 25}},
		{"never", 100, 100, math.Inf(1), 1, []float64{100, 100, 50, 25, 12.5}},
		{"downwards by what must hold", 1000, 800, math.Inf(1), 900, []float64{1000, 1000, 800}},
		{"and past it", 1000, 800, math.Inf(1), 500, []float64{1000, 1000, 800, 400}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var taken []float64
			steps, err := (&lab{}).ladder(t.Context(), tt.goal, tt.must, tt.bound, func(_ context.Context, load float64) (Step, error) {
				taken = append(taken, load)
				return Step{RateRPS: &load, OK: load <= tt.limit}, nil
			})
			if err != nil || len(steps) != len(taken) {
				t.Fatal(steps, err)
			}
			if diff := cmp.Diff(tt.want, taken); diff != "" {
				t.Error(diff)
			}
		})
	}
	broken := errors.New("broken")
	if _, err := (&lab{}).ladder(t.Context(), 1, 1, 1, func(context.Context, float64) (Step, error) { return Step{}, broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestJudge(t *testing.T) {
	sound := func() *result.Run {
		return &result.Run{
			Generator: result.Generator{Valid: true, LagMS: &result.Latency{P99: 1.5}},
			Waves:     []result.Stats{{Requests: result.Requests{Scheduled: 100, Sent: 100}, ErrorRate: ptr(0.0)}},
		}
	}
	for _, tt := range []struct {
		name   string
		change func(*result.Run)
		reason string // "": it holds
	}{
		{"all well", func(*result.Run) {}, ""},
		{"late", func(r *result.Run) {
			r.Generator.Valid, r.Generator.Warnings = false, []string{"wave rate: the generator was late: very"}
		}, "the generator was late: very"},
		{"kept from sending", func(r *result.Run) { r.Waves[0].Requests.Sent = 90 }, "only 90 of 100"},
		{"nothing sent", func(r *result.Run) { r.Waves[0].Requests = result.Requests{} }, "only 0 of 0"},
		{"out of ports", func(r *result.Run) {
			r.Waves[0].ErrorRate, r.Waves[0].Errors = ptr(0.5), []result.ErrorCount{{Sample: "cannot assign requested address"}}
		}, "50.0 % of the requests failed: cannot assign"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc := sound()
			tt.change(doc)
			s := judge(doc)
			if s.OK != (tt.reason == "") || !strings.HasPrefix(strings.Join(s.Reasons, "\n"), tt.reason) || *s.LagMS != 1.5 {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestSelfTestChecks(t *testing.T) {
	rate := func(v float64, ok bool) Step {
		return Step{RateRPS: &v, OK: ok, Reasons: []string{"it was late"}, description: perSecond(v)}
	}
	open := func(n int, ok bool) Step { return Step{Streams: &n, OK: ok, description: streams(n)} }
	need := Need{PeakRPS: 200, Concurrency: 100, UsualStreams: 1100}
	tests := []struct {
		name          string
		rate, streams []Step
		want          []Status
		text          string
	}{
		{"in plenty", []Step{rate(200, true), rate(400, true)}, []Step{open(1100, true)}, []Status{OK, OK}, "at least 400/s driven"},
		{"just so", []Step{rate(200, true), rate(400, false)}, []Step{open(1100, true), open(2200, false)}, []Status{OK, OK}, "200/s driven, 400/s not: it was late"},
		{"on the second try", []Step{rate(200, false), rate(200, true)}, []Step{open(1100, true)}, []Status{Warn, OK}, "only on the second try: it was late"},
		{"too slow", []Step{rate(200, false), rate(200, false), rate(100, true)}, []Step{open(1100, true)}, []Status{Fail, OK}, "or 2 like this one"},
		{"nothing at all", []Step{rate(200, false), rate(25, false)}, []Step{open(1100, false)}, []Status{Fail, Fail}, "not even 25/s"},
		{"fewer streams than usual", []Step{rate(200, true)}, []Step{open(1100, false), open(550, true)}, []Status{OK, Warn}, "550 streams driven"},
		{"fewer streams than asked for", []Step{rate(200, true)}, []Step{open(100, false), open(50, true)}, []Status{OK, Fail}, "50 streams"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			st := &SelfTest{Rate: tt.rate, Streams: tt.streams}
			var got []Status
			var lines []string
			for _, c := range st.checks(need) {
				got, lines = append(got, c.Status), append(lines, c.line())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if all := strings.Join(lines, "\n"); !strings.Contains(all, tt.text) {
				t.Errorf("%q is not in\n%s", tt.text, all)
			}
		})
	}
}

// A small self-test over real sockets: what is proven depends on this machine, that
// everything was tried and said does not.
func TestExamine(t *testing.T) {
	sc := plan(t, func(sc *scenario.Scenario) {
		sc.Name = "tiny"
		sc.MaxLag = scenario.Duration(10 * time.Second) // a busy machine is none of this test's business
	}, "open:12/s:1s", "closed:c2:1s")
	var lines []string
	o := Options{For: 250 * time.Millisecond, Tokens: 2, Progress: func(line string) { lines = append(lines, line) }}
	r, err := Examine(t.Context(), sc, o)
	if err != nil {
		t.Fatal(err)
	}
	st := r.SelfTest
	if st == nil || st.Endpoint != "in process" || st.Note == "" || len(st.Rate) == 0 || len(st.Streams) == 0 || st.AnswerTokens != 2 {
		t.Fatalf("%+v", st)
	}
	if len(lines) != len(st.Rate)+len(st.Streams) {
		t.Errorf("%d steps were announced: %q", len(lines), lines)
	}
	if st.Rate[0].load() != 12 || int(st.Streams[0].load()) != r.Need.UsualStreams || r.Need.Concurrency != 2 {
		t.Errorf("the peak must be the first step: %+v", st)
	}
	if held := best(st.Rate); (st.MaxRPS == nil) != (held == nil) || held != nil && *st.MaxRPS != held.load() {
		t.Errorf("%+v", st)
	}
	for _, s := range append(slices.Clone(st.Rate), st.Streams...) {
		if s.InFlight == 0 || s.SentRPS == nil || s.LagMS == nil {
			t.Errorf("nothing was measured at %v: %+v", s.load(), s)
		}
	}
	names := []string{"open files", "ports", "cores", "clock", "memory", "target", "rate", "streams"}
	var got []string
	for _, c := range r.Checks {
		got = append(got, c.Name)
	}
	if diff := cmp.Diff(names, got); diff != "" {
		t.Error(diff)
	}
	if r.OK != (r.ExitCode == bench.ExitPass) || !strings.Contains(r.Conclusion, `"tiny"`) {
		t.Errorf("%d %s", r.ExitCode, r.Conclusion)
	}
}

func TestExamineStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := Options{For: time.Minute, Progress: func(line string) {
		if strings.HasPrefix(line, "self-test") {
			cancel()
		}
	}}
	if r, err := Examine(ctx, plan(t, nil, "w:10/s:60s"), o); !errors.Is(err, context.Canceled) {
		t.Error(r, err)
	}
}

func TestReport(t *testing.T) {
	r := &Report{
		Schema: Schema, Scenario: "midnight-sale", Need: sale(), Facts: sound(),
		Checks: []Check{
			{Name: "open files", Status: Fail, Found: "1,024 allowed", Need: "10,064", Advice: "ulimit -n 13312"},
			{Name: "memory", Status: Unknown, Found: "this system does not say"},
			{Name: "cores", Status: Warn, Found: "1 of 1", Need: "two", Advice: "another"},
			{Name: "clock", Status: OK, Found: "fine"},
		},
	}
	r.conclude()
	var text bytes.Buffer
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	want := `✗ open files  1,024 allowed; needed: 10,064 → ulimit -n 13312
– memory      this system does not say
! cores       1 of 1; needed: two → another
✓ clock       fine

this machine cannot drive the scenario "midnight-sale" as things stand: see open files
`
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Error(diff)
	}
	if r.OK || r.ExitCode != bench.ExitInconclusive {
		t.Errorf("%v %d", r.OK, r.ExitCode)
	}
	var document bytes.Buffer
	if err := r.WriteJSON(&document); err != nil {
		t.Fatal(err)
	}
	var read Report
	if err := json.Unmarshal(document.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	if read.Schema != "flashwave.doctor/v1" || !slices.Equal(read.Checks, r.Checks) || read.Facts.Quota != nil || *read.Facts.OpenFilesLimit != 65536 {
		t.Errorf("%s", document.String())
	}
}

func TestConclusion(t *testing.T) {
	warned := []Check{{Name: "cores", Status: Warn}}
	rate := 400.0
	drove := &SelfTest{Rate: []Step{{RateRPS: &rate, OK: true, description: "400/s"}}}
	for _, tt := range []struct {
		r    Report
		want string
	}{
		{Report{Scenario: "s"}, `nothing found here keeps the scenario "s" from being driven; without the self-test that is not proven`},
		{Report{Scenario: "s", SelfTest: drove, Checks: warned}, `this machine can drive the scenario "s": on loopback it drove at least 400/s, with a reservation about cores`},
	} {
		tt.r.conclude()
		if tt.r.Conclusion != tt.want || !tt.r.OK || tt.r.ExitCode != 0 {
			t.Errorf("%s\nwant %s", tt.r.Conclusion, tt.want)
		}
	}
}
