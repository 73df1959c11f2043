package home

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"flashwave/bench/history"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// The answer is what stands first on the screen: what the last run of the form's target
// came to or, where there is none, what Enter will do.
type answer struct {
	of  history.Kept
	run *result.Run // nil: a search, or not read yet
}

// An answerMsg is a run that was read for the answer.
type answerMsg struct {
	id  string
	run *result.Run
}

// remember finds the last run of the form's target, and has it read.
func (h Model) remember() (Model, tea.Cmd) {
	k, ok := h.list.last(h.target())
	if !ok {
		h.answer = answer{}
		return h, nil
	}
	if h.answer.of.ID == k.ID {
		h.answer.of = k
		return h, nil
	}
	h.answer = answer{of: k}
	if k.Kind != history.Run {
		return h, nil
	}
	backend, id := h.backend, k.ID
	return h, func() tea.Msg {
		run, err := backend.Load(id)
		if err != nil {
			return nil // the list says so
		}
		return answerMsg{id, run}
	}
}

// target is the form's target as the list names it; "" as long as the draft is wrong.
func (h Model) target() string {
	if h.plan.scenario == nil {
		return h.knownTarget
	}
	return hostOrMock(h.plan.scenario.Target.URL)
}

// aMinuteOf writes a rate as people count it: 1,403 a minute.
func aMinuteOf(perSecond float64) string {
	if perSecond*60 >= 10 {
		return units.Count(perSecond*60) + " a minute"
	}
	return units.Rate(perSecond*60) + " a minute"
}

// said is the answer: the big figure, how it stands, the sentence, and what customers felt.
func (a answer) said() (figure string, grade draw.Grade, sentence, customers string) {
	k := a.of
	rate := k.SucceededRPS
	if k.Kind == history.Search {
		rate = k.RateRPS
	}
	text := aMinuteOf(*rate)
	passed, failed := *k.Status == result.Pass, *k.Status == result.Fail
	when := units.Ago(time.Since(*k.StartedAt))
	switch {
	case k.Kind == history.Search && k.Confirmed != nil && *k.Confirmed:
		sentence = when + " a search found that it holds " + text
	case k.Kind == history.Search:
		sentence = when + " a search found about " + text + ", not confirmed"
	case passed:
		sentence = when + " it held " + text
	case failed:
		sentence = when + " it served " + text + " and missed its SLOs"
	default:
		sentence = when + " it served " + text + ", which decides nothing"
	}
	if a.run != nil {
		if s := worst(a.run.Verdict.SLOs); s != "" {
			sentence += "; " + s
		}
		customers = a.run.Verdict.Customers
	}
	if customers == "" {
		customers = k.Headline
	}
	return text, draw.Judged(passed, failed), capital(sentence), customers
}

// worst is the first SLO that was missed, or else the first one: TTFT p95 612 ms of
// 800 ms.
func worst(list []result.SLO) string {
	var first *result.SLO
	for i, s := range list {
		if s.Observed == nil || s.Assumed && (s.OK == nil || *s.OK) {
			continue
		}
		if first == nil {
			first = &list[i]
		}
		if s.OK != nil && !*s.OK {
			first = &list[i]
			break
		}
	}
	if first == nil {
		return ""
	}
	e, err := slo.Parse(first.Expr)
	if err != nil {
		return ""
	}
	name := strings.ReplaceAll(string(e.Metric), "_", " ")
	if e.Latency() {
		name = strings.TrimSpace(strings.ToUpper(string(e.Metric)) + " " + string(e.Stat))
	}
	return name + " " + units.Value(*first.Observed, first.Unit) + " of " + units.Bound(e.Value, string(e.Unit))
}

// doing is what Enter will do, as a sentence and as a shorter one.
func (h Model) doing() (whole, brief string) {
	sc, e := h.plan.scenario, h.plan.estimate
	switch {
	case sc == nil && h.plan.err != nil:
		return "Nothing can be sent yet: " + draw.Clean(h.plan.field) + " is wrong", "nothing can be sent yet"
	case sc == nil:
		return "Looking at the draft " + h.pen.Glyph.Cut, ""
	}
	whole, brief = "Enter asks "+draw.Clean(result.TargetName(sc.Target.URL)), "requests until its time is over"
	if e.Requests > 0 {
		whole += " " + units.Count(e.Requests) + " times"
		brief = units.Of(e.Requests, "request", "requests")
	}
	load := ", " + units.Count(mostOpen(sc)) + " at once"
	if e.PeakRate > 0 {
		load = ", " + aMinuteOf(e.PeakRate) + " at the peak"
	}
	length := ""
	switch {
	case e.Length > 0:
		length = ": " + units.Length(e.Length)
	case e.Guess > 0:
		length = ": about " + units.About(e.Guess)
	}
	whole, brief = whole+load+length, brief+load+length
	switch {
	case sc.Target.BuiltIn():
		whole += ", nothing leaves this machine"
	case e.Cost != nil:
		whole += ", at most " + units.USD(*e.Cost)
		brief += ", at most " + units.USD(*e.Cost)
	}
	return whole, brief
}

// mostOpen is how many requests the closed waves keep open at most.
func mostOpen(sc *scenario.Scenario) (most int) {
	for _, l := range sc.Lanes {
		for _, w := range l.Waves {
			most = max(most, w.Concurrency)
		}
	}
	return most
}

// answerLines are the answer in a band of a width and at most so many rows: the big
// figure where there are three, and a sentence that is whole in any case.
func (h Model) answerLines(width, rows int) []string {
	p := h.pen
	whole, brief := h.doing()
	figure, mark, style, further := "", "", p.Style.Strong, []string{"No run of this target was kept so far."}
	if e := h.plan.estimate; h.plan.scenario != nil && e.Requests > 0 {
		figure = units.Count(e.Requests) + " requests"
	}
	if h.plan.scenario == nil {
		further = nil
		if h.plan.err != nil {
			further = []string{wrongText(h.plan.err, h.plan.hint, width)}
		}
	}
	if h.sale != nil && h.plan.scenario != nil {
		whole, further = "The sale: "+brief, nil
		brief = whole
	} else if k := h.answer.of; k.ID != "" {
		var grade draw.Grade
		var customers string
		further = []string{whole}
		figure, grade, whole, customers = h.answer.said()
		brief, mark, style = whole, p.Marked(grade)+" ", p.Style.Of(grade)
		if customers != "" {
			further = []string{capital(customers), further[0]}
		}
	}
	if h.pending != 0 && h.pending != saveForm {
		whole, brief = capital(startingWords(p)), capital(startingWords(p))
	}
	if rows < draw.DigitRows || width < draw.ColumnWidth {
		lines := draw.Wrapped(p.Style.Strong, whole, width-draw.Cells(mark))
		if len(lines) > rows {
			lines = draw.Wrapped(p.Style.Strong, capital(brief), width-draw.Cells(mark))
		}
		if len(lines) > rows {
			lines = []string{p.Style.Strong.Render(p.Cut(whole, width-draw.Cells(mark)))}
		}
		if len(lines) > 0 {
			lines[0] = mark + lines[0]
		}
		return p.Fit(lines, width, rows)
	}
	block := p.Digits(figure, style)
	room := width - draw.Cells(block[0]) - 3
	if figure == "" || room < 30 {
		block, room = nil, width
	}
	text := draw.Wrapped(p.Style.Strong, whole, room-draw.Cells(mark))
	if len(text) > 0 {
		text[0] = mark + text[0]
	}
	for _, more := range further {
		left := rows - len(text)
		if lines := draw.Wrapped(p.Style.Muted, draw.Clean(more), room); len(lines) <= left {
			text = append(text, lines...)
		} else if left > 0 {
			text = append(text, p.Style.Muted.Render(p.Cut(draw.Clean(more), room)))
		}
	}
	if block == nil {
		return p.Fit(text, width, rows)
	}
	return p.Fit(draw.Beside(block, text, 3), width, rows)
}

// capital begins a sentence.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// startingWords is what is said while the draft is looked at before it is sent.
func startingWords(p draw.Pen) string { return "starting " + p.Glyph.Cut }
