package search

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"flashwave/bench/capacity"
	"flashwave/bench/report/page"
	"flashwave/bench/report/reporttest"
)

// write writes a search in a format.
func write(w io.Writer, format string, d *capacity.Document, o page.Options) error {
	switch format {
	case "md":
		return Markdown(w, d)
	case "csv":
		return CSV(w, d)
	case "html":
		return HTML(w, d)
	}
	return Text(w, d, o)
}

func TestFormats(t *testing.T) {
	d := reporttest.Search(t)
	for _, format := range []string{"text", "md", "csv"} {
		t.Run(format, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b, format, d, page.Options{Width: 100}); err != nil {
				t.Fatal(err)
			}
			golden.RequireEqual(t, b.Bytes())
		})
	}
}

// No line of a search's text is wider than its page, and the curve's figures are all
// there from the usual widths on.
func TestWidths(t *testing.T) {
	d := reporttest.Search(t)
	for width := 40; width <= 140; width++ {
		var b bytes.Buffer
		if err := write(&b, "text", d, page.Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if ansi.StringWidth(strings.TrimRight(line, "\n")) > width {
				t.Errorf("at %d: %s", width, line)
			}
		}
		wants := []string{}
		if width >= 80 {
			wants = append(wants, "tokens/s", "per user", "per 1k ok")
		}
		if width >= roomy {
			wants = append(wants, "good/s", "TTFT p50")
		}
		for _, want := range wants {
			if !strings.Contains(b.String(), want) {
				t.Errorf("at %d: no %s", width, want)
			}
		}
	}
}

// A search without steps, or without tokens, draws no chart of them.
func TestCurveWithoutData(t *testing.T) {
	d := reporttest.Search(t)
	for i := range d.Steps {
		d.Steps[i].Tokens.From = nil
	}
	bare := *d
	bare.Steps = nil
	for name, d := range map[string]*capacity.Document{"no tokens": d, "no steps": &bare} {
		var text, html bytes.Buffer
		if err := write(&text, "text", d, page.Options{}); err != nil {
			t.Fatal(err)
		}
		if err := write(&html, "html", d, page.Options{}); err != nil {
			t.Fatal(err)
		}
		for _, what := range []string{"tokens/s", "Pareto", "Tokens a second"} {
			if strings.Contains(text.String()+html.String(), what) {
				t.Errorf("%s: %s", name, what)
			}
		}
	}
	var csv bytes.Buffer
	if err := write(&csv, "csv", &bare, page.Options{}); err != nil || strings.Count(csv.String(), "\n") != 1 {
		t.Errorf("%v\n%s", err, csv.String())
	}
}

// Where each SLO ends the capacity by itself is told wherever a search is, and of none
// where it is not known.
func TestWhereEachSLOBreaks(t *testing.T) {
	d := reporttest.Search(t)
	d.SLOs = []capacity.SLO{{Expr: "ttft.p95 < 800ms"}, {Expr: "e2e.p95 < 8s"}, {Expr: "itl.p50 < 50ms"}, {Expr: "lost <= 1%", Assumed: true}}
	d.BySLO = []capacity.SLOCapacity{
		{Expr: "ttft.p95 < 800ms", RPS: new(42.0), LowRPS: new(42.0), HighRPS: new(44.0), Binds: new(1), Decided: true, Confirmed: new(true)},
		{Expr: "e2e.p95 < 8s", HighRPS: new(61.0), Binds: new(2)},
		{Expr: "itl.p50 < 50ms", RPS: new(60.0), LowRPS: new(60.0), Confirmed: new(false)},
		{Expr: "lost <= 1%", Assumed: true, RPS: new(60.0), LowRPS: new(60.0)},
	}
	for format, wants := range map[string][]string{
		"text": {"ttft.p95 < 800ms   breaks first: holds at 42.0/s, not at 44.0/s", "breaks second: at 61.0/s, and held nowhere that was tried", "itl.p50 < 50ms   holds at 60.0/s still (not confirmed)", "lost <= 1%   assumed\n"},
		"md":   {"first | 42.0/s | 44.0/s |", "second | – | 61.0/s |", "– | 60.0/s (not confirmed) | – |"},
		"html": {"where each SLO ends the capacity by itself", "<li>lost &lt;= 1% assumed</li>"},
	} {
		var b bytes.Buffer
		if err := write(&b, format, d, page.Options{Width: 100}); err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: no %q in\n%s", format, want, b.String())
			}
		}
		b.Reset()
		inFlight := *d
		inFlight.BySLO = []capacity.SLOCapacity{{Expr: "ttft.p95 < 800ms", LowConcurrency: new(16), HighConcurrency: new(17), Binds: new(1)}}
		if err := write(&b, format, &inFlight, page.Options{Width: 100}); err != nil || !strings.Contains(b.String(), "16 in flight") || !strings.Contains(b.String(), "17 in flight") {
			t.Errorf("%s: %v\n%s", format, err, b.String())
		}
		b.Reset()
		earlier := *d
		earlier.BySLO = nil
		if err := write(&b, format, &earlier, page.Options{}); err != nil || strings.Contains(b.String(), "first") && strings.Contains(b.String(), "42.0/s") {
			t.Errorf("%s: %v", format, err)
		}
	}
}

// Where nothing held there is nothing that a soak could confirm.
func TestNothingHeld(t *testing.T) {
	d := reporttest.Search(t)
	d.Capacity = capacity.Capacity{}
	if c := cards(d)[0]; c.Value != "–" || c.Note != "nothing held" {
		t.Errorf("%+v", c)
	}
}

// A night in which no class piles up has no chart of those that wait.
func TestNobodyWaits(t *testing.T) {
	d := reporttest.QueueSearch(t)
	for i := range d.Forecast.Tasks.Classes {
		d.Forecast.Tasks.Classes[i].Backlog = 0
	}
	var b bytes.Buffer
	if err := write(&b, "html", d, page.Options{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "Tasks waiting by class") {
		t.Error("there is a chart of nobody")
	}
}

// Of a queue each class is told wherever the search is: how it fares, what of it fails
// first, and its night, in lines that fit their page.
func TestClassesOfAQueue(t *testing.T) {
	d := reporttest.QueueSearch(t)
	for format, wants := range map[string][]string{
		"text": {"urgent 1-3", "28.8/s  tasks pile up", "8 workers hold every SLO, there are 4, which end 25.0/s", "starves first", "gets nothing for 2 min 10 s", "nobody stands in line"},
		"md":   {"| class | share |", "tasks pile up |", "longest wait 2 min 20 s"},
		"html": {"the classes at the highest rate that held", "Tasks waiting by class, as forecast", "that takes 8 workers", "Workers needed", "there are 4"},
	} {
		var b bytes.Buffer
		if err := write(&b, format, d, page.Options{Width: 140}); err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: no %q in\n%s", format, want, b.String())
			}
		}
	}
	for width := 40; width <= 140; width += 5 {
		var b bytes.Buffer
		if err := write(&b, "text", d, page.Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if ansi.StringWidth(strings.TrimRight(line, "\n")) > width {
				t.Errorf("at %d: %s", width, line)
			}
		}
	}
}
