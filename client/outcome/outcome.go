// Package outcome names the ways in which a request ends. The list is closed,
// and no other package spells its words: they are the keys of every result
// document. What the rest of the program asks of an outcome is a method here.
//
// The package imports nothing of this module, so that whatever counts, judges
// or shows requests can speak of outcomes without knowing the client.
package outcome

import (
	"cmp"
	"maps"
	"slices"
)

// An Outcome says how a request ended. Its text is its word in JSON. A document
// written by a later version may hold words that are none of the list; they are
// kept as they came (see [Outcome.Known]).
type Outcome string

// The outcomes, in the order in which reports show them.
const (
	OK          Outcome = "ok"
	RateLimited Outcome = "rate_limited" // HTTP 429
	Overloaded  Outcome = "overloaded"   // HTTP 503 and 529
	ServerError Outcome = "server_error" // any other 5xx
	Auth        Outcome = "auth"         // HTTP 401 and 403
	BadRequest  Outcome = "bad_request"  // any other 4xx
	Connect     Outcome = "connect"      // refused, DNS, TLS
	Timeout     Outcome = "timeout"      // connecting, first token, idle stream or total
	Reset       Outcome = "reset"        // the connection broke, EOF inside the framing too
	Truncated   Outcome = "truncated"    // ended with neither [DONE] nor a finish reason
	StreamError Outcome = "stream_error" // an error inside HTTP 200, or a finish reason that says failure
	Malformed   Outcome = "malformed"    // not what the API promises
	Cancelled   Outcome = "cancelled"    // stopped by the user or the end of the run: unfinished, not failed
)

// list is the closed list, in the order of reports.
var list = [...]Outcome{
	OK, RateLimited, Overloaded, ServerError, Auth, BadRequest, Connect,
	Timeout, Reset, Truncated, StreamError, Malformed, Cancelled,
}

// All lists every outcome, in the order in which reports show them.
func All() []Outcome { return slices.Clone(list[:]) }

// Known reports whether the outcome is one of the closed list.
func (o Outcome) Known() bool { return slices.Contains(list[:], o) }

// Failed reports whether the request failed: it ended, and not well. One that
// was cancelled is unfinished. An unknown outcome is a failure, for ok is known.
func (o Outcome) Failed() bool { return o != OK && o != Cancelled }

// Answered reports whether the endpoint itself gave this failure for an answer:
// by a status, by what stood in its body, or by refusing the connection. Such a
// failure counts against the endpoint however late the generator was. A limit
// of time that passed or a connection that broke may be the generator's own
// doing, and so may a connect for which the machine had no file or port: see
// [Shortage].
func (o Outcome) Answered() bool {
	switch o {
	case RateLimited, Overloaded, ServerError, Auth, BadRequest, Connect, Truncated, StreamError, Malformed:
		return true
	}
	return false
}

// Refused reports whether the endpoint turned the request away without working
// on it. Refusals come at once, so that they must not set the pace of a load.
func (o Outcome) Refused() bool {
	switch o {
	case RateLimited, Overloaded, Auth, BadRequest, Connect:
		return true
	}
	return false
}

// Compare orders outcomes as reports show them; unknown ones come last, by
// their words.
func Compare(a, b Outcome) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}

func rank(o Outcome) int {
	if i := slices.Index(list[:], o); i >= 0 {
		return i
	}
	return len(list)
}

// In lists the outcomes of which counts holds any, in the order of reports.
func In(counts map[Outcome]int64) []Outcome {
	return slices.SortedFunc(func(yield func(Outcome) bool) {
		for o := range maps.Keys(counts) {
			if counts[o] != 0 && !yield(o) {
				return
			}
		}
	}, Compare)
}
