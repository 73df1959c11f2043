// Package words is how every report names what it is of: the target, the instant, the
// verdict. Texts from outside (of an endpoint, a file, a document) are made safe to show
// here, and every report passes them through [Plain].
package words

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// Plain makes a text from outside safe to print: one line without control characters,
// which could do anything to a terminal.
func Plain(s string) string {
	return strings.Join(strings.Fields(strings.Map(shown, ansi.Strip(s))), " ")
}

// PlainLines makes a text of several lines safe to show, as Plain does with one.
func PlainLines(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return shown(r)
	}, s)
}

// shown is a character, or a space in the place of one that commands.
func shown(r rune) rune {
	if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
		return ' '
	}
	return r
}

// Clip cuts a text off after so many characters.
func Clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
