package live

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/result"
)

// Slots that wait after a failure are told beside the concurrency.
func TestBackingOffIsTold(t *testing.T) {
	for n, want := range map[int]string{0: "", 1: "1 slot backs off", 1200: "1,200 slots back off"} {
		s := result.Snapshot{Lanes: []result.LaneStatus{{Factor: 1, Concurrency: 2000, BackingOff: n}}}
		got := ansi.Strip(testPen().steered(s, 0))
		if !strings.Contains(got, want) || n == 0 && strings.Contains(got, "back") {
			t.Errorf("%d: %q", n, got)
		}
	}
}
