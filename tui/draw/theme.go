package draw

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// A Styles is every style of the screen, by what it means.
type Styles struct {
	Strong Ink // figures, names: what is read first
	Text   Ink // prose
	Muted  Ink // labels
	Faint  Ink // what has no data, what is to come, what is stale
	Frame  Ink // borders
	Brand  Ink
	Mark   Ink // the cursor of the ribbon, a selection

	Good, Near, Bad Ink // an SLO is met, within 10 % of its bound, breached
	P50, P95, P99   Ink

	heat []Ink // of a heatmap, from few requests to many; nil: too few colours

	colourless bool // glyphs must say what colours cannot
}

// An Ink is a style of text within a line, ready to be put around it: a screen
// has hundreds of styled pieces, and the machine that draws it is busy making
// load.
type Ink struct{ before, after string }

// newInk prepares a style.
func newInk(s lipgloss.Style) Ink {
	before, after, _ := strings.Cut(s.Render("x"), "x")
	return Ink{before, after}
}

// Render puts the style around a text.
func (i Ink) Render(s string) string {
	if s == "" {
		return ""
	}
	return i.before + s + i.after
}

// A Hue is one colour for each kind of terminal, on dark and on light.
type Hue struct {
	dark, light       string // 24 bits
	dark256, light256 string
	dark16, light16   string
}

var (
	HueStrong = Hue{"#f4f6fb", "#11151f", "255", "233", "15", "0"}
	HueText   = Hue{"#c9cfdd", "#343b4a", "252", "237", "7", "0"}
	hueMuted  = Hue{"#858da3", "#6a7284", "245", "242", "7", "8"}
	HueFaint  = Hue{"#4d5468", "#b3b9c6", "240", "250", "8", "7"}
	hueFrame  = Hue{"#394052", "#c6cbd6", "238", "251", "8", "7"}

	hueGood = Hue{"#7fd88f", "#1f8a3b", "114", "28", "10", "2"}
	hueNear = Hue{"#f5b754", "#b26a00", "215", "130", "11", "3"}
	hueBad  = Hue{"#ff6470", "#cc2336", "203", "160", "9", "1"}

	hueP50 = Hue{"#5cd0e0", "#007f96", "80", "30", "14", "6"}
	hueP95 = Hue{"#7f9cff", "#2f55d4", "111", "26", "12", "4"}
	hueP99 = Hue{"#d58bff", "#9127c4", "177", "128", "13", "5"}
)

// NewStyles makes the styles for a background and a terminal. An unknown profile
// counts as true colour: Bubble Tea reduces what the terminal cannot show.
func NewStyles(dark bool, profile colorprofile.Profile) Styles {
	if profile == colorprofile.Unknown {
		profile = colorprofile.TrueColor
	}
	inked := func(h Hue) Ink { return newInk(lipgloss.NewStyle().Foreground(h.On(dark, profile))) }
	loud := newInk(lipgloss.NewStyle().Foreground(HueStrong.On(dark, profile)).Bold(true))
	return Styles{
		heat:   heatInks(dark, profile),
		Strong: inked(HueStrong), Text: inked(HueText), Muted: inked(hueMuted), Faint: inked(HueFaint), Frame: inked(hueFrame),
		Brand: loud, Mark: loud,
		Good: inked(hueGood), Near: inked(hueNear), Bad: inked(hueBad),
		P50: inked(hueP50), P95: inked(hueP95), P99: inked(hueP99),
		colourless: profile <= colorprofile.ASCII,
	}
}

// heats are the colours of a heatmap's levels, from few requests to many: a single
// hue, whose lightness says it all.
var heats = []Hue{
	{"#232c52", "#dce7f3", "17", "189", "", ""},
	{"#2b3f7e", "#b9d2e9", "18", "153", "", ""},
	{"#345da6", "#8fb7dc", "25", "110", "", ""},
	{"#4183c4", "#6498cb", "32", "68", "", ""},
	{"#63aed6", "#3f77b3", "74", "61", "", ""},
	{"#a5d6e0", "#275791", "116", "25", "", ""},
	{"#f2f7ea", "#123a6b", "255", "18", "", ""},
}

// heatInks are the inks of a heatmap; nil where colours are too few for one.
func heatInks(dark bool, profile colorprofile.Profile) (inks []Ink) {
	if profile < colorprofile.ANSI256 {
		return nil
	}
	for _, h := range heats {
		inks = append(inks, newInk(lipgloss.NewStyle().Foreground(h.On(dark, profile))))
	}
	return inks
}

// On picks the colour for a background and a terminal.
func (h Hue) On(dark bool, profile colorprofile.Profile) color.Color {
	full, mid, basic := h.light, h.light256, h.light16
	if dark {
		full, mid, basic = h.dark, h.dark256, h.dark16
	}
	return lipgloss.Complete(profile)(lipgloss.Color(basic), lipgloss.Color(mid), lipgloss.Color(full))
}

// Of is the style of a grade.
func (t Styles) Of(g Grade) Ink {
	switch g {
	case Good:
		return t.Good
	case Near:
		return t.Near
	case Bad:
		return t.Bad
	default:
		return t.Faint
	}
}
