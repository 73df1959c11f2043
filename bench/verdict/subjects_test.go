package verdict_test

import (
	"slices"
	"testing"
	"time"

	"flashwave/bench/class"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
)

// mixed is a scenario whose lane a mixes talk (of three turns) and ask, and whose lane b,
// if it has one, asks something of its own.
func mixed(t *testing.T, own bool) *scenario.Scenario {
	t.Helper()
	sc := scenario.Default()
	for i, name := range []string{"talk", "ask"} {
		w := sc.Workload
		w.Turns = 3 - 2*i
		sc.Mix = append(sc.Mix, scenario.Share{Name: name, Share: 0.5, Workload: w})
	}
	specs := []string{"a/calm:10/s:10s", "a/rush:10/s:10s"}
	if own {
		specs = append(specs, "b/bulk:10/s:10s")
	}
	for _, spec := range specs {
		lane, w, err := scenario.ParseWave(spec)
		if err != nil {
			t.Fatal(err)
		}
		sc.AddWave(lane, w)
	}
	if own {
		w := sc.Workload
		sc.Lanes[1].Workload = &w
	}
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	return sc
}

// What is assumed stands where no SLO on that metric speaks: in the other classes of a
// kind where one of it is spoken of, and in waves that are not made of these.
func TestAssumedBesideClasses(t *testing.T) {
	for _, c := range []struct {
		why   string
		own   bool
		given []string
		want  []string
	}{
		{"another metric of a class", false, []string{"ttft.p95 < 1s in talk"}, []string{"error_rate <= 1%", "lost <= 1%"}},
		{"one share", false, []string{"error_rate < 5% in talk"}, []string{"error_rate <= 1% in ask", "lost <= 1%"}},
		{"each share", false, []string{"error_rate < 5% in talk", "error_rate < 2% in ask"}, []string{"lost <= 1%"}},
		{"one share, and a lane beside the mix", true, []string{"error_rate < 5% in talk"}, []string{"error_rate <= 1% in ask", "error_rate <= 1% in b/bulk", "lost <= 1%"}},
		{"each share, and a lane beside the mix", true, []string{"error_rate < 5% in talk", "error_rate < 2% in ask"}, []string{"error_rate <= 1% in b/bulk", "lost <= 1%"}},
		{"a turn, where not all requests are turns", false, []string{"lost < 5% in turn 1"}, []string{"error_rate <= 1%", "lost <= 1% in turn 2", "lost <= 1% in turn 3-5", "lost <= 1% in a/calm", "lost <= 1% in a/rush"}},
		{"a share, and all", false, []string{"error_rate < 5% in talk", "error_rate < 9%"}, []string{"lost <= 1%"}},
	} {
		a, err := verdict.Parse(c.given, nil, verdict.SubjectsOf(mixed(t, c.own)))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range a.SLOs {
			if s.Assumed {
				got = append(got, s.Text)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}

// judgeClasses judges made-up figures of talk and ask, of the turns, and of the waves.
func judgeClasses(t *testing.T, slos []string, classes map[class.Class]*result.Part, change func(*result.Run)) result.Verdict {
	t.Helper()
	subjects := verdict.SubjectsOf(mixed(t, true))
	a, err := verdict.Parse(slos, nil, subjects)
	if err != nil {
		t.Fatal(err)
	}
	run := &result.Run{Generator: result.Generator{Valid: true}}
	for _, w := range subjects.Waves {
		run.Waves = append(run.Waves, result.Derive(result.Label{Name: w.Wave, Lane: w.Lane, Kind: "closed", Duration: 10 * time.Second}, part(100, nil)))
	}
	if change != nil {
		change(run)
	}
	return verdict.Judge(verdict.Case{Assertions: a, Run: run, Figures: verdict.Figures{
		Subjects: subjects,
		Of: func(int) (*result.Part, time.Duration) {
			return part(100, nil), 10 * time.Second
		},
		OfClass: func(i int) (*result.Part, time.Duration) {
			if p := classes[subjects.Classes[i]]; p != nil {
				return p, 10 * time.Second
			}
			return result.NewPart(), 10 * time.Second
		},
	}})
}

var (
	talk = class.Class{Kind: class.Workload, Name: "talk"}
	ask  = class.Class{Kind: class.Workload, Name: "ask"}
)

// A wave in which the generator was late says nothing of the latencies of the classes whose
// requests it may have sent, and leaves those of others alone.
func TestALateWaveLeavesItsClassesOpen(t *testing.T) {
	classes := map[class.Class]*result.Part{talk: part(50, nil), ask: part(50, nil)}
	for wave, open := range map[string]bool{"a/rush": true, "b/bulk": false} {
		v := judgeClasses(t, []string{"ttft.p95 < 1s in talk", "error_rate <= 5% in ask"}, classes, func(run *result.Run) {
			run.Generator.Findings = result.Findings{{Wave: wave, Kind: result.FoundLateSends, Text: "was late", Voids: result.VoidsAll}}
			run.Generator.Valid = false
		})
		if got := v.SLOs[0].OK == nil; got != open || v.SLOs[1].OK == nil || v.ExitCode != verdict.ExitInconclusive {
			t.Errorf("late in %s: %+v, exit %d", wave, v.SLOs, v.ExitCode)
		}
	}
}

// Failures of a class fail its SLO whatever the others do, and what the endpoint itself
// answered counts before a late generator; assumed SLOs of classes that nobody asked say
// nothing, and given ones are missing.
func TestClassesAreJudgedAlone(t *testing.T) {
	bad := part(50, map[outcome.Outcome]int{outcome.ServerError: 50})
	for _, c := range []struct {
		why     string
		slos    []string
		classes map[class.Class]*result.Part
		exit    int
	}{
		{"all well", []string{"ttft.p95 < 1s in talk"}, map[class.Class]*result.Part{talk: part(9, nil)}, 0},
		{"half fail, fast", []string{"ttft.p95 < 1s in talk"}, map[class.Class]*result.Part{talk: bad}, verdict.ExitFailed},
		{"half of others fail", []string{"ttft.p95 < 1s in ask"}, map[class.Class]*result.Part{talk: bad, ask: part(9, nil)}, 0},
		{"nobody was asked", []string{"ttft.p95 < 1s in talk"}, nil, verdict.ExitInconclusive},
		{"nobody was asked, and a rate of nothing is low", []string{"rps <= 5/s in talk"}, nil, verdict.ExitInconclusive},
		{"none of the others were asked", []string{"error_rate <= 5% in talk"}, map[class.Class]*result.Part{talk: part(9, nil)}, 0},
		{"the others fail what is assumed", []string{"error_rate <= 5% in ask"}, map[class.Class]*result.Part{talk: bad, ask: part(9, nil)}, verdict.ExitFailed},
		{"turns nobody reached", []string{"ttft.p95 < 1s in turn 3-5"}, map[class.Class]*result.Part{talk: part(9, nil)}, verdict.ExitInconclusive},
	} {
		if v := judgeClasses(t, c.slos, c.classes, nil); v.ExitCode != c.exit {
			t.Errorf("%s: exit %d, %q", c.why, v.ExitCode, v.Reasons)
		}
	}
}
