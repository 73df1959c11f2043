package comparison

import (
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"flashwave/bench/result"
	"flashwave/tui/draw"
	"flashwave/tui/screentest"
)

func TestComparisonScreens(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]*result.Run{"same": screentest.FrozenRun("20261124-010000"), "slower": screentest.Slower("20261124-010000")} {
		c := New(Compare(screentest.FrozenRun("20261123-230000"), other), draw.Theming{})
		for _, size := range screentest.WindowSizes {
			t.Run(fmt.Sprintf("%s/%dx%d", name, size.W, size.H), func(t *testing.T) {
				frame := c.resize(size.W, size.H).View()
				screentest.Fits(t, frame, size.W, size.H)
				golden.RequireEqual(t, screentest.Drawn(frame, size.W, size.H))
			})
		}
	}
}

// No window is too small or too large for the screens of the program, whatever is
// pressed.
func TestScreensFitAnyWindow(t *testing.T) {
	t.Parallel()
	c := New(Compare(screentest.FrozenRun("20261123-230000"), screentest.Slower("20261124-010000")), draw.Theming{})
	for width := 0; width <= 210; width += 11 {
		for height := 0; height <= 66; height += 5 {
			for _, look := range []draw.Theming{{}, {ASCII: true, NoColor: true}} {
				c := c.Restyle(look).resize(width, height)
				for _, key := range []string{"", "tab", "down", "w", "?"} {
					if key != "" {
						c, _ = c.Update(screentest.KeyOf(key))
					}
					screentest.Fits(t, c.View(), width, height)
				}
			}
		}
	}
}

// ASCII terminals get ASCII, monochrome ones no colours.
func TestComparisonThemes(t *testing.T) {
	c := New(Compare(screentest.FrozenRun("20261123-230000"), screentest.Slower("20261124-010000")), draw.Theming{})
	sixteen, _ := draw.Theming{}.Told(tea.ColorProfileMsg{Profile: colorprofile.ANSI})
	for theme, look := range map[string]draw.Theming{
		"dark":    {},
		"light":   {Theme: draw.Light},
		"sixteen": sixteen,
		"ascii":   {ASCII: true, NoColor: true},
	} {
		t.Run(theme, func(t *testing.T) { golden.RequireEqual(t, c.Restyle(look).resize(120, 36).View()) })
	}
}
