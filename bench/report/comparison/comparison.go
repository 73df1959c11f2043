// Package comparison writes what came of setting NEW against BASE: of runs, and of
// searches for capacity.
package comparison

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"flashwave/bench/compare"
	"flashwave/bench/report/answer"
	"flashwave/bench/report/markdown"
	"flashwave/bench/report/page"
	"flashwave/bench/report/table"
	"flashwave/bench/report/web"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// A comparison is what there is to say of one, of whatever.
type comparison struct {
	schema   string
	tool     result.Tool
	gate     compare.Gate
	answer   *answer.Answer // nil: the gate alone says it
	sides    []side
	slos     []string // what both sides were held to
	method   string   // how the intervals were made; "": they need none
	warnings []string
	tables   []table.Table // a row decides where it is strong; the last column is a verdict
	counts   string        // what makes a change one
}

// A side is what was compared.
type side struct {
	label, name, model, target string
	facts                      []string
}

// text writes a comparison for a terminal.
func (c comparison) text(w io.Writer, o page.Options) error {
	p := page.New(o)
	c.writeGate(p)
	for _, s := range c.sides {
		p.Flow(s.label, append([]string{p.Bold(words.Name(s.name)), words.Target(s.model, s.target)}, s.facts...)...)
	}
	for i, expr := range c.slos {
		p.Flow(page.Once("SLOs", i), words.Plain(expr))
	}
	if c.method != "" {
		p.Prose(p.Label("method"), words.Plain(c.method))
	}
	for _, warning := range c.warnings {
		p.Prose(p.Label("")+p.Unsure("!")+" ", words.Plain(warning))
	}
	for _, t := range c.tables {
		p.Gap()
		rows := t.Rows
		t.Rows = nil
		for _, row := range rows {
			last := len(row) - 1
			t.Add(append(slices.Clone(row[:last]), painted(p, row[last]))...)
		}
		p.Table(t)
	}
	if len(c.tables) > 0 {
		p.Gap()
		p.Prose("", p.Dim("› gates, the other rows inform. "+c.counts))
	}
	_, err := p.WriteTo(w)
	return err
}

// writeGate writes the judgement, and the reasons that its headline does not tell.
func (c comparison) writeGate(p *page.Page) {
	judgement, rest, _ := strings.Cut(words.Plain(c.gate.Headline), ": ")
	if rest != "" {
		judgement += ":"
	}
	p.Prose("", strings.TrimSpace(p.Status(judgement, c.status())+" "+rest))
	const indent = "  "
	for _, r := range c.gate.Further() {
		p.Prose(indent, words.Plain(r))
	}
	for _, r := range c.gate.Rules {
		p.Line(indent + p.Mark(held(r)) + " " + words.Plain(r.Expr))
	}
	p.Gap()
}

// status is the run's verdict whose colour a comparison has.
func (c comparison) status() result.Status {
	switch c.gate.ExitCode {
	case verdict.ExitPass:
		return result.Pass
	case verdict.ExitFailed:
		return result.Fail
	}
	return result.Inconclusive
}

// held reports whether a rule did; nil: nobody knows.
func held(r compare.RuleResult) *bool {
	if r.Failed == nil {
		return nil
	}
	return new(!*r.Failed)
}

// stateOf is a verdict over a change as a colour; unknown means that there is nothing to
// judge.
func stateOf(word string) (state web.State, unknown bool) {
	switch word {
	case compare.Worse.String():
		return web.Bad, false
	case compare.Better.String():
		return web.Good, false
	case compare.TooNoisy.String():
		return web.Near, false
	case compare.Unknown.String(), compare.NoData.String():
		return web.Neutral, true
	}
	return web.Neutral, false
}

// painted is the word of a verdict in its colour.
func painted(p *page.Page, word string) string {
	switch state, unknown := stateOf(word); {
	case unknown:
		return p.Dim(word)
	case state == web.Bad:
		return p.Bad(word)
	case state == web.Good:
		return p.Good(word)
	case state == web.Near:
		return p.Unsure(word)
	}
	return word
}

// markdown writes a comparison as GitHub shows it in a step summary or a comment.
func (c comparison) markdown(w io.Writer) error {
	m := new(markdown.Document)
	m.Line("**%s** %s\n", c.word(), markdown.Escape(c.gate.Headline))
	m.Items(c.gate.Further())
	for _, warning := range c.warnings {
		m.Line("- ⚠ %s", markdown.Escape(warning))
	}
	for _, t := range c.tables {
		m.Table(t)
	}
	if len(c.tables) > 0 {
		m.Line("\n**Bold** rows gate. %s.", markdown.Escape(c.counts))
	}
	_, err := m.WriteTo(w)
	return err
}

func (c comparison) word() string { return strings.ToUpper(words.Plain(c.gate.Status.String())) }

// html writes a comparison as one self-contained page.
func (c comparison) html(w io.Writer) error {
	v := web.Judged(result.Verdict{Status: c.status(), Headline: c.gate.Headline, Reasons: c.gate.Reasons})
	v.Word, v.Answer = c.word(), (*web.Answer)(c.answer)
	return web.Page{
		Kind: "comparison", Name: c.name(), Verdict: v,
		Sections: []web.Section{
			{ID: "sides", Title: "What was compared", Blocks: c.sideBlocks()},
			{ID: "rules", Title: "Rules", Blocks: c.ruleBlocks()},
			{ID: "changes", Title: "Changes", Note: c.note(), Blocks: c.changeBlocks()},
			{ID: "notes", Title: "To be known", Blocks: c.noteBlocks()},
		},
		Footer: web.Made("", c.schema, c.tool, nil),
	}.Write(w)
}

// note says what the rows are, and how their intervals were made.
func (c comparison) note() string {
	note := "rows in bold gate, the others inform"
	if c.method != "" {
		note += "; " + words.Plain(c.method)
	}
	return note
}

// name is what both sides are called, or each.
func (c comparison) name() string {
	var names []string
	for _, s := range c.sides {
		if name := words.Name(s.name); len(names) == 0 || names[0] != name {
			names = append(names, name)
		}
	}
	return cmp.Or(strings.Join(names, " and "), "nothing was compared")
}

func (c comparison) sideBlocks() []web.Block {
	var pairs []web.Pair
	for _, s := range c.sides {
		pairs = append(pairs, web.Pair{Name: s.label, Value: words.Listed(append([]string{words.Name(s.name), words.Target(s.model, s.target)}, s.facts...)...)})
	}
	for _, expr := range c.slos {
		pairs = append(pairs, web.Pair{Name: "SLO", Value: words.Plain(expr)})
	}
	if pairs == nil {
		return nil
	}
	return []web.Block{{Pairs: pairs}}
}

func (c comparison) ruleBlocks() []web.Block {
	if len(c.gate.Rules) == 0 {
		return nil
	}
	t := &web.Table{Caption: "rules", Columns: []web.Column{{Name: "rule"}, {Name: "result"}}}
	for _, r := range c.gate.Rules {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: words.Plain(r.Expr)}, web.Kept(held(r))}})
	}
	return []web.Block{{Table: t}}
}

func (c comparison) changeBlocks() (blocks []web.Block) {
	for _, t := range c.tables {
		rows := web.NewTable(cmp.Or(t.Header[0], "changes"), t)
		for _, row := range rows.Rows {
			word := &row.Cells[len(row.Cells)-1]
			word.State, _ = stateOf(word.Text)
		}
		blocks = append(blocks, web.Block{Table: rows})
	}
	if blocks != nil {
		blocks = append(blocks, web.Block{Prose: c.counts + "."})
	}
	return blocks
}

func (c comparison) noteBlocks() (blocks []web.Block) {
	for _, warning := range c.warnings {
		blocks = append(blocks, web.Block{Prose: "⚠ " + words.Plain(warning)})
	}
	return blocks
}
