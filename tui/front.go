package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"flashwave/tui/comparison"
	"flashwave/tui/draw"
	"flashwave/tui/home"
	"flashwave/tui/live"
	"flashwave/tui/monitor"
	"flashwave/tui/search"
)

// The screen in front, whichever it is. An action of a screen is a message to it: so keys,
// clicks and names all come to the same.

// message makes an action of a screen, or of the program, a message.
func message[A any](a A) tea.Msg { return a }

// bindings are all that can be done: with the program while it waits, and with the screen
// in front.
func (a app) bindings() draw.Bindings[tea.Msg] {
	list := draw.Lift(a.appBindings().Possible(), message[appAction])
	switch a.at {
	case atRun:
		return slices.Concat(list, draw.Lift(a.run.Bindings(), message[live.Action]))
	case atCompare:
		return slices.Concat(list, draw.Lift(a.comparison.Bindings(), message[comparison.Action]))
	case atSearch:
		return slices.Concat(list, draw.Lift(a.search.Bindings(), message[search.Action]))
	case atMonitor:
		return slices.Concat(list, draw.Lift(a.monitor.Bindings(), message[monitor.Action]))
	default:
		return slices.Concat(list, draw.Lift(a.home.Bindings(), message[home.Action]))
	}
}

// targets are where the mouse asks the screen in front for something.
func (a app) targets() draw.Targets[tea.Msg] {
	switch a.at {
	case atRun:
		return draw.LiftTargets(a.run.Targets(), message[live.Action])
	case atCompare:
		return draw.LiftTargets(a.comparison.Targets(), message[comparison.Action])
	case atSearch:
		return draw.LiftTargets(a.search.Targets(), message[search.Action])
	case atMonitor:
		return draw.LiftTargets(a.monitor.Targets(), message[monitor.Action])
	default:
		return draw.LiftTargets(a.home.Targets(), message[home.Action])
	}
}

// front hands the screen in front what the user did, and does what it asks for.
func (a app) front(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch a.at {
	case atRun:
		a.run, cmd = a.run.Update(msg)
		if ask := a.run.Asks(); ask != 0 {
			return a.asked(ask)
		}
		return a.forRun(cmd)
	case atCompare:
		a.comparison, cmd = a.comparison.Update(msg)
		if a.comparison.Left() {
			return a.back()
		}
		if ask := a.comparison.Asks(); ask != 0 {
			return a.asked(ask)
		}
		if a.comparison.Wants() == comparison.Report {
			return a.report(), cmd
		}
	case atSearch:
		a.search, cmd = a.search.Update(msg)
		if a.hasHome && a.search.Left() {
			return a.back()
		}
		if ask := a.search.Asks(); ask != 0 {
			return a.asked(ask)
		}
		if a.search.Wants() == search.Report {
			return a.report(), cmd
		}
	case atMonitor:
		a.monitor, cmd = a.monitor.Update(msg)
		if ask := a.monitor.Asks(); ask != 0 {
			return a.asked(ask)
		}
	default:
		a.home, cmd = a.home.Update(msg)
		if ask := a.home.Asks(); ask != 0 {
			return a.asked(ask)
		}
		return a.forHome(cmd)
	}
	return a, cmd
}

// asked does what every screen can ask for.
func (a app) asked(ask draw.Ask) (tea.Model, tea.Cmd) {
	switch ask {
	case draw.Help:
		a.over = helpPage{}
	case draw.Palette:
		a.over = palette{}
	case draw.Copy:
		if what, text := a.copied(); text != "" {
			a.tell("copied " + what)
			return a, tea.SetClipboard(text)
		}
	}
	return a, nil
}

// copied is what the screen in front hands to the clipboard: what it is, and the text.
func (a app) copied() (what, text string) {
	switch a.at {
	case atRun:
		return a.run.Copied()
	case atCompare:
		return a.comparison.Copied()
	case atSearch:
		return a.search.Copied()
	case atMonitor:
		return a.monitor.Copied()
	default:
		return a.home.Copied()
	}
}

// tell says something where the user is.
func (a *app) tell(text string) {
	switch a.at {
	case atRun:
		a.run = a.run.Tell(text)
	case atCompare:
		a.comparison = a.comparison.Tell(text)
	case atSearch:
		a.search = a.search.Tell(text)
	case atMonitor:
		a.monitor = a.monitor.Tell(text)
	default:
		a.home = a.home.Tell(text)
	}
}

// title names the screen in front.
func (a app) title() string {
	return map[place]string{atHome: "home", atRun: "a run", atCompare: "two runs", atSearch: "capacity", atMonitor: "a monitor"}[a.at]
}

// An overlay is a part of the program above the screen in front. It has all keys and
// clicks while it is there.
type overlay interface {
	// take is the overlay after what the user did, nil once it is closed; do is what is
	// to be done then.
	take(a app, msg tea.Msg) (next overlay, do tea.Msg)
	// draw draws it; the last block is the line of its keys.
	draw(a app) []draw.Block
}

// overlaid draws the overlay above the screen, which recedes but for its first line: that
// says how a run is.
func (a app) overlaid(screen string) string {
	w, h := a.size.Width, a.size.Height
	p := a.look.Pen()
	lines := strings.Split(screen, "\n")
	for i := 1; i < len(lines); i++ {
		lines[i] = p.Style.Faint.Render(ansi.Strip(lines[i]))
	}
	for _, block := range a.over.draw(a) {
		under := draw.Block{At: draw.At(0, 0, w, h), Lines: lines}
		lines = strings.Split(p.Compose(w, h, []draw.Block{under, block}), "\n")
	}
	return strings.Join(lines, "\n")
}

// keyPlace is the last line of the window, where keys are told.
func (a app) keyPlace() draw.Rect {
	return draw.At(0, max(0, a.size.Height-1), a.size.Width, min(1, a.size.Height))
}

// keyLine is that line.
func (a app) keyLine(text string) draw.Block {
	return draw.Block{At: a.keyPlace(), Lines: []string{a.look.Pen().Cut(text, a.size.Width)}}
}
