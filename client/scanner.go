package client

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// maxDepth is how deep encoding/json lets values nest.
const maxDepth = 10000

// scanner walks over JSON text in place and allocates nothing (but for keys
// written with escapes). It accepts exactly what encoding/json accepts. Its
// methods report false once the text is not JSON; where a value is valid but of
// another type than asked for, they step over it.
type scanner struct {
	b       []byte
	i       int
	depth   int
	escaped bool // the last string holds escapes
}

// validJSON reports whether b is one JSON value.
func validJSON(b []byte) bool {
	s := scanner{b: b}
	return s.skip() && s.end()
}

// peek is the next byte after white space, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.i < len(s.b); s.i++ {
		switch c := s.b[s.i]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// take steps over the next byte if it is c.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.i++
	return true
}

// end reports whether nothing but white space is left.
func (s *scanner) end() bool {
	s.peek()
	return s.i == len(s.b)
}

// skip steps over one value.
func (s *scanner) skip() bool {
	switch s.peek() {
	case '{':
		return s.object(func([]byte) bool { return s.skip() })
	case '[':
		return s.array(s.skip)
	case '"':
		_, ok := s.text()
		return ok
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	default:
		return s.digits()
	}
}

// raw steps over one value and returns its text.
func (s *scanner) raw() ([]byte, bool) {
	s.peek()
	start := s.i
	ok := s.skip()
	return s.b[start:s.i], ok
}

// object calls field for each key; field must step over the value. A value that
// is no object is stepped over.
func (s *scanner) object(field func(key []byte) bool) bool {
	if s.peek() != '{' {
		return s.skip()
	}
	if !s.enter() {
		return false
	}
	if s.take('}') {
		return s.leave()
	}
	for {
		if s.peek() != '"' {
			return false
		}
		key, ok := s.text()
		if s.escaped {
			key = plain(key)
		}
		if !ok || !s.take(':') || !field(key) {
			return false
		}
		if s.take('}') {
			return s.leave()
		}
		if !s.take(',') {
			return false
		}
	}
}

// array calls element before each element, which it must step over. A value
// that is no array is stepped over.
func (s *scanner) array(element func() bool) bool {
	if s.peek() != '[' {
		return s.skip()
	}
	if !s.enter() {
		return false
	}
	if s.take(']') {
		return s.leave()
	}
	for {
		if !element() {
			return false
		}
		if s.take(']') {
			return s.leave()
		}
		if !s.take(',') {
			return false
		}
	}
}

func (s *scanner) enter() bool {
	s.i++
	s.depth++
	return s.depth <= maxDepth
}

func (s *scanner) leave() bool {
	s.depth--
	return true
}

// str steps over one value and returns what stands between its quotes, escapes
// as they are; nil if it is not a string.
func (s *scanner) str() ([]byte, bool) {
	if s.peek() != '"' {
		return nil, s.skip()
	}
	return s.text()
}

// text steps over the string that begins here.
func (s *scanner) text() ([]byte, bool) {
	start := s.i + 1
	s.escaped = false
	for i := start; i < len(s.b); i++ {
		c := s.b[i]
		if !special[c] {
			continue
		}
		if c == '"' {
			s.i = i + 1
			return s.b[start:i], true
		}
		n := 0
		if c == '\\' {
			n = escape(s.b[i+1:])
		}
		if n == 0 {
			return nil, false
		}
		s.escaped = true
		i += n
	}
	return nil, false
}

// special marks the bytes that end a string, begin an escape, or must not stand
// in one.
var special = func() (set [256]bool) {
	for c := range byte(' ') {
		set[c] = true
	}
	set['"'], set['\\'] = true, true
	return set
}()

// escape is the length of the escape that follows a backslash, 0 if it is none.
func escape(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	switch b[0] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 1
	case 'u':
		if len(b) < 5 {
			return 0
		}
		for _, c := range b[1:5] {
			if !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
				return 0
			}
		}
		return 5
	}
	return 0
}

func (s *scanner) word(w string) bool {
	if len(s.b)-s.i < len(w) || string(s.b[s.i:s.i+len(w)]) != w {
		return false
	}
	s.i += len(w)
	return true
}

// digits steps over a number: -?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?
func (s *scanner) digits() bool {
	s.one('-', '-')
	if !s.one('0', '0') && !s.run() {
		return false
	}
	if s.one('.', '.') && !s.run() {
		return false
	}
	if s.one('e', 'E') {
		s.one('+', '-')
		return s.run()
	}
	return true
}

// one steps over the next byte if it is either of two.
func (s *scanner) one(a, b byte) bool {
	if s.i < len(s.b) && (s.b[s.i] == a || s.b[s.i] == b) {
		s.i++
		return true
	}
	return false
}

// run steps over digits and reports whether there were any.
func (s *scanner) run() bool {
	start := s.i
	for s.i < len(s.b) && isDigit(s.b[s.i]) {
		s.i++
	}
	return s.i > start
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// plain resolves the escapes in what stood between quotes, and replaces what is
// not UTF-8. Without any of that it returns its argument.
func plain(text []byte) []byte {
	if bytes.IndexByte(text, '\\') < 0 && utf8.Valid(text) {
		return text
	}
	quoted := make([]byte, 0, len(text)+2)
	quoted = append(append(append(quoted, '"'), text...), '"')
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		return text
	}
	return []byte(s)
}
