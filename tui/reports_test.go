package tui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"flashwave/tui/comparison"
	"flashwave/tui/screentest"
)

// What a search found and what a comparison did are written like a run: where the user
// says, once they said it.
func TestReportsOfSearchesAndComparisons(t *testing.T) {
	t.Parallel()
	size := tea.WindowSizeMsg{Width: 120, Height: 36}
	for name, c := range map[string]struct {
		begin func(b *fakeBackend) tea.Model
		asks  string
		wrote string
	}{
		"a search": {
			func(b *fakeBackend) tea.Model {
				a := newSearchApp(t.Context(), stillSearch{searched()}, "midnight-sale", Options{Backend: b})
				m, _ := a.Update(a.search.Init()())
				return m
			},
			"report to: flashwave-capacity.html_", "search flashwave-capacity.html",
		},
		"a comparison": {
			func(b *fakeBackend) tea.Model {
				a, closeApp := newApp(t.Context(), nil, Options{Backend: b})
				t.Cleanup(closeApp)
				m, _ := a.compare(comparison.Compare(screentest.FrozenRun("20261123-230000"), screentest.Slower("20261124-010000")))
				return m
			},
			"report to: flashwave-comparison.html_", "comparison flashwave-comparison.html",
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := &fakeBackend{}
			m, _ := c.begin(b).Update(size)
			m, _ = m.Update(keyOf("o"))
			showsText(t, m, c.asks)
			m, cmd := m.Update(keyOf("enter"))
			if cmd == nil {
				t.Fatal("nothing is written")
			}
			m, _ = m.Update(cmd())
			showsText(t, m, "wrote flashwave-c")
			if !slices.Equal(b.wrote, []string{c.wrote}) {
				t.Errorf("wrote %q", b.wrote)
			}
			m, _ = m.Update(keyOf("o"))
			m, _ = m.Update(keyOf("esc"))
			m, _ = m.Update(keyOf("?"))
			showsText(t, m, "help")
			if len(b.wrote) != 1 {
				t.Errorf("esc wrote %q", b.wrote)
			}
		})
	}
}

// showsText holds that a program shows a text.
func showsText(t *testing.T, m tea.Model, want string) {
	t.Helper()
	if text := ansi.Strip(m.View().Content); !strings.Contains(text, want) {
		t.Errorf("the screen does not show %q:\n%s", want, text)
	}
}
