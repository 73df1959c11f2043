// Package page is a report as text, for a terminal or a file: sections with a label at
// the margin, prose, and tables. No line is wider than the page.
package page

import (
	"io"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/result"
	"flashwave/bench/units"
)

// Options say how a page looks.
type Options struct {
	Color bool // a few ANSI colours
	Width int  // columns, at least 40; 0: 80. No line is longer
}

const (
	leastWidth   = 40
	defaultWidth = 80
	// labelWidth is how far the figures of a section stand from the margin.
	labelWidth = 11
)

// A Page is a report in the making. Colour says nothing on it that the words do not.
type Page struct {
	text  strings.Builder
	width int
	color bool
}

// New is an empty page.
func New(o Options) *Page {
	width := o.Width
	if width == 0 {
		width = defaultWidth
	}
	return &Page{width: max(width, leastWidth), color: o.Color}
}

// Width is how many columns a line has at most.
func (p *Page) Width() int { return p.width }

// WriteTo writes the page.
func (p *Page) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, p.text.String())
	return int64(n), err
}

// Line writes one line, cut off at the page's width.
func (p *Page) Line(s string) {
	p.text.WriteString(ansi.Truncate(strings.TrimRight(s, " "), p.width, "…"))
	p.text.WriteByte('\n')
}

// Gap leaves a line empty.
func (p *Page) Gap() { p.text.WriteByte('\n') }

// Prose writes a text over as many lines as it needs, behind a first word; the lines
// after the first stand below its beginning.
func (p *Page) Prose(lead, text string) {
	indent := ansi.StringWidth(lead)
	for i, l := range strings.Split(wrap(text, p.width-indent), "\n") {
		if i > 0 {
			lead = strings.Repeat(" ", indent)
		}
		p.Line(lead + strings.TrimSpace(l))
	}
}

// wrap breaks a text between words, of which a hyphen is a part: --repeat is one.
func wrap(text string, width int) string {
	const hyphen, unbroken = "-", "\u2011"
	return strings.ReplaceAll(ansi.Wrap(strings.ReplaceAll(text, hyphen, unbroken), width, ""), unbroken, hyphen)
}

// Flow writes the items of a section side by side, over as many lines as they need.
// Empty ones are left out.
func (p *Page) Flow(label string, items ...string) {
	const between = "   "
	lead := p.Label(label)
	line := ""
	for _, item := range items {
		switch {
		case item == "":
			continue
		case line != "" && labelWidth+ansi.StringWidth(line+between+item) > p.width:
			p.Line(lead + line)
			lead, line = p.Label(""), item
		case line != "":
			line += between + item
		default:
			line = item
		}
	}
	if line != "" {
		p.Line(lead + line)
	}
}

// Label is the name of a section, or the space below it.
func (p *Page) Label(name string) string {
	return p.Dim(name) + strings.Repeat(" ", labelWidth-len(name))
}

// Once is the name of a section on its first line, and none on others.
func Once(name string, line int) string {
	if line > 0 {
		return ""
	}
	return name
}

// Pad fills s up with spaces, with one at least.
func Pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-ansi.StringWidth(s), 1))
}

func (p *Page) paint(s string, style lipgloss.Style) string {
	if !p.color || s == "" {
		return s
	}
	return style.Render(s)
}

// Dim is a text that stands back.
func (p *Page) Dim(s string) string { return p.paint(s, lipgloss.NewStyle().Faint(true)) }

// Bold is a text that stands out.
func (p *Page) Bold(s string) string { return p.paint(s, lipgloss.NewStyle().Bold(true)) }

// Good is a text in the colour of what is well.
func (p *Page) Good(s string) string {
	return p.paint(s, lipgloss.NewStyle().Foreground(lipgloss.Green))
}

// Bad is a text in the colour of what is not.
func (p *Page) Bad(s string) string {
	return p.paint(s, lipgloss.NewStyle().Foreground(lipgloss.Red))
}

// Unsure is a text in the colour of what nobody can tell.
func (p *Page) Unsure(s string) string {
	return p.paint(s, lipgloss.NewStyle().Foreground(lipgloss.Yellow))
}

// Status is a text in the colour of a verdict.
func (p *Page) Status(s string, status result.Status) string {
	style := lipgloss.NewStyle().Bold(true)
	switch status {
	case result.Pass:
		style = style.Foreground(lipgloss.Green)
	case result.Fail:
		style = style.Foreground(lipgloss.Red)
	default:
		style = style.Foreground(lipgloss.Yellow)
	}
	return p.paint(s, style)
}

// Mark is whether something held; nil: nobody knows.
func (p *Page) Mark(ok *bool) string {
	switch {
	case ok == nil:
		return p.Unsure(units.NoData)
	case *ok:
		return p.Good("✓")
	}
	return p.Bad("✗")
}
