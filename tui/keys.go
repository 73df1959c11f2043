package tui

import (
	"math"
	"slices"

	tea "charm.land/bubbletea/v2"

	"flashwave/tui/draw"
)

// A binding is something that a key does. The key bar, the help and the keys
// themselves all come from one list of them.
type binding struct {
	keys    []string // as Bubble Tea names them
	shown   string   // the keys, as people read them
	short   string   // in the key bar; "": not there
	help    string
	live    bool // only while the run goes on
	over    bool // only once it is done
	backend bool // only where there is a backend to ask
	home    bool // only where there is a home to go to
	act     func(m Model, key string) (Model, tea.Cmd)
}

// bindings lists every key, in the order of the help.
func bindings() []binding {
	return []binding{
		{keys: []string{"space", "p"}, shown: "space", short: "pause", help: "pause the lane in view, or let it go on (also p)", live: true, act: steer(Source.TogglePause)},
		{keys: []string{"+", "="}, shown: "+", help: "10 % more load", live: true, act: scale(1.1)},
		{keys: []string{"-", "_"}, shown: "-", short: "load", help: "10 % less load", live: true, act: scale(1 / 1.1)},
		{keys: []string{">", "."}, shown: ">", help: "twice the load", live: true, act: scale(2)},
		{keys: []string{"<", ","}, shown: "<", help: "half the load", live: true, act: scale(0.5)},
		{keys: []string{"b"}, shown: "b", short: "burst", help: "a burst: one second's requests at once, 10 at least", live: true, act: burst},
		{keys: []string{"n"}, shown: "n", short: "next wave", help: "skip to the next wave", live: true, act: steer(Source.NextWave)},
		{keys: []string{"l"}, shown: "l", help: "next lane", act: nextLane},
		{keys: []string{"w"}, shown: "w", short: "window", help: "figures of the last 1, 10 or 60 s, the wave, or the run", live: true, act: nextWindow},
		{keys: digits(), shown: "1…9", help: "figures and charts of one wave; 0: of all", act: pickWave},
		{keys: []string{"s"}, shown: "s", short: "service time", help: "service time (from sending) or response time (from the schedule)", act: toggleService},
		{keys: []string{"tab"}, shown: "tab", short: "chart", help: "next chart: TTFT, E2E, their heat, percentiles, ITL, requests, tokens …", act: turnChart(1)},
		{keys: []string{"shift+tab"}, shown: "shift+tab", help: "previous chart", act: turnChart(-1)},
		{keys: []string{"f"}, shown: "f", short: "freeze", help: "freeze the screen; the run goes on", act: freeze},
		{keys: []string{"e"}, shown: "e", short: "errors", help: "what failed, with samples", act: toggleOverlay(overlayErrors)},
		{keys: []string{"v"}, shown: "v", short: "verdict", help: "the verdict with all its reasons", over: true, act: toggleOverlay(overlayVerdict)},
		{keys: []string{"/"}, shown: "/", help: "filter the events", act: startFilter},
		{keys: []string{"r"}, shown: "r", short: "again", help: "run it again", over: true, backend: true, act: actionKey(toRepeat)},
		{keys: []string{"c"}, shown: "c", short: "compare", help: "compare it with the run before", over: true, backend: true, act: actionKey(toCompare)},
		{keys: []string{"o"}, shown: "o", short: "report", help: "write a report", over: true, backend: true, act: actionKey(toReport)},
		{keys: []string{"w"}, shown: "w", short: "scenario", help: "write what was done, steering included, as a scenario file", over: true, backend: true, act: actionKey(toSave)},
		{keys: []string{"esc"}, shown: "esc", short: "home", help: "back to the home screen", over: true, home: true, act: actionKey(toLeave)},
		{keys: []string{"ctrl+z"}, shown: "ctrl+z", help: "suspend flashwave, the load too; fg resumes it", act: suspend},
		{keys: []string{"?", "h"}, shown: "?", short: "help", help: "this help", act: toggleOverlay(overlayHelp)},
		{keys: []string{"q", "ctrl+c"}, shown: "q", short: "stop", help: "stop sending and drain; again: stop at once (also ctrl+c)", live: true, act: stop},
		{keys: []string{"q", "enter", "ctrl+c"}, shown: "q", short: "leave", help: "leave (also enter)", over: true, act: leave},
	}
}

// keys are the bindings that mean something now.
func (m Model) keys() []binding {
	done := m.done()
	return slices.DeleteFunc(bindings(), func(b binding) bool {
		return done && b.live || !done && b.over || b.backend && !m.opts.backend || b.home && !m.opts.home
	})
}

// digits are the keys of the waves.
func digits() []string {
	return []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
}

// press does what a key is bound to: first what the open overlay or the filter
// makes of it.
func (m Model) press(key tea.KeyPressMsg) (Model, tea.Cmd) {
	name := key.String()
	if m.typing && name != "ctrl+c" && name != "ctrl+z" {
		return m.typeFilter(key), nil
	}
	if m.overlay != overlayNone {
		if closed, handled := m.pressOverlay(name); handled {
			return closed, nil
		}
	}
	m.notice = ""
	for _, b := range m.keys() {
		if slices.Contains(b.keys, name) {
			return b.act(m, name)
		}
	}
	return m, nil
}

// pressOverlay handles the keys of an open overlay: esc, enter and q close it.
func (m Model) pressOverlay(name string) (Model, bool) {
	switch name {
	case "esc", "enter", "q":
		m.overlay = overlayNone
	case "up", "k":
		m.selected = max(0, m.selected-1)
	case "down", "j":
		m.selected = min(m.selected+1, m.lastSelectable())
	default:
		return m, false
	}
	return m, true
}

// lastSelectable is how far down goes in the open overlay.
func (m Model) lastSelectable() int {
	n := len(errorKinds(m.shown))
	if m.overlay == overlayHelp {
		n = len(m.keys()) - max(1, m.layout.height-2) + 1
	}
	return max(0, n-1)
}

// asked runs an act on the source outside of Update, and shows at once what
// came of it.
func (m Model) asked(act func(Source)) (Model, tea.Cmd) {
	m.tag++
	src, look := m.src, m.look()
	return m, func() tea.Msg {
		act(src)
		return look()
	}
}

// steer is an act on the lane in view.
func steer(act func(Source, int)) func(Model, string) (Model, tea.Cmd) {
	return func(m Model, _ string) (Model, tea.Cmd) {
		lane := m.lane
		return m.asked(func(src Source) { act(src, lane) })
	}
}

// scale multiplies the load.
func scale(by float64) func(Model, string) (Model, tea.Cmd) {
	return steer(func(src Source, lane int) { src.Scale(lane, by) })
}

// leastBurst is the smallest burst, so that one is felt in a calm wave, too.
const leastBurst = 10

// burst adds as many requests as a second of the present rate brings.
func burst(m Model, _ string) (Model, tea.Cmd) {
	lane, n := m.lane, max(leastBurst, int(math.Round(m.live.Now.Offered)))
	return m.asked(func(src Source) { src.Burst(lane, n) })
}

// stop ends the run, step by step; who insists a third time leaves the screen,
// whatever the run does.
func stop(m Model, _ string) (Model, tea.Cmd) {
	m.stops++
	if m.stops > 2 {
		return m, tea.Quit
	}
	m.overlay = overlayNone
	return m.asked(Source.Stop)
}

func leave(m Model, _ string) (Model, tea.Cmd) { return m, tea.Quit }

func suspend(m Model, _ string) (Model, tea.Cmd) { return m, tea.Suspend }

func nextLane(m Model, _ string) (Model, tea.Cmd) {
	if n := len(m.shown.Lanes); n > 1 {
		m.lane = (m.lane + 1) % n
		return m.again()
	}
	return m, nil
}

func nextWindow(m Model, _ string) (Model, tea.Cmd) {
	m.window = (m.window + 1) % len(windows)
	if m.wave >= 0 && windows[m.window] == windowRun {
		m.window = (m.window + 1) % len(windows) // a picked wave has no run
	}
	return m.again()
}

func pickWave(m Model, key string) (Model, tea.Cmd) {
	wave := int(key[0]-'0') - 1
	if wave >= len(m.shown.Waves) {
		return m, nil
	}
	m.wave = wave
	return m.again()
}

func toggleService(m Model, _ string) (Model, tea.Cmd) {
	m.service = !m.service
	return m, nil
}

func turnChart(by int) func(Model, string) (Model, tea.Cmd) {
	return func(m Model, _ string) (Model, tea.Cmd) {
		m.chart = chartKind((int(m.chart) + by + chartKinds) % chartKinds)
		return m, nil
	}
}

func freeze(m Model, _ string) (Model, tea.Cmd) {
	m.frozen = !m.frozen
	if !m.frozen {
		m.shown = m.live
		m.place()
	}
	return m, nil
}

func toggleOverlay(o overlay) func(Model, string) (Model, tea.Cmd) {
	return func(m Model, _ string) (Model, tea.Cmd) {
		if m.overlay == o {
			o = overlayNone
		}
		m.overlay, m.selected = o, 0
		return m, nil
	}
}

func startFilter(m Model, _ string) (Model, tea.Cmd) {
	m.typing = true
	return m, nil
}

// longestFilter is how many characters a filter has at most.
const longestFilter = 40

// typeFilter edits the filter of the events.
func (m Model) typeFilter(key tea.KeyPressMsg) Model {
	switch key.String() {
	case "enter":
		m.typing = false
	case "esc":
		m.typing, m.filter = false, ""
	case "backspace":
		if r := []rune(m.filter); len(r) > 0 {
			m.filter = string(r[:len(r)-1])
		}
	default:
		m = m.addFilter(key.Text)
	}
	return m
}

// addFilter appends typed or pasted text.
func (m Model) addFilter(text string) Model {
	if text != " " {
		text = draw.Clean(text)
	}
	r := []rune(m.filter + text)
	m.filter = string(r[:min(len(r), longestFilter)])
	return m
}
