package draw

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

var sample = Bindings[int]{
	{Keys: []string{"esc"}, Action: 1, Off: true},
	{Keys: []string{"+", "="}, Shown: "+", Label: "load", Help: "more", Action: 2},
	{Keys: []string{"-"}, Shown: "-", Label: "load", Help: "less", Action: 3},
	{Keys: []string{"up"}, Shown: "up", Label: "scroll", Help: "scroll", Action: 4},
	{Keys: []string{"down"}, Shown: "down", Label: "scroll", Action: 5},
	{Keys: []string{"esc", "q"}, Shown: "q", Label: "leave", Help: "leave it", Action: 6, Last: true},
}

// Of those that share a key the first that is possible has it, and no other.
func TestAKeyHasOneAction(t *testing.T) {
	for key, want := range map[string]int{"=": 2, "-": 3, "esc": 6, "q": 6} {
		if got, ok := sample.For(key); !ok || got != want {
			t.Errorf("%s asks for %d, want %d", key, got, want)
		}
	}
	if _, ok := sample.For("x"); ok {
		t.Error("a key of no binding asks for something")
	}
}

// A click asks for what the key under it does, on its label for the last of the keys
// that share it; the footer is no wider than its window, and what leaves stays in it.
func TestFooter(t *testing.T) {
	p := somePen()
	if got := ansi.Strip(sample.Footer(p, 120)); got != "+ - load   up down scroll   q leave" {
		t.Errorf("the footer is %q", got)
	}
	targets := FooterTargets(sample, p, At(0, 35, 120, 1))
	click := func(x, y int) tea.MouseMsg { return tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft} }
	for x, want := range map[int]int{0: 2, 2: 3, 5: 3, 11: 4, 14: 5, 28: 6, 32: 6} {
		if got, ok := targets.For(click(x, 35)); !ok || got != want {
			t.Errorf("a click at %d asks for %d, want %d", x, got, want)
		}
	}
	for _, miss := range []tea.MouseMsg{click(9, 35), click(0, 34), click(0, 36), tea.MouseClickMsg{Y: 35, Button: tea.MouseRight}, tea.MouseWheelMsg{Y: 35, Button: tea.MouseWheelUp}, tea.MouseReleaseMsg{Y: 35, Button: tea.MouseLeft}} {
		if _, ok := targets.For(miss); ok {
			t.Errorf("%T %v asks for something", miss, miss)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(0, 60).Draw(t, "width")
		line := sample.Footer(p, width)
		if Cells(line) > width {
			t.Fatalf("%d cells in %d", Cells(line), width)
		}
		if width >= 7 && !strings.Contains(ansi.Strip(line), "q leave") {
			t.Fatalf("%q does not say how to leave", ansi.Strip(line))
		}
	})
}

// The help has a line for each sentence; keys of a binding without one join the line
// above.
func TestHelpLines(t *testing.T) {
	text := ansi.Strip(strings.Join(sample.HelpLines(somePen(), 9, 60), "\n"))
	if want := "        +  more\n        -  less\n  up down  scroll\n        q  leave it"; text != want {
		t.Errorf("the help is\n%s\nwant\n%s", text, want)
	}
}
