package draw

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// Right pads s on its left, to end at the width. A wider s stays as it is.
func Right(s string, width int) string {
	return strings.Repeat(" ", max(0, width-Cells(s))) + s
}

// Left pads s on its right.
func Left(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-Cells(s)))
}

// Clean makes text from outside safe to draw: no escape sequences, no control
// characters, nothing that turns the direction of writing or that terminals do not
// agree on the width of, one line. The joiner of emoji stays.
func Clean(s string) string {
	return strings.Join(strings.FieldsFunc(ansi.Strip(strings.ToValidUTF8(s, "\ufffd")), func(r rune) bool {
		const joiner = '\u200d'
		return r != joiner && (!unicode.IsGraphic(r) || unicode.Is(unicode.Bidi_Control, r))
	}), " ")
}

// RubOut is a text without its last character.
func RubOut(s string) string {
	r := []rune(s)
	return string(r[:max(0, len(r)-1)])
}
