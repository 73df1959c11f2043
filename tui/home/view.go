package home

import (
	"errors"
	"fmt"
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/store"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A layout is where the parts of the home screen go; what has no room has no
// height.
type layout struct{ header, answer, form, load, runs, keys draw.Rect }

// layout divides the window: the answer above two columns, or above the part that has
// the focus.
func (h Model) layout() layout {
	w, height := max(0, h.size.Width), max(0, h.size.Height)
	l := layout{keys: draw.At(0, height-1, w, min(1, height))}
	area := draw.NewArea(0, 0, w, max(0, height-1))
	switch {
	case height >= 30:
		l.header = area.Take(2)
		l.answer = area.Take(draw.DigitRows + 1)
		l.answer.H--
	case height >= 22:
		l.header = area.Take(1)
		l.answer = area.Take(draw.DigitRows)
	default:
		l.answer = area.Take(2)
	}
	l.header.H = min(1, l.header.H)
	top, room := area.Y, area.Left
	formHeight := min(room, len(h.form.fields)+3)
	full := draw.At(0, top, w, room)
	if w < draw.ColumnWidth || height < draw.ColumnHeight {
		l.form, l.runs = full, full
		return l
	}
	left := full
	if w >= draw.FullWidth {
		left, l.runs = full.Split(min(96, max(56, w/2-2)))
	} else {
		l.runs = full
	}
	if room-formHeight < 4 {
		formHeight = room
	}
	l.form = draw.At(left.X, top, left.W, formHeight)
	l.load = draw.At(left.X, top+formHeight, left.W, room-formHeight)
	return l
}

// bare reports whether parts have no frames, for want of room.
func (h Model) bare(width int) bool {
	return width < draw.ColumnWidth && h.size.Width < draw.ColumnWidth || h.size.Height < draw.ColumnHeight
}

// View draws the home screen.
func (h Model) View() string {
	l, p := h.layout(), h.pen
	both, left := l.runs.X > 0, h.inForm() || h.sale != nil
	blocks := []draw.Block{
		{At: l.header, Lines: []string{h.header(l.header.W)}},
		{At: l.answer, Lines: h.answerLines(l.answer.W, l.answer.H)},
	}
	if both || left {
		of := h.formPanel
		if h.sale != nil {
			of = h.salePanel
		}
		// A check takes the place of the form where there is no other room for it.
		if h.checked() && l.load.H == 0 {
			of = h.loadPanel
		}
		blocks = append(blocks, draw.Block{At: l.form, Lines: of(l.form.W, l.form.H)})
		if l.load.H > 0 {
			blocks = append(blocks, draw.Block{At: l.load, Lines: h.loadPanel(l.load.W, l.load.H)})
		}
	}
	if both || !left {
		blocks = append(blocks, draw.Block{At: l.runs, Lines: h.runsPanel(l.runs.W, l.runs.H)})
	}
	if l.keys.Y > 0 {
		blocks = append(blocks, draw.Block{At: l.keys, Lines: []string{p.Cut(h.bottom(l.keys.W), l.keys.W)}})
	}
	if over := h.overlay(); len(over) > 0 {
		blocks = append(blocks, draw.Centred(over, h.size.Width, h.size.Height))
	}
	return p.Compose(h.size.Width, h.size.Height, blocks)
}

func (h Model) header(width int) string {
	p := h.pen
	const brand = "flashwave"
	if width < 80 {
		return p.Style.Brand.Render(p.Cut(brand, width))
	}
	return p.Ends(p.Style.Brand.Render(brand), p.Label("will the endpoint hold, what will customers feel, what will it cost?"), width)
}

// formPanel draws the fields, and what is wrong with them or how the one with the focus is
// filled in.
func (h Model) formPanel(width, height int) []string {
	p := h.pen
	bare := h.bare(width)
	inner := width - 4
	if bare {
		inner = width
	}
	wrong, below := "", p.Label(h.hint())
	if h.plan.err != nil && h.planned == h.tag {
		wrong = h.plan.field
		below = p.Style.Bad.Render(wrongText(h.plan.err, h.plan.hint, inner))
	}
	if bare {
		if wrong == "" {
			below = h.estimateLine(width)
		}
		return p.Fit(append(h.form.lines(p, wrong, h.applies(), width, max(1, height-1)), below), width, height)
	}
	lines := append(h.form.lines(p, wrong, h.applies(), inner, max(1, height-3)), p.Cut(below, inner))
	if h.layout().load.H == 0 {
		lines = append(lines, h.loadIn(inner, height-2-len(lines))...)
	}
	note := ""
	if h.inForm() {
		note = p.Label("enter runs it")
	}
	return p.Focused(h.inForm() && h.size.Width >= draw.FullWidth).Panel("new run", note, lines, width, height)
}

// loadIn is the load of the form in a few lines of a panel that is about something else.
func (h Model) loadIn(width, rows int) []string {
	if h.plan.scenario == nil || rows < 1 {
		return nil
	}
	lines := []string{h.estimateLine(width)}
	if rows > 2 {
		lines = append(lines, h.pen.Ribbon(plannedRibbon(h.plannedNow(), 0), width, min(rows-1, 6))...)
	}
	return lines
}

// wrongText says what is wrong, with what to do about it where there is room; the latter
// alone where there is room for one.
func wrongText(err error, hint string, width int) string {
	text, hint := draw.Clean(err.Error()), draw.Clean(hint)
	switch {
	case hint == "" || strings.Contains(text, hint):
		return text
	case draw.Cells(text)+draw.Cells(hint)+2 <= width:
		return text + ": " + hint
	default:
		return hint
	}
}

// hintOf is what an error suggests.
func hintOf(err error) string {
	var own *scenario.Error
	if errors.As(err, &own) {
		return own.Hint
	}
	return ""
}

// fieldHints say how a field is filled in, by its name.
var fieldHints = map[string]string{
	"target":       "a URL (http://127.0.0.1:8000/v1) or a config's name",
	"model":        "the name that the endpoint gives it",
	"key variable": "the variable's name, never the key",
	"scenario":     "left and right choose; f2 asks about a sale",
	"load":         "such as calm:200/m:60s rush:200/m..6000/m:10s, or c50:1000x",
	"max tokens":   "how long an answer may be",
	"SLOs":         "such as ttft.p95 < 800ms, error_rate < 1%",
	"budget":       "such as $5: it ends before it costs more",
}

// hint says how the field with the focus is filled in.
func (h Model) hint() string {
	if !h.inForm() {
		return ""
	}
	if h.draft.preset == fromFile && h.form.names[h.form.at] == "load" {
		return "the path of a scenario file"
	}
	return fieldHints[h.form.names[h.form.at]]
}

// applies is what will be so where a field says nothing, and beside what it says: none of
// it is an example.
func (h Model) applies() map[string]string {
	sc := h.plan.scenario
	if sc == nil {
		return nil
	}
	says := map[string]string{}
	if strings.TrimSpace(h.draft.target) == "" {
		says["target"] = draw.Clean(sc.Target.URL) + " (the file's)"
	} else if sc.Target.BuiltIn() {
		says["target"] = "(" + result.TargetName(sc.Target.URL) + ")"
	}
	if h.draft.model == "" {
		says["model"] = "the one that the endpoint lists"
		if sc.Target.Model != "" {
			says["model"] = draw.Clean(sc.Target.Model)
		}
	}
	says["key variable"] = h.keyNote(sc)
	if h.draft.tokens == "" {
		says["max tokens"] = units.Count(sc.Workload.MaxTokens)
	}
	var assumed []string
	for _, e := range slo.Assumed() {
		if !strings.Contains(strings.Join(sc.SLO, " "), string(e.Metric)) {
			assumed = append(assumed, e.Text)
		}
	}
	given := ""
	if h.draft.slos != "" && len(assumed) > 0 {
		given = "and "
	} else if h.draft.slos == "" && len(sc.SLO) > 0 {
		given = draw.Clean(strings.Join(sc.SLO, ", ")) + " and "
	}
	if len(assumed) > 0 {
		given += strings.Join(assumed, ", ") + " assumed"
	}
	says["SLOs"] = strings.TrimSuffix(given, " and ")
	if h.draft.budget == "" {
		says["budget"] = "none"
		if sc.Budget > 0 {
			says["budget"] = units.USD(sc.Budget)
		}
	}
	return says
}

// keyNote is which variable the key comes from, and whether it is set.
func (h Model) keyNote(sc *scenario.Scenario) string {
	switch {
	case sc.Target.BuiltIn():
		return "none needed"
	case sc.Target.KeyFile != "":
		return "none, for the key is in a file"
	}
	name, state := "", "not set"
	if h.plan.keySet {
		state = "set"
	}
	if h.draft.key == "" {
		name = draw.Clean(h.plan.key) + " "
	}
	return name + "(" + state + ")"
}

// loadPanel draws the waves and what they will ask for, or the check.
func (h Model) loadPanel(width, height int) []string {
	p := h.pen
	if h.probing != nil {
		return p.Panel("check", p.Label("esc gives up"), []string{p.Label("one request is on its way " + p.Glyph.Cut)}, width, height)
	}
	if h.failed != nil {
		return p.Panel("check", p.Label("esc closes"), draw.Wrapped(p.Style.Bad, draw.Clean(h.failed.Error()), width-4), width, height)
	}
	if h.probe != nil {
		return p.Panel("check: one request", p.Label("esc closes"), timeline(p, *h.probe, width-4, height-2), width, height)
	}
	if h.plan.scenario == nil {
		return p.Panel("load", "", []string{p.Style.Faint.Render(p.Glyph.None)}, width, height)
	}
	inner := width - 4
	estimate := h.estimate(inner)
	lanes := len(h.plan.scenario.Lanes)
	bars := max(1, min(6, (height-2-len(estimate)-1)/lanes-1))
	planned := h.plannedNow()
	var lines []string
	for lane := range lanes {
		if len(lines)+bars+1 > height-2 {
			break
		}
		lines = append(lines, p.Ribbon(plannedRibbon(planned, lane), inner, bars+1)...)
	}
	if height-2 > len(lines)+len(estimate) {
		lines = append(lines, "")
	}
	return p.Panel("load", "", append(lines, estimate...), width, height)
}

// estimate says what the run will ask of the endpoint.
func (h Model) estimate(width int) []string {
	p, e, sc := h.pen, h.plan.estimate, h.plan.scenario
	requests, length := p.Glyph.None, p.Glyph.None
	if e.Requests > 0 {
		requests = units.Count(e.Requests)
	}
	switch {
	case e.Length > 0:
		length = units.Clock(e.Length)
	case e.Guess > 0:
		length = p.Glyph.About + " " + units.About(e.Guess)
	}
	asks := []string{p.Pair("requests", requests), p.Pair("length", length)}
	if e.PeakRate > 0 {
		asks = append(asks, p.Pair("peak", units.PerSecond(e.PeakRate)))
	}
	cost := p.Glyph.None
	if e.Cost != nil {
		cost = "at most " + units.USD(*e.Cost)
	}
	lines := []string{
		p.Spread(asks, 3, width),
		p.Spread([]string{p.Pair("tokens in", p.Glyph.About+" "+units.Short(e.PromptTokens)), p.Pair("out at most", units.Short(e.OutputTokens))}, 3, width),
		p.Pair("cost", cost),
	}
	return append(lines, p.Cut(p.Pair("in flight at the peak", h.inFlight(sc)), width))
}

// inFlight is how many requests will be open at the peak: a closed wave's
// concurrency, or between the rate times the last run's p95 and the rate times the timeout (Little's law: L = λW).
func (h Model) inFlight(sc *scenario.Scenario) string {
	peak := sc.PeakRate()
	if peak == 0 {
		return units.Count(mostOpen(sc))
	}
	most := min(int64(peak*sc.Target.Timeout.D().Seconds()), int64(sc.Slots()))
	name := hostOrMock(sc.Target.URL)
	if p95, ok := h.list.lastLatency(name); ok {
		least := max(1, int64(peak*p95.Seconds()))
		return fmt.Sprintf("%s (last run's p95) to %s (timeout)", units.Count(least), units.Count(max(least, most)))
	}
	return fmt.Sprintf("at most %s (timeout)", units.Count(most))
}

// hostOrMock is the target as the list of runs names it.
func hostOrMock(address string) string { return store.TargetOf(address) }

// plannedNow is the run of the form as it would begin.
func (h Model) plannedNow() result.Snapshot { return result.Planned(h.plan.scenario) }

// estimateLine is the estimate where there is one line for it.
func (h Model) estimateLine(width int) string {
	p, e := h.pen, h.plan.estimate
	if h.plan.scenario == nil {
		return ""
	}
	parts := []string{}
	if e.Requests > 0 {
		parts = append(parts, p.Pair("requests", units.Count(e.Requests)))
	}
	if e.Length > 0 {
		parts = append(parts, p.Pair("length", units.Clock(e.Length)))
	}
	if e.Cost != nil {
		parts = append(parts, p.Pair("cost <", units.USD(*e.Cost)))
	}
	return p.Spread(parts, 2, width)
}

// runsPanel draws the earlier runs and searches.
func (h Model) runsPanel(width, height int) []string {
	p := h.pen
	focused := !h.inForm() && h.sale == nil
	if h.bare(width) {
		return p.Fit(h.list.lines(p, focused, width, height), width, height)
	}
	return p.Focused(focused && h.size.Width >= draw.FullWidth).Panel("earlier runs", h.list.note(p), h.list.lines(p, focused, width-4, height-2), width, height)
}

// bottom is the keys that matter now, or what there is to say.
func (h Model) bottom(width int) string {
	p := h.pen
	switch {
	case h.pending != 0 && h.pending != saveForm:
		return p.Style.Mark.Render(startingWords(p)) + p.Label("   esc gives it up")
	case h.line.about != 0:
		return h.line.view(p, width)
	case h.notice != "":
		return p.Style.Mark.Render(draw.Clean(h.notice))
	}
	return h.Bindings().Footer(p, width)
}

// overlay is the question before what is not to be undone.
func (h Model) overlay() []string {
	if !h.asking {
		return nil
	}
	p, w := h.pen, h.size.Width
	title, no := "load somebody else's machine?", "send nothing"
	if h.about == removeKept {
		title, no = "delete it?", "keep it"
	}
	lines := draw.Wrapped(p.Style.Strong, h.asked, min(w, 90)-4)
	lines = append(lines, "", p.Figure("y")+" "+p.Label("go on")+"   "+p.Figure("any other key")+" "+p.Label(no))
	return p.Panel(title, "", lines, min(w, 90), min(h.size.Height, len(lines)+2))
}

// plannedRibbon is the load of a lane of a run that has not begun.
func plannedRibbon(s result.Snapshot, lane int) draw.Ribbon {
	r := draw.Ribbon{Length: s.Planned}
	for _, c := range s.Lanes[lane].Curve {
		r.Curve = append(r.Curve, draw.Load(c))
	}
	for _, w := range s.WavesOf(lane) {
		r.Waves = append(r.Waves, draw.RibbonWave{Name: w.Name, Load: w.Load, Started: w.Started})
	}
	return r
}
