package tui

import (
	"github.com/charmbracelet/colorprofile"

	"flashwave/tui/draw"
)

func testPen() pen {
	return pen{draw.Pen{Style: draw.NewStyles(true, colorprofile.TrueColor), Glyph: draw.UnicodeGlyphs}}
}
