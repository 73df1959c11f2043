package tui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A helpPage is what can be done, and what the signs mean, above the screen in front.
type helpPage struct {
	from   int // the first line in view
	hit    int // the line that was found
	finder draw.Finder
}

// A helpAction is something that the help can do: one of these.
type helpAction struct {
	verb helpVerb
	find draw.Finding
}

// A helpVerb is what the help alone can do.
type helpVerb int

const (
	_ helpVerb = iota
	lineAbove
	lineBelow
	threeAbove // a notch of the wheel
	threeBelow
	screenAbove
	screenBelow
	firstLine
	lastLine
	closeHelp
	suspendHelp
	stayHelp // a click on the help itself
)

// bindings are what the help can do now.
func (h helpPage) bindings() draw.Bindings[helpAction] {
	typing, found := h.finder.Typing(), h.finder.Query() != ""
	verb := func(v helpVerb) helpAction { return helpAction{verb: v} }
	list := draw.Bindings[helpAction]{
		{Keys: []string{"up", "k"}, Shown: "up", Label: "scroll", Action: verb(lineAbove), Off: typing},
		{Keys: []string{"down", "j"}, Shown: "down", Label: "scroll", Action: verb(lineBelow), Off: typing},
		{Keys: []string{"pgup", "b"}, Action: verb(screenAbove), Off: typing},
		{Keys: []string{"pgdown", "space"}, Shown: "space", Label: "page", Action: verb(screenBelow), Off: typing},
		{Keys: []string{"home", "g"}, Action: verb(firstLine), Off: typing},
		{Keys: []string{"end", "G"}, Action: verb(lastLine), Off: typing},
		{Keys: []string{"ctrl+z"}, Action: verb(suspendHelp)},
		{Keys: []string{"q", "?", "f1"}, Shown: "q", Label: "close", Action: verb(closeHelp), Off: typing, Last: true},
		{Keys: []string{"esc"}, Shown: "esc", Label: "close", Action: verb(closeHelp), Off: typing || found, Last: true},
	}
	return append(list, draw.Lift(h.finder.Bindings("the help"), func(f draw.Finding) helpAction { return helpAction{find: f} })...)
}

// take is the help after what the user did.
func (h helpPage) take(a app, msg tea.Msg) (overlay, tea.Msg) {
	key, pressed := msg.(tea.KeyPressMsg)
	if pressed && key.String() == "ctrl+c" {
		return nil, msg // it is the screen's, whatever lies above it
	}
	var action helpAction
	switch msg := msg.(type) {
	case tea.MouseMsg:
		action, _ = h.targets(a).For(msg)
	case tea.KeyPressMsg:
		var ok bool
		if action, ok = h.bindings().For(msg.String()); !ok && h.finder.Typing() {
			return h.find(a, h.finder.Type(msg.Text)), nil
		}
	case tea.PasteMsg:
		if h.finder.Typing() {
			return h.find(a, h.finder.Type(msg.Content)), nil
		}
	}
	switch action.verb {
	case closeHelp:
		return nil, nil
	case suspendHelp:
		return h, suspendProgram
	}
	return h.do(a, action), nil
}

// do performs an action that leaves the help open.
func (h helpPage) do(a app, action helpAction) helpPage {
	lines, rows := h.laid(a)
	page := max(1, rows-1)
	steps := map[helpVerb]int{lineAbove: -1, lineBelow: 1, threeAbove: -3, threeBelow: 3, screenAbove: -page, screenBelow: page, firstLine: -1 << 20, lastLine: 1 << 20}
	if by, ok := steps[action.verb]; ok {
		h.from = max(0, min(h.from+by, len(lines)-rows))
		h.hit = h.from
	}
	switch action.find {
	case 0:
		return h
	case draw.NextFound:
		return h.seek(a, 1)
	case draw.FoundBefore:
		return h.seek(a, -1)
	default:
		return h.find(a, h.finder.Do(action.find))
	}
}

// find looks for something else.
func (h helpPage) find(a app, f draw.Finder) helpPage {
	h.finder = f
	return h.seek(a, 0)
}

// seek goes to a match.
func (h helpPage) seek(a app, by int) helpPage {
	lines, rows := h.laid(a)
	if i, ok := h.finder.Seek(h.hit, by, len(lines), func(i int) string { return ansi.Strip(lines[i]) }); ok {
		h.hit = i
		if i < h.from || i >= h.from+rows {
			h.from = max(0, min(i-rows/2, len(lines)-rows))
		}
	}
	return h
}

// helpColumn is the width of the keys in the help.
const helpColumn = 10

// lines are the help: what the screen in front can do, and what every screen means.
func (h helpPage) lines(a app) (lines []string) {
	p, width := a.look.Pen(), h.width(a)
	headed := func(title string, body []string) {
		if len(body) == 0 {
			return
		}
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(append(lines, p.Style.Mark.Render(title)), body...)
	}
	all := a.bindings()
	for _, g := range draw.Groups {
		headed(string(g), all.Of(g).HelpLines(p, helpColumn, width))
	}
	var mouse []string
	if a.mouse {
		mouse = draw.Wrapped(p.Style.Text, "a click does what it is on: a key in the last line, a panel, a run, a wave; the wheel scrolls. With shift the terminal selects text as it does elsewhere. mouse: false in the configuration, or FLASHWAVE_NO_MOUSE=1, leave the mouse to the terminal.", width)
	}
	headed("mouse", mouse)
	headed("signs, the same on every screen", p.Signs(helpColumn, width))
	return lines
}

// width is that of the help's lines.
func (helpPage) width(a app) int { return max(1, min(a.size.Width, 84)-4) }

// laid are the help's lines, and how many of them are in view.
func (h helpPage) laid(a app) (lines []string, rows int) {
	lines = h.lines(a)
	return lines, max(1, h.place(a, len(lines)).H-2)
}

// place is where a help of so many lines lies.
func (h helpPage) place(a app, lines int) draw.Rect {
	width, height := min(a.size.Width, 84), max(0, min(a.size.Height-1, lines+2))
	return draw.At((a.size.Width-width)/2, (a.size.Height-1-height)/2, width, height)
}

// draw draws the help.
func (h helpPage) draw(a app) []draw.Block {
	p := a.look.Pen()
	lines, rows := h.laid(a)
	at := h.place(a, len(lines))
	from := max(0, min(h.from, len(lines)-rows))
	to := min(len(lines), from+rows)
	body := make([]string, 0, to-from)
	for _, line := range lines[from:to] {
		body = append(body, h.finder.Mark(p, line))
	}
	note := ""
	if to-from < len(lines) {
		note = p.Label(units.Count(to) + " of " + units.Count(len(lines)))
	}
	panel := draw.Block{At: at, Lines: p.Focused(true).Panel("help: "+a.title(), note, body, at.W, at.H)}
	bottom := h.bindings().Footer(p, a.size.Width)
	if h.finder.Typing() {
		bottom = h.finder.Note(p)
	}
	return []draw.Block{panel, a.keyLine(bottom)}
}

// targets are where the mouse asks for something: the wheel scrolls, a click beside the
// help closes it.
func (h helpPage) targets(a app) draw.Targets[helpAction] {
	verb := func(v helpVerb) helpAction { return helpAction{verb: v} }
	list := draw.Targets[helpAction]{
		{At: draw.At(0, 0, a.size.Width, a.size.Height-1), Click: verb(closeHelp), Up: verb(threeAbove), Down: verb(threeBelow)},
		{At: h.place(a, len(h.lines(a))), Click: verb(stayHelp)},
	}
	if !h.finder.Typing() {
		list = append(list, draw.FooterTargets(h.bindings(), a.look.Pen(), a.keyPlace())...)
	}
	return list
}
