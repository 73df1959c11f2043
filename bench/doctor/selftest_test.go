package doctor

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
)

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
			r.Generator.Valid = false
			r.Generator.Findings = result.Findings{{Wave: "rate", Kind: result.FoundSendLag, Text: "the generator was late: very", Voids: result.VoidsAll}}
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
		return Step{RateRPS: &v, OK: ok, Reasons: []string{"it was late"}, description: units.PerSecond(v)}
	}
	open := func(n int, ok bool) Step { return Step{Streams: &n, OK: ok, description: streams(n)} }
	need := Need{PeakRPS: 200, Concurrency: 100, UsualStreams: 1100}
	tests := []struct {
		name          string
		rate, streams []Step
		want          []Status
		text          string
	}{
		{"in plenty", []Step{rate(200, true), rate(400, true)}, []Step{open(1100, true)}, []Status{OK, OK}, "at least 400.0/s driven"},
		{"just so", []Step{rate(200, true), rate(400, false)}, []Step{open(1100, true), open(2200, false)}, []Status{OK, OK}, "200.0/s driven, 400.0/s not: it was late"},
		{"on the second try", []Step{rate(200, false), rate(200, true)}, []Step{open(1100, true)}, []Status{Warn, OK}, "only on the second try: it was late"},
		{"too slow", []Step{rate(200, false), rate(200, false), rate(100, true)}, []Step{open(1100, true)}, []Status{Fail, OK}, "or 2 like this one"},
		{"nothing at all", []Step{rate(200, false), rate(25, false)}, []Step{open(1100, false)}, []Status{Fail, Fail}, "not even 25.0/s"},
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
	t.Parallel()
	sc := plan(t, func(sc *scenario.Scenario) {
		sc.Name = "tiny"
		sc.MaxLag = scenario.Duration(10 * time.Second) // a busy machine is none of this test's business
	}, "open:12/s:1s", "closed:c2:1s")
	var lines []string
	o := Options{For: 120 * time.Millisecond, Tokens: 2, Progress: func(line string) { lines = append(lines, line) }}
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
	if r.OK != (r.ExitCode == verdict.ExitPass) || !strings.Contains(r.Conclusion, `"tiny"`) {
		t.Errorf("%d %s", r.ExitCode, r.Conclusion)
	}
}

func TestExamineStops(t *testing.T) {
	t.Parallel()
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
