package live

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/result"
	"flashwave/tui/draw"
)

// verdictMood is a verdict as a word, a colour and its headline.
func (p pen) verdictMood(v result.Verdict) mood {
	word, headline := strings.ToUpper(string(v.Status)), draw.Clean(v.Headline)
	if headline == "" {
		headline = "the run is over"
	}
	style := p.Style.Of(draw.Judged(v.Status == result.Pass, v.Status == result.Fail))
	return mood{pen: p, mark: p.Glyph.Dot, style: style, says: []string{word + ": " + headline}, whole: true}
}

// reasons are what stands below a headline, as far as there is room.
func (p pen) reasons(further []string, width, height int) []string {
	var lines []string
	for _, reason := range further {
		for i, text := range strings.Split(ansi.Wordwrap(draw.Clean(reason), max(1, width-2), ""), "\n") {
			lead := p.Label(p.Glyph.Dash + " ")
			if i > 0 {
				lead = "  "
			}
			lines = append(lines, lead+p.Style.Text.Render(text))
		}
	}
	if len(lines) > height && height > 0 {
		lines = lines[:height]
		lines[height-1] = p.Ends(lines[height-1], p.Label(p.Glyph.Cut+" v shows all"), width)
	}
	return lines
}

// verdictPage is the overlay of the verdict: all reasons, all SLOs, and what
// the generator has to say of itself.
func (p pen) verdictPage(s result.Snapshot, width, height int) []string {
	if s.Verdict == nil {
		return nil
	}
	width = min(width, 100)
	inner := width - 4
	body := append([]string{""}, p.verdictMood(*s.Verdict).lines(inner, height)...)
	body = append(body, p.reasons(s.Verdict.Further(), inner, 0)...)
	body = append(body, "")
	for _, j := range p.judgements(s) {
		body = append(body, p.judgement(j, inner))
	}
	for _, w := range (result.Generator{Warnings: s.Health.Warnings}).Further(*s.Verdict) {
		body = append(body, p.Style.Near.Render(p.Glyph.Mark(draw.Near))+" "+p.Label("generator: ")+p.Style.Text.Render(draw.Clean(w)))
	}
	title := "verdict " + draw.Clean(string(s.Verdict.Status))
	return p.Panel(title, p.Label("esc closes"), body, width, min(height, len(body)+3))
}

// settled is the snapshot of a run that is done, with its SLOs as the verdict
// has them: what they showed over a window matters no more. Rows that were read
// from a document get their heat.
func settled(s result.Snapshot) result.Snapshot {
	if s.Verdict == nil {
		return s
	}
	slos := slices.Clone(s.SLOs)
	for i, live := range slos {
		for _, final := range s.Verdict.SLOs {
			if final.Expr == live.Expr && (final.Wave == live.Wave || final.Wave == "" || live.Wave == "") {
				slos[i].Live, slos[i].LiveOK, slos[i].RunOK = final.Observed, final.OK, final.OK
			}
		}
	}
	s.SLOs, s.Series = slos, result.WithHeat(s.Series)
	return s
}
