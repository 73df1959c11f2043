package result

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"
)

// NoData is what is shown where there is no data: never a zero.
const NoData = "–"

// FormatMillis writes a duration of so many milliseconds with three significant
// digits and its unit: 940 µs, 21.4 ms, 1.25 s, 2 min 5 s.
func FormatMillis(ms float64) string {
	switch {
	case ms < 0.0005:
		return "0 ms"
	case ms < 0.9995:
		return digits3(ms*1000) + " µs"
	case ms < 999.5:
		return digits3(ms) + " ms"
	case ms < 120_000:
		return digits3(ms/1000) + " s"
	}
	s := int64(ms/1000 + 0.5)
	return fmt.Sprintf("%d min %d s", s/60, s%60)
}

// FormatUSD writes money: $0.0042, $1.20, $1,234.50.
func FormatUSD(usd float64) string {
	switch {
	case usd == 0:
		return "$0.00"
	case usd < 0.995:
		return "$" + strconv.FormatFloat(usd, 'f', 4, 64)
	}
	return "$" + humanize.FormatFloat("#,###.##", usd)
}

// FormatRate writes a number per second with at most one decimal: 81.2, 9,412.
func FormatRate(v float64) string {
	if v < 999.95 {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return humanize.Comma(int64(v + 0.5))
}

// FormatShare writes a ratio as a percentage: 1.8 %.
func FormatShare(v float64) string {
	p := 100 * v
	switch {
	case p > 0 && p < 0.1:
		return strconv.FormatFloat(p, 'f', 2, 64) + " %"
	case p > 99.9 && p < 100:
		return strconv.FormatFloat(p, 'f', 2, 64) + " %"
	}
	return strconv.FormatFloat(p, 'f', 1, 64) + " %"
}

// FormatValue writes a value in the unit of an SLO.
func FormatValue(v float64, unit string) string {
	switch unit {
	case "ms":
		return FormatMillis(v)
	case "ratio":
		return FormatShare(v)
	case "1/s":
		return FormatRate(v) + "/s"
	case "usd":
		return FormatUSD(v)
	}
	return humanize.Commaf(v)
}

// digits3 writes a positive number below 1000 with three significant digits,
// without zeros that say nothing.
func digits3(v float64) string {
	decimals := 0
	switch {
	case v < 9.995:
		decimals = 2
	case v < 99.95:
		decimals = 1
	}
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if decimals > 0 {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
