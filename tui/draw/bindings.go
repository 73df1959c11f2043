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
	Name   string   // what it is called where it is chosen by name; "": its help says it
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

// Groups are all of them in that order.
var Groups = []Group{Driving, Seeing, Keeping, Choosing, Leaving}

// Bindings are all that a screen can do, in the order of its help. Of two that share a
// key the first that is possible has it. No screen matches a key anywhere else: the
// rest is text, for what is being typed.
type Bindings[A any] []Binding[A]

// Possible are those that mean something now, each with the keys that no earlier one of
// them has: no two share a key. One that has none left must wait until others are off.
func (b Bindings[A]) Possible() (list Bindings[A]) {
	taken := map[string]bool{}
	for _, one := range b {
		if one.Off {
			continue
		}
		free := slices.DeleteFunc(slices.Clone(one.Keys), func(key string) bool { return taken[key] })
		switch {
		case len(free) == 0 && len(one.Keys) > 0:
			continue
		case len(free) > 0 && free[0] != one.Keys[0] && one.Shown != "":
			one.Shown = free[0]
		}
		for _, key := range free {
			taken[key] = true
		}
		one.Keys = free
		list = append(list, one)
	}
	return list
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

// Lift makes bindings of a part those of the whole: of says what action of the whole
// an action of the part is.
func Lift[P, W any](part Bindings[P], of func(P) W) Bindings[W] {
	list := make(Bindings[W], len(part))
	for i, one := range part {
		list[i] = Binding[W]{one.Keys, one.Shown, one.Label, one.Help, one.Name, one.Group, of(one.Action), one.Off, one.Last}
	}
	return list
}

// Footer is the line of what is possible now, as far as there is room for it: keys and
// labels. Neighbours of one label share it.
func (b Bindings[A]) Footer(p Pen, width int) string {
	line, _ := b.footer(p, width)
	return line
}

// FooterTargets are where a click on the footer does what its keys do; it is drawn at a
// place one line high.
func FooterTargets[A comparable](b Bindings[A], p Pen, at Rect) (targets Targets[A]) {
	_, spans := b.footer(p, at.W)
	for _, s := range spans {
		if w := min(s.w, at.W-s.x); w > 0 && at.H > 0 {
			targets = append(targets, Target[A]{At: At(at.X+s.x, at.Y, w, at.H), Click: s.action})
		}
	}
	return targets
}

// A span is some cells of the footer that stand for an action.
type span[A any] struct {
	x, w   int
	action A
}

// A part is a piece of the footer: keys that share a label.
type part[A any] struct {
	text  string
	spans []span[A] // within the text
}

func (b Bindings[A]) footer(p Pen, width int) (line string, spans []span[A]) {
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
		for _, s := range part.spans {
			s.x += used
			spans = append(spans, s)
		}
		line += part.text
		used += Cells(part.text)
	}
	return p.Cut(line, width), spans
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
			one.spans = append(one.spans, span[A]{x, Cells(key), shown[i].Action})
			x += Cells(key) + 1
		}
		end := &one.spans[len(one.spans)-1]
		end.w += 1 + Cells(label)
		one.text = p.Figure(strings.Join(keys, " ")) + " " + p.Label(label)
		list = append(list, one)
	}
	return list
}

// HelpLines tells what all of them do, with the keys in a column of a width; what means
// nothing now is faint, and says so.
func (b Bindings[A]) HelpLines(p Pen, column, width int) (lines []string) {
	for i := 0; i < len(b); {
		one, keys := b[i], b[i].Shown
		for i++; i < len(b) && b[i].Help == ""; i++ {
			if b[i].Shown != "" {
				keys += " " + b[i].Shown
			}
		}
		if one.Help == "" {
			continue
		}
		if p.ascii {
			keys = strings.ReplaceAll(keys, "…", "-")
		}
		of, text := p.Style.Strong, p.Style.Text
		if one.Off {
			of, text = p.Style.Faint, p.Style.Faint
			one.Help += " (not now)"
		}
		lines = append(lines, told(of.Render(Right(keys, column)), text, one.Help, column, width)...)
	}
	return lines
}

// told is a text beside a sign at the end of a column.
func told(sign string, style Ink, text string, column, width int) []string {
	lines := Wrapped(style, text, width-column-2)
	for i := range lines {
		lead := sign
		if i > 0 {
			lead = strings.Repeat(" ", column)
		}
		lines[i] = lead + "  " + lines[i]
	}
	return lines
}

// Of are those of a group.
func (b Bindings[A]) Of(g Group) Bindings[A] {
	return slices.DeleteFunc(slices.Clone(b), func(one Binding[A]) bool { return one.Group != g })
}
