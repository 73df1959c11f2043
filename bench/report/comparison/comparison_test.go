package comparison

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"flashwave/bench/capacity/versus"
	"flashwave/bench/compare"
	"flashwave/bench/report/page"
	"flashwave/bench/report/reporttest"
	"flashwave/bench/result"
)

// all are comparisons of each kind, those that were refused too.
func all(t *testing.T) map[string]comparison {
	return map[string]comparison{
		"runs": ofRuns(reporttest.Comparison(t)), "refused": ofRuns(compare.Refusal(result.Tool{}, "the runs are of two kinds", "give two of one")),
		"searches": ofSearches(reporttest.SearchComparison(t)), "nothing": ofSearches(&versus.Document{}),
	}
}

// The goldens are what people see; -update writes them anew.
func TestFormats(t *testing.T) {
	runs, searches := reporttest.Comparison(t), reporttest.SearchComparison(t)
	for name, write := range map[string]func(io.Writer) error{
		"runs-text":     func(w io.Writer) error { return RunsText(w, runs, page.Options{Width: 100}) },
		"runs-md":       func(w io.Writer) error { return RunsMarkdown(w, runs) },
		"searches-text": func(w io.Writer) error { return SearchesText(w, searches, page.Options{Width: 100}) },
		"searches-md":   func(w io.Writer) error { return SearchesMarkdown(w, searches) },
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			golden.RequireEqual(t, b.Bytes())
		})
	}
}

func TestTextFitsAnyWidth(t *testing.T) {
	list := all(t)
	for width := 40; width <= 140; width++ {
		for name, c := range list {
			for _, colour := range []bool{false, true} {
				var b strings.Builder
				if err := c.text(&b, page.Options{Width: width, Color: colour}); err != nil {
					t.Fatal(err)
				}
				for line := range strings.Lines(b.String()) {
					if ansi.StringWidth(strings.TrimSuffix(line, "\n")) > width {
						t.Errorf("%s at %d: %q", name, width, line)
					}
				}
			}
		}
	}
}

// Colour says nothing that the words do not.
func TestColourChangesNoWord(t *testing.T) {
	for name, c := range all(t) {
		var bare, colored strings.Builder
		if err := errors.Join(c.text(&bare, page.Options{}), c.text(&colored, page.Options{Color: true})); err != nil {
			t.Fatal(err)
		}
		if bare.String() != ansi.Strip(colored.String()) || strings.Contains(bare.String(), "\x1b") {
			t.Errorf("%s: %s", name, colored.String())
		}
	}
}

// The page says what the text does: every row, on both sides, with its verdict.
func TestHTML(t *testing.T) {
	for name, c := range all(t) {
		var b strings.Builder
		if err := c.html(&b); err != nil {
			t.Fatal(err)
		}
		for _, table := range c.tables {
			for _, row := range table.Rows {
				for _, cell := range row {
					if escaped := strings.NewReplacer("+", "&#43;", "&", "&amp;", "<", "&lt;").Replace(cell); !strings.Contains(b.String(), escaped) {
						t.Errorf("%s: the page lacks %q of %q", name, cell, row)
					}
				}
			}
		}
		reporttest.WellFormed(t, name, b.String())
	}
}
