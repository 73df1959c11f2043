package verdict_test

import (
	"strings"
	"testing"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
)

// A request that failed ranks above every bound, however it failed and however soon.
func TestFailuresRankBeyondEveryBound(t *testing.T) {
	for _, failing := range outcome.All() {
		if !failing.Failed() {
			continue
		}
		for _, text := range []string{"ttft.p95 < 800ms", "ttfa.p95 < 800ms", "e2e.p95 < 10s", "service.ttft.p50 < 800ms", "service.e2e.p90 < 10s", "ttft.mean < 800ms", "e2e.max < 10s", "ttft.p95 < 800ms in calm"} {
			for _, answering := range []bool{false, true} {
				p := part(50, map[outcome.Outcome]int{failing: 50})
				if answering { // it failed after its first token
					for _, m := range []result.Metric{result.TTFTResponse, result.TTFTService, result.TTFAResponse, result.TTFAService} {
						for range 50 {
							p.Record(m, 10*time.Millisecond)
							p.RecordFailed(m, 10*time.Millisecond)
						}
					}
				}
				slos := []string{text, "error_rate <= 100%"}
				v := judge(t, slos, nil, wave("calm", p))
				s := v.SLOs[0]
				if strings.Contains(text, "p50") { // rank 50 of 100 is the last that succeeded
					if s.OK == nil || !*s.OK || *s.Observed < 99 {
						t.Errorf("%s, %s: %+v", failing, text, s)
					}
					continue
				}
				if v.ExitCode != verdict.ExitFailed || s.OK == nil || *s.OK || s.Observed != nil || s.AtLeast == nil {
					t.Errorf("%s, %s, first token %v: exit %d, %+v", failing, text, answering, v.ExitCode, s)
				}
			}
		}
	}
}

// Of a request that ended ok without an answer token there is no TTFA: it ranks above
// every bound, and says nothing against TTFT.
func TestOkWithoutTheTokenAskedAbout(t *testing.T) {
	p := part(50, nil)
	for range 50 {
		p.Requests.Scheduled++
		p.Requests.Sent++
		p.Requests.Succeeded++
		p.Tokenless[result.TTFAResponse]++
		p.Tokenless[result.TTFAService]++
		p.Record(result.TTFTResponse, 100*time.Millisecond)
		p.Record(result.E2EResponse, 100*time.Millisecond)
	}
	v := judge(t, []string{"ttft.p95 < 800ms", "ttfa.p95 < 800ms", "service.ttfa.p95 < 800ms", "e2e.p95 < 1s"}, nil, wave("calm", p))
	for i, want := range []bool{true, false, false, true} {
		if ok := v.SLOs[i].OK; ok == nil || *ok != want {
			t.Errorf("%+v", v.SLOs[i])
		}
	}
}

// Where nothing that succeeded had a gap, nothing can be said of gaps.
func TestGapsOfStreamsWithoutGaps(t *testing.T) {
	p := part(99, map[outcome.Outcome]int{outcome.ServerError: 1})
	v := judge(t, []string{"tpot.p95 < 50ms", "itl.p99 < 50ms", "stall.p95 < 1s"}, nil, wave("calm", p))
	for _, s := range v.SLOs[:3] {
		if s.OK != nil || s.Observed != nil || s.AtLeast != nil {
			t.Errorf("%+v", s)
		}
	}
	if v.ExitCode != verdict.ExitInconclusive {
		t.Errorf("exit %d", v.ExitCode)
	}
}

// Of streams that came in one piece nothing is known: where more of them are than may lie
// beyond a percentile, it is not judged by the others.
func TestGapsOfAFewStreams(t *testing.T) {
	for _, c := range []struct {
		bundled int64
		expr    string
		judged  bool
	}{
		{0, "tpot.p95 < 50ms", true},
		{4, "tpot.p95 < 50ms", true},
		{6, "tpot.p95 < 50ms", false},
		{97, "itl.p50 < 50ms", false},
		{40, "itl.p50 < 50ms", true},
		{1, "stall.max < 50ms", true},
		{3, "stall.max < 50ms", false},
		{50, "stall.p95 < 50ms", false},
		{50, "ttft.p95 < 800ms", true},
	} {
		p := part(100, nil)
		p.Streams, p.Bundled = 100, c.bundled
		for range 100 - c.bundled {
			p.Record(result.ITL, 10*time.Millisecond)
			p.Record(result.TPOT, 10*time.Millisecond)
			p.Record(result.Stall, 10*time.Millisecond)
		}
		v := judge(t, []string{c.expr}, nil, wave("calm", p))
		if ok := v.SLOs[0].OK; (ok != nil) != c.judged || v.ExitCode != map[bool]int{true: verdict.ExitPass, false: verdict.ExitInconclusive}[c.judged] {
			t.Errorf("%s of %d bundled: exit %d, %+v", c.expr, c.bundled, v.ExitCode, v.SLOs[0])
		}
	}
}

// Streams that had begun to answer as whoever drives the run cut it short say nothing of
// its gaps: of a run that went to its end they do.
func TestStreamsThatWereCutShort(t *testing.T) {
	for _, metric := range []string{"ttft", "e2e", "tpot", "stall"} {
		for excerpt, want := range map[bool]bool{true: true, false: false} {
			p := result.NewPart()
			p.Requests = result.Requests{Scheduled: 100, Sent: 100, Succeeded: 80, Unfinished: 20}
			for range 80 {
				for _, m := range []result.Metric{result.TTFTResponse, result.E2EResponse, result.TPOT, result.Stall} {
					p.Record(m, 10*time.Millisecond)
				}
			}
			for range 20 {
				p.RecordOpen(result.E2EResponse, 100*time.Millisecond)
				if excerpt {
					p.Record(result.TTFTResponse, 10*time.Millisecond)
				} else {
					p.RecordOpen(result.TTFTResponse, 2*time.Second)
				}
			}
			s := verdict.Stretch{Part: p, Length: time.Second}
			r := slo.Evaluate(slo.MustParse(metric+".p95 < 1s"), s)
			if r.OK == nil || *r.OK != want && metric != "e2e" {
				t.Errorf("%s, excerpt %v: %+v", metric, excerpt, r)
			}
		}
	}
}
