package screentest

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"pgregory.net/rapid"
)

// WindowSizes are those that screens are pictured in.
var WindowSizes = []struct{ W, H int }{{40, 12}, {60, 16}, {80, 24}, {120, 36}, {200, 60}}

// Drawn is what a terminal shows of a frame.
func Drawn(frame string, width, height int) string {
	e := vt.NewEmulator(width, height)
	defer e.Close() //nolint:errcheck // a terminal in memory
	if _, err := e.WriteString(strings.ReplaceAll(frame, "\n", "\r\n")); err != nil {
		panic(err)
	}
	lines := strings.Split(e.String(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \r")
	}
	return strings.Join(lines, "\n") + "\n"
}

// Fits holds that a frame is no larger than its window.
func Fits(t *testing.T, frame string, width, height int) {
	t.Helper()
	lines := strings.Split(frame, "\n")
	if len(lines) > max(1, height) {
		t.Errorf("%d lines in a window of %d", len(lines), height)
	}
	for _, line := range lines {
		if w := ansi.StringWidth(line); w > width {
			t.Errorf("%d cells in a window of %d: %q", w, width, ansi.Strip(line))
		}
	}
}

// Check holds one frame against its window.
func Check(t rapid.TB, frame string, width, height int) {
	t.Helper()
	lines := strings.Split(frame, "\n")
	if frame != "" && len(lines) > height {
		t.Fatalf("%d lines in a window of %d", len(lines), height)
	}
	for i, line := range lines {
		if w := ansi.StringWidth(line); w > width {
			t.Fatalf("line %d is %d wide in a window of %d: %q", i, w, width, ansi.Strip(line))
		}
	}
}
