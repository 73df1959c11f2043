package live

import (
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/tui/draw"
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
	return p.Panel("waves", p.Label("begins, lasts"), body, width, height)
}

// waveLine draws one wave.
func (p pen) waveLine(w result.WaveStatus, index int, lanes bool, width int) string {
	style, lead := p.Style.Muted, "  "
	if w.Begun && !w.Ended {
		style, lead = p.Style.Strong, p.Style.Mark.Render(p.Glyph.Pointer)+" "
	}
	name := draw.Clean(w.Name)
	if lanes {
		name = draw.Clean(slo.WaveName(w.Lane, w.Name))
	}
	key := " "
	if index < 9 {
		key = string(rune('1' + index))
	}
	load := strings.ReplaceAll(draw.Clean(w.Load), "..", " "+p.Glyph.Arrow+" ")
	begins, length := p.Glyph.None, p.Glyph.None
	if w.Begun || w.Started != result.Unknown {
		begins = units.Clock(w.Started)
	}
	if w.Length > 0 {
		length = units.Clock(w.Length)
	}
	times := p.Label(draw.Right(begins, 7) + draw.Right(length, 8))
	return p.Ends(lead+p.Label(key)+"  "+style.Render(draw.Left(name, 16))+"  "+p.Style.Text.Render(load), times, width)
}
