package draw

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/guptarohit/asciigraph"
)

// Styles are every style of the screen, by what it means.
type Styles struct {
	Strong Ink // figures, names: what is read first
	Text   Ink // prose
	Muted  Ink // labels
	Faint  Ink // what has no data, what is to come, what is stale
	Frame  Ink // borders
	Brand  Ink
	Mark   Ink // the cursor of the ribbon, a selection
	Found  Ink // what was looked for: within another style, whose colours it turns round

	Good, Near, Bad Ink // an SLO is met, within 10 % of its bound, breached
	P50, P95, P99   Ink

	heat []Ink // of a heatmap, from few requests to many; nil: too few colours

	colourless bool // glyphs must say what colours cannot
}

// An Ink is a style of text within a line, ready to be put around it: a screen
// has hundreds of styled pieces, and the machine that draws it is busy making
// load.
type Ink struct {
	before, after string
	code          asciigraph.AnsiColor // the nearest that asciigraph has
}

// newInk prepares a style.
func newInk(s lipgloss.Style) Ink {
	before, after, _ := strings.Cut(s.Render("x"), "x")
	return Ink{before: before, after: after}
}

// Render puts the style around a text.
func (i Ink) Render(s string) string {
	if s == "" {
		return ""
	}
	return i.before + s + i.after
}

// newStyles makes the styles of hues for a background and a terminal.
func newStyles(hues *palette, dark bool, profile colorprofile.Profile) Styles {
	inked := func(h hue) Ink {
		ink := newInk(lipgloss.NewStyle().Foreground(h.on(dark, profile)))
		ink.code = h.code(dark, profile)
		return ink
	}
	loud := newInk(lipgloss.NewStyle().Foreground(hues.strong.on(dark, profile)).Bold(true))
	return Styles{
		heat:   heatInks(dark, profile),
		Strong: inked(hues.strong), Text: inked(hues.text), Muted: inked(hues.muted), Faint: inked(hues.faint), Frame: inked(hues.frame),
		Brand: loud, Mark: loud, Found: Ink{before: "\x1b[7m", after: "\x1b[27m"},
		Good: inked(hues.good), Near: inked(hues.near), Bad: inked(hues.bad),
		P50: inked(hues.p50), P95: inked(hues.p95), P99: inked(hues.p99),
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
func heatInks(dark bool, profile colorprofile.Profile) (inks []Ink) {
	if profile < colorprofile.ANSI256 {
		return nil
	}
	for _, h := range heats {
		inks = append(inks, newInk(lipgloss.NewStyle().Foreground(h.on(dark, profile))))
	}
	return inks
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
