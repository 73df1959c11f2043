package slo

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A SyntaxError says why a text is no expression, and where.
type SyntaxError struct {
	Input   string // as it was given
	Offset  int    // of the offending part, in bytes from 0; len(Input) at the end
	Message string
	Hint    string // what to do; "" if there is nothing to suggest
}

// Error names the expression, the column (in characters, from 1) and what is
// wrong. The hint is apart, in Hint.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%q at column %d: %s", e.Input, e.Column(), e.Message)
}

// Column is the offending part's place in characters, from 1.
func (e *SyntaxError) Column() int { return utf8.RuneCountInString(e.Input[:e.Offset]) + 1 }

// others are words of other tools, and what they are called here.
var others = map[string]string{
	"avg":               "mean",
	"average":           "mean",
	"median":            "p50",
	"p999":              "p99.9",
	"p99_9":             "p99.9",
	"p100":              "max",
	"errors":            "error_rate",
	"error":             "error_rate",
	"failures":          "error_rate",
	"latency":           "e2e",
	"duration":          "e2e",
	"response_time":     "e2e",
	"http_req_duration": "e2e",
	"http_req_failed":   "error_rate",
	"inter_token":       "itl",
	"tbt":               "itl",
	"throughput":        "rps",
	"succeeded_rps":     "rps",
	"tokens":            "output_tps",
	"tps":               "output_tps",
	"429":               "rate_limited",
	"price":             "cost",
	"spent":             "cost",
}

// DidYouMean is a hint: the known word that was most likely meant, or all of them.
func DidYouMean(word string, known []string) string {
	if other := others[word]; slices.Contains(known, other) {
		return "did you mean " + other + "?"
	}
	best, least := "", len(word)/3+2
	for _, k := range known {
		if d := distance(word, k); d < least {
			best, least = k, d
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	return "use one of " + strings.Join(known, ", ")
}

// distance is the Levenshtein distance in bytes, by the two-row scheme of
// Wagner and Fischer. Words longer than any of ours are simply far away.
func distance(a, b string) int {
	const longest = 32
	if len(a) > longest || len(b) > longest {
		return longest
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
