package tui

import (
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
)

// waves draws the list of waves, with the key that picks each: in windows that
// have room to spare.
func (p pen) waves(s result.Snapshot, width, height int) []string {
	inner, rows := width-4, height-2
	live := 0
	for i, w := range s.Waves {
		if w.Begun {
			live = i
		}
	}
	first := max(0, min(live-rows/2, len(s.Waves)-rows))
	var body []string
	for i := first; i < len(s.Waves) && len(body) < rows; i++ {
		body = append(body, p.waveLine(s.Waves[i], i, len(s.Lanes) > 1, inner))
	}
	return p.panel("waves", p.label("begins, lasts"), body, width, height)
}

// waveLine draws one wave.
func (p pen) waveLine(w result.WaveStatus, index int, lanes bool, width int) string {
	style, lead := p.style.muted, "  "
	if w.Begun && !w.Ended {
		style, lead = p.style.strong, p.style.mark.Render(p.glyph.pointer)+" "
	}
	name := clean(w.Name)
	if lanes {
		name = clean(slo.WaveName(w.Lane, w.Name))
	}
	key := " "
	if index < 9 {
		key = string(rune('1' + index))
	}
	load := strings.ReplaceAll(clean(w.Load), "..", " "+p.glyph.arrow+" ")
	begins, length := p.glyph.none, p.glyph.none
	if w.Begun || w.Started != result.Unknown {
		begins = units.Clock(w.Started)
	}
	if w.Length > 0 {
		length = units.Clock(w.Length)
	}
	times := p.label(right(begins, 7) + right(length, 8))
	return p.ends(lead+p.label(key)+"  "+style.Render(left(name, 16))+"  "+p.style.text.Render(load), times, width)
}
