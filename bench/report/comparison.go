package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/compare"
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
)

// comparisons are the formats of comparisons.
var comparisons = tableOf[*compare.Document]{
	{"text", ".txt", writeComparisonText},
	{"json", ".json", func(w io.Writer, d *compare.Document, _ Options) error { return encode(w, d) }},
	{"md", ".md", writeComparisonMarkdown},
}

// ComparisonFormats are the names that WriteComparison knows.
func ComparisonFormats() []string { return comparisons.names() }

// WriteComparison writes a comparison in a format. It is only read.
func WriteComparison(w io.Writer, format string, d *compare.Document, opts Options) error {
	return comparisons.write(w, format, d, opts)
}

// writeComparisonText writes a comparison for a terminal.
func writeComparisonText(w io.Writer, d *compare.Document, opts Options) error {
	p := newPage(opts)
	p.gate(d.Gate)
	p.side("base", d.Base)
	p.side("new", d.New)
	p.method(d.Method)
	for _, warning := range d.Untold() {
		p.prose(p.label("")+p.ink.unsure("!")+" ", plain(warning.Text))
	}
	if len(d.Rows) > 0 {
		p.gap()
		p.changes("whole run", d, "", wholeRun)
	}
	for _, wave := range wavesShown(d) {
		p.gap()
		p.changes(plain(wave), d, wave, ofWave)
	}
	if len(d.Rows) > 0 {
		p.gap()
		p.prose("", p.ink.dim("› gates, the other rows inform. A change counts from "+margins(d.Method)+" on"))
	}
	_, err := io.WriteString(w, p.text.String())
	return err
}

// gate writes the judgement, and the reasons that its headline does not tell.
func (p *page) gate(g compare.Gate) {
	judgement, rest, _ := strings.Cut(plain(g.Headline), ": ")
	if rest != "" {
		judgement += ":"
	}
	p.prose("", strings.TrimSpace(p.ink.status(judgement, statusOf(g))+" "+rest))
	const indent = "  "
	for _, r := range g.Further() {
		p.prose(indent, plain(r))
	}
	for _, r := range g.Rules {
		ok := r.Failed
		if ok != nil {
			ok = new(!*ok)
		}
		p.line(indent + p.mark(ok) + " " + plain(r.Expr))
	}
	p.gap()
}

// statusOf is the run's verdict whose colour a comparison has.
func statusOf(g compare.Gate) result.Status {
	switch g.ExitCode {
	case verdict.ExitPass:
		return result.Pass
	case verdict.ExitFailed:
		return result.Fail
	}
	return result.Inconclusive
}

// side says what was compared.
func (p *page) side(label string, s compare.Side) {
	if len(s.IDs) == 0 {
		return
	}
	what := cmp.Or(s.Model, "any model")
	if s.Target != "" {
		what += " at " + host(s.Target)
	}
	runs := plain(s.IDs[0])
	if n := len(s.IDs); n > 1 {
		runs = fmt.Sprintf("%d runs, %s …", n, runs)
	}
	p.flow(label, p.ink.bold(plain(cmp.Or(s.Name, "unnamed"))), plain(what), runs,
		units.Seconds(s.DurationS), units.Count(s.Requests)+" requests")
}

// method says how the intervals were made.
func (p *page) method(m compare.Method) {
	text := "Mann–Whitney, intervals by Hodges and Lehmann; " + m.Note
	switch m.Name {
	case compare.OrderStatistics:
		text = "order statistics, their noise by blocks"
	case compare.BlockBootstrap:
		text = fmt.Sprintf("block bootstrap, %d resamples in blocks", m.Resamples)
	}
	if m.BlockS != nil {
		text += " of up to " + units.Seconds(*m.BlockS)
	}
	p.prose(p.label("method"), text)
}

// margins are what a change must exceed.
func margins(m compare.Method) string {
	return fmt.Sprintf("%s, of latencies %s, of shares %s percentage point", units.Bound(m.MarginRatio, units.Ratio), units.Bound(m.MarginMS, units.Milliseconds), units.Number(100*m.MarginPoints))
}

// wavesShown are the waves that have tables. One alone is the whole run, unless a rule is
// about it.
func wavesShown(d *compare.Document) []string {
	waves := d.Waves()
	if len(waves) == 1 && !slices.ContainsFunc(d.Rows, func(r compare.Row) bool { return r.Gates && r.Wave != "" }) {
		return nil
	}
	return waves
}

// wholeRun and ofWave say which rows a table has.
func wholeRun(compare.Row) bool { return true }

func ofWave(r compare.Row) bool {
	return r.Gates || r.Stat == "p95" && (r.Metric == "ttft" || r.Metric == "e2e") ||
		slices.Contains([]string{"error_rate", "goodput", "rps"}, r.Metric)
}

// changes writes the table of the whole run or of a wave.
func (p *page) changes(title string, d *compare.Document, wave string, shown func(compare.Row) bool) {
	t := table{words: 1, header: []string{title, "base", "new", "change", interval(d.Method, wave), "verdict"}}
	widest := len(t.header[5])
	for _, r := range d.Rows {
		if r.Wave != wave || !shown(r) || !r.HasData() {
			continue
		}
		t.rows = append(t.rows, changeCells(r))
		widest = max(widest, len(r.Verdict))
	}
	for i, row := range append([][]string{t.header}, t.rows...) { // words, though the last column
		painted := row[5]
		if i > 0 {
			painted = p.verdictOf(row[5])
		}
		row[5] = painted + strings.Repeat(" ", widest-ansi.StringWidth(painted))
	}
	t.write(p)
}

// interval heads the column of the intervals: the level is named in the first table,
// and is that of all.
func interval(m compare.Method, wave string) string {
	if wave != "" {
		return "interval"
	}
	return units.Bound(math.Round(1000*m.Confidence)/1000, units.Ratio) + " interval" // of ranks it is 66/70
}

func changeCells(r compare.Row) []string {
	name := "  " + r.Name()
	if r.Gates {
		name = "› " + r.Name()
	}
	return []string{name, r.FormatBase(), r.FormatNew(), r.FormatChange(), r.FormatInterval(), r.Verdict.String()}
}

// verdictOf colours the word of a verdict.
func (p *page) verdictOf(word string) string {
	switch word {
	case compare.Worse.String():
		return p.ink.bad(word)
	case compare.Better.String():
		return p.ink.good(word)
	case compare.TooNoisy.String():
		return p.ink.unsure(word)
	case compare.Unknown.String(), compare.NoData.String():
		return p.ink.dim(word)
	}
	return word
}
