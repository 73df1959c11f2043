package run_test

import (
	"bytes"
	"strings"
	"testing"

	"flashwave/bench/report"
	"flashwave/bench/result"
	"flashwave/client/outcome"
)

// What a tap heard stands in every format that has tables, and nothing of it where there was
// none.
func TestTapIsReported(t *testing.T) {
	ttft := &result.Latency{Count: 9, P50: 120, P95: 480}
	calls := result.TierCalls{
		Tasks: 90, Calls: 97, Retries: 7, Ended: 96, Open: 1, Outcomes: map[outcome.Outcome]int64{outcome.OK: 89, outcome.ServerError: 4, outcome.Cancelled: 3},
		Tokens: result.TierTokens{Told: 89, Output: new(int64(4711)), From: new("usage")},
	}
	class := result.TierClass{Name: "urgent", Priorities: "1-3", Calls: &calls, Latency: result.TierLatency{TTFT: ttft}}
	run := &result.Run{Queue: &result.Tier{
		Layout: "shop", Classes: []result.TierClass{class}, Total: class,
		Tap: &result.TierTap{Calls: 99, Matched: 97, Unmatched: 2, UncertaintyMS: 0.25, LatestMS: 3, DeafMS: 2500, Restarts: 1, Missed: 12},
	}}
	for _, format := range []string{"text", "md", "html"} {
		of := func() string {
			var b bytes.Buffer
			if err := report.Runs.Write(&b, format, run, report.Options{}); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}
		text := of()
		for _, want := range []string{"97 calls", "4,711", "TTFT p95", "480", "2.50 s", "250 µs", "12"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", format, want)
			}
		}
		tap := run.Queue.Tap
		run.Queue.Tap = nil
		if without := of(); strings.Contains(without, "97 calls") || strings.Contains(without, "tokens out") {
			t.Errorf("%s tells of a tap that there was not", format)
		}
		run.Queue.Tap = tap
	}
}
