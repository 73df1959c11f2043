package cmd

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/history"
	"flashwave/bench/result"
)

// The list fits every terminal: an id is whole as long as there is room for it, figures are
// whole or not there, and what is cut says so.
func TestTheListFits(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)
	pass := result.Pass
	kept := []history.Kept{
		{
			ID: "20261123-214500", Status: &pass, Name: "a name that is rather long, as names are", StartedAt: &now,
			Labels: map[string]string{"team": "shop", "release": "2026.11"}, Target: "api.example.com",
			RateRPS: new(12.5), SucceededRPS: new(12.4), TTFTP95MS: new(812.0), E2EP95MS: new(3456.0), ErrorRate: new(0.0123), CostUSD: new(1.5),
			Headline: "held 12.4 req/s; TTFT p95 stayed below 800 ms",
		},
		{ID: "capacity-20261123-213000", Name: "夜の販売のための探索", Broken: new("capacity.json is broken: unexpected end")},
	}
	figures := []string{"12.5/s", "12.4/s", "812 ms", "3.46 s", "1.2 %", "$1.50"}
	most := 0
	for _, line := range fit(keptColumns, kept, now, 0) {
		most = max(most, ansi.StringWidth(line))
	}
	for width := 40; width <= most+5; width++ {
		lines := fit(keptColumns, kept, now, width)
		for _, line := range lines {
			if w := ansi.StringWidth(line); w > width || strings.HasSuffix(line, " ") {
				t.Errorf("%d: %q is %d wide", width, line, w)
			}
		}
		for i, k := range kept {
			if !strings.HasPrefix(lines[i+1], k.ID+" ") {
				t.Errorf("%d: %q", width, lines[i+1])
			}
		}
		for _, cell := range strings.Fields(lines[1]) {
			if strings.HasSuffix(cell, "…") && strings.ContainsAny(cell[:1], "0123456789$") && !strings.Contains(kept[0].Headline, strings.TrimSuffix(cell, "…")) {
				t.Errorf("%d: a figure is cut: %q", width, lines[1])
			}
		}
		if width > most {
			for _, f := range figures {
				if !strings.Contains(lines[1], f) {
					t.Errorf("%d: %s is not in %q", width, f, lines[1])
				}
			}
		}
	}
}

func TestAges(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"30d": 720 * time.Hour, "2w": 336 * time.Hour, "12h": 12 * time.Hour, "0d": 0} {
		if d, err := parseAge(text); err != nil || d != want {
			t.Errorf("%s is %v, %v", text, d, err)
		}
	}
	for _, text := range []string{"", "d", "-1d", "1.5d", "99999999999d", "soon", "30"} {
		if d, err := parseAge(text); err == nil {
			t.Errorf("%q is %v", text, d)
		}
	}
}
