package comparison

import (
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"flashwave/bench/compare"
	"flashwave/bench/result"
	"flashwave/tui/draw"
	"flashwave/tui/screentest"
)

var before, slower = screentest.FrozenRun("20261123-230000"), screentest.Slower("20261124-010000")

// compared are two runs with what there is of their document changed.
func compared(other *result.Run, change func(d *compare.Document)) *Pair {
	p := Compare(before, other)
	change(p.doc)
	return p
}

// scenes are comparisons that came out in each of the ways.
var scenes = map[string]func() *Pair{
	"worse": func() *Pair { return Compare(before, slower) },
	"too noisy": func() *Pair {
		return Compare(before, screentest.FrozenRun("20261124-010000"))
	},
	"better": func() *Pair {
		return compared(screentest.FrozenRun("20261124-010000"), func(d *compare.Document) {
			r := d.Row("ttft", "p95", "")
			r.New, r.Change, r.ChangeRatio = screentest.Ptr(17.1), screentest.Ptr(-11.1), screentest.Ptr(-0.394)
			r.Low, r.High, r.LowRatio, r.HighRatio = screentest.Ptr(-14.9), screentest.Ptr(-8.7), screentest.Ptr(-0.528), screentest.Ptr(-0.309)
			r.Verdict = compare.Better
			d.Gate = compare.Gate{Status: compare.GateBetter, Headline: "NEW is better: p95 TTFT 28.2 → 17.1 ms (−39.4 %, −52.8 … −30.9 %)", Reasons: []string{}}
		})
	},
	"no difference": func() *Pair {
		return compared(screentest.FrozenRun("20261124-010000"), func(d *compare.Document) {
			for i := range d.Rows {
				if r := &d.Rows[i]; r.Gates && r.Unit == "ms" && r.Base != nil {
					r.Low, r.High, r.LowRatio, r.HighRatio = screentest.Ptr(-0.04**r.Base), screentest.Ptr(0.05**r.Base), screentest.Ptr(-0.04), screentest.Ptr(0.05)
					r.Verdict = compare.NoDifference
				}
			}
			d.Gate = compare.Gate{Status: compare.GateNoDifference, Headline: "no difference: p95 TTFT −4.0 … +5.0 %, p95 E2E −4.0 … +5.0 %; 9 of 10 changes of 10 % would have been seen", Reasons: []string{}}
		})
	},
	"inconclusive": func() *Pair {
		late := screentest.Slower("20261124-010000")
		late.Generator.Valid, late.Generator.Warnings = false, []string{"the generator read the answers up to 86.9 ms late (p99)"}
		return Compare(before, late)
	},
	"refused": func() *Pair {
		return compared(slower, func(d *compare.Document) {
			*d = *compare.Refusal(d.Tool, "BASE and NEW were not asked the same: another workload", "say --across-scenarios where that is the question")
		})
	},
}

// sizes are the windows that the screen is pictured in.
var sizes = []struct{ W, H int }{{40, 12}, {60, 16}, {80, 24}, {100, 30}, {120, 36}, {200, 60}}

func TestComparisonScreens(t *testing.T) {
	t.Parallel()
	for name, scene := range scenes {
		c := New(scene(), draw.Theming{}).Reporting()
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s/%dx%d", name, size.W, size.H), func(t *testing.T) {
				frame := c.resize(size.W, size.H).View()
				screentest.Fits(t, frame, size.W, size.H)
				golden.RequireEqual(t, screentest.Drawn(frame, size.W, size.H))
			})
		}
	}
	t.Run("a chart alone, with its cursor", func(t *testing.T) {
		c, _ := New(scenes["worse"](), draw.Theming{}).resize(100, 30).Do(Action{panel: draw.FocusOn(3)})
		for range 20 {
			c, _ = c.Do(Action{verb: later})
		}
		c, _ = c.Do(Action{panel: draw.Zoom})
		golden.RequireEqual(t, screentest.Drawn(c.View(), 100, 30))
	})
}

// No window is too small or too large for the screens of the program, whatever is
// pressed.
func TestScreensFitAnyWindow(t *testing.T) {
	t.Parallel()
	for _, scene := range []string{"worse", "refused"} {
		c := New(scenes[scene](), draw.Theming{})
		for width := 0; width <= 210; width += 30 {
			for height := 0; height <= 66; height += 11 {
				for _, look := range []draw.Theming{{}, {ASCII: true, NoColor: true}} {
					c := c.Restyle(look).resize(width, height)
					for _, key := range []string{"", "tab", "down", "w", "right", "tab", "z"} {
						if key != "" {
							c, _ = c.Update(screentest.KeyOf(key))
						}
						screentest.Fits(t, c.View(), width, height)
					}
				}
			}
		}
	}
}

var themes = map[string]draw.Theming{
	"dark": {Theme: draw.Dark}, "light": {Theme: draw.Light}, "contrast": {Theme: draw.HighContrast}, "mono": {Theme: draw.Mono},
}

// Colour carries state, and nothing that the characters do not say; ASCII terminals get
// ASCII.
func TestComparisonThemes(t *testing.T) {
	c := New(scenes["worse"](), draw.Theming{})
	sixteen, _ := draw.Theming{}.Told(tea.ColorProfileMsg{Profile: colorprofile.ANSI})
	for theme, look := range themes {
		for _, size := range []struct{ W, H int }{{120, 36}, {80, 24}} {
			t.Run(fmt.Sprintf("%s/%dx%d", theme, size.W, size.H), func(t *testing.T) {
				golden.RequireEqual(t, c.Restyle(look).resize(size.W, size.H).View())
			})
		}
	}
	for theme, look := range map[string]draw.Theming{"sixteen": sixteen, "ascii": {ASCII: true, NoColor: true}} {
		t.Run(theme, func(t *testing.T) { golden.RequireEqual(t, c.Restyle(look).resize(120, 36).View()) })
	}
	for name, scene := range scenes {
		c := New(scene(), draw.Theming{})
		for _, size := range sizes {
			dark := ansi.Strip(c.Restyle(themes["dark"]).resize(size.W, size.H).View())
			for theme, look := range themes {
				if text := ansi.Strip(c.Restyle(look).resize(size.W, size.H).View()); text != dark {
					t.Errorf("%s at %dx%d says something else in %s", name, size.W, size.H, theme)
				}
			}
			for _, r := range c.Restyle(draw.Theming{ASCII: true, NoColor: true}).resize(size.W, size.H).View() {
				if r > '~' {
					t.Errorf("%s at %dx%d: %q is no ASCII", name, size.W, size.H, r)
				}
			}
		}
	}
}

// The cursor begins at what decides, the report and the answer are asked for once.
func TestComparisonKeys(t *testing.T) {
	c := New(scenes["worse"](), draw.Theming{}).Reporting().resize(120, 36)
	if name := c.rows()[c.row].Name(); name != "error rate" {
		t.Errorf("the cursor begins at %s", name)
	}
	for i, r := range c.rows() {
		if i > 0 && r.Gates && !c.rows()[i-1].Gates {
			t.Errorf("%s decides, and stands under what informs", r.Name())
		}
	}
	up, _ := c.Update(screentest.KeyOf("k"))
	if up.row != c.row-1 {
		t.Errorf("k leads from %d to %d", c.row, up.row)
	}
	o, _ := c.Update(screentest.KeyOf("o"))
	if o.Wants() != Report {
		t.Error("o asks for no report")
	}
	if o, _ = o.Update(tea.WindowSizeMsg{Width: 120, Height: 36}); o.Wants() != 0 {
		t.Error("it asks again")
	}
	y, _ := c.Update(screentest.KeyOf("y"))
	_, text := y.Copied()
	if want := "NEW is worse: error rate 0.0 → 3.1 % (+3.1 pp, +2.2 … +4.2 pp); 3.1 % of the requests fail; it was 0.0 %"; y.Asks() != draw.Copy || text != want {
		t.Errorf("y copies %q", text)
	}
	for i, at := range c.places(c.layout()) {
		action, ok := c.Targets().For(tea.MouseClickMsg{X: at.X + 2, Y: at.Y, Button: tea.MouseLeft})
		if after, _ := c.Update(action); !ok || !after.panels.Has(i) {
			t.Errorf("a click on panel %d leads elsewhere", i)
		}
	}
}

// No row says that something is worse or better where the gate does not.
func TestTheTableAgreesWithTheGate(t *testing.T) {
	for name, scene := range scenes {
		c := New(scene(), draw.Theming{})
		for _, r := range c.rows() {
			_, style := c.judged(r)
			if style == c.pen.Style.Bad && c.grade() != draw.Bad {
				t.Errorf("%s: %s is worse, and the gate says %q", name, r.Name(), c.doc.Gate.Headline)
			}
			if style == c.pen.Style.Good && !c.reliable() {
				t.Errorf("%s: %s is better, and the gate says %q", name, r.Name(), c.doc.Gate.Headline)
			}
		}
	}
}
