package verdict_test

import (
	"strings"
	"testing"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
)

// a wave of a made-up run.
type made struct {
	verdict.WaveName
	part   *result.Part
	length time.Duration
}

// judge judges made-up waves by SLOs.
func judge(t testing.TB, slos []string, change func(*verdict.Case), waves ...made) result.Verdict {
	t.Helper()
	names := make([]verdict.WaveName, len(waves))
	total, length := result.NewPart(), time.Duration(0)
	run := &result.Run{Generator: result.Generator{Valid: true}}
	for i, w := range waves {
		names[i] = w.WaveName
	}
	a, err := verdict.Parse(slos, nil, verdict.Subjects{Waves: names})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range waves {
		total.Merge(w.part)
		length += w.length
		run.Waves = append(run.Waves, result.Derive(result.Label{Name: w.Wave, Lane: w.Lane, Kind: "closed", Duration: w.length, Judged: a.Judged()}, w.part))
	}
	run.Total = result.Derive(result.Label{Name: "total", Kind: "total", Duration: length, Judged: a.Judged()}, total)
	c := verdict.Case{Assertions: a, Run: run, Figures: verdict.Figures{
		Subjects: a.Subjects, Judged: a.Judged(),
		Of: func(i int) (*result.Part, time.Duration) {
			if i < 0 {
				return total, length
			}
			return waves[i].part, waves[i].length
		},
	}}
	if change != nil {
		change(&c)
	}
	return verdict.Judge(c)
}

// part is a wave of which so many requests succeeded in 100 ms and others ended as said.
func part(ok int, failed map[outcome.Outcome]int) *result.Part {
	p := result.NewPart()
	for range ok {
		p.Requests.Scheduled++
		p.Requests.Sent++
		p.Requests.Succeeded++
		p.Good++
		p.Here.Succeeded++
		p.Here.Completed++
		p.Outcomes[outcome.OK]++
		for _, m := range []result.Metric{result.TTFTResponse, result.TTFTService, result.TTFAResponse, result.TTFAService, result.E2EResponse, result.E2EService} {
			p.Record(m, 100*time.Millisecond)
		}
	}
	for o, n := range failed {
		for range n {
			p.Requests.Scheduled++
			p.Requests.Sent++
			p.Requests.Failed++
			p.Here.Completed++
			p.Outcomes[o]++
		}
	}
	return p
}

func wave(name string, p *result.Part) made {
	return made{verdict.WaveName{Wave: name}, p, 10 * time.Second}
}

// The first that applies counts.
func TestExitCodes(t *testing.T) {
	late := func(c *verdict.Case) {
		c.Run.Generator = result.Generator{Warnings: []string{"the generator was late"}}
	}
	ends := func(e verdict.Ending, then func(*verdict.Case)) func(*verdict.Case) {
		return func(c *verdict.Case) {
			c.Ending = e
			c.Run.Events = append(c.Run.Events, result.Event{Kind: result.Stopped, Text: "it was stopped"})
			if then != nil {
				then(c)
			}
		}
	}
	fast, slow := []string{"ttft.p95 < 800ms"}, []string{"ttft.p95 < 50ms"}
	fine, errors := part(100, nil), part(100, map[outcome.Outcome]int{outcome.ServerError: 50})
	for _, c := range []struct {
		why    string
		slos   []string
		part   *result.Part
		change func(*verdict.Case)
		want   int
		first  string // the first reason, or its beginning
	}{
		{"all holds", fast, fine, nil, verdict.ExitPass, "beside the SLOs given"},
		{"too slow", slow, fine, nil, verdict.ExitFailed, "ttft.p95 < 50ms: it was 100 ms"},
		{"late", fast, fine, late, verdict.ExitInconclusive, "the generator was late"},
		{"too slow, and late: whose fault is it?", slow, fine, late, verdict.ExitInconclusive, "the generator was late"},
		{"errors, however late", fast, errors, late, verdict.ExitFailed, "error_rate <= 1%: it was 33.3 %"},
		{"timeouts of a late generator", fast, part(100, map[outcome.Outcome]int{outcome.Timeout: 50}), late, verdict.ExitInconclusive, "the generator was late"},
		{"broken connections of a late generator", fast, part(100, map[outcome.Outcome]int{outcome.Reset: 50}), late, verdict.ExitInconclusive, "the generator was late"},
		{"some answers among the timeouts of a late generator", fast, part(100, map[outcome.Outcome]int{outcome.Timeout: 50, outcome.Overloaded: 5}), late, verdict.ExitFailed, "error_rate <= 1%"},
		{"429s, however late", []string{"rate_limited <= 0", "error_rate <= 100%"}, part(100, map[outcome.Outcome]int{outcome.RateLimited: 1}), late, verdict.ExitFailed, "rate_limited <= 0"},
		{"no data", []string{"ttft.p95 < 800ms in calm"}, result.NewPart(), nil, verdict.ExitInconclusive, "no data for"},
		{"interrupted, though it failed", slow, errors, ends(verdict.Interrupted, late), verdict.ExitInterrupted, "it was stopped"},
		{"out of budget, though it failed", slow, errors, ends(verdict.OutOfBudget, nil), verdict.ExitStopped, "it was stopped"},
		{"aborted, though it failed", slow, errors, ends(verdict.AbortedOn, nil), verdict.ExitStopped, "it was stopped"},
		{"refused from the start", fast, errors, ends(verdict.Refused, late), verdict.ExitUsage, "it was stopped"},
		{"killed, though all holds", fast, fine, ends(verdict.CutOff, nil), verdict.ExitInconclusive, "the run was cut off"},
	} {
		t.Run(c.why, func(t *testing.T) {
			v := judge(t, c.slos, c.change, wave("calm", c.part))
			if v.ExitCode != c.want || (v.Status == result.Pass) != (c.want == verdict.ExitPass) {
				t.Errorf("exit %d, %s, want %d: %q", v.ExitCode, v.Status, c.want, v.Reasons)
			}
			if len(v.Reasons) == 0 || !strings.HasPrefix(v.Reasons[0], c.first) {
				t.Errorf("reasons %q", v.Reasons)
			}
			if strings.HasPrefix(v.Headline, "held") != (c.want == verdict.ExitPass) {
				t.Errorf("headline %q", v.Headline)
			}
		})
	}
}

// The headline names what was missed by most, with the figure of its own wave.
func TestTheDecisiveReason(t *testing.T) {
	calm, rush := part(100, map[outcome.Outcome]int{outcome.Timeout: 2}), part(50, map[outcome.Outcome]int{outcome.RateLimited: 50})
	calm.Errors.Add(outcome.Timeout, "first token")
	calm.Errors.Add(outcome.Timeout, "first token")
	rush.Errors.Add(outcome.RateLimited, "too many")
	v := judge(t, []string{"ttft.p95 < 90ms in calm", "error_rate < 1% in calm", "error_rate < 1% in rush", "ttft.p50 < 99ms"}, nil, wave("calm", calm), wave("rush", rush))
	if want := "error_rate < 1% in rush: it was 50.0 %; most failures were rate_limited"; v.Headline != want {
		t.Errorf("headline %q, want %q", v.Headline, want)
	}
	if len(v.Reasons) < 4 || !strings.HasPrefix(v.Headline, v.Reasons[0]) {
		t.Errorf("reasons %q", v.Reasons)
	}
	seen := map[string]bool{}
	for _, r := range v.Reasons {
		if seen[r] {
			t.Errorf("%q stands twice", r)
		}
		seen[r] = true
	}
}
