package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/result"
)

// verdictMood is a verdict as a word and a colour.
func (p pen) verdictMood(status result.Status) mood {
	word := strings.ToUpper(string(status))
	switch status {
	case result.Pass:
		return mood{word, p.style.good}
	case result.Fail:
		return mood{word, p.style.bad}
	default:
		return mood{word, p.style.near}
	}
}

// verdict draws the headline and, as far as there is room, the reasons.
func (p pen) verdict(v result.Verdict, width, height int) []string {
	m := p.verdictMood(v.Status)
	headline := clean(v.Headline)
	if headline == "" {
		headline = "the run is over"
	}
	var lines []string
	for i, text := range strings.Split(ansi.Wordwrap(headline, max(1, width-2), ""), "\n") {
		lead := m.style.Render(p.glyph.dot) + " "
		if i > 0 {
			lead = "  "
		}
		lines = append(lines, lead+p.style.brand.Render(text))
	}
	for _, reason := range v.Further() {
		for i, text := range strings.Split(ansi.Wordwrap(clean(reason), max(1, width-4), ""), "\n") {
			lead := p.label("  " + p.glyph.dash + " ")
			if i > 0 {
				lead = "    "
			}
			lines = append(lines, lead+p.style.text.Render(text))
		}
	}
	if len(lines) > height && height > 0 {
		lines = lines[:height]
		lines[height-1] = p.ends(lines[height-1], p.label(p.glyph.cut+" v shows all"), width)
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
	body := append([]string{""}, p.verdict(*s.Verdict, inner, 0)...)
	body = append(body, "")
	for _, j := range p.judgements(s) {
		body = append(body, p.judgement(j, inner))
	}
	for _, w := range (result.Generator{Warnings: s.Health.Warnings}).Further(*s.Verdict) {
		body = append(body, p.style.near.Render(p.glyph.mark(near))+" "+p.label("generator: ")+p.style.text.Render(clean(w)))
	}
	m := p.verdictMood(s.Verdict.Status)
	title := "verdict " + strings.ToLower(m.word)
	return p.panel(title, p.label("esc closes"), body, width, min(height, len(body)+3))
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
