package draw

import (
	"slices"
	"strings"
)

// A Binding is something that a screen can do: an action, the keys that ask for it, and
// what people are told of it. A is the screen's own type of actions, a plain value: one
// place performs it, whether it was asked for by a key, by a click on the footer
// or by name.
type Binding[A any] struct {
	Keys   []string // as Bubble Tea names them
	Shown  string   // the keys, as people read them; "": those of the binding before say it
	Label  string   // in the footer, a word or two; "": it is not there
	Help   string   // what it does, a sentence in lower case; "": the binding before says it, too
	Group  Group
	Action A
	Off    bool // it means nothing now
	Last   bool // at the end of the footer, where it stays when others have no room
}

// A Group is what a binding is about, as a heading of the help.
type Group string

// The groups, in the order of the help.
const (
	Driving  Group = "load"    // what changes what is sent
	Seeing   Group = "view"    // what is shown of it
	Keeping  Group = "results" // what is made of what was measured
	Choosing Group = "choice"  // fields, lists and overlays
	Leaving  Group = "program" // help, suspending, leaving
)

// Bindings are all that a screen can do, in the order of its help. Of two that share a
// key the first that is possible has it. No screen matches a key anywhere else: the
// rest is text, for what is being typed.
type Bindings[A any] []Binding[A]

// Possible are those that mean something now.
func (b Bindings[A]) Possible() Bindings[A] {
	return slices.DeleteFunc(slices.Clone(b), func(one Binding[A]) bool { return one.Off })
}

// For is what a key asks for now.
func (b Bindings[A]) For(key string) (action A, ok bool) {
	for _, one := range b {
		if !one.Off && slices.Contains(one.Keys, key) {
			return one.Action, true
		}
	}
	return action, false
}

// A Target is where a click asks for an action: some cells of a line.
type Target[A any] struct {
	X, W   int
	Action A
}

// at is the action of the target at a column.
func at[A any](targets []Target[A], x int) (action A, ok bool) {
	for _, t := range targets {
		if x >= t.X && x < t.X+t.W {
			return t.Action, true
		}
	}
	return action, false
}

// Footer is the line of what is possible now, as far as there is room for it: keys and
// labels. Neighbours of one label share it.
func (b Bindings[A]) Footer(p Pen, width int) string {
	line, _ := b.footer(p, width)
	return line
}

// Clicked is what a click on the footer asks for, at a column of it.
func (b Bindings[A]) Clicked(p Pen, width, x int) (action A, ok bool) {
	_, targets := b.footer(p, width)
	return at(targets, x)
}

// A part is a piece of the footer: keys that share a label.
type part[A any] struct {
	text    string
	targets []Target[A] // within the text
}

func (b Bindings[A]) footer(p Pen, width int) (line string, targets []Target[A]) {
	gap := 3
	if width < FullWidth {
		gap = 2
	}
	first, last := b.parts(p, false), b.parts(p, true)
	room := width
	if len(last) > 0 {
		room -= joined(last, gap) + gap
	}
	used := 0
	for n := range first {
		if joined(first[:n+1], gap) > room {
			first = first[:n]
			break
		}
	}
	for i, part := range slices.Concat(first, last) {
		if i > 0 {
			line += strings.Repeat(" ", gap)
			used += gap
		}
		for _, t := range part.targets {
			t.X += used
			targets = append(targets, t)
		}
		line += part.text
		used += Cells(part.text)
	}
	return p.Cut(line, width), targets
}

// joined is how wide parts are with gaps between them.
func joined[A any](parts []part[A], gap int) (width int) {
	for i, part := range parts {
		if i > 0 {
			width += gap
		}
		width += Cells(part.text)
	}
	return width
}

// parts are those of the footer's beginning, or of its end.
func (b Bindings[A]) parts(p Pen, last bool) (list []part[A]) {
	shown := slices.DeleteFunc(b.Possible(), func(one Binding[A]) bool { return one.Label == "" || one.Last != last })
	for i := 0; i < len(shown); {
		var keys []string
		var one part[A]
		label, x := shown[i].Label, 0
		for ; i < len(shown) && shown[i].Label == label; i++ {
			key := shown[i].Shown
			keys = append(keys, key)
			one.targets = append(one.targets, Target[A]{x, Cells(key), shown[i].Action})
			x += Cells(key) + 1
		}
		end := &one.targets[len(one.targets)-1]
		end.W += 1 + Cells(label)
		one.text = p.Figure(strings.Join(keys, " ")) + " " + p.Label(label)
		list = append(list, one)
	}
	return list
}

// HelpLines tells what all of them do, a line each, with the keys in a column of a
// width. Which of them are told is the caller's choice, see [Bindings.Possible].
func (b Bindings[A]) HelpLines(p Pen, column int) []string {
	var keys, texts []string
	for _, one := range b {
		switch {
		case one.Help != "":
			keys, texts = append(keys, one.Shown), append(texts, one.Help)
		case one.Shown != "" && len(keys) > 0:
			keys[len(keys)-1] += " " + one.Shown
		}
	}
	lines := make([]string, len(keys))
	for i := range lines {
		shown := keys[i]
		if p.ascii {
			shown = strings.ReplaceAll(shown, "…", "-")
		}
		lines[i] = p.Figure(Right(shown, column)) + "  " + p.Style.Text.Render(texts[i])
	}
	return lines
}

// helpColumn is the width of the keys in the help.
const helpColumn = 9

// Help is the panel of all of them; from is its first line, where the window does not
// hold them all.
func (b Bindings[A]) Help(p Pen, from, width, height int) []string {
	lines, widest := b.HelpLines(p, helpColumn), 0
	for _, l := range lines {
		widest = max(widest, Cells(l))
	}
	note := "esc closes"
	if room := max(1, height-2); len(lines) > room {
		from = min(from, len(lines)-room)
		note, lines = "up and down, "+note, lines[from:from+room]
	}
	return p.Panel("keys", p.Label(note), lines, min(width, widest+6), min(height, len(lines)+2))
}

// LastHelp is the furthest first line of the help that a window of a height has.
func (b Bindings[A]) LastHelp(p Pen, height int) int {
	return max(0, len(b.HelpLines(p, helpColumn))-max(1, height-2))
}

// Centred puts a panel in the middle of a window.
func Centred(lines []string, width, height int) Block {
	widest := 0
	for _, line := range lines {
		widest = max(widest, Cells(line))
	}
	return Block{At(max(0, (width-widest)/2), max(0, (height-len(lines))/2), widest, len(lines)), lines}
}
