package report

import (
	"fmt"
	"io"
	"strings"

	"flashwave/bench/compare"
)

// writeComparisonMarkdown writes a comparison as GitHub shows it in a step summary
// or a comment.
func writeComparisonMarkdown(w io.Writer, d *compare.Document, _ Options) error {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** %s\n\n", strings.ToUpper(d.Gate.Status.String()), cell(d.Gate.Headline))
	for _, r := range d.Gate.Further() {
		fmt.Fprintf(&b, "- %s\n", cell(r))
	}
	for _, warning := range d.Untold() {
		fmt.Fprintf(&b, "- ⚠ %s\n", cell(warning.Text))
	}
	markdownChanges(&b, d, "whole run", "", wholeRun)
	for _, wave := range wavesShown(d) {
		markdownChanges(&b, d, wave, wave, ofWave)
	}
	if len(d.Rows) > 0 {
		fmt.Fprintf(&b, "\n**Bold** rows gate. A change counts from %s on.\n", margins(d.Method))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func markdownChanges(b *strings.Builder, d *compare.Document, title, wave string, shown func(compare.Row) bool) {
	header := false
	for _, r := range d.Rows {
		if r.Wave != wave || !shown(r) || !r.HasData() {
			continue
		}
		if !header {
			fmt.Fprintf(b, "\n| %s | base | new | change | %s | verdict |\n|---|---:|---:|---:|---:|---|\n", cell(title), interval(d.Method, wave))
			header = true
		}
		cells := changeCells(r)
		cells[0] = r.Name()
		if r.Gates {
			cells[0] = "**" + r.Name() + "**"
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
	}
}

// cell makes a text from outside safe to stand in a table of Markdown.
func cell(s string) string {
	return strings.NewReplacer("|", "\\|", "<", "&lt;", ">", "&gt;", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[").Replace(plain(s))
}
