package live

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"flashwave/bench/result"
	"flashwave/tui/screentest"
)

// TestLeading holds which SLO a run is said to be about.
func TestLeading(t *testing.T) {
	of := func(metric, unit, wave string, assumed bool) result.SLOStatus {
		return result.SLOStatus{Metric: metric, Unit: unit, Wave: wave, Assumed: assumed}
	}
	ttft, e2e, e2eRush, rate := of("ttft", "ms", "", false), of("e2e", "ms", "", false), of("e2e", "ms", "rush", false), of("error_rate", "ratio", "", false)
	ttftRush, lost := of("ttft", "ms", "rush", false), of("lost", "ratio", "", true)
	for name, c := range map[string]struct {
		list []result.SLOStatus
		want *result.SLOStatus
	}{
		"the first word":        {[]result.SLOStatus{rate, e2e, ttft}, &ttft},
		"the whole run":         {[]result.SLOStatus{ttftRush, e2e}, &e2e},
		"a latency of a wave":   {[]result.SLOStatus{rate, e2eRush}, &e2eRush},
		"errors":                {[]result.SLOStatus{lost, rate}, &rate},
		"the first of two":      {[]result.SLOStatus{ttftRush, of("ttft", "ms", "calm", false)}, &ttftRush},
		"nothing was asked for": {[]result.SLOStatus{lost}, nil},
		"no SLO at all":         {nil, nil},
	} {
		got, ok := leading(c.list)
		if ok != (c.want != nil) || ok && got != *c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestTheAnswer holds that the sentence says how the run is, and that overload is red
// before any SLO says so.
func TestTheAnswer(t *testing.T) {
	p := testPen()
	said := func(at float64, edit func(*result.Snapshot)) (text, styled string) {
		s := screentest.At(time.Duration(at*float64(time.Second)), edit).Snapshot(result.View{Window: 10 * time.Second, Wave: -1})
		styled = strings.Join(p.answer(s, 0, 120, 3), "\n")
		return ansi.Strip(styled), styled
	}
	for _, c := range []struct {
		at   float64
		edit func(*result.Snapshot)
		want string
		red  bool
	}{
		{-4, nil, "● warming up: the first wave begins in 4 s", false},
		{150, nil, "● running: every SLO holds", false},
		{90, func(s *result.Snapshot) { s.Lanes[0].Factor = 1.1 }, "● running, rate ×1.10: every SLO holds", false},
		{240, nil, "≈ running: E2E p99 is 7.77 s, near its SLO of 8 s in rush", false},
		{262, nil, "✗ running: E2E p99 is 8.33 s, over its SLO of 8 s in rush", true},
		{262, nil, "E2E p99   SLO < 8 s ✗   rush", true}, // the large figure is of what fails
		{150, overloaded, "✗ running: served 129.0 of 201.0/s, waiting 1,741 and growing", true},
		{60, func(s *result.Snapshot) { s.State = result.Paused }, "● paused: nothing is sent, 4 requests are open", false},
		{200, func(s *result.Snapshot) { s.State = result.Draining }, "● draining: nothing more is sent, ", false},
		{490, func(s *result.Snapshot) { s.State = result.Draining }, "● time over: nothing more is sent, ", true}, // errors of its last 10 s
		{490, screentest.Judged(result.Fail), "● FAIL: held 164 req/s", true},
		{200, stoppedByHand, "● ABORTED: stopped by hand", false},
	} {
		text, styled := said(c.at, c.edit)
		if red := strings.Contains(styled, strings.TrimSuffix(p.Style.Bad.Render("x"), "x\x1b[m")); red != c.red || !strings.Contains(text, c.want) {
			t.Errorf("at %g s it says, in red: %v\n%s\nwant %q", c.at, red, text, c.want)
		}
	}
}

// TestTheAnswerIsWhole holds that nothing of the answer is cut without saying so: each
// line is one of the forms of a sentence, or ends where it says that it goes on.
func TestTheAnswerIsWhole(t *testing.T) {
	p := testPen()
	s := screentest.At(262*time.Second, felt("26,812 of 27,043 customers waited less than 800 ms for the first word, 175 got an error; the longest wait was 1.53 s")).Snapshot(result.View{Window: 10 * time.Second, Wave: -1})
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(0, 140).Draw(t, "width")
		m := p.mood(s, 0)
		for _, line := range m.lines(width, 1) {
			plain := strings.TrimPrefix(ansi.Strip(line), m.mark+" ")
			if width > 3 && !slices.Contains(m.says, plain) && !strings.HasSuffix(plain, "…") {
				t.Fatalf("%q is a fragment", plain)
			}
		}
		lines := p.customers(s, width, 2)
		all := ansi.Strip(strings.Join(lines, " "))
		if width > 3 && !strings.HasPrefix(s.Customers, all) && !strings.HasSuffix(all, "…") {
			t.Fatalf("%q is a fragment", all)
		}
	})
}
