package cmd

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/history"
	"flashwave/bench/report/words"
	"flashwave/bench/units"
)

// A keptColumn is one of the list of runs and searches.
type keptColumn struct {
	name  string
	leave int  // the higher, the sooner it is left out where there is no room; 0: never
	least int  // how narrow it may become, its texts cut with an ellipsis; 0: it keeps its width
	right bool // it holds figures
	text  func(k history.Kept, now time.Time) string
}

var keptColumns = []keptColumn{
	{name: "ID", text: func(k history.Kept, _ time.Time) string { return words.Plain(k.ID) }},
	{name: "VERDICT", text: func(k history.Kept, _ time.Time) string { return verdictOf(k) }},
	{name: "NAME", leave: 1, least: 8, text: func(k history.Kept, _ time.Time) string { return words.Plain(k.Name) }},
	{name: "LABELS", leave: 8, least: 8, text: func(k history.Kept, _ time.Time) string { return labelsOf(k) }},
	{name: "WHEN", leave: 4, text: func(k history.Kept, now time.Time) string {
		if k.StartedAt == nil {
			return units.NoData
		}
		return units.Ago(now.Sub(*k.StartedAt))
	}},
	figureColumn("RATE", 2, units.PerSecond, func(k history.Kept) *float64 { return k.RateRPS }),
	figureColumn("SERVED", 6, units.PerSecond, func(k history.Kept) *float64 { return k.SucceededRPS }),
	figureColumn("TTFT P95", 3, units.Millis, func(k history.Kept) *float64 { return k.TTFTP95MS }),
	figureColumn("E2E P95", 9, units.Millis, func(k history.Kept) *float64 { return k.E2EP95MS }),
	figureColumn("ERRORS", 5, units.Share, func(k history.Kept) *float64 { return k.ErrorRate }),
	figureColumn("COST", 7, units.USD, func(k history.Kept) *float64 { return k.CostUSD }),
	{name: "TARGET", leave: 11, least: 10, text: func(k history.Kept, _ time.Time) string { return words.Plain(k.Target) }},
	{name: "HEADLINE", leave: 10, least: 16, text: func(k history.Kept, _ time.Time) string {
		return words.Plain(cmp.Or(oneLine(deref(k.Broken)), k.Headline))
	}},
}

func figureColumn(name string, leave int, write func(float64) string, of func(history.Kept) *float64) keptColumn {
	return keptColumn{name: name, leave: leave, right: true, text: func(k history.Kept, _ time.Time) string {
		return units.Maybe(of(k), write)
	}}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// verdictOf is how a run or a search ended, in a word.
func verdictOf(k history.Kept) string {
	switch {
	case k.Broken != nil:
		return "broken"
	case k.Status == nil:
		return "incomplete"
	}
	return words.Plain(string(*k.Status))
}

// labelsOf are the labels in the order of their names.
func labelsOf(k history.Kept) string {
	var list []string
	for key, value := range k.Labels {
		list = append(list, words.Plain(key+"="+value))
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// fit writes a table in lines no wider than so many cells, 0: as wide as they are. First
// the texts become narrower, then the columns that matter least are left out; what is cut
// ends in an ellipsis.
func fit(columns []keptColumn, kept []history.Kept, now time.Time, width int) (lines []string) {
	const between = 2
	var cells [][]string // by column, its name first
	var widths []int
	for _, c := range columns {
		texts := []string{c.name}
		for _, k := range kept {
			texts = append(texts, c.text(k, now))
		}
		most := 0
		for _, t := range texts {
			most = max(most, ansi.StringWidth(t))
		}
		cells, widths = append(cells, texts), append(widths, most)
	}
	columns = slices.Clone(columns)
	for i := len(columns) - 1; i >= 0 && width > 0; i-- { // what says nothing of anything takes no room
		if columns[i].leave > 0 && !slices.ContainsFunc(cells[i][1:], func(t string) bool { return t != "" && t != units.NoData }) {
			columns, cells, widths = slices.Delete(columns, i, i+1), slices.Delete(cells, i, i+1), slices.Delete(widths, i, i+1)
		}
	}
	over := func(narrowest bool) int {
		sum := -between - width
		for i, w := range widths {
			if least := columns[i].least; narrowest && least > 0 {
				w = min(w, least)
			}
			sum += w + between
		}
		return sum
	}
	for width > 0 && over(true) > 0 {
		out := 0
		for i, c := range columns {
			if c.leave > columns[out].leave {
				out = i
			}
		}
		if columns[out].leave == 0 {
			break
		}
		columns, cells, widths = slices.Delete(columns, out, out+1), slices.Delete(cells, out, out+1), slices.Delete(widths, out, out+1)
	}
	for i := len(columns) - 1; i >= 0 && width > 0; i-- {
		if least := columns[i].least; least > 0 {
			widths[i] -= min(max(over(false), 0), max(widths[i]-least, 0))
		}
	}
	for row := range len(kept) + 1 {
		var b strings.Builder
		for i, c := range columns {
			if i > 0 {
				b.WriteString(strings.Repeat(" ", between))
			}
			text := ansi.Truncate(cells[i][row], widths[i], "…")
			space := strings.Repeat(" ", widths[i]-ansi.StringWidth(text))
			if c.right {
				text, space = space, text
			}
			b.WriteString(text + space)
		}
		line := strings.TrimRight(b.String(), " ")
		if width > 0 {
			line = ansi.Truncate(line, width, "…")
		}
		lines = append(lines, line)
	}
	return lines
}
