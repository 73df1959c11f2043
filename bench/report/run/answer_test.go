package run

import (
	"strings"
	"testing"
	"time"

	"flashwave/bench/report/reporttest"
	"flashwave/bench/result"
)

// waited is a run of a hundred customers, of whom the i-th waited i × 10 ms for the first
// word; some of the last saw it and got no end, or nothing at all.
func waited(cut, lost int) *result.Run {
	p := result.NewPart()
	for i := 1; i <= 100; i++ {
		p.Requests.Scheduled++
		p.Requests.Sent++
		if i <= 100-lost {
			p.Record(result.TTFTResponse, time.Duration(i)*10*time.Millisecond)
		}
		if i <= 100-lost-cut {
			p.Requests.Succeeded++
			p.Record(result.E2EResponse, time.Duration(i)*20*time.Millisecond)
		} else {
			p.Requests.Failed++
		}
	}
	of := func(name, kind string) result.Stats {
		return result.Derive(result.Label{Name: name, Kind: kind, Duration: 10 * time.Second, HDR: true}, p)
	}
	return &result.Run{
		Schema: result.Schema, Generator: result.Generator{Valid: true}, Verdict: result.Verdict{Status: result.Pass},
		Total: of("total", result.WholeRun), Waves: []result.Stats{of("rush", result.OpenWave)},
	}
}

// The answer says of customers what the SLOs say of percentiles, and never the contrary.
func TestAnswer(t *testing.T) {
	for _, c := range []struct {
		why       string
		cut, lost int
		slos      []result.SLO
		want      string // "": no answer
	}{
		{"all in time", 0, 0, []result.SLO{{Expr: "ttft.p95 < 2s", OK: new(true)}}, "100 of 100 customers see the first word within 2 s; the longest wait is 1.00 s"},
		{"the broken one leads", 0, 0, []result.SLO{{Expr: "ttft.p95 < 2s", OK: new(true)}, {Expr: "e2e.p95 < 1s in rush", OK: new(false)}}, "50 of 100 customers have the whole answer within 1 s in rush; the longest wait is 2.00 s"},
		{"who gets no answer is not served", 0, 20, []result.SLO{{Expr: "ttft.p90 < 2s", OK: new(false)}}, "80 of 100 customers see the first word within 2 s; the longest wait is 800 ms; 20.0 % get no answer"},
		{"neither is who gets half of one", 20, 0, []result.SLO{{Expr: "ttft.p90 < 2s", OK: new(false)}}, "80 of 100 customers see the first word within 2 s; the longest wait is 1.00 s; 20.0 % get no answer"},
		{"a document that contradicts itself", 0, 0, []result.SLO{{Expr: "ttft.p95 < 2s", OK: new(false)}}, "950 ms is the most that 95 of 100 customers wait for the first word; the longest wait is 1.00 s"},
		{"no data for it", 0, 0, []result.SLO{{Expr: "ttft.p95 < 2s"}}, "950 ms is the most that 95 of 100 customers wait for the first word; the longest wait is 1.00 s"},
		{"SLOs on other things", 0, 10, []result.SLO{{Expr: "error_rate < 1%", OK: new(false)}, {Expr: "service.ttft.p95 < 2s", OK: new(true)}, {Expr: "itl.p95 < 2s", OK: new(true)}, {Expr: "nonsense", OK: new(true)}}, "860 ms is the most that 95 of 100 customers who get an answer wait for the first word; the longest wait is 900 ms; 10.0 % get no answer"},
		{"nobody is served", 0, 100, nil, "0 of 100 customers get an answer"},
	} {
		run := waited(c.cut, c.lost)
		run.Verdict.SLOs = c.slos
		a := answer(run)
		got := a.Figure + " " + a.Unit + " " + a.Says
		if got = strings.TrimSpace(got); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.why, got, c.want)
		}
	}
	late := waited(0, 0)
	late.Generator.Valid = false
	stopped := waited(0, 0)
	stopped.Verdict.Status = result.Aborted
	for _, run := range []*result.Run{late, stopped, {}} {
		if a := answer(run); a != nil {
			t.Errorf("%+v", a)
		}
	}
}

// What tells requests apart is shown in a browser, too.
func TestGroupsInHTML(t *testing.T) {
	run := reporttest.Passed()
	run.Workloads, run.Turns = []result.Stats{{Name: "copy"}}, []result.Stats{{Name: "3-5"}}
	run.Sessions = &result.Sessions{Started: 12, Finished: 11, Broken: 1}
	var b strings.Builder
	if err := HTML(&b, run); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">copy<", ">3-5<", "started 12, finished 11, broken 1"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s is not there", want)
		}
	}
}
