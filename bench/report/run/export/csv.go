// Package export writes runs for other programs: build servers, spreadsheets, the tools of
// HdrHistogram, what reads the files of vLLM's benchmark, and flashwave itself.
package export

import (
	"io"
	"slices"
	"strings"

	"flashwave/bench/report/sheet"
	"flashwave/bench/result"
)

// A row is a step of the timeline.
type row = result.Row

// columns are those of the CSV, in their order. New ones are added at the end.
var columns = slices.Concat(
	[]sheet.Column[row]{
		sheet.Figures("t_s", func(r row) float64 { return r.TS }),
		sheet.Figures("step_s", func(r row) float64 { return r.StepS }),
		sheet.Words("waves", func(r row) string { return strings.Join(r.Waves, "+") }),
		sheet.Counts("scheduled", func(r row) int64 { return r.Counts.Scheduled }),
		sheet.Counts("sent", func(r row) int64 { return r.Counts.Sent }),
		sheet.Counts("succeeded", func(r row) int64 { return r.Counts.Succeeded }),
		sheet.Counts("failed", func(r row) int64 { return r.Counts.Failed }),
		sheet.Counts("rate_limited", func(r row) int64 { return r.Counts.RateLimited }),
		sheet.Counts("dropped", func(r row) int64 { return r.Counts.Dropped }),
		sheet.Counts("unsent", func(r row) int64 { return r.Counts.Unsent }),
		sheet.Counts("unfinished", func(r row) int64 { return r.Counts.Unfinished }),
		sheet.KnownCounts("good", func(r row) *int64 { return r.Counts.Good }),
		sheet.Counts("in_flight", func(r row) int64 { return r.InFlight }),
		sheet.Counts("queued", func(r row) int64 { return r.Queued }),
		sheet.Figures("offered_rps", func(r row) float64 { return r.OfferedRPS }),
		sheet.Figures("sent_rps", func(r row) float64 { return r.SentRPS }),
		sheet.Figures("completed_rps", func(r row) float64 { return r.CompletedRPS }),
		sheet.Figures("failed_rps", func(r row) float64 { return r.FailedRPS }),
		sheet.KnownFigures("output_tps", func(r row) *float64 { return r.OutputTPS }),
		sheet.KnownFigures("cost_usd", func(r row) *float64 { return r.CostUSD }),
	},
	percentiles("ttft_response", func(l result.RowLatencies) *result.RowPercentile { return l.TTFT.Response }),
	percentiles("ttft_service", func(l result.RowLatencies) *result.RowPercentile { return l.TTFT.Service }),
	percentiles("e2e_response", func(l result.RowLatencies) *result.RowPercentile { return l.E2E.Response }),
	percentiles("e2e_service", func(l result.RowLatencies) *result.RowPercentile { return l.E2E.Service }),
	percentiles("itl", func(l result.RowLatencies) *result.RowPercentile { return l.ITL }),
	[]sheet.Column[row]{
		sheet.KnownCounts("unjudged", func(r row) *int64 { return r.Counts.Unjudged }),
	},
)

// percentiles are the columns of a latency, in milliseconds.
func percentiles(name string, of func(result.RowLatencies) *result.RowPercentile) (list []sheet.Column[row]) {
	for _, p := range []struct {
		stat string
		of   func(*result.RowPercentile) *float64
	}{
		{"p50", func(p *result.RowPercentile) *float64 { return &p.P50 }},
		{"p95", func(p *result.RowPercentile) *float64 { return &p.P95 }},
		{"p99", func(p *result.RowPercentile) *float64 { return &p.P99 }},
		{"max", func(p *result.RowPercentile) *float64 { return &p.Max }},
	} {
		list = append(list, sheet.KnownFigures(name+"_"+p.stat+"_ms", func(r row) *float64 {
			if l := of(r.Latency); l != nil && l.Count > 0 {
				return p.of(l)
			}
			return nil
		}))
	}
	return list
}

// CSV writes the timeline, a row a step. Several live waves are joined by "+".
func CSV(w io.Writer, run *result.Run) error { return sheet.Write(w, columns, run.Timeline) }
