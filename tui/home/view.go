package home

import (
	"fmt"
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A layout is where the parts of the home screen go; what has no room has no
// height.
type layout struct{ header, form, load, runs, keys draw.Rect }

// layout divides the window: two columns, or the part that has the focus.
func (h Model) layout() layout {
	w, height := max(0, h.size.Width), max(0, h.size.Height)
	l := layout{header: draw.At(0, 0, w, 1), keys: draw.At(0, height-1, w, 1)}
	top := 1
	if height >= 30 {
		top = 2
	}
	room := max(0, height-top-1)
	formHeight := min(room, len(h.form.fields)+3)
	if w < draw.ColumnWidth || height < draw.ColumnHeight {
		l.form, l.runs = draw.At(0, top, w, room), draw.At(0, top, w, room)
		return l
	}
	full := draw.At(0, top, w, room)
	left := full
	if w >= draw.FullWidth {
		left, l.runs = full.Split(min(96, max(52, w/2-2)))
	} else {
		l.runs = full
	}
	l.form = draw.At(left.X, top, left.W, formHeight)
	l.load = draw.At(left.X, top+formHeight, left.W, room-formHeight)
	if l.load.H < 4 {
		l.load.H = 0
	}
	return l
}

// View draws the home screen.
func (h Model) View() string {
	l, p := h.layout(), h.pen
	both := l.runs.X > 0
	blocks := []draw.Block{{At: l.header, Lines: []string{h.header(l.header.W)}}}
	if both || h.inForm() {
		blocks = append(blocks, draw.Block{At: l.form, Lines: h.formPanel(l.form.W, l.form.H)})
		if l.load.H > 0 {
			blocks = append(blocks, draw.Block{At: l.load, Lines: h.loadPanel(l.load.W, l.load.H)})
		}
	}
	if both || !h.inForm() {
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

// formPanel draws the fields, and what is wrong with them.
func (h Model) formPanel(width, height int) []string {
	p := h.pen
	wrong, below := "", ""
	if h.plan.err != nil && h.planned == h.tag {
		wrong = h.plan.field
		below = p.Style.Bad.Render(draw.Clean(h.plan.err.Error()))
		if h.plan.hint != "" {
			below = p.Style.Bad.Render(draw.Clean(h.plan.hint))
			if !strings.Contains(h.plan.err.Error(), h.plan.hint) && draw.Cells(h.plan.err.Error())+draw.Cells(h.plan.hint) < width-8 {
				below = p.Style.Bad.Render(draw.Clean(h.plan.err.Error() + ": " + h.plan.hint))
			}
		}
	}
	if width < draw.ColumnWidth && h.size.Width < draw.ColumnWidth || h.size.Height < draw.ColumnHeight {
		lines := h.form.lines(p, wrong, width, max(1, height-2))
		return p.Fit(append(lines, below, h.estimateLine(width)), width, height)
	}
	lines := append(h.form.lines(p, wrong, width-4, max(1, height-3)), below)
	note := ""
	if h.inForm() {
		note = p.Label("enter runs it")
	}
	return p.Panel("new run", note, lines, width, height)
}

// loadPanel draws the waves and what they will ask for, or the check.
func (h Model) loadPanel(width, height int) []string {
	p := h.pen
	if h.probing != nil {
		return p.Panel("check", p.Label("esc gives up"), []string{p.Label("one request is on its way…")}, width, height)
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
	planned := result.Planned(h.plan.scenario)
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
	if e.Length > 0 {
		length = units.Clock(e.Length)
	}
	peak := p.Glyph.None
	if e.PeakRate > 0 {
		peak = units.PerSecond(e.PeakRate)
	}
	cost := p.Glyph.None
	if e.Cost != nil {
		cost = "at most " + units.USD(*e.Cost)
	}
	lines := []string{
		p.Spread([]string{p.Pair("requests", requests), p.Pair("length", length), p.Pair("peak", peak)}, 3, width),
		p.Spread([]string{p.Pair("tokens in", p.Glyph.About+" "+units.Short(e.PromptTokens)), p.Pair("out at most", units.Short(e.OutputTokens))}, 3, width),
		p.Pair("cost", cost),
	}
	return append(lines, p.Cut(p.Pair("in flight at the peak", h.inFlight(sc)), width))
}

// inFlight is how many requests will be open at the peak: a closed wave's
// concurrency, or between the rate times the last run's mean latency and the rate
// times the timeout (Little's law: L = λW).
func (h Model) inFlight(sc *scenario.Scenario) string {
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
	return result.TargetName(address)
}

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

func (h Model) runsPanel(width, height int) []string {
	p := h.pen
	note := ""
	switch {
	case h.list.typing || h.list.filter != "":
		note = p.FilterNote(h.list.filter, h.list.typing)
	case len(h.list.marked) > 0:
		note = p.Label(fmt.Sprintf("%d marked", len(h.list.marked)))
	}
	if width < draw.ColumnWidth && h.size.Width < draw.ColumnWidth || h.size.Height < draw.ColumnHeight {
		return p.Fit(h.list.lines(p, !h.inForm(), width, height), width, height)
	}
	return p.Panel("earlier runs", note, h.list.lines(p, !h.inForm(), width-4, height-2), width, height)
}

// bottom is the keys that matter now, or what there is to say.
func (h Model) bottom(width int) string {
	p := h.pen
	if h.notice != "" {
		return p.Style.Mark.Render(draw.Clean(h.notice))
	}
	return h.Bindings().Footer(p, width)
}

// overlay is the question before a target that is not on this machine gets load.
func (h Model) overlay() []string {
	if !h.asking {
		return nil
	}
	p, w := h.pen, h.size.Width
	sc := h.plan.scenario
	inner := min(w, 90) - 4
	lines := draw.Wrapped(p.Style.Strong, draw.Clean(result.TargetName(sc.Target.URL))+" is not on this machine. It will get "+h.plan.estimate.String()+".", inner)
	lines = append(lines, "", p.Figure("y")+" "+p.Label("go on")+"   "+p.Figure("any other key")+" "+p.Label("send nothing"))
	return p.Panel("load somebody else's machine?", "", lines, min(w, 90), min(h.size.Height, len(lines)+2))
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
