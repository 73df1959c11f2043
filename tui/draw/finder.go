package draw

import (
	"slices"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// A Finder finds lines of a list by what is typed, while it is typed. Its owner has the
// list and the place in it; a line matches that holds every word, in whatever case. The
// zero value looks for nothing.
type Finder struct {
	query  string
	typing bool
}

// A Finding is something that can be done with a finder. The zero one is nothing.
type Finding int

// The findings. The last two move the owner's place, see [Finder.Seek].
const (
	_ Finding = iota
	OpenFinder
	KeepFinder
	DropFinder
	RubOutFinder
	NextFound
	FoundBefore
)

// longestQuery is how many characters one looks for at most.
const longestQuery = 40

// Query is what is looked for; "": nothing.
func (f Finder) Query() string { return f.query }

// Typing reports whether keys are text for it, save for those of its bindings.
func (f Finder) Typing() bool { return f.typing }

// Bindings are what the finder can do now; what says in what it looks.
func (f Finder) Bindings(what string) Bindings[Finding] {
	idle := f.typing || f.query == ""
	return Bindings[Finding]{
		{Keys: []string{"/"}, Shown: "/", Label: "find", Help: "find in " + what, Group: Seeing, Action: OpenFinder, Off: f.typing},
		{Keys: []string{"n"}, Shown: "n", Label: "match", Help: "the next match; N the one before", Group: Seeing, Action: NextFound, Off: idle},
		{Keys: []string{"N"}, Shown: "N", Label: "match", Name: "the match before", Group: Seeing, Action: FoundBefore, Off: idle},
		{Keys: []string{"enter"}, Shown: "enter", Label: "keep", Name: "keep what is looked for", Group: Seeing, Action: KeepFinder, Off: !f.typing},
		{Keys: []string{"esc"}, Shown: "esc", Label: "clear", Name: "look for nothing", Group: Seeing, Action: DropFinder, Off: !f.typing && f.query == ""},
		{Keys: []string{"backspace"}, Name: "rub out a character", Group: Seeing, Action: RubOutFinder, Off: !f.typing},
	}
}

// Do is the finder after a finding.
func (f Finder) Do(a Finding) Finder {
	switch a {
	case OpenFinder:
		f.typing = true
	case KeepFinder:
		f.typing = false
	case DropFinder:
		return Finder{}
	case RubOutFinder:
		f.query = RubOut(f.query)
	}
	return f
}

// Type adds typed or pasted text.
func (f Finder) Type(text string) Finder {
	if text != " " {
		text = Clean(text)
	}
	r := []rune(f.query + text)
	f.query = string(r[:min(len(r), longestQuery)])
	return f
}

// Take is the finder after a message while it is typing, and what of its findings that
// asked for.
func (f Finder) Take(msg tea.Msg) (Finder, Finding) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		return f.Type(msg.Content), 0
	case tea.KeyPressMsg:
		if a, ok := f.Bindings("").For(msg.String()); ok {
			return f.Do(a), a
		}
		return f.Type(msg.Text), 0
	}
	return f, 0
}

// words are what a line must hold, in lower case.
func (f Finder) words() []string { return strings.Fields(strings.ToLower(f.query)) }

// Matches reports whether a text holds every word; all do where there are none.
func (f Finder) Matches(text string) bool {
	text = strings.ToLower(text)
	return !slices.ContainsFunc(f.words(), func(word string) bool { return !strings.Contains(text, word) })
}

// Seek is the first of n lines that matches, from a line on, in a direction and round:
// by 1 and -1 begin with the next one and the one before, 0 with the line itself. ok
// says that there is one.
func (f Finder) Seek(from, by, n int, line func(i int) string) (i int, ok bool) {
	if len(f.words()) == 0 || n <= 0 {
		return from, false
	}
	step := by
	if by == 0 {
		step = 1
	}
	for k := range n {
		if i = ((from+by+k*step)%n + n) % n; f.Matches(line(i)) {
			return i, true
		}
	}
	return from, false
}

// Mark marks what matches in a line, styled or not.
func (f Finder) Mark(p Pen, line string) string {
	words := f.words()
	if len(words) == 0 {
		return line
	}
	plain := []rune(ansi.Strip(line))
	lower := []rune(strings.ToLower(string(plain)))
	if len(lower) != len(plain) {
		return line
	}
	held := make([]bool, len(plain))
	for _, word := range words {
		w := []rune(word)
		for i := range lower {
			if i+len(w) <= len(lower) && slices.Equal(lower[i:i+len(w)], w) {
				for j := range w {
					held[i+j] = true
				}
			}
		}
	}
	if !slices.Contains(held, true) {
		return line
	}
	return p.Style.Found.over(line, held)
}

// over puts a style over some characters of a styled line. A line whose width that would
// change, as of a character that joins another one, stays as it is.
func (i Ink) over(line string, held []bool) string {
	var b strings.Builder
	var state byte
	at, lit := 0, false
	for rest := line; rest != ""; {
		piece, width, n, next := ansi.DecodeSequence(rest, state, nil)
		state, rest = next, rest[n:]
		if width == 0 && strings.HasPrefix(piece, "\x1b") {
			b.WriteString(piece)
			if lit {
				b.WriteString(i.before) // it may have been reset
			}
			continue
		}
		runes := utf8.RuneCountInString(piece)
		if now := at < len(held) && held[at]; now != lit {
			lit = now
			b.WriteString(map[bool]string{true: i.before, false: i.after}[lit])
		}
		at += runes
		b.WriteString(piece)
	}
	if lit {
		b.WriteString(i.after)
	}
	if marked := b.String(); Cells(marked) == Cells(line) {
		return marked
	}
	return line
}

// Note is the finder where it is typed, in the edge of a panel.
func (f Finder) Note(p Pen) string {
	switch {
	case f.typing:
		return p.Style.Mark.Render("/"+f.query+"_") + p.Label("  enter keeps, esc clears")
	case f.query != "":
		return p.Style.Strong.Render("/"+f.query) + p.Label("  n N")
	default:
		return p.Label("/ finds")
	}
}
