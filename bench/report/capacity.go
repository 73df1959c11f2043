package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"flashwave/bench/capacity"
	"flashwave/bench/forecast"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// capacities are the formats of searches for capacity.
var capacities = tableOf[*capacity.Document]{
	{"text", ".txt", writeCapacityText},
	{"json", ".json", func(w io.Writer, d *capacity.Document, _ Options) error { return encode(w, d) }},
	{"md", ".md", writeCapacityMarkdown},
	{"csv", ".csv", writeCapacityCSV},
	{"html", ".html", writeCapacityHTML},
}

// CapacityFormats are the names that WriteCapacity knows.
func CapacityFormats() []string { return capacities.names() }

// WriteCapacity writes what a search for capacity found in a format. It is only read.
func WriteCapacity(w io.Writer, format string, d *capacity.Document, opts Options) error {
	return capacities.write(w, format, d, opts)
}

// writeCapacityText writes a search for a terminal.
func writeCapacityText(w io.Writer, d *capacity.Document, opts Options) error {
	p := newPage(opts)
	v := d.Verdict
	p.prose(p.ink.status(strings.ToUpper(cmp.Or(plain(string(v.Status)), "no verdict")), v.Status)+"  ", plain(v.Headline))
	for _, r := range v.Further() {
		p.prose("  ", plain(r))
	}
	p.gap()
	p.flow("searched", searched(d)...)
	for i, s := range d.SLOs {
		label := ""
		if i == 0 {
			label = "SLOs"
		}
		p.flow(label, plain(s.Expr)+assumed(s.Assumed), sloWords(d, i))
	}
	if len(d.Steps) > 0 && d.WhatIf == nil { // whoever asks about a night asks about that
		p.gap()
		stepTable(d).write(p)
		p.curve(d)
	}
	for _, section := range []pairs{forecastPairs(d.Forecast), pricePairs(d.Cost)} {
		if len(section.list) > 0 {
			p.gap()
			for i, pair := range section.list {
				label := ""
				if i == 0 {
					label = section.name
				}
				p.prose(p.label(label)+pad(pair.Name, pairWidth), pair.Text)
			}
		}
	}
	if t := modelTable(d.Cost); len(t.rows) > 0 {
		p.gap()
		t.write(p)
	}
	if t := rehearsalTable(d.Rehearsal); len(t.rows) > 0 {
		p.gap()
		t.write(p)
	}
	if len(d.Warnings) > 0 {
		p.gap()
	}
	for _, warning := range d.Warnings {
		p.prose("! ", plain(warning))
	}
	_, err := io.WriteString(w, p.text.String())
	return err
}

// pairWidth is the room of the names in a section of pairs.
const pairWidth = 16

// pairs is a section of names and what there is to say of them.
type pairs struct {
	name string
	list []Pair
}

// A Pair is a name and what there is to say of it.
type Pair struct{ Name, Text string }

func (p *pairs) add(name, format string, args ...any) {
	p.list = append(p.list, Pair{name, fmt.Sprintf(format, args...)})
}

func assumed(is bool) string {
	if is {
		return "   assumed"
	}
	return ""
}

// searched says what was searched, when, and what that took.
func searched(d *capacity.Document) []string {
	list := []string{plain(cmp.Or(d.Name, "unnamed"))}
	if sc := d.Scenario; sc != nil {
		list = append(list, plain(cmp.Or(sc.Target.Model, "any model")+" at "+host(sc.Target.URL)))
	}
	list = append(list, d.StartedAt.UTC().Format("2006-01-02 15:04:05 UTC"), units.Seconds(d.DurationS))
	if d.CostUSD != nil {
		list = append(list, "for "+units.USD(*d.CostUSD))
	}
	return list
}

// stepTable has a row for each load that was measured.
func stepTable(d *capacity.Document) table {
	served := func(s capacity.Step) *float64 { return s.SucceededRPS }
	inFlight := func(s capacity.Step) *float64 { return s.InFlightMean }
	ttft := func(s capacity.Step) *float64 { return p95Of(s.Latency.TTFT) }
	e2e := func(s capacity.Step) *float64 { return p95Of(s.Latency.E2E) }
	rates, open := units.RateScale(present(d.Steps, served)...), units.RateScale(present(d.Steps, inFlight)...)
	ttftScale, e2eScale := units.DurationScale(present(d.Steps, ttft)...), units.DurationScale(present(d.Steps, e2e)...)
	t := table{words: 3, header: []string{
		"", "step", "load", "served/s", "in flight", "TTFT p95 " + ttftScale.Unit, "E2E p95 " + e2eScale.Unit, "errors",
	}}
	for _, s := range d.Steps {
		t.rows = append(t.rows, []string{
			stepMark(s.Verdict), string(s.Kind), loadOf(s), units.Maybe(served(s), rates.Write), units.Maybe(inFlight(s), open.Write),
			units.Maybe(ttft(s), ttftScale.Write), units.Maybe(e2e(s), e2eScale.Write), share(s.ErrorRate),
		})
	}
	return t
}

// stepMark is a verdict of a step as a glyph.
func stepMark(v capacity.StepVerdict) string {
	return map[capacity.StepVerdict]string{capacity.Held: "✓", capacity.Broke: "✗"}[v] + map[bool]string{true: "○"}[v == capacity.Undecided]
}

// loadOf is what a step asked of the endpoint.
func loadOf(s capacity.Step) string {
	switch {
	case s.Concurrency != nil:
		return units.Count(*s.Concurrency) + " in flight"
	case s.RateRPS != nil:
		return units.PerSecond(*s.RateRPS)
	}
	return ""
}

// p95Of is the p95 of a latency, if there is one.
func p95Of(l *result.Latency) *float64 {
	if l == nil {
		return nil
	}
	return &l.P95
}

// present are the figures of a column, or of several, that are there.
func present[T any](list []T, columns ...func(T) *float64) (figures []float64) {
	for _, row := range list {
		for _, of := range columns {
			if v := of(row); v != nil {
				figures = append(figures, *v)
			}
		}
	}
	return figures
}

// forecastPairs are what the demand asks, and what comes of it.
func forecastPairs(f *forecast.Forecast) pairs {
	s := pairs{name: "demand"}
	if f == nil {
		return s
	}
	l := f.Demand
	s.add("requests", "%s in %s, peak %s (%s), busiest minute %s", units.Count(l.Requests), units.Seconds(l.DurationS),
		units.PerSecond(l.PeakRPS), units.PerMinute(l.PeakRPS), units.Count(l.PeakMinute))
	if f.Headroom != nil {
		fits := map[bool]string{true: "it fits", false: "it does not fit"}
		word := "undecided"
		if f.Fits != nil {
			word = fits[*f.Fits]
		}
		s.add("headroom", "%s of the peak (asked for %s): %s", units.Figure(*f.Headroom), units.Figure(f.HeadroomAsked), word)
	}
	if f.Replicas != nil {
		s.add("replicas", "%d of what was measured, at %s utilisation", *f.Replicas, units.Bound(f.Utilisation, units.Ratio))
	}
	q := f.Quota
	quota := fmt.Sprintf("%s requests", units.Count(q.RequestsPM))
	if q.TokensPM != nil {
		quota += fmt.Sprintf(" and %s tokens", units.Count(*q.TokensPM))
	}
	s.add("quota", "%s a minute (99 %% of the minutes ask no more)", quota)
	if q.PeakTokensPM != nil {
		s.add("at the peak", "%s requests and %s tokens a minute", units.Count(q.PeakRequestsPM), units.Count(*q.PeakTokensPM))
	}
	if why := f.Ungrounded(); why != "" {
		s.add("the night", "not foretold: %s", why)
		return s
	}
	b, band := f.Simulated, f.Band
	if b == nil {
		b = f.Fluid
	}
	if b == nil {
		return s
	}
	if band == nil {
		band = &forecast.Band{}
	}
	switch {
	case b.Refused > 0:
		s.add("refused", "%s requests (%s), at once", units.Count(b.Refused), units.Share(b.RefusedShare))
	case b.Peak == 0:
		s.add("backlog", "none")
	}
	if b.Peak > 0 {
		s.add("backlog", "%s at most, after %s", within(b.Peak, band.Peak, units.Count[float64]), units.Maybe(b.PeakAtS, units.Seconds))
		s.add("longest wait", "%s", within(b.WorstWaitS, band.WorstWaitS, units.Seconds))
		if b.TimeToDrainS != nil {
			s.add("drained", "%s after the peak", within(*b.TimeToDrainS, band.TimeToDrainS, units.Seconds))
		}
	}
	if b.Shed != nil && *b.Shed > 0 {
		s.add("shed", "%s requests (%s), after they have waited", units.Count(*b.Shed), units.Maybe(b.ShedShare, units.Share))
	}
	if b.TimedOut != nil && *b.TimedOut > 0 {
		s.add("timed out", "%s requests (%s)", units.Count(*b.TimedOut), units.Maybe(b.TimedOutShare, units.Share))
	}
	if failed := b.FailedShare(); failed > 0 {
		s.add("errors", "%s", within(failed, band.FailedShare, units.Share))
	}
	s.add("beyond the SLO", "%s requests, %s", units.Count(b.Beyond), within(b.BeyondShare, band.BeyondShare, units.Share))
	return s
}

// within is a figure with its band: 16 s (14 s to 19 s). A band that is no wider than the
// figure as it is written is left out.
func within(v float64, band *forecast.Range, write func(float64) string) string {
	text := write(v)
	if band == nil {
		return text
	}
	if low, high := write(band.Low), write(band.High); low != text || high != text {
		return fmt.Sprintf("%s (%s to %s)", text, low, high)
	}
	return text
}

// pricePairs are the price of the demand.
func pricePairs(c *forecast.Cost) pairs {
	s := pairs{name: "cost"}
	if c == nil {
		return s
	}
	if c.ExpectedUSD == nil {
		s.add("expected", "%s   the price or the tokens are unknown", units.NoData)
		return s
	}
	s.add("expected", "%s   (%s to %s)", units.USD(*c.ExpectedUSD), units.USD(*c.LowUSD), units.USD(*c.HighUSD))
	if c.PerThousandOKUSD != nil {
		s.add("per 1k ok", "%s", units.USD(*c.PerThousandOKUSD))
	}
	if c.FailedUSD != nil && *c.FailedUSD > 0 {
		s.add("failed", "%s more, billed for requests that fail", units.USD(*c.FailedUSD))
	}
	if c.RetriesUSD != nil && *c.RetriesUSD > 0 {
		s.add("retries", "%s more", units.USD(*c.RetriesUSD))
	}
	if c.WorstUSD != nil {
		s.add("at most", "%s, if every answer is as long as max_tokens allows", units.USD(*c.WorstUSD))
	}
	return s
}

// mostModels is how many models a table shows, besides the one that was measured.
const mostModels = 8

// modelTable are the same tokens elsewhere, cheapest first.
func modelTable(c *forecast.Cost) table {
	t := table{words: 2, header: []string{"the same tokens at", "host", "expected", "times"}}
	if c == nil {
		return t
	}
	for i, m := range c.Models {
		if i >= mostModels && !m.Current {
			continue
		}
		name := "  " + plain(m.Model)
		if m.Current {
			name = "› " + plain(m.Model)
		}
		times := units.NoData
		if m.Times != nil {
			times = units.Figure(*m.Times)
		}
		t.rows = append(t.rows, []string{name, plain(cmp.Or(m.Host, "any")), units.USD(m.ExpectedUSD), times})
	}
	return t
}

// rehearsalTable is what was predicted against what came.
func rehearsalTable(r *capacity.Rehearsal) table {
	t := table{words: 1, header: []string{"rehearsal", "predicted", "measured", "off"}}
	if r == nil {
		return t
	}
	if r.Speed != 1 || r.Scale != 1 {
		t.header[0] = fmt.Sprintf("rehearsal ×%s speed, ×%s requests", units.Number(r.Speed), units.Number(r.Scale))
	}
	for _, row := range []struct {
		name string
		capacity.Compared
		write func(float64) string
	}{
		{"worst wait", r.WorstWait, units.Seconds},
		{"TTFT p95", r.TTFTP95, units.Seconds},
		{"E2E p95", r.E2EP95, units.Seconds},
		{"peak backlog", r.PeakBacklog, units.Count[float64]},
		{"time to drain", r.TimeToDrain, units.Seconds},
		{"error rate", r.ErrorRate, units.Share},
		{"cost", r.Cost, units.USD},
	} {
		predicted, measured := units.NoData, units.Maybe(row.Measured, row.write)
		if row.Predicted != nil {
			var band *forecast.Range
			if row.Low != nil && row.High != nil {
				band = &forecast.Range{Low: *row.Low, High: *row.High}
			}
			predicted = within(*row.Predicted, band, row.write)
		}
		off := units.NoData
		if row.Off != nil {
			off = units.Change(*row.Off)
		}
		t.rows = append(t.rows, []string{"  " + row.name, predicted, measured, off})
	}
	return t
}

// writeCapacityMarkdown writes a search as GitHub shows it.
func writeCapacityMarkdown(w io.Writer, d *capacity.Document, _ Options) error {
	m := &markdown{}
	v := d.Verdict
	mark := map[result.Status]string{result.Pass: "✅", result.Fail: "❌"}[v.Status]
	m.line("### %s %s: capacity\n", cmp.Or(mark, "⚠️"), cell(cmp.Or(d.Name, "unnamed")))
	m.line("%s\n", cell(v.Headline))
	for _, r := range v.Further() {
		m.line("- %s", cell(r))
	}
	m.line("\n%s", cell(strings.Join(searched(d), " · ")))
	m.table(bySLOTable(d))
	for _, section := range []pairs{forecastPairs(d.Forecast), pricePairs(d.Cost)} {
		t := table{words: 2, header: []string{section.name, ""}}
		for _, pair := range section.list {
			t.rows = append(t.rows, []string{pair.Name, pair.Text})
		}
		m.table(t)
	}
	m.table(modelTable(d.Cost))
	m.table(rehearsalTable(d.Rehearsal))
	m.table(stepTable(d))
	if curve := capacity.Curve(d.Steps); len(curve) > 0 {
		m.table(curveTable(curve, endless))
		if onFront(curve) {
			m.line("\n%s", frontNote)
		}
	}
	for _, warning := range d.Warnings {
		m.line("\n⚠ %s", cell(warning))
	}
	_, err := io.WriteString(w, m.String())
	return err
}

// Demand is what a demand asks and what comes of it, in words; nil without a forecast.
func Demand(f *forecast.Forecast) []Pair { return forecastPairs(f).list }

// Price is what a demand costs, in words; nil without one.
func Price(c *forecast.Cost) []Pair { return pricePairs(c).list }
