package tui

import (
	"fmt"
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/units"
)

// A homeLayout is where the parts of the home screen go; what has no room has no
// height.
type homeLayout struct{ header, form, load, runs, keys rect }

// layout divides the window: two columns, or the part that has the focus.
func (h home) layout() homeLayout {
	w, height := max(0, h.size.Width), max(0, h.size.Height)
	l := homeLayout{header: rect{0, 0, w, 1}, keys: rect{0, height - 1, w, 1}}
	top := 1
	if height >= 30 {
		top = 2
	}
	room := max(0, height-top-1)
	formHeight := min(room, len(h.form.fields)+3)
	if w < columnWidth || height < columnHeight {
		l.form, l.runs = rect{0, top, w, room}, rect{0, top, w, room}
		return l
	}
	full := rect{0, top, w, room}
	left := full
	if w >= fullWidth {
		left, l.runs = full.split(min(96, max(52, w/2-2)))
	} else {
		l.runs = full
	}
	l.form = rect{left.x, top, left.w, formHeight}
	l.load = rect{left.x, top + formHeight, left.w, room - formHeight}
	if l.load.h < 4 {
		l.load.h = 0
	}
	return l
}

// view draws the home screen.
func (h home) view() string {
	l, p := h.layout(), h.pen
	both := l.runs.x > 0
	blocks := []block{{l.header, []string{h.header(l.header.w)}}}
	if both || h.inForm() {
		blocks = append(blocks, block{l.form, h.formPanel(l.form.w, l.form.h)})
		if l.load.h > 0 {
			blocks = append(blocks, block{l.load, h.loadPanel(l.load.w, l.load.h)})
		}
	}
	if both || !h.inForm() {
		blocks = append(blocks, block{l.runs, h.runsPanel(l.runs.w, l.runs.h)})
	}
	if l.keys.y > 0 {
		blocks = append(blocks, block{l.keys, []string{p.cut(h.bottom(l.keys.w), l.keys.w)}})
	}
	if over := h.overlay(); len(over) > 0 {
		width := 0
		for _, line := range over {
			width = max(width, cells(line))
		}
		at := rect{max(0, (h.size.Width-width)/2), max(0, (h.size.Height-len(over))/2), width, len(over)}
		blocks = append(blocks, block{at, over})
	}
	text := compose(h.size.Width, h.size.Height, blocks)
	if h.opts.ASCII {
		return toASCII(text)
	}
	return text
}

func (h home) header(width int) string {
	p := h.pen
	const brand = "flashwave"
	if width < 80 {
		return p.style.brand.Render(p.cut(brand, width))
	}
	return p.ends(p.style.brand.Render(brand), p.label("will the endpoint hold, what will customers feel, what will it cost?"), width)
}

// formPanel draws the fields, and what is wrong with them.
func (h home) formPanel(width, height int) []string {
	p := h.pen
	wrong, below := "", ""
	if h.plan.err != nil && h.planned == h.tag {
		wrong = h.plan.field
		below = p.style.bad.Render(clean(h.plan.err.Error()))
		if h.plan.hint != "" {
			below = p.style.bad.Render(clean(h.plan.hint))
			if !strings.Contains(h.plan.err.Error(), h.plan.hint) && cells(h.plan.err.Error())+cells(h.plan.hint) < width-8 {
				below = p.style.bad.Render(clean(h.plan.err.Error() + ": " + h.plan.hint))
			}
		}
	}
	if width < columnWidth && h.size.Width < columnWidth || h.size.Height < columnHeight {
		lines := h.form.lines(p, wrong, width, max(1, height-2))
		return p.fit(append(lines, below, h.estimateLine(width)), width, height)
	}
	lines := append(h.form.lines(p, wrong, width-4, max(1, height-3)), below)
	note := ""
	if h.inForm() {
		note = p.label("enter runs it")
	}
	return p.panel("new run", note, lines, width, height)
}

// loadPanel draws the waves and what they will ask for, or the check.
func (h home) loadPanel(width, height int) []string {
	p := h.pen
	if h.probing != nil {
		return p.panel("check", p.label("esc gives up"), []string{p.label("one request is on its way…")}, width, height)
	}
	if h.failed != nil {
		return p.panel("check", p.label("esc closes"), wrapped(p.style.bad, clean(h.failed.Error()), width-4), width, height)
	}
	if h.probe != nil {
		return p.panel("check: one request", p.label("esc closes"), p.timeline(*h.probe, width-4, height-2), width, height)
	}
	if h.plan.scenario == nil {
		return p.panel("load", "", []string{p.style.faint.Render(p.glyph.none)}, width, height)
	}
	inner := width - 4
	estimate := h.estimate(inner)
	lanes := len(h.plan.scenario.Lanes)
	bars := max(1, min(6, (height-2-len(estimate)-1)/lanes-1))
	shot := plannedSnapshot(h.plan.scenario)
	shot.Verdict = &result.Verdict{} // no cursor: nothing runs
	var lines []string
	for lane := range lanes {
		if len(lines)+bars+1 > height-2 {
			break
		}
		lines = append(lines, p.newRibbon(shot, lane, inner).lines(bars+1)...)
	}
	if height-2 > len(lines)+len(estimate) {
		lines = append(lines, "")
	}
	return p.panel("load", "", append(lines, estimate...), width, height)
}

// estimate says what the run will ask of the endpoint.
func (h home) estimate(width int) []string {
	p, e, sc := h.pen, h.plan.estimate, h.plan.scenario
	requests, length := p.glyph.none, p.glyph.none
	if e.Requests > 0 {
		requests = units.Count(e.Requests)
	}
	if e.Length > 0 {
		length = units.Clock(e.Length)
	}
	peak := p.glyph.none
	if e.PeakRate > 0 {
		peak = units.PerSecond(e.PeakRate)
	}
	cost := p.glyph.none
	if e.Cost != nil {
		cost = "at most " + units.USD(*e.Cost)
	}
	lines := []string{
		p.spread([]string{p.pair("requests", requests), p.pair("length", length), p.pair("peak", peak)}, 3, width),
		p.spread([]string{p.pair("tokens in", p.glyph.about+" "+units.Short(e.PromptTokens)), p.pair("out at most", units.Short(e.OutputTokens))}, 3, width),
		p.pair("cost", cost),
	}
	return append(lines, p.cut(p.pair("in flight at the peak", h.inFlight(sc)), width))
}

// inFlight is how many requests will be open at the peak: a closed wave's
// concurrency, or between the rate times the last run's mean latency and the rate
// times the timeout (Little's law: L = λW).
func (h home) inFlight(sc *scenario.Scenario) string {
	peak, closed := sc.PeakRate(), 0
	for _, l := range sc.Lanes {
		for _, w := range l.Waves {
			closed = max(closed, w.Concurrency)
		}
	}
	if peak == 0 {
		return units.Count(closed)
	}
	most := min(int64(peak*sc.Target.Timeout.D().Seconds()), int64(sc.Slots()))
	name := hostOrMock(sc.Target.URL)
	if mean, ok := h.list.lastLatency(name); ok {
		least := max(1, int64(peak*mean.Seconds()))
		return fmt.Sprintf("%s (last run's latency) to %s (timeout)", units.Count(least), units.Count(max(least, most)))
	}
	return fmt.Sprintf("at most %s (timeout)", units.Count(most))
}

// hostOrMock is the target as the list of runs names it.
func hostOrMock(address string) string {
	if address == scenario.MockURL {
		return "mock"
	}
	return targetName(address)
}

// estimateLine is the estimate where there is one line for it.
func (h home) estimateLine(width int) string {
	p, e := h.pen, h.plan.estimate
	if h.plan.scenario == nil {
		return ""
	}
	parts := []string{}
	if e.Requests > 0 {
		parts = append(parts, p.pair("requests", units.Count(e.Requests)))
	}
	if e.Length > 0 {
		parts = append(parts, p.pair("length", units.Clock(e.Length)))
	}
	if e.Cost != nil {
		parts = append(parts, p.pair("cost <", units.USD(*e.Cost)))
	}
	return p.spread(parts, 2, width)
}

func (h home) runsPanel(width, height int) []string {
	p := h.pen
	note := ""
	switch {
	case h.list.typing || h.list.filter != "":
		note = p.filterNote(h.list.filter, h.list.typing)
	case len(h.list.marked) > 0:
		note = p.label(fmt.Sprintf("%d marked", len(h.list.marked)))
	}
	if width < columnWidth && h.size.Width < columnWidth || h.size.Height < columnHeight {
		return p.fit(h.list.lines(p, !h.inForm(), width, height), width, height)
	}
	return p.panel("earlier runs", note, h.list.lines(p, !h.inForm(), width-4, height-2), width, height)
}

// A homeKey is a key of the home screen.
type homeKey struct {
	shown, short, help string
	form, list         bool
}

var homeKeys = []homeKey{
	{"enter", "run", "run what the form says", true, false},
	{"tab", "next", "next field, then the earlier runs (also down)", true, false},
	{"left right", "", "choose a scenario; right completes a target", true, false},
	{"ctrl+k", "check", "send one request and show its timeline", true, true},
	{"enter", "open", "show the selected run", false, true},
	{"space", "mark", "mark a run for comparing (also m)", false, true},
	{"c", "compare", "compare the two marked runs, or the marked and the selected one", false, true},
	{"/", "filter", "filter the runs", false, true},
	{"up down", "", "select a run (also k and j, pgup, pgdown, g and G)", false, true},
	{"tab", "form", "back to the form (also esc)", false, true},
	{"esc", "runs", "to the earlier runs", true, false},
	{"ctrl+z", "", "suspend flashwave; fg resumes it", true, true},
	{"f1", "help", "this help (also ?, outside of the form)", true, true},
	{"ctrl+c", "leave", "leave", true, false},
	{"q", "leave", "leave (also ctrl+c)", false, true},
}

// bottom is the keys that matter now, or what there is to say.
func (h home) bottom(width int) string {
	p := h.pen
	if h.notice != "" {
		return p.style.mark.Render(clean(h.notice))
	}
	var parts []string
	for _, k := range homeKeys {
		if k.short != "" && (k.form && h.inForm() || k.list && !h.inForm()) {
			parts = append(parts, p.figure(k.shown)+" "+p.label(k.short))
		}
	}
	gap := 3
	if width < fullWidth {
		gap = 2
	}
	return p.spread(parts, gap, width)
}

// overlay is the help, or the question before a target that is not on this machine
// gets load.
func (h home) overlay() []string {
	p, w := h.pen, h.size.Width
	switch {
	case h.help:
		var lines []string
		for _, k := range homeKeys {
			lines = append(lines, p.figure(right(k.shown, 10))+"  "+p.style.text.Render(k.help))
		}
		return p.panel("keys", p.label("any key closes"), lines, min(w, 78), min(h.size.Height, len(lines)+2))
	case h.asking:
		sc := h.plan.scenario
		inner := min(w, 90) - 4
		lines := wrapped(p.style.strong, clean(targetName(sc.Target.URL))+" is not on this machine. It will get "+h.plan.estimate.String()+".", inner)
		lines = append(lines, "", p.figure("y")+" "+p.label("go on")+"   "+p.figure("any other key")+" "+p.label("send nothing"))
		return p.panel("load somebody else's machine?", "", lines, min(w, 90), min(h.size.Height, len(lines)+2))
	}
	return nil
}
