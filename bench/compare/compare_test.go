package compare

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "flashwave/bench/gctest"
	"flashwave/bench/result"
	"flashwave/bench/schema/schematest"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
)

// frozen is a run that an early version wrote.
func frozen(t testing.TB, id string) *result.Run {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "run-v1.json"))
	if err != nil {
		t.Fatal(err)
	}
	run := new(result.Run)
	if err := json.Unmarshal(text, run); err != nil {
		t.Fatal(err)
	}
	run.ID = id
	return run
}

func one(run *result.Run) []*result.Run { return []*result.Run{run} }

// beside compares a run with itself, for what is told of it.
func beside(run *result.Run) *Document {
	s := newSide(one(run))
	return compareSides(s, s, Options{})
}

func kinds(d *Document) (list []WarningKind) {
	for _, w := range d.Warnings {
		list = append(list, w.Kind)
	}
	return list
}

// A run of an early version compares; with itself nothing has changed, but its 13 s
// are too short to rule out that much has.
func TestARunOfAnEarlyVersion(t *testing.T) {
	d := Compare(one(frozen(t, "a")), one(frozen(t, "b")), Options{})
	schematest.Values(t, "compare", d)
	coherent(t, d)
	if d.Gate.ExitCode != verdict.ExitInconclusive || d.Gate.Status != GateTooNoisy {
		t.Errorf("%+v", d.Gate)
	}
	for _, r := range d.Rows {
		if r.Change != nil && *r.Change != 0 {
			t.Errorf("%s changed by %v", r.Name(), *r.Change)
		}
		if r.Verdict == Worse || r.Verdict == Better {
			t.Errorf("%s is %s", r.Name(), r.Verdict)
		}
		if r.Low != nil && (*r.Low > 0 || *r.High < 0) {
			t.Errorf("%s: nought is not in %v … %v", r.Name(), *r.Low, *r.High)
		}
	}
	if !slices.Contains(kinds(d), NoDrift) {
		t.Errorf("nothing is said about drift: %v", kinds(d))
	}
}

// The same runs give the same document, to the bit.
func TestComparisonsRepeat(t *testing.T) {
	first, err := json.Marshal(Compare(one(frozen(t, "a")), one(frozen(t, "b")), Options{}))
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(Compare(one(frozen(t, "a")), one(frozen(t, "b")), Options{}))
	if err != nil {
		t.Fatal(err)
	}
	if string(first) != string(again) {
		t.Error("two comparisons of the same runs differ")
	}
}

// What makes two runs incomparable is said. A late generator, and a run that did not
// go to its end, let nothing pass.
func TestWarnings(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*result.Run)
		kind   WarningKind
	}{
		"model":      {func(r *result.Run) { r.Scenario.Target.Model = "other" }, OtherModel},
		"target":     {func(r *result.Run) { r.Scenario.Target.URL = "http://127.0.0.1:9/v1" }, OtherTarget},
		"seed":       {func(r *result.Run) { r.Scenario.Seed = 99 }, OtherSeed},
		"machine":    {func(r *result.Run) { r.Tool.OS = "plan9" }, OtherMachine},
		"scenario":   {func(r *result.Run) { r.Scenario.Target.Proxy = "http://127.0.0.1:9" }, OtherScenario},
		"asked":      {func(r *result.Run) { r.Scenario.Workload.MaxTokens = 7 }, NotAsked},
		"cached":     {func(r *result.Run) { r.Total.Tokens.Cached = r.Total.Tokens.Prompt }, CachedShare},
		"incomplete": {func(r *result.Run) { r.Verdict.Status = result.Aborted }, Incomplete},
		"steered":    {func(r *result.Run) { r.Events = append(r.Events, result.Event{Kind: result.Steered}) }, SteeredByHand},
		"generator":  {func(r *result.Run) { r.Generator.Valid = false }, NotValid},
	} {
		other := repeated(t, "b")
		tt.change(other)
		d := Compare(one(repeated(t, "a")), one(other), Options{})
		if !slices.Contains(kinds(d), tt.kind) {
			t.Errorf("%s: %v", name, kinds(d))
		}
		want := verdict.ExitPass
		if tt.kind == NotValid || slices.Contains(withheld, tt.kind) {
			want = verdict.ExitInconclusive
		}
		if d.Gate.ExitCode != want {
			t.Errorf("%s: %+v", name, d.Gate)
		}
		coherent(t, d)
	}
}

// repeated is the frozen run as if it had gone on like that for two minutes.
func repeated(t testing.TB, id string) *result.Run {
	run := frozen(t, id)
	once := slices.Clone(run.Timeline)[1 : len(run.Timeline)-1] // in the first all begin at once, the last is a short one
	run.Timeline = nil
	for range 10 {
		run.Timeline = append(run.Timeline, once...)
	}
	return run
}

func TestWrongRules(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "a metric is missing",
		"tttf.p95 > +10%":           "unknown metric",
		"ttft.p94 > +10%":           "unknown statistic",
		"ttft > +10%":               "a statistic is missing",
		"error_rate.p95 > +10%":     "has no statistics",
		"ttft.p95 < -10%":           "is worse when it is more",
		"goodput > +10%":            "is worse when it is less",
		"ttft.p95 > 10%":            "a change has a sign",
		"ttft.p95 > -10%":           "improvement",
		"ttft.p95 > +10":            "is not a change",
		"ttft.p95 > +10% or > +1ms": "unexpected",
		"ttft.p95 > +10% in":        "",

		"rps < -2/s in '" + strings.Repeat("\x01", 600) + "'": "with escapes",
	} {
		_, err := ParseRule(text)
		var wrong *slo.SyntaxError
		if !errors.As(err, &wrong) || !strings.Contains(wrong.Message, want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A rule that was read is written so that it reads the same.
func FuzzParseRule(f *testing.F) {
	for _, text := range []string{
		"ttft.p95 > +10%", "e2e.p99 >= +50ms and >= +10% in rush", "goodput < -5/s in 'a b'", "error_rate > +1pp", "per_1k_ok > +$0.10", "rps < −2/s",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rule, err := ParseRule(text)
		if err != nil {
			return
		}
		again, err := ParseRule(rule.Text)
		if err != nil || again.Text != rule.Text || again.Metric != rule.Metric || again.Wave != rule.Wave || !slices.Equal(again.bounds, rule.bounds) {
			t.Errorf("%q reads as %q, which reads as %q (%v)", text, rule.Text, again.Text, err)
		}
	})
}
