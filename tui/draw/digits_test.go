package draw

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

// TestFaces holds that every character of a face has rows of one width, and no two
// digits look the same; both faces have the same characters.
func TestFaces(t *testing.T) {
	for name, of := range map[string]face{"blocks": blockFace, "ascii": asciiFace} {
		seen := map[[DigitRows]string]rune{}
		for r, rows := range of {
			for _, row := range rows {
				if Cells(row) != Cells(rows[0]) || name == "ascii" && strings.IndexFunc(row, func(r rune) bool { return r > '~' }) >= 0 {
					t.Errorf("%s: %q has the row %q", name, r, row)
				}
			}
			if other, ok := seen[rows]; ok && r >= '0' && r <= '9' {
				t.Errorf("%s: %q looks like %q", name, r, other)
			}
			seen[rows] = r
			if _, ok := blockFace[r]; !ok {
				t.Errorf("%s: only here is %q", name, r)
			}
		}
		if len(of) != len(blockFace) {
			t.Errorf("%s has %d characters", name, len(of))
		}
	}
}

// TestBig holds what a large figure looks like.
func TestBig(t *testing.T) {
	unicode, ascii := Theming{NoColor: true}.Pen(), Theming{NoColor: true, ASCII: true}.Pen()
	for _, c := range []struct {
		pen           Pen
		figure        string
		width, height int
		want          []string
	}{
		{unicode, "1,403", 40, 3, []string{"▀█    █ █ █▀█ ▀▀█", " █    ▀▀█ █ █ ▀▀█", "▀▀▀ █   ▀ ▀▀▀ ▀▀▀"}},
		{unicode, "2.1 s", 40, 5, []string{"▀▀█   ▀█   ", "█▀▀    █   ", "▀▀▀ ▀ ▀▀▀ s"}},
		{ascii, "803 ms", 40, 3, []string{" _   _   _    ", "|_| | |  _|   ", "|_| |_|  _| ms"}},
		{ascii, "$42%", 40, 3, []string{"       _   ", "  |_|  _|  ", "$   | |_  %"}},
		{unicode, "803 ms", 40, 2, []string{"803 ms"}},
		{unicode, "803 ms", 8, 3, []string{"803 ms"}},
		{unicode, "803 ms", 4, 3, []string{"803…"}},
	} {
		got := c.pen.Big(c.figure, c.pen.Style.Strong, c.width, c.height)
		for i := range got {
			got[i] = ansi.Strip(got[i])
		}
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%q in %d×%d is\n%s", c.figure, c.width, c.height, strings.Join(got, "\n"))
		}
	}
}

// TestBigFits holds that a figure is never wider or taller than its room.
func TestBigFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Theming{ASCII: rapid.Bool().Draw(t, "ascii")}.Pen()
		figure := rapid.StringMatching(`[0-9.,:–−%$ a-z×]{0,12}`).Draw(t, "figure")
		width, height := rapid.IntRange(0, 60).Draw(t, "width"), rapid.IntRange(1, 5).Draw(t, "height")
		lines := p.Big(figure, p.Style.Bad, width, height)
		if len(lines) > height {
			t.Fatalf("%d lines", len(lines))
		}
		for _, line := range lines {
			if Cells(line) > width || len(lines) > 1 && Cells(line) != Cells(lines[0]) {
				t.Fatalf("%d cells in %d", Cells(line), width)
			}
		}
	})
}
