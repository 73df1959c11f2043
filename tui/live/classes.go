package live

import (
	"slices"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// classCount is how many classes of requests a run has: shares of a mix, turns of
// conversations. Those of a queue are told of as classes of tasks.
func classCount(s result.Snapshot) int {
	if s.Queue != nil {
		return 0
	}
	return len(s.Workloads) + len(s.Turns)
}

// taskClassCount is how many classes of tasks a run has that go through a queue.
func taskClassCount(s result.Snapshot) int {
	if s.Queue == nil {
		return 0
	}
	return len(s.Queue.Classes)
}

// classes draws what became of each class of requests over the run so far: how many, how
// long the first word took, how many failed.
func (p pen) classes(s result.Snapshot, width, height int) []string {
	inner, rows := width-4, height-2
	list := slices.Concat(s.Workloads, s.Turns)
	body := []string{p.Ends("", p.classFigures("requests", "TTFT p95", "E2E p95", "errors", inner), inner)}
	for _, c := range list {
		name := draw.Clean(c.Name)
		if c.Kind == result.OfTurn {
			name = "turn " + name
		}
		latency := func(l *result.Latency) string {
			if l == nil || l.Count == 0 {
				return p.Glyph.None
			}
			return units.Millis(l.P95)
		}
		figures := p.classFigures(units.Count(c.Requests.Ended()), latency(c.Latency.TTFT.Response), latency(c.Latency.E2E.Response), p.Maybe(c.ErrorRate, units.Share), inner)
		grade := p.classGrade(s, c)
		mark := " "
		if grade > draw.Unknown {
			mark = p.Marked(grade)
		}
		body = append(body, p.Ends(mark+" "+p.Style.Text.Render(name), figures, inner))
	}
	if n := s.Sessions; n != nil && len(body) < rows {
		body = append(body, p.Spread([]string{p.Pair("conversations", units.Count(n.Started)), p.Pair("finished", units.Count(n.Finished)), p.warned("broken", n.Broken)}, 2, inner))
	}
	if len(list) == 0 {
		body = []string{p.Style.Faint.Render("all requests are of one kind")}
	}
	if len(body) > rows && rows > 1 {
		more := units.Of(len(body)-rows+1, "more", "more")
		body = append(body[:rows-1], p.Label(p.Glyph.Cut+" "+more))
	}
	return p.Panel("classes", p.Label("whole run"), body, width, height)
}

// classFigures are the columns of a class, as many as there is room for beside a name.
func (p pen) classFigures(requests, ttft, e2e, errors string, width int) (text string) {
	columns := []struct {
		text  string
		style draw.Ink
	}{{requests, p.Style.Strong}, {ttft, p.Style.P95}, {e2e, p.Style.P95}, {errors, p.Style.Strong}}
	const each, name = 11, 10
	if 4*each+name > width {
		columns = slices.Delete(columns, 2, 3)
	}
	for _, c := range columns {
		text += c.style.Render(draw.Right(c.text, each))
	}
	return text
}

// classGrade is the worst of the SLOs on a class.
func (p pen) classGrade(s result.Snapshot, c result.Stats) draw.Grade {
	g := draw.Unknown
	for _, o := range s.SLOs {
		if o.Kind == c.Kind && o.Wave == c.Name {
			g = max(g, liveGrade(o))
		}
	}
	return g
}
