package tui

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A palette is everything that can be done now, to choose from by name.
type palette struct {
	query string
	at    int // the chosen one, among those that match
}

// A paletteAction is something that the palette can do: choose a line of the list from
// its top, or one of these.
type paletteAction int

const (
	_ paletteAction = iota
	doChosen
	chooseAbove
	chooseBelow
	closePalette
	rubOutQuery
	clearQuery
	pageAbove
	pageBelow
	suspendPalette
	stayOpen // a click on the palette itself
	doLine   // and those below it
)

// bindings are what the palette can do; any other key is text.
func (palette) bindings() draw.Bindings[paletteAction] {
	return draw.Bindings[paletteAction]{
		{Keys: []string{"enter"}, Shown: "enter", Label: "do it", Group: draw.Choosing, Action: doChosen},
		{Keys: []string{"up", "ctrl+p", "shift+tab"}, Shown: "up", Label: "choose", Group: draw.Choosing, Action: chooseAbove},
		{Keys: []string{"down", "ctrl+n", "tab"}, Shown: "down", Label: "choose", Group: draw.Choosing, Action: chooseBelow},
		{Keys: []string{"pgup"}, Group: draw.Choosing, Action: pageAbove},
		{Keys: []string{"pgdown"}, Group: draw.Choosing, Action: pageBelow},
		{Keys: []string{"backspace"}, Group: draw.Choosing, Action: rubOutQuery},
		{Keys: []string{"ctrl+u"}, Group: draw.Choosing, Action: clearQuery},
		{Keys: []string{"ctrl+z"}, Group: draw.Leaving, Action: suspendPalette},
		{Keys: []string{"esc", "ctrl+c"}, Shown: "esc", Label: "close", Group: draw.Leaving, Action: closePalette, Last: true},
	}
}

// A choice is something that can be done now, with the name that only it has.
type choice struct {
	name, label, key string
	action           tea.Msg
}

// title is how the choice is told: its name, after its label where the name lacks that.
func (c choice) title() string {
	if strings.Contains(c.name, c.label) {
		return c.name
	}
	return c.label + ": " + c.name
}

// everything is all that can be done now, in the order of the help. What a binding before
// tells, too, is told apart by the key.
func (a app) everything() (list []choice) {
	names := map[string]bool{}
	said := ""
	for _, b := range a.bindings().Possible() {
		if b.Help != "" {
			said = b.Help
		}
		if len(b.Keys) == 0 {
			continue // it only says what the keys of a field do
		}
		c := choice{cmp.Or(b.Name, b.Help, said), b.Label, cmp.Or(b.Shown, b.Keys[0]), b.Action}
		if b.Name != "" {
			c.key = b.Keys[0]
		}
		if c.name == "" || names[c.name] {
			c.name = strings.TrimSpace(c.name + " " + b.Keys[0])
		}
		names[c.name] = true
		list = append(list, c)
	}
	return list
}

// choices are those that match the query, the best first; in the order of the help where
// they match alike.
func (c palette) choices(a app) []choice {
	type ranked struct {
		choice
		score int
	}
	var list []ranked
	for _, one := range a.everything() {
		score, ok := rank(c.query, one.title())
		if one.name == c.query || one.key == c.query {
			score, ok = keyRank, true
		}
		if ok {
			list = append(list, ranked{one, score})
		}
	}
	slices.SortStableFunc(list, func(x, y ranked) int { return cmp.Compare(y.score, x.score) })
	choices := make([]choice, len(list))
	for i, one := range list {
		choices[i] = one.choice
	}
	return choices
}

// What a match is worth: characters in a row, the beginning of a word, of the whole; and
// the key itself, more than any of them.
const (
	rowRank   = 4
	wordRank  = 6
	startRank = 8
	keyRank   = 1 << 20
)

// rank is how well a query matches a name whose characters it has in order, in whatever
// case, spaces aside. ok says that it does.
func rank(query, name string) (score int, ok bool) {
	wanted := []rune(strings.ToLower(strings.ReplaceAll(query, " ", "")))
	text := []rune(strings.ToLower(name))
	next := 0
	for k, q := range wanted {
		best, at := 0, -1
		for i := next; i < len(text); i++ {
			if text[i] != q || !inOrder(wanted[k+1:], text[i+1:]) {
				continue
			}
			if w := worth(text, i, k > 0 && i == next); w > best {
				best, at = w, i
			}
		}
		if at < 0 {
			return 0, false
		}
		score, next = score+best, at+1
	}
	return score, true
}

// worth is that of one character of a match.
func worth(text []rune, i int, row bool) int {
	w := 1
	switch {
	case i == 0:
		w += startRank
	case !unicode.IsLetter(text[i-1]) && !unicode.IsDigit(text[i-1]):
		w += wordRank
	}
	if row {
		w += rowRank
	}
	return w
}

// inOrder reports whether a text has the characters in their order.
func inOrder(wanted, text []rune) bool {
	for _, q := range wanted {
		i := slices.Index(text, q)
		if i < 0 {
			return false
		}
		text = text[i+1:]
	}
	return true
}

// take is the palette after what the user did.
func (c palette) take(a app, msg tea.Msg) (overlay, tea.Msg) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		return c.look(c.query + draw.Clean(msg.Content)), nil
	case tea.KeyPressMsg:
		if action, ok := c.bindings().For(msg.String()); ok {
			return c.do(a, action)
		}
		return c.look(c.query + msg.Text), nil
	case tea.MouseMsg:
		action, _ := c.targets(a).For(msg)
		return c.do(a, action)
	}
	return c, nil
}

// longestName is how many characters one types at most.
const longestName = 60

// look looks for another name.
func (palette) look(query string) palette {
	r := []rune(query)
	return palette{query: string(r[:min(len(r), longestName)])}
}

// do performs an action of the palette.
func (c palette) do(a app, action paletteAction) (overlay, tea.Msg) {
	list := c.choices(a)
	move := func(by int) {
		c.at = max(0, min(c.at+by, len(list)-1))
	}
	switch action {
	case 0, stayOpen:
	case doChosen:
		if c.at < len(list) {
			return nil, list[c.at].action
		}
	case chooseAbove:
		move(-1)
	case chooseBelow:
		move(1)
	case pageAbove:
		move(-10)
	case pageBelow:
		move(10)
	case closePalette:
		return nil, nil
	case rubOutQuery:
		return c.look(draw.RubOut(c.query)), nil
	case clearQuery:
		return palette{}, nil
	case suspendPalette:
		return c, suspendProgram
	default:
		if i := int(action - doLine); i < len(list) {
			return nil, list[i].action
		}
	}
	return c, nil
}

// place is where the palette lies: always in the same place, however much matches.
func (palette) place(a app) draw.Rect {
	w, h := min(a.size.Width, 84), min(a.size.Height-1, 18)
	return draw.At((a.size.Width-w)/2, max(0, (a.size.Height-1-h)/3), w, max(0, h))
}

// window is which of n choices are in view: those from one up to another.
func (c palette) window(at draw.Rect, n int) (from, to int) {
	rows := max(1, at.H-4)
	from = max(0, min(c.at-rows/2, n-rows))
	return from, min(n, from+rows)
}

// draw draws the palette.
func (c palette) draw(a app) []draw.Block {
	p, at, list := a.look.Pen(), c.place(a), c.choices(a)
	inner := max(0, at.W-4)
	body := []string{p.Style.Mark.Render(":" + c.query + "_"), ""}
	from, to := c.window(at, len(list))
	for i := from; i < to; i++ {
		lead, text := "  ", p.Style.Text.Render(list[i].title())
		if i == c.at {
			lead, text = p.Style.Mark.Render(p.Glyph.Pointer)+" ", p.Figure(list[i].title())
		}
		body = append(body, p.Ends(lead+text, p.Label(list[i].key), inner))
	}
	if len(list) == 0 {
		body = append(body, p.Style.Faint.Render("  nothing of that name can be done now"))
	}
	note := p.Label(units.Count(len(list)))
	panel := draw.Block{At: at, Lines: p.Focused(true).Panel("what to do", note, body, at.W, at.H)}
	return []draw.Block{panel, a.keyLine(c.bindings().Footer(p, a.size.Width))}
}

// targets are where the mouse asks for something: a choice, or to close it beside it.
func (c palette) targets(a app) draw.Targets[paletteAction] {
	at := c.place(a)
	from, to := c.window(at, len(c.choices(a)))
	list := draw.Targets[paletteAction]{
		{At: draw.At(0, 0, a.size.Width, a.size.Height-1), Click: closePalette, Up: chooseAbove, Down: chooseBelow},
		{At: at, Click: stayOpen},
	}
	for i := from; i < to; i++ {
		list = append(list, draw.Target[paletteAction]{At: draw.At(at.X, at.Y+3+i-from, at.W, 1), Click: doLine + paletteAction(i)})
	}
	return append(list, draw.FooterTargets(c.bindings(), a.look.Pen(), a.keyPlace())...)
}
