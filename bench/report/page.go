package report

import (
	"strings"
	"unicode"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/result"
)

const (
	leastWidth   = 40
	defaultWidth = 80
	// labelWidth is how far the figures of a section stand from the margin.
	labelWidth = 11
)

// A page is the text of a report in the making. None of its lines is wider than
// its width.
type page struct {
	text  strings.Builder
	width int
	ink   ink
}

func newPage(opts Options) *page {
	width := opts.Width
	if width == 0 {
		width = defaultWidth
	}
	return &page{width: max(width, leastWidth), ink: ink{opts.Color}}
}

// line writes one line, cut off at the page's width.
func (p *page) line(s string) {
	p.text.WriteString(ansi.Truncate(strings.TrimRight(s, " "), p.width, "…"))
	p.text.WriteByte('\n')
}

// gap leaves a line empty.
func (p *page) gap() { p.text.WriteByte('\n') }

// prose writes a text over as many lines as it needs, behind a first word; the
// lines after the first stand below its beginning.
func (p *page) prose(lead, text string) {
	indent := ansi.StringWidth(lead)
	for i, l := range strings.Split(wrap(text, p.width-indent), "\n") {
		if i > 0 {
			lead = strings.Repeat(" ", indent)
		}
		p.line(lead + strings.TrimSpace(l))
	}
}

// wrap breaks a text between words, of which a hyphen is a part: --repeat is one.
func wrap(text string, width int) string {
	const hyphen, unbroken = "-", "\u2011"
	return strings.ReplaceAll(ansi.Wrap(strings.ReplaceAll(text, hyphen, unbroken), width, ""), unbroken, hyphen)
}

// flow writes the items of a section side by side, over as many lines as they need.
func (p *page) flow(label string, items ...string) {
	const between = "   "
	lead := p.label(label)
	line := ""
	for _, item := range items {
		switch {
		case item == "":
			continue
		case line != "" && labelWidth+ansi.StringWidth(line+between+item) > p.width:
			p.line(lead + line)
			lead, line = p.label(""), item
		case line != "":
			line += between + item
		default:
			line = item
		}
	}
	if line != "" {
		p.line(lead + line)
	}
}

// label is the name of a section, or the space below it.
func (p *page) label(name string) string {
	return p.ink.dim(name) + strings.Repeat(" ", labelWidth-len(name))
}

// pad fills s up with spaces, with one at least.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-ansi.StringWidth(s), 1))
}

// plain makes a text from outside safe to print: one line without control
// characters, which could do anything to a terminal.
func plain(s string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, ansi.Strip(s))
	return strings.Join(strings.Fields(clean), " ")
}

// ink colours text, or does not. Colour says nothing that the words do not.
type ink struct{ on bool }

func (i ink) paint(s string, style lipgloss.Style) string {
	if !i.on || s == "" {
		return s
	}
	return style.Render(s)
}

func (i ink) dim(s string) string  { return i.paint(s, lipgloss.NewStyle().Faint(true)) }
func (i ink) bold(s string) string { return i.paint(s, lipgloss.NewStyle().Bold(true)) }

// status is a verdict's word in its colour.
func (i ink) status(s string, status result.Status) string {
	style := lipgloss.NewStyle().Bold(true)
	switch status {
	case result.Pass:
		style = style.Foreground(lipgloss.Green)
	case result.Fail:
		style = style.Foreground(lipgloss.Red)
	default:
		style = style.Foreground(lipgloss.Yellow)
	}
	return i.paint(s, style)
}

func (i ink) good(s string) string {
	return i.paint(s, lipgloss.NewStyle().Foreground(lipgloss.Green))
}

func (i ink) bad(s string) string { return i.paint(s, lipgloss.NewStyle().Foreground(lipgloss.Red)) }

func (i ink) unsure(s string) string {
	return i.paint(s, lipgloss.NewStyle().Foreground(lipgloss.Yellow))
}
