package tui

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// right pads s on its left, to end at the width. A wider s stays as it is.
func right(s string, width int) string {
	return strings.Repeat(" ", max(0, width-cells(s))) + s
}

// left pads s on its right.
func left(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-cells(s)))
}

// clean makes text from outside safe to draw: no escape sequences, no control
// characters, nothing that turns the direction of writing or that terminals do not
// agree on the width of, one line. The joiner of emoji stays.
func clean(s string) string {
	return strings.Join(strings.FieldsFunc(ansi.Strip(strings.ToValidUTF8(s, "\ufffd")), func(r rune) bool {
		const joiner = '\u200d'
		return r != joiner && (!unicode.IsGraphic(r) || unicode.Is(unicode.Bidi_Control, r))
	}), " ")
}
