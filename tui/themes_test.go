package tui

import (
	"image/color"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"flashwave/tui/draw"
	"flashwave/tui/screentest"
)

// TestThemes holds that a theme that was asked for prevails over what the terminal
// says of its background, and that without one the terminal decides.
func TestThemes(t *testing.T) {
	look := func(theme draw.Theme, dark bool) string {
		m := New(screentest.At(time.Minute, nil), Options{Theme: theme})
		m, _ = m.Update(tea.ColorProfileMsg{Profile: colorprofile.TrueColor})
		m, _ = m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
		background := color.Color(color.White)
		if dark {
			background = color.Black
		}
		m, _ = m.Update(tea.BackgroundColorMsg{Color: background})
		m, _ = m.Update(m.(app).run.Init()())
		return m.View().Content
	}
	dark, light := look(draw.Auto, true), look(draw.Auto, false)
	if dark == light {
		t.Fatal("the background makes no difference")
	}
	for _, c := range []struct {
		theme draw.Theme
		want  string
	}{{"", dark}, {draw.Dark, dark}, {draw.Light, light}} {
		if look(c.theme, true) != c.want || c.theme != "" && look(c.theme, false) != c.want {
			t.Errorf("theme %q does not prevail", c.theme)
		}
	}
	if strings.Contains(look(draw.Mono, true), "38;") {
		t.Error("mono has colours")
	}
}
