package draw

import (
	"image/color"
	"strconv"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/guptarohit/asciigraph"
)

// A Theme is which colours the screens have.
type Theme string

// The themes. Auto, like "", asks the terminal for its background, and so does
// HighContrast.
const (
	Auto         Theme = "auto"
	Dark         Theme = "dark"          // for dark backgrounds
	Light        Theme = "light"         // for light backgrounds
	HighContrast Theme = "high-contrast" // nothing recedes
	Mono         Theme = "mono"          // no colours
)

// Themes lists every theme.
var Themes = []Theme{Auto, Dark, Light, HighContrast, Mono}

// A Theming is how the screens look: what was asked for, and what the terminal says of
// itself. The zero value is a dark terminal of 24 bits.
type Theming struct {
	Theme   Theme // "" is Auto
	ASCII   bool  // ASCII characters alone
	NoColor bool  // no colours, whatever the theme

	light   bool // the terminal's background is
	profile colorprofile.Profile
}

// Colourless reports whether there are to be no colours.
func (t Theming) Colourless() bool { return t.NoColor || t.Theme == Mono }

// Told takes over what a terminal says of its colours or its background; changed is
// false for any other message, and where the theme prevails over it.
func (t Theming) Told(msg tea.Msg) (now Theming, changed bool) {
	before := t
	switch msg := msg.(type) {
	case tea.ColorProfileMsg:
		t.profile = msg.Profile
	case tea.BackgroundColorMsg:
		t.light = !msg.IsDark()
	}
	return t, t != before
}

// Pen is the pen of these looks.
func (t Theming) Pen() Pen {
	hues := &colours
	if t.Theme == HighContrast {
		hues = &contrasts
	}
	p := Pen{Style: newStyles(hues, t.dark(), t.colours()), Glyph: unicodeGlyphs}
	if t.ASCII {
		p.Glyph, p.ascii = asciiGlyphs, true
	}
	return p
}

// dark reports whether the background counts as dark.
func (t Theming) dark() bool {
	switch t.Theme {
	case Dark, Mono:
		return true
	case Light:
		return false
	default:
		return !t.light
	}
}

// colours is how many colours there are. An unknown terminal counts as one of true
// colour: Bubble Tea reduces what it cannot show.
func (t Theming) colours() colorprofile.Profile {
	switch {
	case t.Colourless():
		return colorprofile.ASCII
	case t.profile == colorprofile.Unknown:
		return colorprofile.TrueColor
	default:
		return t.profile
	}
}

// Lipgloss are the styles of figures, of prose and of what recedes, for widgets that
// draw themselves.
func (t Theming) Lipgloss() (strong, text, faint lipgloss.Style) {
	hues := &colours
	if t.Theme == HighContrast {
		hues = &contrasts
	}
	inked := func(h hue) lipgloss.Style {
		if t.colours() <= colorprofile.ASCII {
			return lipgloss.NewStyle()
		}
		return lipgloss.NewStyle().Foreground(h.on(t.dark(), t.colours()))
	}
	return inked(hues.strong), inked(hues.text), inked(hues.faint)
}

// A palette is the hues of a theme, by what they mean.
type palette struct {
	strong, text, muted, faint, frame hue
	good, near, bad                   hue
	p50, p95, p99                     hue
}

// A hue is one colour for each kind of terminal, on dark and on light.
type hue struct {
	dark, light       string // 24 bits
	dark256, light256 string
	dark16, light16   string
}

// colours are those of every theme but HighContrast.
var colours = palette{
	strong: hue{"#f4f6fb", "#11151f", "255", "233", "15", "0"},
	text:   hue{"#c9cfdd", "#343b4a", "252", "237", "7", "0"},
	muted:  hue{"#858da3", "#6a7284", "245", "242", "7", "8"},
	faint:  hue{"#4d5468", "#b3b9c6", "240", "250", "8", "7"},
	frame:  hue{"#394052", "#c6cbd6", "238", "251", "8", "7"},

	good: hue{"#7fd88f", "#1f8a3b", "114", "28", "10", "2"},
	near: hue{"#f5b754", "#b26a00", "215", "130", "11", "3"},
	bad:  hue{"#ff6470", "#cc2336", "203", "160", "9", "1"},

	p50: hue{"#5cd0e0", "#007f96", "80", "30", "14", "6"},
	p95: hue{"#7f9cff", "#2f55d4", "111", "26", "12", "4"},
	p99: hue{"#d58bff", "#9127c4", "177", "128", "13", "5"},
}

// contrasts are those of HighContrast: on black and on white, whatever is read stands
// out at 7 to 1, and frames and what has no data at 4.5 to 1.
var contrasts = palette{
	strong: hue{"#ffffff", "#000000", "231", "16", "15", "0"},
	text:   hue{"#ffffff", "#000000", "231", "16", "15", "0"},
	muted:  hue{"#dadada", "#303030", "253", "236", "15", "0"},
	faint:  hue{"#a8a8a8", "#585858", "248", "240", "7", "8"},
	frame:  hue{"#a8a8a8", "#585858", "248", "240", "7", "8"},

	good: hue{"#5fff5f", "#005f00", "83", "22", "10", "2"},
	near: hue{"#ffff00", "#5f3700", "226", "58", "11", "0"},
	bad:  hue{"#ff8787", "#870000", "210", "88", "9", "1"},

	p50: hue{"#00ffff", "#004f5f", "51", "23", "14", "0"},
	p95: hue{"#afd7ff", "#00005f", "153", "17", "15", "4"},
	p99: hue{"#ffafff", "#5f005f", "219", "53", "13", "5"},
}

// code is the colour by its number, of 256 or of 16.
func (h hue) code(dark bool, profile colorprofile.Profile) asciigraph.AnsiColor {
	mid, basic := h.light256, h.light16
	if dark {
		mid, basic = h.dark256, h.dark16
	}
	if profile < colorprofile.ANSI256 {
		mid = basic
	}
	n, _ := strconv.ParseUint(mid, 10, 8) // nought is the terminal's own
	return asciigraph.AnsiColor(n)
}

// on picks the colour for a background and a terminal.
func (h hue) on(dark bool, profile colorprofile.Profile) color.Color {
	full, mid, basic := h.light, h.light256, h.light16
	if dark {
		full, mid, basic = h.dark, h.dark256, h.dark16
	}
	return lipgloss.Complete(profile)(lipgloss.Color(basic), lipgloss.Color(mid), lipgloss.Color(full))
}
