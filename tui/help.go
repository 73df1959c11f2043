package tui

import (
	"slices"
	"strings"

	"flashwave/tui/draw"
)

// keyBar is the last line: the keys that matter now. Help and stop stay when
// there is no room for all of them.
func (p pen) keyBar(keys []binding, width int) string {
	var parts, last []string
	for _, b := range keys {
		if b.short == "" {
			continue
		}
		shown := b.shown
		if b.short == "load" {
			shown = "+ -"
		}
		part := p.Figure(shown) + " " + p.Label(b.short)
		if slices.Contains([]string{"help", "stop", "leave", "back"}, b.short) {
			last = append(last, part)
		} else {
			parts = append(parts, part)
		}
	}
	gap := 3
	if width < 100 {
		gap = 2
	}
	tail := strings.Join(last, strings.Repeat(" ", gap))
	head := p.Spread(parts, gap, width-draw.Cells(tail)-gap)
	if head == "" {
		return p.Cut(tail, width)
	}
	return head + strings.Repeat(" ", gap) + tail
}

// help is the overlay of all keys; from is the first line of it, where the window
// does not hold them all.
func (p pen) help(keys []binding, from, width, height int) []string {
	var lines []string
	for _, b := range keys {
		shown := b.shown
		if p.Glyph.Border.Left == "|" {
			shown = strings.ReplaceAll(shown, "…", "-")
		}
		lines = append(lines, p.Figure(draw.Right(shown, 9))+"  "+p.Style.Text.Render(b.help))
	}
	widest := 0
	for _, l := range lines {
		widest = max(widest, draw.Cells(l))
	}
	note := "esc closes"
	if room := max(1, height-2); len(lines) > room {
		from = min(from, len(lines)-room)
		note, lines = "up and down, "+note, lines[from:from+room]
	}
	return p.Panel("keys", p.Label(note), lines, min(width, widest+6), min(height, len(lines)+2))
}
