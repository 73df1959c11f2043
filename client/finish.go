package client

import (
	"bytes"
	"slices"
)

// An end is what a finish reason means.
type end uint8

const (
	goesOn  end = iota // it is none: null in words, or not over yet
	well               // the answer is complete, or as long as was asked for
	failing            // the endpoint gave it up
)

// noReason are finish reasons in words that say there is none.
var noReason = []string{
	"", "null", "none", "nil", "undefined", "unspecified", "finishreasonunspecified",
	"notfinished", "unfinished", "inprogress", "generating", "continue", "false",
}

// failureWords stand in finish reasons that mean a failure. Engines and gateways have
// many of them, so that what is alike is taken together: error, model_error,
// network_error, MALFORMED_FUNCTION_CALL, insufficient_system_resource, abort ….
var failureWords = []string{
	"error", "fail", "abort", "cancel", "timeout", "timedout", "insufficient", "network", "overload", "unavailable",
	"malformed", "exception", "crash", "internal", "interrupt", "disconnect", "connection", "preempt", "evict",
	"killed", "panic", "oom", "outofmemory", "exhausted", "throttl", "ratelimit", "quota", "unexpected", "invalid", "broken", "lost",
}

// finishing says what a finish reason means. Words that are not known mean nothing
// bad: new ones come up all the time (stop, length, tool_calls, content_filter,
// end_turn, SAFETY, eos …).
func finishing(reason []byte) end {
	switch string(reason) { // without the work below for the usual ones
	case "stop", "length", "tool_calls":
		return well
	case "":
		return goesOn
	}
	if len(reason) > longestReason {
		reason = reason[:longestReason]
	}
	word := letters(reason)
	switch {
	case slices.Contains(noReason, string(word)):
		return goesOn
	case slices.ContainsFunc(failureWords, func(w string) bool { return bytes.Contains(word, []byte(w)) }):
		return failing
	}
	return well
}

// longestReason is as much of a finish reason as is looked at.
const longestReason = 128

// letters are the letters and digits of a text, in lower case.
func letters(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, c := range bytes.ToLower(text) {
		if 'a' <= c && c <= 'z' || isDigit(c) {
			out = append(out, c)
		}
	}
	return out
}
