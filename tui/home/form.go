package home

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/scenario"
	"flashwave/tui/draw"
)

// A form is the fields of a new run, one a line. The texts are the draft's.
type form struct {
	draft  *draft
	names  []string
	fields []huh.Field
	preset *huh.Select[string]
	at     int // the field with the focus; -1: none
}

// labelWidth is the room of the fields' names.
const labelWidth = 13

func newForm(d *draft, targets []scenario.NamedTarget) *form {
	names := []string{scenario.MockURL}
	for _, t := range targets {
		names = append(names, t.Name)
	}
	var options []huh.Option[string]
	for _, p := range presets {
		options = append(options, huh.NewOption(p.name, p.name))
	}
	input := func(text *string) *huh.Input { return huh.NewInput().Value(text).Prompt("") }
	f := &form{draft: d, at: -1}
	add := func(name string, field huh.Field) {
		f.names, f.fields = append(f.names, name), append(f.fields, field)
	}
	add("target", input(&d.target).Suggestions(names))
	add("model", input(&d.model))
	add("key variable", input(&d.key))
	f.preset = huh.NewSelect[string]().Options(options...).Value(&d.preset).Inline(true)
	add("scenario", f.preset)
	add("load", input(&d.load))
	add("max tokens", input(&d.tokens))
	add("SLOs", input(&d.slos))
	add("budget", input(&d.budget))
	keys := huh.NewDefaultKeyMap()
	keys.Select.Filter.SetEnabled(false)
	keys.Input.AcceptSuggestion.SetKeys("ctrl+e", "right")
	for _, field := range f.fields {
		field.WithKeyMap(keys)
	}
	return f
}

// restyle gives the fields the screen's looks.
func (f *form) restyle(look draw.Theming) {
	theme := huh.ThemeFunc(func(bool) *huh.Styles { return formStyles(look) })
	for _, field := range f.fields {
		field.WithTheme(theme)
	}
}

func formStyles(look draw.Theming) *huh.Styles {
	strong, text, faint := look.Lipgloss()
	styles := func(words lipgloss.Style) huh.FieldStyles {
		return huh.FieldStyles{
			SelectedOption: words, Option: words,
			NextIndicator: faint.SetString(" ›"), PrevIndicator: faint.SetString("‹ "),
			TextInput: huh.TextInputStyles{Cursor: strong, CursorText: strong, Placeholder: faint, Prompt: strong, Text: words},
		}
	}
	return &huh.Styles{Focused: styles(strong), Blurred: styles(text)}
}

// focus moves to a field; -1 leaves the form.
func (f *form) focus(i int) tea.Cmd {
	var cmds []tea.Cmd
	if f.at >= 0 {
		cmds = append(cmds, f.fields[f.at].Blur())
	}
	if f.at = i; i >= 0 {
		cmds = append(cmds, f.fields[i].Focus())
	}
	return tea.Batch(cmds...)
}

// resize fits the fields to a width.
func (f *form) resize(width int) {
	for _, field := range f.fields {
		field.WithWidth(max(8, width-labelWidth-3))
	}
}

// update hands a message to the field with the focus, and reports whether that
// changed the draft.
func (f *form) update(msg tea.Msg) (changed bool, cmd tea.Cmd) {
	if f.at < 0 {
		return false, nil
	}
	before := *f.draft
	m, cmd := f.fields[f.at].Update(msg)
	if field, ok := m.(huh.Field); ok {
		f.fields[f.at] = field
	}
	if f.draft.preset != before.preset {
		f.draft.choose(f.draft.preset)
		f.refill()
	}
	return *f.draft != before, cmd
}

// texts are the texts of the draft by the field that they are typed in; nil: it is none.
func (f *form) texts() []*string {
	d := f.draft
	return []*string{&d.target, &d.model, &d.key, nil, &d.load, &d.tokens, &d.slos, &d.budget}
}

// refill gives the fields the texts of the draft.
func (f *form) refill() {
	for i, text := range f.texts() {
		if input, ok := f.fields[i].(*huh.Input); ok {
			refill(input, text)
			if i == f.at {
				input.Focus()
			}
		}
	}
	f.preset.Value(&f.draft.preset)
}

// refill gives a field another text, with the cursor at its end. It shows as much of one
// as it did of the last until its cursor has gone all the way.
func refill(input *huh.Input, text *string) {
	input.Value(text)
	input.Focus()
	for _, key := range []rune{tea.KeyHome, tea.KeyEnd} {
		input.Update(tea.KeyPressMsg{Code: key})
	}
	input.Blur()
}

// lines draws the fields, of which wrong is marked, in at most height lines around
// the one with the focus; applies says what holds where a field is empty, or beside what
// is typed there.
func (f *form) lines(p draw.Pen, wrong string, applies map[string]string, width, height int) []string {
	var lines []string
	for i := range f.fields {
		label := p.Label(draw.Left(f.names[i], labelWidth))
		lead := "  "
		switch {
		case f.names[i] == wrong:
			lead = p.Style.Bad.Render(p.Glyph.Bad) + " "
		case i == f.at:
			lead = p.Style.Mark.Render(p.Glyph.Pointer) + " "
		}
		if i == f.at {
			label = p.Figure(draw.Left(f.names[i], labelWidth))
		}
		line := lead + label + " " + f.text(p, i, max(0, width-labelWidth-3))
		if also := applies[f.names[i]]; also != "" {
			if typed := f.texts()[i]; i == f.at || typed != nil && *typed != "" {
				line += " "
			}
			line += p.Label(also)
		}
		lines = append(lines, p.Cut(line, width))
	}
	if from := max(0, f.at-height+1); len(lines) > height && height > 0 {
		lines = slices.Clone(lines[from:min(len(lines), from+height)])
	}
	return lines
}

// text is what stands in a field, with the cursor where it has the focus, and no wider
// than that.
func (f *form) text(p draw.Pen, i, room int) string {
	typed := f.texts()[i]
	if typed != nil && i != f.at {
		return p.Style.Text.Render(p.Cut(draw.Clean(*typed), room))
	}
	view, _, _ := strings.Cut(strings.TrimLeft(f.fields[i].View(), "\n"), "\n")
	if typed == nil {
		return strings.TrimRight(view, " ")
	}
	return ansi.Truncate(view, min(room, draw.Cells(*typed)+1), "")
}
