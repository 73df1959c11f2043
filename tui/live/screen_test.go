package live

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

	"flashwave/bench/result"
	"flashwave/client/outcome"
	"flashwave/tui/draw"
	"flashwave/tui/screentest"
)

// A scene is a state of a run, and of the screen, that is worth a picture.
type scene struct {
	name string
	at   float64
	edit func(*result.Snapshot)
	keys []tea.KeyPressMsg
}

var scenes = []scene{
	{name: "warming", at: -4},
	{name: "no data", at: 0, edit: func(s *result.Snapshot) { *s = result.Snapshot{View: s.View} }},
	{name: "running", at: 150},
	{name: "breached", at: 262},
	{name: "frozen", at: 262, keys: []tea.KeyPressMsg{screentest.Key("f")}},
	{name: "stale", at: 262, edit: func(s *result.Snapshot) { s.At += 5 * time.Second }},
	{name: "heat", at: 262, keys: []tea.KeyPressMsg{screentest.Special["tab"]}},
	{name: "heat e2e", at: 262, keys: []tea.KeyPressMsg{screentest.Special["tab"], screentest.Special["tab"], screentest.Special["tab"], screentest.Key("s")}},
	{name: "percentiles", at: 262, keys: []tea.KeyPressMsg{screentest.Special["tab"], screentest.Special["tab"], screentest.Special["tab"], screentest.Special["tab"]}},
	{name: "error rate", at: 262, keys: []tea.KeyPressMsg{screentest.Special["shift+tab"], screentest.Special["shift+tab"]}},
	{name: "paused", at: 60, edit: func(s *result.Snapshot) { s.State, s.Lanes[0].Paused = result.Paused, true }},
	{name: "draining", at: 489, edit: func(s *result.Snapshot) { s.State = result.Draining }},
	{name: "pass", at: screentest.SaleEnds, edit: screentest.Judged(result.Pass)},
	{name: "fail", at: screentest.SaleEnds, edit: screentest.Judged(result.Fail)},
	{name: "inconclusive", at: screentest.SaleEnds, edit: screentest.Judged(result.Inconclusive)},
	{name: "errors", at: 262, keys: []tea.KeyPressMsg{screentest.Key("e")}},
	{name: "verdict", at: screentest.SaleEnds, edit: screentest.Judged(result.Fail), keys: []tea.KeyPressMsg{screentest.Key("v")}},
}

// open shows a scene in a window.
func (s scene) open(width, height int, look draw.Theming) Model {
	m := New(1, screentest.At(time.Duration(s.at*float64(time.Second)), s.edit), Offers{}, look)
	m, _ = m.Update(tea.WindowSizeMsg{Width: width, Height: height})
	m = settle(m)
	for _, k := range s.keys {
		m, _ = m.Update(k)
	}
	return m
}

// settle takes the snapshots that a model asks for, without waiting between
// them.
func settle(m Model) Model {
	for range 2 { // the second one is what a done run asks for
		m, _ = m.Update(m.look()())
	}
	return m
}

// of is a terminal of so many colours.
func of(profile colorprofile.Profile, look draw.Theming) draw.Theming {
	look, _ = look.Told(tea.ColorProfileMsg{Profile: profile})
	return look
}

func TestScreens(t *testing.T) {
	t.Parallel()
	sizes := []struct{ w, h int }{{40, 12}, {60, 16}, {80, 24}, {120, 36}, {200, 60}}
	for _, s := range scenes {
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s/%dx%d", strings.ReplaceAll(s.name, " ", "_"), size.w, size.h), func(t *testing.T) {
				golden.RequireEqual(t, screentest.Drawn(s.open(size.w, size.h, draw.Theming{}).View().Content, size.w, size.h))
			})
		}
	}
}

// TestOtherTerminals holds how one screen looks on other terminals, escape sequences
// included.
func TestOtherTerminals(t *testing.T) {
	for _, name := range []string{"breached", "heat", "stale"} {
		s := scenes[slices.IndexFunc(scenes, func(s scene) bool { return s.name == name })]
		prefix := name + " "
		if name == "breached" {
			prefix = ""
		}
		for theme, m := range map[string]Model{
			"dark":     s.open(120, 36, draw.Theming{}),
			"light":    s.open(120, 36, draw.Theming{Theme: draw.Light}),
			"contrast": s.open(120, 36, draw.Theming{Theme: draw.HighContrast}),
			"256":      s.open(120, 36, of(colorprofile.ANSI256, draw.Theming{})),
			"sixteen":  s.open(120, 36, of(colorprofile.ANSI, draw.Theming{})),
			"nocolor":  s.open(120, 36, draw.Theming{NoColor: true}),
			"ascii":    s.open(120, 36, draw.Theming{ASCII: true, NoColor: true}),
		} {
			t.Run(prefix+theme, func(t *testing.T) { golden.RequireEqual(t, m.View().Content) })
		}
	}
}

// TestNoColorHasNoColor holds that nothing but weight is left without colours.
func TestNoColorHasNoColor(t *testing.T) {
	t.Parallel()
	for _, s := range scenes {
		text := s.open(120, 36, draw.Theming{NoColor: true}).View().Content
		for _, code := range []string{"\x1b[3", "\x1b[4", "38;", "48;"} {
			if strings.Contains(text, code) {
				t.Errorf("%s holds the escape sequence %q", s.name, code)
			}
		}
	}
}

// TestASCIIIsASCII holds that --ascii is what it says.
func TestASCIIIsASCII(t *testing.T) {
	t.Parallel()
	for _, s := range scenes {
		for _, size := range []tea.WindowSizeMsg{{Width: 40, Height: 12}, {Width: 80, Height: 24}, {Width: 120, Height: 36}, {Width: 200, Height: 60}} {
			text := s.open(size.Width, size.Height, of(colorprofile.ASCII, draw.Theming{ASCII: true})).View().Content
			if i := strings.IndexFunc(text, func(r rune) bool { return r > 0x7e }); i >= 0 {
				t.Errorf("%s at %d×%d holds %q", s.name, size.Width, size.Height, text[i:min(len(text), i+12)])
			}
		}
	}
}

// TestFits holds that no line is wider and no frame taller than the window,
// whatever its size, the state of the run, the terminal and the keys pressed.
func TestFits(t *testing.T) {
	t.Parallel()
	pressed := []string{"s", "tab", "f", "e", "?", "w", "3", "0", "/", "l", "v", "esc"}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(scenes).Draw(t, "scene")
		width, height := rapid.IntRange(0, 220).Draw(t, "width"), rapid.IntRange(0, 70).Draw(t, "height")
		profile := rapid.SampledFrom([]colorprofile.Profile{colorprofile.ASCII, colorprofile.ANSI, colorprofile.TrueColor}).Draw(t, "profile")
		look := draw.Theming{Theme: rapid.SampledFrom(draw.Themes).Draw(t, "theme"), ASCII: rapid.Bool().Draw(t, "ascii")}
		if rapid.Bool().Draw(t, "hostile") {
			s.edit = hostile(s.edit)
		}
		m := s.open(width, height, of(profile, look))
		for _, k := range rapid.SliceOfN(rapid.SampledFrom(pressed), 0, 4).Draw(t, "keys") {
			m, _ = m.Update(screentest.KeyOf(k))
			m = settle(m)
		}
		screentest.Check(t, m.View().Content, width, height)
	})
}

// hostile puts into a snapshot what endpoints and files may hold: wide and
// zero-width characters, escape sequences, lines, and absurd figures.
func hostile(edit func(*result.Snapshot)) func(*result.Snapshot) {
	evil := "\x1b[2J\x1b]0;owned\x07半夜大促 🛒👩‍👩‍👧‍👦 e\u0301\t\r\nnext\u202e"
	return func(s *result.Snapshot) {
		if edit != nil {
			edit(s)
		}
		s.Name, s.Model, s.Target = evil, evil, evil
		s.Events = append(s.Events, result.Event{TS: 1e9, Text: strings.Repeat(evil, 20)})
		s.Total.Errors = append(s.Total.Errors, result.ErrorCount{Outcome: outcome.Outcome(evil), Message: evil, Count: 1 << 60, Sample: strings.Repeat(evil, 50)})
		s.Total.Outcomes = map[outcome.Outcome]int64{outcome.Outcome(evil): 1 << 62, "ok": 3}
		s.Window.Latency.TTFT.Response = &result.Latency{Count: 1, P50: 3.6e6, P95: 3.6e9, P99: 3.6e12, Max: 3.6e15}
		s.Now.InFlight, s.Now.Offered = 1<<60, 1e12
		for i := range s.Waves {
			s.Waves[i].Name, s.Waves[i].Load = evil, evil
		}
		for i := range s.SLOs {
			s.SLOs[i].Expr, s.SLOs[i].Wave = evil, evil
		}
		if s.Verdict != nil {
			v := *s.Verdict
			v.Headline, v.Reasons = strings.Repeat(evil, 9), []string{evil, strings.Repeat(evil, 30)}
			s.Verdict = &v
		}
	}
}

// TestHostileTextIsHarmless holds that no text from outside reaches the
// terminal as an escape sequence or as a line of its own.
func TestHostileTextIsHarmless(t *testing.T) {
	t.Parallel()
	for _, s := range scenes {
		s.edit = hostile(s.edit)
		v := s.open(200, 60, draw.Theming{}).View()
		for _, text := range []string{v.Content, v.WindowTitle} {
			for _, bad := range []string{"\x1b[2J", "\x1b]", "\x07", "\t", "\r", "\u202e"} {
				if strings.Contains(text, bad) {
					t.Errorf("%s lets %q through", s.name, bad)
				}
			}
		}
	}
}
