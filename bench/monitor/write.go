package monitor

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
)

// WriteJSON writes the document on one line, as the last of the lines of probes.
func (d *Document) WriteJSON(w io.Writer) error { return writeLine(w, d) }

// WriteJSON writes the probe on one line.
func (p Probed) WriteJSON(w io.Writer) error { return writeLine(w, p) }

func writeLine(w io.Writer, document any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(document)
}

// signs begin the line of a target.
var signs = map[result.Status]string{result.Pass: "✓", result.Fail: "✗", result.Inconclusive: "–", result.Aborted: "✗"}

// WriteText writes a line for each target, and the verdict.
func (d *Document) WriteText(w io.Writer) error {
	rows := [][]string{{"", "target", "good", "TTFT p50", "p95", "E2E p50", "p95", "24 h", "budget left", "today"}}
	for _, t := range d.Targets {
		if t.Queue != nil {
			continue
		}
		row := t.begins()
		for _, l := range []*result.Latency{t.LatencyMS.TTFT, t.LatencyMS.E2E} {
			if l == nil {
				row = append(row, units.NoData, units.NoData)
				continue
			}
			row = append(row, units.Millis(l.P50), units.Millis(l.P95))
		}
		row = append(row, units.Maybe(t.Availability.Day, units.Share), units.Maybe(t.BudgetLeft, units.Share), units.Maybe(t.SpentToday, units.USD))
		rows = append(rows, row)
	}
	var b strings.Builder
	if len(rows) > 1 {
		writeColumns(&b, rows, 2)
	}
	d.writeQueues(&b)
	for _, i := range d.Incidents {
		fmt.Fprintf(&b, "\n%s", incidentLine(i))
	}
	if len(d.Incidents) > 0 {
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "\n%s: %s\n", strings.ToUpper(string(d.Verdict.Status)), d.Verdict.Headline)
	for _, r := range (result.Verdict{Headline: d.Verdict.Headline, Reasons: d.Verdict.Reasons}).Further() {
		fmt.Fprintf(&b, "  %s\n", r)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// begins are the first cells of a target's row.
func (t TargetReport) begins() []string {
	row := []string{signs[t.Status], t.Name, units.NoData}
	if judged := t.Probes.Good + t.Probes.Bad; judged > 0 {
		row[2] = units.Count(t.Probes.Good) + "/" + units.Count(judged)
	}
	return row
}

// writeQueues writes a line for each queue and each class.
func (d *Document) writeQueues(b *strings.Builder) {
	rows := [][]string{{"", "queue", "good", "depth max", "oldest max", "starved max", "arrived", "taken", "done", "new dead"}}
	for _, t := range d.Targets {
		q := t.Queue
		if q == nil {
			continue
		}
		span := func(ms float64) string { return Age(time.Duration(ms * float64(time.Millisecond))) }
		count := func(n *int64, least bool) string {
			text := units.Maybe(n, units.Count)
			if n != nil && least {
				text = "≥ " + text
			}
			return text
		}
		rows = append(rows, append(t.begins(), units.Maybe(q.DepthMax, units.Count), units.Maybe(q.OldestMSMax, span), units.Maybe(q.StarvedMSMax, span),
			count(q.Arrived, q.AtLeast), count(q.Taken, q.AtLeast), count(q.Done, false), units.Maybe(q.NewDeadMax, units.Count)))
	}
	if len(rows) > 1 {
		writeColumns(b, rows, 2)
	}
}

func incidentLine(i Incident) string {
	until := "open"
	if i.ClosedAt != nil {
		until = "until " + i.ClosedAt.Local().Format(stamp)
	}
	line := fmt.Sprintf("incident %s: since %s, %s", i.Target, i.OpenedAt.Local().Format(stamp), until)
	if i.Why != "" {
		line += ": " + i.Why
	}
	return line
}

// stamp is how an instant is written.
const stamp = time.DateTime

// writeColumns aligns the first columns at their left, and the others at their right.
func writeColumns(b *strings.Builder, rows [][]string, left int) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i >= len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i >= left {
				line.WriteString("  " + space + cell)
				continue
			}
			if i > 0 {
				line.WriteByte(' ')
			}
			line.WriteString(cell + space)
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

// Refusal is the document of a monitor that came to nothing.
func Refusal(tool result.Tool, code int, reason, hint string) *Document {
	now := time.Now().UTC()
	d := &Document{
		Schema: Schema, Tool: tool, StartedAt: now, EndedAt: now,
		Targets: []TargetReport{}, Incidents: []Incident{}, Events: []Event{}, Notices: []Notice{},
		Verdict: Verdict{Status: result.Aborted, ExitCode: code, Headline: reason, Reasons: []string{reason}},
	}
	if hint != "" {
		d.Verdict.Reasons = append(d.Verdict.Reasons, hint)
	}
	return d
}

// Headline says first what matters most: which target breaks its objective, is down or
// degraded, and how many others are not well; else that all are up, as far as is known.
func (s Snapshot) Headline() string {
	ill, worst := 0, Row{}
	up := 0
	for _, r := range s.Rows {
		switch {
		case r.State == Up:
			up++
		case r.State != Unknown:
			ill++
			if worst.Name == "" || r.graver(worst) {
				worst = r
			}
		}
	}
	switch {
	case ill > 1:
		return worst.trouble() + ", and " + units.Of(ill-1, "other is", "others are") + " not well"
	case ill == 1:
		return worst.trouble()
	case up == 0:
		return "nothing is known yet"
	case up < len(s.Rows):
		return units.Count(up) + " of " + units.Of(len(s.Rows), "target", "targets") + " up, nothing is known of the others yet"
	case s.OneQueue():
		return s.Rows[0].Queue.line()
	case up == 1:
		return s.Rows[0].Name + " is up"
	}
	return "all " + units.Count(up) + " targets are up"
}

// OneQueue reports whether all targets are those of one queue.
func (s Snapshot) OneQueue() bool {
	return len(s.Rows) > 0 && !slices.ContainsFunc(s.Rows, func(r Row) bool { return r.Queue == nil }) &&
		!slices.ContainsFunc(s.Rows[1:], func(r Row) bool { return r.Class == "" })
}

// graver reports whether a target is worse off than another: an objective that is broken
// comes first, and then what does not answer.
func (r Row) graver(than Row) bool {
	order := []State{Paused, Degraded, Down}
	if (r.Incident != nil) != (than.Incident != nil) {
		return r.Incident != nil
	}
	if r.State != than.State || r.Queue == nil || than.Queue == nil {
		return slices.Index(order, r.State) > slices.Index(order, than.State)
	}
	return r.Queue.gravity() > than.Queue.gravity()
}

// gravity is how much what is broken of a queue matters: that customers wait in vain comes
// before that they wait long, and that before what lies among the dead letters.
func (q *QueueRow) gravity() int {
	order := []slo.Metric{slo.Dead, slo.Depth, slo.Oldest, slo.Starved}
	most := -1
	for _, m := range q.Broken {
		most = max(most, slices.Index(order, m))
	}
	return most
}

// trouble is what is wrong with a target.
func (r Row) trouble() string {
	switch {
	case r.Queue != nil && r.State == Down:
		return r.label() + " cannot be seen: " + r.LastError
	case r.Queue != nil && len(r.Queue.Broken) > 0:
		return r.LastError
	case r.Queue != nil && r.Incident != nil && r.Availability.Hour != nil:
		return fmt.Sprintf("%s broke its objective of %s: %s of the last hour was good", r.label(), units.Bound(r.Objective, units.Ratio), units.Share(*r.Availability.Hour))
	case r.Incident != nil && r.Availability.Hour != nil:
		return fmt.Sprintf("%s breaks its objective of %s: %s of its probes were good in the last hour",
			r.Name, units.Bound(r.Objective, units.Ratio), units.Share(*r.Availability.Hour))
	case r.State == Paused:
		return r.Name + " is not probed: its budget of the day is spent"
	case r.LastError != "":
		return r.Name + " is " + string(r.State) + ": " + r.LastError
	}
	return r.Name + " is " + string(r.State)
}

// label is what sentences call a target.
func (r Row) label() string {
	if r.Class != "" {
		return r.Class
	}
	return r.Name
}

// line is how a queue stands.
func (q *QueueRow) line() string {
	switch {
	case q.Depth == nil:
		return "it is not known how many tasks wait"
	case *q.Depth == 0:
		return "nothing waits"
	case q.Oldest == nil:
		return units.Of(*q.Depth, "task waits", "tasks wait")
	case *q.Depth == 1:
		return "1 task waits, for " + Age(*q.Oldest)
	}
	return units.Of(*q.Depth, "task waits", "tasks wait") + ", the oldest for " + Age(*q.Oldest)
}

// Line is the monitor at this instant, in one line.
func (s Snapshot) Line() string {
	in := map[State]int{}
	var probes, bad int64
	var spent float64
	priced := false
	for _, r := range s.Rows {
		in[r.State]++
		probes += r.Counts.Good + r.Counts.Bad + r.Counts.Unjudged
		bad += r.Counts.Bad
		if r.SpentToday != nil {
			spent, priced = spent+*r.SpentToday, true
		}
	}
	var states []string
	for _, state := range []State{Up, Degraded, Down, Paused, Unknown} {
		if in[state] > 0 {
			states = append(states, units.Count(in[state])+" "+string(state))
		}
	}
	line := fmt.Sprintf("%s: %s · %s, %s bad", units.Of(len(s.Rows), "target", "targets"), strings.Join(states, ", "), units.Of(probes, "probe", "probes"), units.Count(bad))
	if priced {
		line += " · " + units.USD(spent) + " today"
	}
	for _, r := range s.Rows {
		if r.Queue != nil && r.Class == "" {
			line += " · " + r.Queue.line()
		}
	}
	for _, n := range s.Notices {
		line += " · " + n.Text
	}
	return line
}

// Line is the probe in one line.
func (p Probed) Line() string {
	sign := "✓"
	switch {
	case p.Good == nil:
		sign = "–"
	case !*p.Good:
		sign = "✗"
	}
	if p.Queue != nil {
		line := sign + " " + p.Target + "  " + p.Queue.line()
		for _, c := range append([]ClassLook{p.Queue.Total}, p.Queue.Classes...) {
			if c.Why != "" {
				line += "  " + c.Why
			}
		}
		return line
	}
	line := fmt.Sprintf("%s %s  TTFT %s  E2E %s", sign, p.Target, units.Maybe(p.TTFTMS, units.Millis), units.Maybe(p.E2EMS, units.Millis))
	if p.Why != "" {
		line += "  " + p.Why
	}
	return line
}
