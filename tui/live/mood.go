package live

import (
	"math"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A mood is how a run is: a mark, a colour, and a sentence, the longest form of it first.
type mood struct {
	pen
	mark  string
	style draw.Ink
	says  []string
	whole bool // the first form is the one: it is broken rather than shortened
}

// lines is the sentence in a width: the longest form that has room, or the first one in
// several lines, at most height.
func (m mood) lines(width, height int) []string {
	room := width - draw.Cells(m.mark) - 1
	ink := m.Style.Brand
	if m.style == m.Style.Bad && !m.whole {
		ink = m.style.Bold()
	}
	for i, form := range m.says {
		if draw.Cells(form) <= room {
			return []string{m.style.Render(m.mark) + " " + ink.Render(form)}
		}
		if m.whole && i == 0 {
			break
		}
	}
	broken := []string{m.says[len(m.says)-1]}
	if m.whole {
		broken = strings.Split(ansi.Wordwrap(m.says[0], max(1, room), ""), "\n")
	}
	var lines []string
	for i, text := range broken[:min(len(broken), max(1, height))] {
		lead := m.style.Render(m.mark) + " "
		if i > 0 {
			lead = "  "
		}
		if i == height-1 && len(broken) > height {
			text += m.Glyph.Cut
		}
		lines = append(lines, m.Cut(lead+ink.Render(text), width))
	}
	return lines
}

// mood tells how the run is doing. Steering is of the lane in view.
func (p pen) mood(s result.Snapshot, lane int) mood {
	m := mood{pen: p, mark: p.Glyph.Dot, style: p.Style.Muted}
	open := units.Of(s.Now.InFlight, "request is open", "requests are open")
	switch {
	case s.Verdict != nil:
		return p.verdictMood(*s.Verdict)
	case s.State == result.Warming && s.At < 0:
		m.says = []string{"warming up: the first wave begins in " + windowLength(-s.At.Round(1e9)), "warming up"}
	case s.State == result.Warming:
		m.says = []string{"warming up"}
	case s.State == result.Paused:
		m.style = p.Style.Near
		m.says = []string{"paused: nothing is sent, " + open, "paused: " + open, "paused"}
	case s.State == result.Draining && s.Planned > 0 && s.At >= s.Planned:
		m.style = p.Style.Near
		m.says = []string{"time over: nothing more is sent, " + open, "time over: " + open, "time over"}
	case s.State == result.Draining:
		m.style = p.Style.Near
		m.says = []string{"draining: nothing more is sent, " + open, "draining: " + open, "draining"}
	case s.State == result.Running:
		return p.running(s, lane)
	case s.State == result.Done:
		m.says = []string{"over: being judged"}
	default:
		m.says = []string{"starting"}
	}
	return m
}

// running tells how a run is that goes on.
func (p pen) running(s result.Snapshot, lane int) mood {
	state := "running"
	if lane < len(s.Lanes) {
		if f := s.Lanes[lane].Factor; f != 0 && math.Abs(f-1) > 1e-9 {
			state += ", rate " + units.Factor(f)
		}
	}
	g := worst(s.SLOs)
	m := mood{pen: p, mark: p.Glyph.Dot, style: p.Style.Of(g)}
	if over := s.Now.Overload; over != nil {
		served := "served " + units.Rate(over.Served) + " of " + units.PerSecond(over.Offered)
		if over.Lane != "" {
			served = draw.Clean(over.Lane) + " " + served
		}
		waiting := ", waiting " + units.Count(over.Waiting) + " and growing"
		m.mark, m.style = p.Glyph.Mark(draw.Bad), p.Style.Bad
		m.says = []string{state + ": " + served + waiting, served + waiting, served + ", waiting " + units.Count(over.Waiting), served, "overloaded"}
		return m
	}
	if c, ok := starving(s); ok {
		what := c.name + " starves"
		if c.nothing != nil {
			what += ": nothing taken for " + units.Duration(*c.nothing)
		}
		m.mark, m.style = p.Glyph.Mark(draw.Bad), p.Style.Bad
		m.says = []string{state + ": " + strings.Replace(what, ":", ",", 1) + ", " + units.Of(c.tasks.Waiting, "task waits", "tasks wait"), what, c.name + " starves"}
		return m
	}
	if !s.Health.OK && s.Health.LagP99 != nil && g != draw.Bad {
		lag := "lag " + units.Duration(*s.Health.LagP99)
		if s.Health.MaxLag > 0 {
			lag += " of " + windowLength(s.Health.MaxLag)
		}
		m.mark, m.style = p.Glyph.Mark(draw.Near), p.Style.Near
		m.says = []string{state + ": this machine is late itself, " + lag, "this machine is late itself, " + lag, "this machine is late: " + lag, "this machine is late"}
		return m
	}
	switch g {
	case draw.Bad, draw.Near:
		m.mark = p.Glyph.Mark(g)
		m.says = p.complaint(s, g, state)
	case draw.Good:
		m.says = []string{state + ": every SLO holds", state}
		if n := breachedOverRun(s.SLOs); n > 0 {
			m.says = slices.Insert(m.says, 0, state+": every SLO holds now; over the run "+units.Of(n, "is breached", "are breached"))
		}
	default:
		m.says = []string{state}
		if s.Total.Requests.Ended() == 0 {
			m.says = []string{state + ": no answer yet", state}
		}
	}
	return m
}

// starving is the class of tasks that has got nothing for longest, of those that starve.
func starving(s result.Snapshot) (longest taskClass, ok bool) {
	if s.Queue == nil {
		return longest, false
	}
	for _, c := range taskClasses(s, outlook{}) {
		if c.starving && (!ok || longest.nothing != nil && c.nothing != nil && *c.nothing > *longest.nothing) {
			longest, ok = c, true
		}
	}
	return longest, ok
}

// breachedOverRun is how many SLOs do not hold over the run so far.
func breachedOverRun(slos []result.SLOStatus) (n int) {
	for _, o := range slos {
		if o.RunOK != nil && !*o.RunOK {
			n++
		}
	}
	return n
}

// complaint says which SLO is breached, or nearly so: the one that leads, if it is.
func (p pen) complaint(s result.Snapshot, g draw.Grade, state string) []string {
	var list []result.SLOStatus
	for _, o := range s.SLOs {
		if liveGrade(o) == g {
			list = append(list, o)
		}
	}
	o, ok := leading(list)
	if !ok {
		o = list[0]
	}
	where := ""
	if o.Wave != "" {
		where = " in " + ofWhat(o)
	}
	seen := p.observed(result.SLO{Observed: o.Live, AtLeast: o.AtLeast, AtMost: o.AtMost, Unit: o.Unit})
	side, word := "over its SLO of ", "SLO breached"
	if !slo.Op(o.Op).Upper() {
		side = "under its SLO of "
	}
	if g == draw.Near {
		side, word = "near its SLO of ", "near an SLO"
	}
	what := sloName(o) + " is " + seen + ", " + side + units.Bound(o.Bound, o.Unit)
	if n := len(list) - 1; n > 0 && g == draw.Bad {
		where += ", and " + units.Of(n, "other SLO", "other SLOs")
	}
	return []string{state + ": " + what + where, what + where, what, sloName(o) + " " + seen + ", " + side + units.Bound(o.Bound, o.Unit), state + ", " + word, word}
}
