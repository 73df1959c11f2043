package home

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"
	"charm.land/lipgloss/v2"

	"flashwave/bench/scenario"
	"flashwave/tui/draw"
)

// A form is the fields of a new run, one a line. The texts are the draft's.
type form struct {
	draft  *draft
	names  []string
	fields []huh.Field
	load   *huh.Input // refilled when a preset is chosen
	at     int        // the field with the focus; -1: none
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
	input := func(text *string, placeholder string) *huh.Input {
		return huh.NewInput().Value(text).Prompt("").Placeholder(placeholder)
	}
	f := &form{draft: d, at: -1, load: input(&d.load, "name:200/m:60s name:200/m..12000/m:10s name:c50:1000x")}
	add := func(name string, field huh.Field) {
		f.names, f.fields = append(f.names, name), append(f.fields, field)
	}
	add("target", input(&d.target, "as the file says").Suggestions(names))
	add("model", input(&d.model, "the only one the endpoint lists"))
	add("key variable", input(&d.key, "FLASHWAVE_API_KEY"))
	add("scenario", huh.NewSelect[string]().Options(options...).Value(&d.preset).Inline(true))
	add("load", f.load)
	add("max tokens", input(&d.tokens, "300"))
	add("SLOs", input(&d.slos, "ttft.p95 < 800ms, error_rate < 1%"))
	add("budget", input(&d.budget, "none"))
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
		refill(f.load, &f.draft.load)
		if target, ok := f.fields[0].(*huh.Input); ok {
			refill(target, &f.draft.target)
		}
	}
	return *f.draft != before, cmd
}

// refill gives a field another text. It shows as much of one as it did of the last
// until its cursor has gone all the way.
func refill(input *huh.Input, text *string) {
	input.Value(text)
	input.Focus()
	for _, key := range []rune{tea.KeyEnd, tea.KeyHome} {
		input.Update(tea.KeyPressMsg{Code: key})
	}
	input.Blur()
}

// lines draws the fields, of which wrong is marked, in at most height lines around
// the one with the focus.
func (f *form) lines(p draw.Pen, wrong string, width, height int) []string {
	var lines []string
	for i, field := range f.fields {
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
		text, _, _ := strings.Cut(strings.TrimLeft(field.View(), "\n"), "\n")
		lines = append(lines, p.Cut(lead+label+" "+strings.TrimRight(text, " "), width))
	}
	if from := max(0, f.at-height+1); len(lines) > height && height > 0 {
		lines = slices.Clone(lines[from:min(len(lines), from+height)])
	}
	return lines
}
