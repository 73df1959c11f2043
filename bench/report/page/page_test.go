package page

import (
	"strings"
	"testing"
)

// Prose breaks between words and at no hyphen: a flag, an id and a range stay whole.
func TestProseKeepsWordsWhole(t *testing.T) {
	text := "run --repeat, or another --seed, sends others than 20261126-115946 did"
	for width := 16; width < 80; width++ {
		lines := strings.Split(wrap(text, width), "\n")
		for i := range lines {
			lines[i] = strings.TrimSpace(lines[i])
		}
		if got := strings.Join(lines, " "); got != text {
			t.Errorf("%d: %q", width, got)
		}
	}
}
