// Package comparison writes what came of setting NEW against BASE: of runs, and of
// searches for capacity.
package comparison

import (
	"strings"

	"flashwave/bench/compare"
	"flashwave/bench/report/markdown"
	"flashwave/bench/report/page"
	"flashwave/bench/report/table"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// A text is a page of a comparison in the making.
type text struct{ *page.Page }

// gate writes the judgement, and the reasons that its headline does not tell.
func (p text) gate(g compare.Gate) {
	judgement, rest, _ := strings.Cut(words.Plain(g.Headline), ": ")
	if rest != "" {
		judgement += ":"
	}
	p.Prose("", strings.TrimSpace(p.Status(judgement, statusOf(g))+" "+rest))
	const indent = "  "
	for _, r := range g.Further() {
		p.Prose(indent, words.Plain(r))
	}
	for _, r := range g.Rules {
		ok := r.Failed
		if ok != nil {
			ok = new(!*ok)
		}
		p.Line(indent + p.Mark(ok) + " " + words.Plain(r.Expr))
	}
	p.Gap()
}

// statusOf is the run's verdict whose colour a comparison has.
func statusOf(g compare.Gate) result.Status {
	switch g.ExitCode {
	case verdict.ExitPass:
		return result.Pass
	case verdict.ExitFailed:
		return result.Fail
	}
	return result.Inconclusive
}

// side says what was compared.
func (p text) side(label, name, model, target string, more ...string) {
	p.Flow(label, append([]string{p.Bold(words.Name(name)), words.Target(model, target)}, more...)...)
}

// warnings write what a reader must know besides.
func (p text) warnings(texts []string) {
	for _, warning := range texts {
		p.Prose(p.Label("")+p.Unsure("!")+" ", words.Plain(warning))
	}
}

// tables write the changes, and what makes one.
func (p text) tables(list []table.Table, note string) {
	for _, t := range list {
		p.Gap()
		for _, row := range t.Rows {
			word := &row[len(row)-1]
			*word = p.verdict(*word)
		}
		p.Table(t)
	}
	if len(list) > 0 {
		p.Gap()
		p.Prose("", p.Dim("› gates, the other rows inform. "+note))
	}
}

// verdict colours the word of a verdict.
func (p text) verdict(word string) string {
	switch word {
	case compare.Worse.String():
		return p.Bad(word)
	case compare.Better.String():
		return p.Good(word)
	case compare.TooNoisy.String():
		return p.Unsure(word)
	case compare.Unknown.String(), compare.NoData.String():
		return p.Dim(word)
	}
	return word
}

// summary is a comparison as GitHub shows it.
func summary(g compare.Gate, warnings []string, tables []table.Table, note string) *markdown.Document {
	m := new(markdown.Document)
	m.Line("**%s** %s\n", strings.ToUpper(g.Status.String()), markdown.Escape(g.Headline))
	m.Items(g.Further())
	for _, warning := range warnings {
		m.Line("- ⚠ %s", markdown.Escape(warning))
	}
	for _, t := range tables {
		m.Table(t)
	}
	if len(tables) > 0 {
		m.Line("\n**Bold** rows gate. %s.", markdown.Escape(note))
	}
	return m
}
