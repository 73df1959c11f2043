package tui

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// A theme is every style of the screen, by what it means.
type theme struct {
	strong ink // figures, names: what is read first
	text   ink // prose
	muted  ink // labels
	faint  ink // what has no data, what is to come, what is stale
	frame  ink // borders
	brand  ink
	mark   ink // the cursor of the ribbon, a selection

	good, near, bad ink // an SLO is met, within 10 % of its bound, breached
	p50, p95, p99   ink

	heat []ink // of a heatmap, from few requests to many; nil: too few colours

	colourless bool // glyphs must say what colours cannot
}

// An ink is a style of text within a line, ready to be put around it: a screen
// has hundreds of styled pieces, and the machine that draws it is busy making
// load.
type ink struct{ before, after string }

// newInk prepares a style.
func newInk(s lipgloss.Style) ink {
	before, after, _ := strings.Cut(s.Render("x"), "x")
	return ink{before, after}
}

// Render puts the style around a text.
func (i ink) Render(s string) string {
	if s == "" {
		return ""
	}
	return i.before + s + i.after
}

// A hue is one colour for each kind of terminal, on dark and on light.
type hue struct {
	dark, light       string // 24 bits
	dark256, light256 string
	dark16, light16   string
}

var (
	inkStrong = hue{"#f4f6fb", "#11151f", "255", "233", "15", "0"}
	inkText   = hue{"#c9cfdd", "#343b4a", "252", "237", "7", "0"}
	inkMuted  = hue{"#858da3", "#6a7284", "245", "242", "7", "8"}
	inkFaint  = hue{"#4d5468", "#b3b9c6", "240", "250", "8", "7"}
	inkFrame  = hue{"#394052", "#c6cbd6", "238", "251", "8", "7"}

	hueGood = hue{"#7fd88f", "#1f8a3b", "114", "28", "10", "2"}
	hueNear = hue{"#f5b754", "#b26a00", "215", "130", "11", "3"}
	hueBad  = hue{"#ff6470", "#cc2336", "203", "160", "9", "1"}

	hueP50 = hue{"#5cd0e0", "#007f96", "80", "30", "14", "6"}
	hueP95 = hue{"#7f9cff", "#2f55d4", "111", "26", "12", "4"}
	hueP99 = hue{"#d58bff", "#9127c4", "177", "128", "13", "5"}
)

// newTheme makes the styles for a background and a terminal. An unknown profile
// counts as true colour: Bubble Tea reduces what the terminal cannot show.
func newTheme(dark bool, profile colorprofile.Profile) theme {
	if profile == colorprofile.Unknown {
		profile = colorprofile.TrueColor
	}
	inked := func(h hue) ink { return newInk(lipgloss.NewStyle().Foreground(h.on(dark, profile))) }
	loud := newInk(lipgloss.NewStyle().Foreground(inkStrong.on(dark, profile)).Bold(true))
	return theme{
		heat:   heatInks(dark, profile),
		strong: inked(inkStrong), text: inked(inkText), muted: inked(inkMuted), faint: inked(inkFaint), frame: inked(inkFrame),
		brand: loud, mark: loud,
		good: inked(hueGood), near: inked(hueNear), bad: inked(hueBad),
		p50: inked(hueP50), p95: inked(hueP95), p99: inked(hueP99),
		colourless: profile <= colorprofile.ASCII,
	}
}

// heats are the colours of a heatmap's levels, from few requests to many: a single
// hue, whose lightness says it all.
var heats = []hue{
	{"#232c52", "#dce7f3", "17", "189", "", ""},
	{"#2b3f7e", "#b9d2e9", "18", "153", "", ""},
	{"#345da6", "#8fb7dc", "25", "110", "", ""},
	{"#4183c4", "#6498cb", "32", "68", "", ""},
	{"#63aed6", "#3f77b3", "74", "61", "", ""},
	{"#a5d6e0", "#275791", "116", "25", "", ""},
	{"#f2f7ea", "#123a6b", "255", "18", "", ""},
}

// heatInks are the inks of a heatmap; nil where colours are too few for one.
func heatInks(dark bool, profile colorprofile.Profile) (inks []ink) {
	if profile < colorprofile.ANSI256 {
		return nil
	}
	for _, h := range heats {
		inks = append(inks, newInk(lipgloss.NewStyle().Foreground(h.on(dark, profile))))
	}
	return inks
}

// on picks the colour for a background and a terminal.
func (h hue) on(dark bool, profile colorprofile.Profile) color.Color {
	full, mid, basic := h.light, h.light256, h.light16
	if dark {
		full, mid, basic = h.dark, h.dark256, h.dark16
	}
	return lipgloss.Complete(profile)(lipgloss.Color(basic), lipgloss.Color(mid), lipgloss.Color(full))
}

// of is the style of a grade.
func (t theme) of(g grade) ink {
	switch g {
	case good:
		return t.good
	case near:
		return t.near
	case bad:
		return t.bad
	default:
		return t.faint
	}
}
