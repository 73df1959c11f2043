package run

import (
	"slices"
	"strings"
	"testing"

	"flashwave/bench/report/page"
	"flashwave/bench/report/reporttest"
	"flashwave/bench/result"
)

// TestFinishes holds that every reason is told, the most frequent first, whatever an
// endpoint calls it.
func TestFinishes(t *testing.T) {
	for _, c := range []struct {
		why    string
		finish map[string]int64
		want   []string
	}{
		{"an endpoint that gives none", nil, nil},
		{"the usual ones", map[string]int64{"length": 91, "stop": 12391, "tool_calls": 91}, []string{"stop 12,391", "length 91", "tool_calls 91"}},
		{"what did not occur", map[string]int64{"stop": 1, "length": 0}, []string{"stop 1"}},
		{"a reason that would harm a terminal", map[string]int64{"\x1b[31mred\x1b[0m\n": 2}, []string{"red 2"}},
	} {
		if got := finishes(result.Stats{Finish: c.finish}); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
	many := map[string]int64{}
	for _, r := range "abcdefghijklmnop" {
		many[string(r)] = 1
	}
	if got := finishes(result.Stats{Finish: many}); len(got) != 13 || got[12] != "4 more reasons" {
		t.Errorf("many reasons: %q", got)
	}
}

// TestFinishIsReported holds that the reports for people tell the finish reasons.
func TestFinishIsReported(t *testing.T) {
	run := reporttest.Passed()
	run.Total.Finish = map[string]int64{"stop": 1200, "length": 34}
	for _, format := range []string{"text", "md", "html"} {
		text := write(t, format, run, page.Options{})
		for _, want := range []string{"finish", "stop 1,200", "length 34"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", format, want)
			}
		}
	}
}
