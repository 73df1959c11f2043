// Package svg draws charts as SVG text for a page that holds them inline. It is
// pure: the same data gives the same bytes. Everything that it writes is escaped.
//
// Begin with a [Chart] or a [Heatmap], and make their axes with [Linear], [Log],
// [Time] and [Nines]. A chart that shows no data is no chart: its SVG is "", and
// the page says so in words.
//
// A chart has no width of its own. It fills its box, to which the page gives room
// for labels at the left and at the right, and its text stays as large as the
// page's: only the shapes stretch. Labels for which a narrow chart has no room are
// of the class "wide", what stands in their place of the class "narrow"; the
// stylesheet picks by the width of the chart's container. Colours and dashes come
// from [Style] as well, which takes its colours from the custom properties of the
// page, so that one chart serves light, dark and print.
package svg

import _ "embed"

// Style is the stylesheet of the charts. The page defines --ink, --muted, --rule,
// --band, --paper, --accent, --good, --near, --bad, --p50, --p95, --p99 and --heat-1
// to --heat-7.
//
//go:embed chart.css
var Style string

// An Ink is how a line or an area is drawn: a colour and, so that lines differ
// without colours too, a dash.
type Ink string

// The inks. Good, near and bad are for states alone.
const (
	P50    Ink = "p50"    // fine dots
	P95    Ink = "p95"    // solid, heavy: what leads
	P99    Ink = "p99"    // dashes
	Accent Ink = "accent" // solid
	Text   Ink = "text"   // solid, the colour of text
	Faint  Ink = "faint"  // dots, the colour of labels
	Good   Ink = "good"   // solid
	Near   Ink = "near"   // short dashes
	Bad    Ink = "bad"    // dashes and dots
	Lost   Ink = "lost"   // long dashes, the colour of text
)

// Dotted is an ink with dots in place of its own dash: the second of two lines
// that belong together.
func (i Ink) Dotted() Ink { return i + " dotted" }

// The room that the page leaves beside a chart, and from which on a chart is wide,
// all in CSS pixels. chart.css says the same.
const (
	wideRoom   = 540 // of the plot of a wide chart, at least
	narrowRoom = 250 // of the plot of a narrow one, at least
)
