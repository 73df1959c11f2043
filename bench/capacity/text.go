package capacity

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"flashwave/bench/result"
)

// marks are the glyphs of the verdicts.
var marks = map[StepVerdict]string{Held: "●", Broke: "✗", Undecided: "○"}

// WriteText writes the answer, then a line for each step.
func (d *Document) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintln(&b, d.Verdict.Headline)
	for _, r := range d.Verdict.Reasons {
		fmt.Fprintln(&b, "  "+r)
	}
	if len(d.Steps) > 0 {
		fmt.Fprintln(&b)
		table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(table, "\tstep\tload\tserved/s\tgood/s\tin flight\tTTFT p95\tE2E p95\terrors\t")
		for _, s := range d.Steps {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", marks[s.Verdict], s.Kind, s.load(),
				rate(s.SucceededRPS), rate(s.GoodputRPS), rate(s.InFlightMean), p95(s.Latency.TTFT), p95(s.Latency.E2E), share(s.ErrorRate))
		}
		if err := table.Flush(); err != nil {
			return err
		}
	}
	for _, warning := range d.Warnings {
		fmt.Fprintln(&b, "\nwarning: "+warning)
	}
	if d.CostUSD != nil {
		fmt.Fprintf(&b, "\nthe search cost %s and took %s\n", result.FormatUSD(*d.CostUSD), result.FormatMillis(1000*d.DurationS))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func rate(v *float64) string {
	if v == nil {
		return result.NoData
	}
	return result.FormatRate(*v)
}

func share(v *float64) string {
	if v == nil {
		return result.NoData
	}
	return result.FormatShare(*v)
}

func p95(l *result.Latency) string {
	if l == nil {
		return result.NoData
	}
	return result.FormatMillis(l.P95)
}
