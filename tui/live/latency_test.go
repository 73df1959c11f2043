package live

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/result"
)

// TestTheUnitDoesNotJump holds that a table changes to seconds later than it leaves them.
func TestTheUnitDoesNotJump(t *testing.T) {
	seconds := false
	for _, step := range []struct {
		p50  float64
		want bool
	}{{900, false}, {9_900, false}, {10_000, true}, {9_900, true}, {8_100, true}, {7_900, false}, {9_900, false}} {
		l := result.Latencies{TTFT: result.Pair{Response: &result.Latency{Count: 1, P50: step.p50}}}
		if seconds = inSeconds(l, false, seconds); seconds != step.want {
			t.Errorf("%g ms: seconds %v", step.p50, seconds)
		}
	}
}

// TestTheSLOIsWhole holds that the table says the SLO on a metric in full wherever it has
// room for figures and an SLO, and its mark anywhere else.
func TestTheSLOIsWhole(t *testing.T) {
	p := testPen()
	slos := []result.SLOStatus{{Metric: "ttft", Stat: "p95", Op: "<", Bound: 800, Unit: "ms", Live: new(1234.0), LiveOK: new(false)}}
	m := metric{"ttft", "TTFT", &result.Latency{Count: 9, P50: 99_999, P95: 99_999, P99: 99_999, Max: 3.6e6}, nil}
	for width := 38; width < 120; width++ {
		table := p.newLatencyTable(outlook{}, width)
		row := ansi.Strip(table.row(m, p.sloNote(slos, "ttft", false, table.noteWidth)))
		if strings.Contains(row, "…") || !strings.Contains(row, "✗") || width >= 54 && !strings.Contains(strings.ReplaceAll(row, " ", ""), "p95<800ms") || ansi.StringWidth(row) > width {
			t.Errorf("%d cells: %q", width, row)
		}
	}
}
