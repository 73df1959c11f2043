package web

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"flashwave/bench/report/svg"
	"flashwave/bench/report/table"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/units"
)

// Judged is the verdict over a run or a search; reasons that its headline tells are not
// told again. What customers felt is its answer, unless nobody felt what is wrong.
func Judged(v result.Verdict) Verdict {
	felt := felt(v.Customers)
	if felt != nil && felt.Figure == every && v.Status == result.Fail {
		felt = nil
	}
	if felt != nil {
		v.Customers = ""
	}
	out := Verdict{
		Word:     words.Status(v.Status),
		Headline: cmp.Or(words.Plain(v.Headline), "nobody judged this run"),
		State:    Near,
		Answer:   felt,
	}
	switch v.Status {
	case result.Pass:
		out.State = Good
	case result.Fail:
		out.State = Bad
	}
	for _, r := range v.Further() {
		out.Reasons = append(out.Reasons, words.Plain(r))
	}
	return out
}

// every is how many are all of them.
const every = "every"

// how are the ways in which a sentence on customers begins: with how many they are.
var how = regexp.MustCompile(`^(?:(\d+|fewer than \d+) (of \d+)|(every|no) (customer)|(half)) (.+)$`)

// felt parts what customers felt into how many did, and what it was; nil where nobody
// knows.
func felt(said string) *Answer {
	m := how.FindStringSubmatch(words.Plain(said))
	if m == nil {
		return nil
	}
	return &Answer{Figure: strings.Replace(m[1]+m[3]+m[5], "fewer than ", "<", 1), Unit: m[2] + m[4], Says: m[6]}
}

// Made is the footer of a document: which one it is, what made it, and the seed of its
// scenario, if there is one.
func Made(id, schema string, t result.Tool, sc *scenario.Scenario) (footer []string) {
	add := func(format string, values ...any) {
		if !slices.Contains(values, "") {
			footer = append(footer, words.Plain(fmt.Sprintf(format, values...)))
		}
	}
	add("run %s", id)
	add("flashwave %s", t.Version)
	add("%s on %s/%s", t.Go, t.OS, t.Arch)
	add("%s", schema)
	if sc != nil {
		add("seed %d", sc.Seed)
	}
	return footer
}

// File is a scenario as its file; nothing without one.
func File(sc *scenario.Scenario) []Block {
	if sc == nil {
		return nil
	}
	yaml, err := sc.YAML()
	if err != nil {
		return nil
	}
	const most = 32 << 10 // a prompt can be a book
	return []Block{{Code: words.Clip(words.PlainLines(string(yaml)), most)}}
}

// NewCard parts a figure from its unit.
func NewCard(name, value, note string) Card {
	figure, unit, _ := strings.Cut(value, " ")
	if strings.Contains(unit, " ") { // 2 min 5 s
		figure, unit = value, ""
	}
	return Card{Name: name, Value: figure, Unit: unit, Note: note}
}

// RateCard is a card of a rate per second, which may be missing.
func RateCard(name string, perSecond *float64, note string) Card {
	c := NewCard(name, units.Maybe(perSecond, units.Rate), note)
	if perSecond != nil {
		c.Unit = "/s"
	}
	return c
}

// NewTable is a table under a caption, for those who do not see the heading. Where some
// rows decide, the others stand back.
func NewTable(caption string, t table.Table) *Table {
	out := &Table{Caption: caption}
	for i, name := range t.Header {
		out.Columns = append(out.Columns, Column{Name: name, Figures: !t.IsWords(i)})
	}
	for i, cells := range t.Rows {
		row := Row{Faint: t.Faint[i] || t.Strong != nil && !t.Strong[i]}
		for _, c := range cells {
			row.Cells = append(row.Cells, Cell{Text: strings.TrimSpace(c)})
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// Kept is whether something held that should; nil: nobody knows.
func Kept(ok *bool) Cell {
	switch {
	case ok == nil:
		return Cell{Text: units.NoData + " no data", State: Near}
	case *ok:
		return Cell{Text: "✓ met", State: Good}
	}
	return Cell{Text: "✗ broken", State: Bad}
}

// Keys name the lines of a chart in their order.
func Keys(lines []svg.Line) (keys []Key) {
	for _, l := range lines {
		keys = append(keys, Key{Name: l.Name, Ink: l.Ink, Dots: l.Dots || l.Apart, Apart: l.Apart})
	}
	return keys
}
