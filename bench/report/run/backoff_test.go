package run

import (
	"strings"
	"testing"

	"flashwave/bench/report/page"
	"flashwave/bench/report/reporttest"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// How slots waited, and the rate of a closed wave without its edges, stand in every
// report that people read; where there is nothing to say there is no word.
func TestBackoffAndSteadyRateAreTold(t *testing.T) {
	run := reporttest.Limited()
	said := func(format string) string {
		text := write(t, format, run, page.Options{Width: 200})
		return strings.NewReplacer("\u00a0", " ", "\n", " ").Replace(text)
	}
	formats := []string{"text", "md", "html"}
	for _, format := range formats {
		if text := said(format); strings.Contains(text, "after a failure") || strings.Contains(text, "steady in") {
			t.Errorf("%s speaks of waits that there were not", format)
		}
	}
	b := result.Backoff{Waits: 1234, TotalS: 320, LongestS: 1.5, Unheeded: 17, AskedS: 600}
	run.Total.Backoff = &b
	run.Waves[1].Rate.Steady = new(41.25)
	for _, format := range formats {
		for _, word := range []string{"1,234 waits of slots after a failure", "longest " + units.Millis(1500), "17 waits of over a minute asked for and not heeded", "steady in " + run.Waves[1].Name + " " + units.Rate(41.25) + "/s"} {
			if !strings.Contains(said(format), word) {
				t.Errorf("%s lacks %q", format, word)
			}
		}
	}
	run.Total.Rate.Steady = new(7.5)
	for _, format := range formats {
		if text := said(format); !strings.Contains(text, "steady "+units.Rate(7.5)+"/s") || strings.Contains(text, "steady in") {
			t.Errorf("%s lacks the steady rate of the run", format)
		}
	}
}

// Requests that are neither good nor bad are told in every report that people read, beside
// the goodput and where there is none for them.
func TestUnjudgedIsTold(t *testing.T) {
	run := reporttest.Limited()
	for _, goodput := range []*result.Goodput{{RPS: 3, GoodFraction: 0.5}, nil} {
		run.Total.Goodput, run.Total.Unjudged = goodput, new(int64(1234))
		for _, format := range []string{"text", "md", "html"} {
			text := strings.NewReplacer("\u00a0", " ", "\n", " ").Replace(write(t, format, run, page.Options{Width: 200}))
			if !strings.Contains(text, "1,234 could not be judged") {
				t.Errorf("%s does not say it, goodput %v", format, goodput)
			}
			if goodput != nil && !strings.Contains(text, "of the scheduled") {
				t.Errorf("%s lacks the goodput", format)
			}
		}
	}
}
