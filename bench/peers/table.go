//go:build linux

package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"flashwave/bench/units"
)

// A place is where figures stand in the table.
type place struct {
	measure *measure
	row     int
	tool    *tool
}

// A table gathers figures, a round at a time.
type table struct {
	measures []*measure
	tools    []*tool // the first is what the others are held against
	rounds   int     // that were begun
	cut      bool    // the last was not ended

	mu       sync.Mutex // some tools are measured at the same time
	figures  map[place][]float64
	failures []failure
}

// A failure is a measure of a tool that came to nothing in one round.
type failure struct {
	measure *measure
	tool    *tool
	err     error
}

// add takes what a measure found of a tool in the round that is on.
func (t *table) add(m *measure, of *tool, figures []float64, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.failures = append(t.failures, failure{m, of, err})
		return
	}
	for row, v := range figures {
		at := place{m, row, of}
		for len(t.figures[at]) < t.rounds-1 {
			t.figures[at] = append(t.figures[at], math.NaN())
		}
		t.figures[at] = append(t.figures[at], v)
	}
}

// hopeless says whether a measure of a tool failed twice and never came to anything.
func (t *table) hopeless(m *measure, of *tool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	failed := 0
	for _, f := range t.failures {
		if f.measure == m && f.tool == of {
			failed++
		}
	}
	return failed >= 2 && len(t.figures[place{m, 0, of}]) == 0
}

// median is the middle of the values that are there; NaN: none is.
func median(values []float64) float64 {
	there := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	slices.Sort(there)
	n := len(there)
	switch {
	case n == 0:
		return math.NaN()
	case n%2 == 1:
		return there[n/2]
	}
	return (there[n/2-1] + there[n/2]) / 2
}

// ratio is how many times theirs ours is: the median of the ratios within each round, in
// which the two were measured one soon after the other. NaN: nothing can be said.
func ratio(ours, theirs []float64) float64 {
	var ratios []float64
	for i := range min(len(ours), len(theirs)) {
		if ours[i] > 0 && theirs[i] > 0 {
			ratios = append(ratios, ours[i]/theirs[i])
		}
	}
	return median(ratios)
}

// cell is what stands in one place: the median, and flashwave's as a multiple of it.
func (t *table) cell(at place) string {
	v := median(t.figures[at])
	if math.IsNaN(v) {
		return units.NoData
	}
	text := figure(v)
	us := t.tools[0]
	if at.tool == us {
		return text
	}
	if r := ratio(t.figures[place{at.measure, at.row, us}], t.figures[at]); !math.IsNaN(r) {
		text += " " + units.Factor(r)
	}
	return text
}

// figure writes what was measured. What is less than nothing is the noise of what it is
// net of.
func figure(v float64) string { return units.Figure(max(v, 0)) }

// lines are the table's, the heads of its columns first. What could not be had stands
// below what was measured.
func (t *table) lines() [][]string {
	var had []*tool
	for _, tool := range t.tools {
		if tool.missing == nil {
			had = append(had, tool)
		}
	}
	heads, versions := []string{""}, []string{"version"}
	for _, tool := range had {
		heads, versions = append(heads, tool.name), append(versions, tool.version)
	}
	lines := [][]string{heads, versions}
	for _, m := range t.measures {
		for row, title := range m.rows {
			line := []string{title}
			for _, tool := range had {
				line = append(line, t.cell(place{m, row, tool}))
			}
			lines = append(lines, line)
		}
	}
	for _, tool := range t.tools {
		if tool.missing != nil {
			lines = append(lines, []string{tool.name + " " + tool.version, "could not be had: " + oneLine(tool.missing)})
		}
	}
	return lines
}

// notes are what failed, each once.
func (t *table) notes() []string {
	var notes []string
	for _, m := range t.measures {
		for _, tool := range t.tools {
			var errs []error
			for _, f := range t.failures {
				if f.measure == m && f.tool == tool {
					errs = append(errs, f.err)
				}
			}
			if len(errs) > 0 {
				notes = append(notes, fmt.Sprintf("%s of %s failed in %d of %s: %s", m.name, tool.name, len(errs), units.Of(t.rounds, "round", "rounds"), oneLine(errs[0])))
			}
		}
	}
	return notes
}

// oneLine is an error in one line that a table can hold.
func oneLine(err error) string {
	text := strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), "|", "/")), " ")
	if utf8.RuneCountInString(text) > 160 {
		text = string([]rune(text)[:159]) + "…"
	}
	return text
}

// text writes the table in aligned columns.
func text(lines [][]string) string {
	var widths []int
	for _, line := range lines {
		if len(line) < len(lines[0]) {
			continue // it says why something is missing, at any length
		}
		for i, c := range line {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	var b strings.Builder
	for _, line := range lines {
		var row strings.Builder
		for i, c := range line {
			row.WriteString(c + strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(c))+2))
		}
		b.WriteString(strings.TrimRight(row.String(), " ") + "\n")
	}
	return b.String()
}

// markdown writes the table for the README.
func markdown(lines [][]string) string {
	var b strings.Builder
	for i, line := range lines {
		padded := append(slices.Clone(line), make([]string, len(lines[0])-len(line))...)
		b.WriteString("| " + strings.Join(padded, " | ") + " |\n")
		if i == 0 {
			b.WriteString("|---" + strings.Repeat("|--:", len(line)-1) + "|\n")
		}
	}
	return b.String()
}
