package client

import "bytes"

// complaints are what a document says of failures. Gateways and engines say it in
// many ways, from an error object that stands in a choice to a
// code and a message at the root.
type complaints struct {
	failed  bool   // an error object, text or number that says something
	failure []byte // its message, or what comes nearest
	spoken  bool   // the whole document is a text that says failure
	gaveUp  bool   // the finish reason says failure

	bad     bool   // a status says so, or a denied success
	code    bool   // a code that is none of success
	status  int    // that code, or a status, as a number
	detail  bool   // as FastAPI words an error
	message []byte // a message that stands outside of any error object
	calm    bool   // something says what else this is, or that all is well
	class   []byte // the type
	object  []byte
}

// complaint reads a key of the root that may speak of a failure; known is false
// for one that does not.
func (c *chunk) complaint(key []byte) (known, ok bool) {
	switch string(key) {
	case "error", "Error", "errors", "error_message", "error_msg", "error_code", "errorMessage", "errorCode", "errmsg", "errcode",
		"base_resp", "fault", "exception":
		return true, c.failureOf()
	case "object":
		c.object, ok = c.scan.str()
		return true, ok
	case "type":
		c.class, ok = c.scan.str()
		return true, ok
	case "status", "state":
		return true, c.statusOf()
	case "success", "ok":
		first := c.scan.peek()
		c.bad = c.bad || first == 'f'
		c.calm = c.calm || first == 't'
		return true, c.scan.skip()
	case "code", "status_code", "statusCode":
		return true, c.codeOf()
	case "message", "msg", "title":
		text, ok := c.scan.str()
		if len(c.message) == 0 && !saysNothing(text) {
			c.message = text
		}
		return true, ok
	case "detail":
		text, says, ok := c.reason()
		c.detail = c.detail || says
		if len(c.message) == 0 {
			c.message = text
		}
		return true, ok
	}
	if namesException(key) && c.scan.peek() == '{' {
		return true, c.failureOf()
	}
	return false, true
}

// namesException reports whether a key is the type of a failure, as AWS writes it:
// modelStreamErrorException, internalServerError.
func namesException(key []byte) bool {
	return bytes.HasSuffix(key, []byte("Exception")) || bytes.HasSuffix(key, []byte("Error"))
}

// failureOf reads the value of error, wherever it stands. What says nothing means
// that there was none: null, false, 0, an empty text, an empty object.
func (c *chunk) failureOf() bool {
	if c.scan.peek() == 'n' {
		return c.scan.skip()
	}
	text, says, ok := c.reason()
	if says && (len(c.failure) == 0 || isDigit(c.failure[0]) && len(text) > 0) {
		c.failure = text
	}
	c.failed = c.failed || says
	return ok
}

// statusOf reads a status: a word, or a number as of HTTP.
func (c *chunk) statusOf() bool {
	if c.scan.peek() != '"' {
		return c.codeOf()
	}
	text, ok := c.scan.text()
	c.bad = c.bad || saysFailure(text)
	c.calm = c.calm || len(text) > 0 && !c.bad
	return ok
}

// codeOf reads a code: a number, or a word, which says nothing of how bad it is.
func (c *chunk) codeOf() bool {
	text, says, ok := c.reason()
	switch status := number(text); {
	case status >= 200 && status < 300 || !says:
		c.calm = c.calm || len(text) > 0
	default:
		c.code = true
		c.status = max(c.status, status)
	}
	return ok
}

// number is the value of a short text of digits, 0 of others.
func number(text []byte) (n int) {
	for _, digit := range text {
		if !isDigit(digit) || n > 1e6 {
			return 0
		}
		n = 10*n + int(digit-'0')
	}
	return n
}

// reasons are the keys of an error object under which it gives its reason, the
// best ones first.
var reasons = [...]string{
	"message", "msg", "detail", "error", "error_message", "error_msg", "status_msg", "faultstring", "description", "reason",
	"title", "type", "code", "status", "status_code",
}

func reasonRank(key []byte) int {
	for i, name := range reasons {
		if string(key) == name {
			return i
		}
	}
	return len(reasons)
}

// reason steps over a value that stands where a failure would, and says whether
// there is one and in which words: the text itself, or the best that an object or
// a list holds.
func (c *chunk) reason() (text []byte, says, ok bool) {
	s := &c.scan
	switch s.peek() {
	case '"':
		text, ok = s.text()
		if s.escaped {
			return text, !saysNothing(plain(text)), ok
		}
		return text, !saysNothing(text), ok
	case '{':
		best := len(reasons)
		ok = s.object(func(key []byte) bool {
			told, more, ok := c.reason()
			says = says || more
			if rank := reasonRank(key); more && len(told) > 0 && rank < best {
				text, best = told, rank
			}
			return ok
		})
		return text, says, ok
	case '[':
		ok = s.array(func() bool {
			told, more, ok := c.reason()
			if more && len(text) == 0 {
				text = told
			}
			says = says || more
			return ok
		})
		return text, says, ok
	case 't':
		return nil, true, s.skip()
	case 'f', 'n':
		return nil, false, s.skip()
	}
	text, ok = s.raw()
	return text, !saysNothing(text), ok
}

// isError reports whether the document stands for a failure. That of an endpoint
// of one's own (own) may hold codes, messages and details that mean something
// else; it must be plainer.
func (c *chunk) isError(own bool) bool {
	switch {
	case c.failed || c.bad:
		return true
	case c.answers || c.usage.tellsOutput():
		return false
	case saysFailure(c.object), saysFailure(c.class):
		return true
	case own:
		return c.status >= 400 && c.status < 600 && len(c.message) > 0
	case c.spoken, c.detail, c.status >= 400 && c.status < 600:
		return true
	}
	if len(c.message) == 0 || isKeepAlive(c.message) {
		return false
	}
	return c.code || !c.calm && len(c.object) == 0 && len(c.class) == 0
}

// errorMessage is the message of the document's error, "" if it names none.
func (c *chunk) errorMessage() string {
	text := c.failure
	if len(text) == 0 || isDigit(text[0]) && len(c.message) > 0 {
		text = c.message
	}
	return string(bytes.TrimSpace(plain(text)))
}
