// Package web writes one self-contained HTML document: a page that a manager opens
// from a mail, without network, scripts, fonts or images of others.
//
// Fill a [Page] with sections, and the sections with blocks: cards, figures,
// tables, pairs, bars, prose and code. What a page says of a run, of a capacity or
// of a comparison is the caller's; how it looks in light, in dark, on paper, on a
// wide screen and on a narrow one is this package's. What all documents have is made by
// [Judged], [File] and [Made], a table of package table is written by [NewTable]. A
// document of another kind needs no template of its own:
//
//	page := web.Page{Kind: "capacity", Name: "midnight-sale", Verdict: …}
//	page.Sections = append(page.Sections, web.Section{
//		ID: "search", Title: "Search",
//		Blocks: []web.Block{
//			{Cards: cards},
//			{Figure: &web.Figure{Title: "TTFT p95 by rate", Chart: chart.SVG()}},
//			{Table: &web.Table{…}},
//		},
//	})
//	err := page.Write(w)
//
// The charts come from package svg. Every other text is escaped here, wherever it
// came from; the document's own policy forbids scripts and the network besides.
package web

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"flashwave/bench/report/svg"
	"flashwave/bench/report/words"
)

// A State colours what is a state, and nothing else. A word or a mark always says
// the same.
type State string

// The states.
const (
	Neutral State = ""
	Good    State = "good"
	Near    State = "near" // unsure, or almost bad
	Bad     State = "bad"
)

// A Page is one document.
type Page struct {
	Kind     string   // what it is of: "load test"
	Name     string   // of what it is of
	Facts    []string // what stands below the name: target, model, when
	Verdict  Verdict
	Sections []Section
	Footer   []string
}

// A Verdict leads a page.
type Verdict struct {
	Word     string // PASS
	State    State
	Headline string // one sentence
	Reasons  []string
	Answer   *Answer // nil: the sentence says it all
}

// An Answer is a verdict in the words of who runs a shop: one figure, and what it is. It
// rests on the figures of the tables, and never says what they do not.
type Answer struct {
	Figure string
	Unit   string // beside it, smaller; "": none
	Says   string // the sentence that the figure begins
}

// A Section is a part of a page with a heading. One without blocks is not shown.
type Section struct {
	ID     string // unique on its page, a word
	Title  string
	Note   string // a line below the heading
	Blocks []Block
}

// A Block is one of its fields.
type Block struct {
	Cards  []Card
	Figure *Figure
	Table  *Table
	Pairs  []Pair
	Bars   []Bar
	Prose  string
	Code   string
}

// A Card is a key figure.
type Card struct {
	Name  string
	Value string
	Unit  string // "": none
	Note  string // what stands beside it, smaller
	State State
}

// A Figure is a chart with its title and its key.
type Figure struct {
	Title string
	Note  string
	Key   []Key
	Chart template.HTML // of package svg; "": there is no data
	Shades
}

// Shades are the ends of a heatmap's key; "" if there is none.
type Shades struct{ Least, Most string }

// Heat are the shades of a heatmap in their order.
func (s Shades) Heat() []int {
	if s.Most == "" {
		return nil
	}
	levels := make([]int, svg.Shades)
	for i := range levels {
		levels[i] = i + 1
	}
	return levels
}

// A Key says what a line or an area of a chart is.
type Key struct {
	Name string
	Ink  svg.Ink
	Area bool

	Dots, Apart bool // as those of a line
}

// A Pair is a name and what there is to say of it.
type Pair struct {
	Name  string
	Value string
	State State
}

// A Bar is a share of a whole.
type Bar struct {
	Name  string
	Value string
	Share float64 // 0 to 1
	State State
}

// Width is the length of the bar in percent, one that can be seen unless it is 0.
func (b Bar) Width() float64 {
	if !(b.Share > 0) {
		return 0
	}
	return max(0.4, min(100*b.Share, 100))
}

var (
	//go:embed page.css
	css string
	//go:embed page.tmpl
	text string

	page = template.Must(template.New("page").Parse(text))
)

// Style is the stylesheet of the page, its tables and its charts.
func (Page) Style() template.CSS { return template.CSS(css + stacks + svg.Style) } //nolint:gosec // all are embedded

// Shown are the sections that have something in them.
func (p Page) Shown() (shown []Section) {
	for _, s := range p.Sections {
		if len(s.Blocks) > 0 {
			shown = append(shown, s)
		}
	}
	return shown
}

// Write writes the document. It may leave the beginning of one behind when it
// fails. No character of it commands, or turns the direction of writing, wherever its text
// came from.
func (p Page) Write(w io.Writer) error {
	var b strings.Builder
	if err := page.Execute(&b, p); err != nil {
		return err
	}
	_, err := io.WriteString(w, words.PlainLines(b.String()))
	return err
}
