package report

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"
	"strings"

	"flashwave/bench/result"
)

// A column is one of the CSV's: its name, with its unit, and its value in a row; ""
// is no data.
type column struct {
	name string
	of   func(result.Row) string
}

// columns are those of the CSV, in their order. New ones are added at the end.
var columns = makeColumns()

func makeColumns() []column {
	list := []column{
		{"t_s", func(r result.Row) string { return number(r.TS) }},
		{"step_s", func(r result.Row) string { return number(r.StepS) }},
		{"waves", func(r result.Row) string { return strings.Join(r.Waves, "+") }},
	}
	counts := func(name string, of func(result.Row) int64) {
		list = append(list, column{name, func(r result.Row) string { return strconv.FormatInt(of(r), 10) }})
	}
	counts("scheduled", func(r result.Row) int64 { return r.Counts.Scheduled })
	counts("sent", func(r result.Row) int64 { return r.Counts.Sent })
	counts("succeeded", func(r result.Row) int64 { return r.Counts.Succeeded })
	counts("failed", func(r result.Row) int64 { return r.Counts.Failed })
	counts("rate_limited", func(r result.Row) int64 { return r.Counts.RateLimited })
	counts("dropped", func(r result.Row) int64 { return r.Counts.Dropped })
	counts("unsent", func(r result.Row) int64 { return r.Counts.Unsent })
	counts("unfinished", func(r result.Row) int64 { return r.Counts.Unfinished })
	known := func(name string, of func(result.Row) *int64) {
		list = append(list, column{name, func(r result.Row) string {
			if n := of(r); n != nil {
				return strconv.FormatInt(*n, 10)
			}
			return ""
		}})
	}
	known("good", func(r result.Row) *int64 { return r.Counts.Good })
	counts("in_flight", func(r result.Row) int64 { return r.InFlight })
	counts("queued", func(r result.Row) int64 { return r.Queued })

	figures := func(name string, of func(result.Row) float64) {
		list = append(list, column{name, func(r result.Row) string { return number(of(r)) }})
	}
	figures("offered_rps", func(r result.Row) float64 { return r.OfferedRPS })
	figures("sent_rps", func(r result.Row) float64 { return r.SentRPS })
	figures("completed_rps", func(r result.Row) float64 { return r.CompletedRPS })
	figures("failed_rps", func(r result.Row) float64 { return r.FailedRPS })
	maybe := func(name string, of func(result.Row) *float64) {
		list = append(list, column{name, func(r result.Row) string {
			if v := of(r); v != nil {
				return number(*v)
			}
			return ""
		}})
	}
	maybe("output_tps", func(r result.Row) *float64 { return r.OutputTPS })
	maybe("cost_usd", func(r result.Row) *float64 { return r.CostUSD })

	percentiles := func(name string, of func(result.RowLatencies) *result.RowPercentile) {
		for _, p := range []struct {
			stat string
			of   func(*result.RowPercentile) float64
		}{
			{"p50", func(p *result.RowPercentile) float64 { return p.P50 }},
			{"p95", func(p *result.RowPercentile) float64 { return p.P95 }},
			{"p99", func(p *result.RowPercentile) float64 { return p.P99 }},
			{"max", func(p *result.RowPercentile) float64 { return p.Max }},
		} {
			list = append(list, column{name + "_" + p.stat + "_ms", func(r result.Row) string {
				if l := of(r.Latency); l != nil && l.Count > 0 {
					return number(p.of(l))
				}
				return ""
			}})
		}
	}
	percentiles("ttft_response", func(l result.RowLatencies) *result.RowPercentile { return l.TTFT.Response })
	percentiles("ttft_service", func(l result.RowLatencies) *result.RowPercentile { return l.TTFT.Service })
	percentiles("e2e_response", func(l result.RowLatencies) *result.RowPercentile { return l.E2E.Response })
	percentiles("e2e_service", func(l result.RowLatencies) *result.RowPercentile { return l.E2E.Service })
	percentiles("itl", func(l result.RowLatencies) *result.RowPercentile { return l.ITL })
	known("unjudged", func(r result.Row) *int64 { return r.Counts.Unjudged })
	return list
}

// writeCSV writes the timeline, a row a step, as RFC 4180 has it but with bare line
// feeds. Several live waves are joined by "+". An empty field is no data.
func writeCSV(w io.Writer, run *result.Run, _ Options) error {
	out := csv.NewWriter(w)
	fields := make([]string, len(columns))
	for i, c := range columns {
		fields[i] = c.name
	}
	_ = out.Write(fields) // errors stick until Flush
	for _, row := range run.Timeline {
		for i, c := range columns {
			fields[i] = c.of(row)
		}
		_ = out.Write(fields)
	}
	out.Flush()
	return out.Error()
}

// number writes a value to a millionth: times to a nanosecond, money to less than
// anything costs.
func number(v float64) string { return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64) }
