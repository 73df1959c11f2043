package client

import (
	"bytes"
	"slices"
	"strconv"
)

// trouble is what a document says of a failure: an error at its root, in a choice or
// in a delta, or one that stands for the whole document.
type trouble struct {
	found   bool   // there is an error
	text    []byte // its message, or what comes nearest; between quotes, escapes as they are
	message []byte // a message that stands outside of any error
	code    bool   // a code that is no success
	failed  bool   // success is false, or the status says failure
	named   bool   // the document calls itself an error
	detail  bool   // there is a detail, as frameworks answer with when they break
	ping    bool   // the document calls itself a keep-alive
}

// is reports whether the document stands for a failure. What comes with choices is an
// answer unless it holds an error; of other documents a message with a code, too, is
// one, but not at an endpoint of one's own, whose JSON is its own business.
func (t *trouble) is(choices, own bool) bool {
	switch {
	case t.found:
		return true
	case choices:
		return false
	case t.named || t.failed:
		return true
	case own:
		return false
	}
	return t.detail || t.code && len(t.message) > 0
}

// words are what the failure says of itself, "" for nothing.
func (t *trouble) words() string {
	if len(t.text) > 0 {
		return string(plain(t.text))
	}
	return string(plain(t.message))
}

// field reads a field of a document's root.
func (t *trouble) field(s *scanner, key []byte) bool {
	switch string(key) {
	case "error", "errors", "exception":
		return t.error(s)
	case "error_message", "errorMessage", "error_msg", "errorMsg":
		return t.error(s)
	case "message", "msg":
		return t.remark(s)
	case "detail":
		if c := s.peek(); c == '[' || c == '{' { // what validation found
			raw, ok := s.raw()
			t.detail = t.detail || len(raw) > 2
			return ok
		}
		before := len(t.message)
		ok := t.remark(s)
		t.detail = t.detail || len(t.message) > before
		return ok
	case "code", "error_code", "errorCode", "status_code", "statusCode":
		bad, ok := badCode(s)
		t.code = t.code || bad
		return ok
	case "status":
		return t.status(s)
	case "success":
		t.failed = t.failed || s.peek() == 'f'
	case "object", "type":
		word, ok := s.str()
		t.named = t.named || string(word) == "error"
		t.ping = t.ping || len(word) > 0 && len(word) <= longestKeepAlive && isKeepAlive(word)
		return ok
	}
	return s.skip()
}

// remark reads a message that may or may not be that of a failure. The first counts.
func (t *trouble) remark(s *scanner) bool {
	text, ok := s.str()
	if len(t.message) == 0 {
		t.message = text
	}
	return ok
}

// status reads a status, which is a word or that of HTTP.
func (t *trouble) status(s *scanner) bool {
	if s.peek() == '"' {
		word, ok := s.text()
		switch string(letters(word[:min(len(word), longestReason)])) {
		case "error", "failed", "failure", "fail", "aborted":
			t.failed = true
		}
		return ok
	}
	bad, ok := badCode(s)
	t.code = t.code || bad
	return ok
}

// badCode reads a code and reports whether it says that something failed: a word that
// is not one for success, or a number other than 0 and those of HTTP's successes.
func badCode(s *scanner) (bad, ok bool) {
	c := s.peek()
	if c == '"' {
		word, ok := s.text()
		switch string(letters(word[:min(len(word), longestReason)])) {
		case "", "0", "ok", "success", "200", "null", "none":
			return false, ok
		}
		return true, ok
	}
	raw, ok := s.raw()
	n, err := strconv.ParseFloat(string(raw), 64)
	return err == nil && n != 0 && (n < 200 || n > 299), ok
}

// error reads the value of an error. Null, false, 0 and what is empty mean that there
// was none.
func (t *trouble) error(s *scanner) bool {
	switch s.peek() {
	case '"':
		text, ok := s.text()
		if finishing(text) == goesOn { // "none", "null"
			return ok
		}
		t.found = true
		t.say(text)
		return ok
	case '{':
		return t.errorObject(s)
	case '[':
		return s.array(func() bool { return t.error(s) })
	case 't':
		t.found = true
		return s.skip()
	case 'n', 'f':
		return s.skip()
	}
	raw, ok := s.raw()
	n, err := strconv.ParseFloat(string(raw), 64)
	t.found = t.found || err == nil && n != 0
	return ok
}

// errorObject reads an error object. One of which nothing has a value is none.
func (t *trouble) errorObject(s *scanner) bool {
	var message, kind []byte
	ok := s.object(func(key []byte) bool {
		if meaningful(s) {
			t.found = true
		}
		switch string(key) {
		case "message", "msg", "detail", "reason":
			text, ok := s.str()
			if len(message) == 0 {
				message = text
			}
			return ok
		case "code", "type", "status", "name":
			text, ok := s.str()
			if len(text) > 0 {
				kind = text
			}
			return ok
		}
		return s.skip()
	})
	if len(message) == 0 {
		message = kind
	}
	t.say(message)
	return ok
}

// say keeps the first message of an error.
func (t *trouble) say(text []byte) {
	if len(t.text) == 0 {
		t.text = text
	}
}

// meaningful reports whether the value to come is other than null, false, 0 and what is
// empty. It steps over nothing.
func meaningful(s *scanner) bool {
	c := s.peek()
	next := byte(0)
	if s.i+1 < len(s.b) {
		next = s.b[s.i+1]
	}
	switch c {
	case 'n', 'f', 0:
		return false
	case '"':
		return next != '"'
	case '{':
		return next != '}'
	case '[':
		return next != ']'
	case '0':
		return next == '.' || isDigit(next)
	}
	return true
}

// errorWords stand in the plain text that servers, proxies and frameworks write when
// they break.
var errorWords = []string{
	"error", "exception", "traceback", "failed", "failure", "panic", "fatal", "timeout", "timed out", "unavailable", "bad gateway",
	"overloaded", "disconnect", "connection refused", "connection reset", "too many requests", "rate limit", "out of memory", "not found", "<html", "<!doctype",
}

// complains reports whether a plain text speaks of a failure.
func complains(text []byte) bool {
	lower := bytes.ToLower(text[:min(len(text), 1<<10)])
	return slices.ContainsFunc(errorWords, func(w string) bool { return bytes.Contains(lower, []byte(w)) })
}
