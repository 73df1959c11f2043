package bench

import (
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
)

// piece answers with tokens that all come at once.
var piece = reply{wait: 100 * time.Millisecond, tokens: 5}

// spread answers with tokens that come two at a time.
var spread = reply{wait: 100 * time.Millisecond, tokens: 6, burst: 2, gap: 20 * time.Millisecond}

// Streams that came in one piece have no gaps, and no SLO on gaps holds for them.
func TestBundledStreamsProveNothing(t *testing.T) {
	for _, slo := range []string{"itl.p95 < 50ms", "itl.max < 1h", "tpot.p50 < 50ms", "stall.p99 < 1s", "stall.mean < 1s"} {
		t.Run(slo, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sc := build(t, func(sc *scenario.Scenario) { sc.SLO = []string{slo} }, "w:10/s:5s")
				doc, _ := execute(t, sc, always(piece))
				if doc.Verdict.ExitCode != verdict.ExitInconclusive || doc.Verdict.SLOs[0].OK != nil || doc.Verdict.SLOs[0].Observed != nil {
					t.Errorf("exit %d, %+v", doc.Verdict.ExitCode, doc.Verdict.SLOs[0])
				}
				for _, s := range []result.Stats{doc.Total, doc.Waves[0]} {
					l := s.Latency
					if l.ITL != nil || l.TPOT != nil || l.Stall != nil || l.TTFT.Response.Count != 50 {
						t.Errorf("%s: itl %v, tpot %v, stall %v", s.Name, l.ITL, l.TPOT, l.Stall)
					}
					if s.Bundled == nil || *s.Bundled != 1 {
						t.Errorf("%s: bundled share %s", s.Name, show(s.Bundled))
					}
				}
			})
		})
	}
}

// A gap of 0 counts in a stream that comes in several pieces, its first one
// included, and what came in one piece leaves no trace among the others.
func TestGapsOfSpreadStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) { sc.SLO = []string{"itl.p50 <= 20ms"} }, "w:10/s:4s")
		doc, _ := execute(t, sc, func(i int, _ time.Duration) reply {
			switch i % 4 {
			case 0:
				return spread
			case 1:
				return reply{wait: 50 * time.Millisecond, tokens: 1}
			}
			return piece
		})
		l := doc.Total.Latency
		if l.ITL.Count != 10*5 || l.ITL.Min != 0 || l.ITL.Mean < 7.99 || l.ITL.Mean > 8.01 {
			t.Errorf("itl %+v", l.ITL)
		}
		if l.TPOT.Count != 10 || l.TPOT.Min < 7.99 || l.Stall.Count != 10 || l.Stall.Min < 19.9 {
			t.Errorf("tpot %+v, stall %+v", l.TPOT, l.Stall)
		}
		if s := doc.Total.Bundled; s == nil || *s != 2.0/3 {
			t.Errorf("bundled share %s", show(s))
		}
		if doc.Verdict.ExitCode != verdict.ExitInconclusive { // of two thirds of the streams nothing is known
			t.Errorf("%+v", doc.Verdict)
		}
	})
}

// Where nothing streamed there is no share; a stream that failed is in none.
func TestNoStreamsNoShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doc, _ := execute(t, build(t, nil, "w:10/s:4s"), func(i int, _ time.Duration) reply {
			if i%2 == 0 {
				return reply{wait: time.Millisecond, tokens: 3, outcome: outcome.Truncated}
			}
			return reply{wait: time.Millisecond, tokens: 1}
		})
		if doc.Total.Bundled != nil || doc.Total.Latency.ITL != nil {
			t.Errorf("bundled share %s, itl %+v", show(doc.Total.Bundled), doc.Total.Latency.ITL)
		}
	})
}

// A usage of zeros spends the budget as any other.
func TestBudgetOfZeros(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) { sc.Budget, sc.Workload.MaxTokens = 0.01, 30 }, "w:c4:400x")
		doc, _ := execute(t, sc, always(reply{wait: 10 * time.Millisecond, tokens: 20, usage: client.Usage{From: client.FromUsage}}))
		c := doc.Total.Cost
		if doc.Verdict.ExitCode != verdict.ExitStopped || doc.Total.Requests.Sent >= 400 {
			t.Errorf("exit %d after %d requests", doc.Verdict.ExitCode, doc.Total.Requests.Sent)
		}
		if c.Total > 0.01 || c.Total < 0.009 || *c.EstimatedShare < 0.999 {
			t.Errorf("cost %+v", c)
		}
	})
}
