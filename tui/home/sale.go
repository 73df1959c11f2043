package home

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"flashwave/bench/scenario"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A sale is the plain questions whose answers make the waves, the SLO and the budget of
// a flash sale. They go into the draft as they are given.
type sale struct {
	answers  [questions]string
	at       int   // the question; questions: all are answered
	before   draft // what the form said
	wrong    error // with the answer being given
	wrongHow string
}

// The questions of a sale.
const (
	askCalm = iota
	askPeak
	askRise
	askLast
	askBear
	askBudget
	questions
)

// saleQuestions ask, name the answer, and hold what is answered where nobody says
// otherwise.
var saleQuestions = [questions]struct{ ask, name, usual string }{
	{"How many requests come in a calm minute?", "calm minute", "200"},
	{"How many come in a minute of the peak?", "peak minute", "6,000"},
	{"How fast does it rise? 0s is at once", "rises in", "10s"},
	{"How long does the peak last?", "peak lasts", "1m"},
	{"How long may 95 of 100 wait for the first word?", "first word", "800ms"},
	{"What may it cost, in dollars, or none?", "budget", "none"},
}

func newSale(before draft) *sale {
	s := &sale{before: before}
	for i, q := range saleQuestions {
		s.answers[i] = q.usual
	}
	return s
}

// draft is the form as the answers fill it in, or what is wrong with one of them.
func (s *sale) draft() (d draft, wrong int, err error) {
	var rates, lengths [questions]string
	for _, i := range []int{askCalm, askPeak} {
		if rates[i], err = aMinute(s.answers[i]); err != nil {
			return d, i, err
		}
	}
	for _, i := range []int{askRise, askLast, askBear} {
		lengths[i] = strings.TrimSpace(s.answers[i])
		length, err := scenario.ParseDuration(lengths[i])
		if err != nil {
			return d, i, err
		}
		if length == 0 && i != askRise {
			return d, i, errors.New("longer than that")
		}
	}
	d = s.before
	d.preset = flashSale
	if d.target == "" {
		d.target = scenario.MockURL // the file that was read named it
	}
	if d.budget, err = aBudget(s.answers[askBudget]); err != nil {
		return d, askBudget, err
	}
	rest := restOf(lengths[askLast])
	waves := []string{fmt.Sprintf("calm:%s:%s", rates[askCalm], rest)}
	if rise, _ := scenario.ParseDuration(lengths[askRise]); rise > 0 {
		waves = append(waves, fmt.Sprintf("rise:%s..%s:%s", rates[askCalm], rates[askPeak], rise))
	}
	last, _ := scenario.ParseDuration(lengths[askLast])
	waves = append(waves, fmt.Sprintf("peak:%s:%s", rates[askPeak], last), fmt.Sprintf("after:%s:%s", rates[askCalm], rest))
	d.load = strings.Join(waves, " ")
	d.slos = "ttft.p95 < " + lengths[askBear]
	return d, 0, nil
}

// aMinute reads a rate: a plain number is of requests a minute.
func aMinute(answer string) (string, error) {
	text := strings.ReplaceAll(strings.TrimSpace(answer), ",", "")
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		text += "/m"
	}
	rate, err := scenario.ParseRate(text)
	if err == nil && rate == 0 {
		err = errors.New("more than none")
	}
	return text, err
}

// aBudget reads a sum of money, or that there is no bound.
func aBudget(answer string) (string, error) {
	text := strings.TrimSpace(answer)
	if text == "" || text == "none" {
		return "", nil
	}
	_, err := scenario.ParseMoney(text)
	return text, err
}

// restOf is how long it is calm before the rise and after the peak: half the peak,
// within reason.
func restOf(peak string) scenario.Duration {
	last, _ := scenario.ParseDuration(peak)
	return scenario.Duration(min(max(last.D()/2, 20*time.Second), 2*time.Minute).Round(time.Second))
}

// over reports whether all questions are answered.
func (s *sale) over() bool { return s.at == questions }

// saleBindings are what can be done while the questions of a sale are asked; any other
// key is text. All of them answered, it can be run, searched for and saved.
func (h Model) saleBindings() draw.Bindings[Action] {
	asking, over := !h.sale.over(), h.sale.over()
	first := h.sale.at == 0
	return slices.Concat(draw.Bindings[Action]{
		{Keys: []string{"enter", "tab", "down"}, Shown: "enter", Label: "next", Help: "the next question (also tab, down)", Group: draw.Choosing, Action: nextQuestion, Off: over},
		{Keys: []string{"enter"}, Shown: "enter", Label: "run", Help: "run the sale", Group: draw.Driving, Action: runForm, Off: asking},
		{Keys: []string{"C"}, Shown: "C", Label: "search", Help: "search for the capacity that the sale needs", Group: draw.Driving, Action: searchForm, Off: asking},
		{Keys: []string{"w"}, Shown: "w", Label: "save", Help: "write the sale to a scenario file", Group: draw.Keeping, Action: saveForm, Off: asking},
		{Keys: []string{"up", "shift+tab"}, Shown: "up", Label: "back", Help: "the question before (also shift+tab)", Group: draw.Choosing, Action: questionBefore, Off: first},
		{Keys: []string{"ctrl+u"}, Shown: "ctrl+u", Help: "clear the answer", Group: draw.Choosing, Action: clearSaleAnswer, Off: over},
		{Keys: []string{"backspace"}, Group: draw.Choosing, Action: rubOutSaleAnswer, Off: over},
		{Keys: []string{"esc"}, Shown: "esc", Label: "drop it", Help: "back to the form as it was", Group: draw.Choosing, Action: dropSale, Off: over},
		{Keys: []string{"esc", "tab"}, Shown: "esc", Label: "form", Help: "to the form, which says all that", Group: draw.Choosing, Action: keepSale, Off: asking},
	}, h.askBindings(), always)
}

// answering performs an action of the sale.
func (h Model) answering(a Action) (Model, tea.Cmd) {
	s := *h.sale
	h.sale = &s
	switch a {
	case nextQuestion:
		if s.wrong != nil {
			return h, nil
		}
		s.at++
	case questionBefore:
		if s.wrong == nil {
			s.at--
		}
	case clearSaleAnswer:
		s.answers[s.at] = ""
		return h.answered()
	case rubOutSaleAnswer:
		s.answers[s.at] = draw.RubOut(s.answers[s.at])
		return h.answered()
	case dropSale:
		*h.draft = s.before
		h.sale = nil
		return h.refilled()
	case keepSale:
		h.sale = nil
		return h.refilled()
	}
	return h, nil
}

// answered takes over an answer that changed: into the draft, unless something is wrong
// with it.
func (h Model) answered() (Model, tea.Cmd) {
	d, _, err := h.sale.draft()
	h.sale.wrong, h.sale.wrongHow = err, hintOf(err)
	if err != nil {
		return h, nil
	}
	*h.draft = d
	return h.changed()
}

// refilled puts the draft into the fields of the form.
func (h Model) refilled() (Model, tea.Cmd) {
	h.form.refill()
	cmd := h.form.focus(max(0, h.form.at))
	h, more := h.changed()
	return h, tea.Batch(cmd, more)
}

// openSale asks the questions of a sale.
func (h Model) openSale() (Model, tea.Cmd) {
	h.sale = newSale(*h.draft)
	blur := h.form.focus(-1)
	h.form.at = 0 // where the focus will be
	h, cmd := h.answered()
	return h, tea.Batch(blur, cmd)
}

// salePanel draws the questions: what is asked, the answers so far, and the load where
// nothing else draws it.
func (h Model) salePanel(width, height int) []string {
	p, s := h.pen, h.sale
	bare := h.bare(width)
	inner, rows := width-4, height-2
	if bare {
		inner, rows = width, height
	}
	var lines []string
	if s.over() {
		_, brief := h.doing()
		lines = append(lines, draw.Wrapped(p.Style.Strong, "That is the sale: "+brief, inner)...)
	} else {
		lines = append(lines, draw.Wrapped(p.Style.Strong, saleQuestions[s.at].ask, inner)...)
	}
	if h.layout().load.H > 0 {
		lines = append(lines, "")
	}
	const names = 12
	for i, q := range saleQuestions {
		lead, label, answer := "  ", p.Label(draw.Left(q.name, names)), p.Style.Text.Render(draw.Clean(s.answers[i]))
		if i == s.at {
			lead, label = p.Style.Mark.Render(p.Glyph.Pointer)+" ", p.Figure(draw.Left(q.name, names))
			answer = p.Figure(draw.Clean(s.answers[i])) + p.Style.Mark.Render("_")
			if s.wrong != nil {
				lead = p.Style.Bad.Render(p.Glyph.Bad) + " "
			}
		}
		lines = append(lines, p.Cut(lead+label+" "+answer+p.Label(saleUnit(i, s.answers[i])), inner))
	}
	switch {
	case s.wrong != nil:
		lines = append(lines, p.Style.Bad.Render(p.Cut(wrongText(s.wrong, s.wrongHow, inner), inner)))
	case h.plan.err != nil && h.planned == h.tag:
		lines = append(lines, p.Style.Bad.Render(p.Cut(wrongText(h.plan.err, h.plan.hint, inner), inner)))
	case h.layout().load.H == 0:
		lines = append(lines, h.loadIn(inner, rows-len(lines))...)
	}
	if bare {
		return p.Fit(lines, width, height)
	}
	note := units.Count(s.at+1) + " of " + units.Count(questions)
	if s.over() {
		note = "run it, search for it, save it"
	}
	return p.Panel("a sale", p.Label(note), lines, width, height)
}

// saleUnit is what an answer that is a plain number means.
func saleUnit(i int, answer string) string {
	_, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(answer), ",", ""), 64)
	if err != nil || i > askPeak {
		return ""
	}
	return " a minute"
}
