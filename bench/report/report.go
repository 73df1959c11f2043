// Package report writes documents (of runs, of searches for capacity, of comparisons) in
// the formats that people and programs read.
//
// A kind of document has a room of its own, with a function for each of its formats, and a
// table here, in which [Formats.Write] finds them by their names. What the kinds share are
// leaves: package page is text for a terminal, markdown a summary on GitHub, web a page of
// HTML with the charts of svg, sheet a table for programs; table is what a table holds,
// and words are what it says.
package report

import (
	"flashwave/bench/capacity"
	"flashwave/bench/capacity/versus"
	"flashwave/bench/compare"
	"flashwave/bench/report/comparison"
	"flashwave/bench/report/page"
	"flashwave/bench/report/run"
	"flashwave/bench/report/run/export"
	"flashwave/bench/report/search"
	"flashwave/bench/result"
)

// Options say how a report for people looks.
type Options = page.Options

// Runs are the formats of a run.
var Runs = Formats[*result.Run]{
	{"text", ".txt", run.Text},
	asJSON[*result.Run](),
	{"md", ".md", fixed(run.Markdown)},
	{"csv", ".csv", fixed(export.CSV)},
	{"junit", ".xml", fixed(export.JUnit)},
	{"hlog", ".hlog", fixed(export.HLog)},
	{"vllm", ".vllm.json", fixed(export.VLLM)},
	{"html", ".html", fixed(run.HTML)},
	{"scenario", ".yaml", fixed(export.Scenario)},
}

// Searches are the formats of a search for capacity.
var Searches = Formats[*capacity.Document]{
	{"text", ".txt", search.Text},
	asJSON[*capacity.Document](),
	{"md", ".md", fixed(search.Markdown)},
	{"csv", ".csv", fixed(search.CSV)},
	{"html", ".html", fixed(search.HTML)},
}

// Comparisons are the formats of a comparison of runs.
var Comparisons = Formats[*compare.Document]{
	{"text", ".txt", comparison.RunsText},
	asJSON[*compare.Document](),
	{"md", ".md", fixed(comparison.RunsMarkdown)},
	{"html", ".html", fixed(comparison.RunsHTML)},
}

// SearchComparisons are the formats of a comparison of two searches.
var SearchComparisons = Formats[*versus.Document]{
	{"text", ".txt", comparison.SearchesText},
	asJSON[*versus.Document](),
	{"md", ".md", fixed(comparison.SearchesMarkdown)},
	{"html", ".html", fixed(comparison.SearchesHTML)},
}
