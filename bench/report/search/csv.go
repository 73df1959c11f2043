package search

import (
	"io"

	"flashwave/bench/capacity"
	"flashwave/bench/report/sheet"
)

// columns are those of the CSV, in their order. New ones are added at the end.
var columns = []sheet.Column[point]{
	sheet.KnownFigures("rate_rps", func(p point) *float64 { return p.RateRPS }),
	sheet.KnownCounts("concurrency", func(p point) *int { return p.Concurrency }),
	sheet.Counts("steps", func(p point) int { return p.Steps }),
	sheet.Counts("requests", func(p point) int64 { return p.Requests }),
	sheet.Figures("duration_s", func(p point) float64 { return p.DurationS }),
	sheet.Words("verdict", func(p point) string { return string(p.Verdict) }),
	sheet.KnownFigures("offered_rps", func(p point) *float64 { return p.OfferedRPS }),
	sheet.KnownFigures("succeeded_rps", func(p point) *float64 { return p.SucceededRPS }),
	sheet.KnownFigures("goodput_rps", func(p point) *float64 { return p.GoodputRPS }),
	sheet.KnownFigures("error_rate", func(p point) *float64 { return p.ErrorRate }),
	sheet.KnownFigures("in_flight", func(p point) *float64 { return p.InFlight }),
	sheet.KnownFigures("output_tps", func(p point) *float64 { return p.OutputTPS }),
	sheet.KnownFigures("user_tps", func(p point) *float64 { return p.UserTPS }),
	sheet.KnownFigures("ttft_p50_ms", func(p point) *float64 { return p.TTFTP50MS }),
	sheet.KnownFigures("ttft_p95_ms", func(p point) *float64 { return p.TTFTP95MS }),
	sheet.KnownFigures("e2e_p95_ms", func(p point) *float64 { return p.E2EP95MS }),
	sheet.KnownFigures("per_1k_ok_usd", func(p point) *float64 { return p.PerThousandOKUSD }),
	sheet.Flags("growing", func(p point) bool { return p.Growing }),
	sheet.Flags("pareto", func(p point) bool { return p.Pareto }),
}

// CSV writes the curve, a row a load.
func CSV(w io.Writer, d *capacity.Document) error {
	return sheet.Write(w, columns, capacity.Curve(d.Steps))
}
