package client

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A keyPath leads to a value in a document: keys and places in lists, the first one 0, with
// dots between them: choices.0.delta.content, or choices[0].delta.content. A star stands
// for any key or place: of what it leads to, the first that is there counts.
type keyPath []string

// steps are the parts of a path as it is written.
var steps = regexp.MustCompile(`[^.\[\]]+`)

func parsePath(text string) (keyPath, error) {
	p := keyPath(steps.FindAllString(strings.TrimPrefix(text, "$"), -1))
	if len(p) == 0 || strings.ContainsAny(text, " \t\r\n\"") {
		return nil, fmt.Errorf("%q is no path: write keys with dots between them, such as choices.0.delta.content", text)
	}
	return p, nil
}

// in is the text of the value in a document; nil: there is none.
func (p keyPath) in(document []byte) (value []byte) {
	s := scanner{b: document}
	p.find(&s, &value)
	return value
}

// find steps over a value and takes what the path leads to in it.
func (p keyPath) find(s *scanner, found *[]byte) bool {
	if len(p) == 0 {
		value, ok := s.raw()
		if ok && *found == nil {
			*found = value
		}
		return ok
	}
	if s.peek() == '[' {
		place := 0
		return s.array(func() bool {
			here := p[0] == "*" || p[0] == strconv.Itoa(place)
			place++
			if here {
				return p[1:].find(s, found)
			}
			return s.skip()
		})
	}
	return s.object(func(key []byte) bool {
		if p[0] == "*" || p[0] == string(key) {
			return p[1:].find(s, found)
		}
		return s.skip()
	})
}

// inner is a text without its quotes; ok is false for any other value.
func inner(value []byte) (text []byte, ok bool) {
	if len(value) < 2 || value[0] != '"' {
		return nil, false
	}
	return value[1 : len(value)-1], true
}

// isEmpty reports whether a value is none: null, false, an empty text, list or object.
func isEmpty(value []byte) bool {
	switch string(value) {
	case "", "null", "false", `""`, "0":
		return true
	}
	return len(value) > 1 && (value[0] == '[' || value[0] == '{') && len(bytes.TrimSpace(value[1:len(value)-1])) == 0
}

// A condition is an expression over a document, PATH OP VALUE, or a path alone: it holds
// where the path leads to something. What is not there is compared with nothing.
type condition struct {
	text  string
	path  keyPath
	op    string // "": none
	value string // in plain
	quote bool   // it is a text, whatever it looks like
}

var operators = regexp.MustCompile(`^\s*(\S+?)\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*$`)

func parseCondition(text string) (c condition, err error) {
	c.text = strings.TrimSpace(text)
	where := c.text
	if parts := operators.FindStringSubmatch(text); parts != nil {
		where, c.op, c.value = parts[1], parts[2], parts[3]
		if n := len(c.value); n > 1 && (c.value[0] == '"' || c.value[0] == '\'') && c.value[n-1] == c.value[0] {
			c.value, c.quote = c.value[1:n-1], true
		}
		if _, err := strconv.ParseFloat(c.value, 64); c.op[0] != '=' && c.op[0] != '!' && (err != nil || c.quote) {
			return c, fmt.Errorf("%s compares with a number, such as code >= 400", c.op)
		}
	}
	c.path, err = parsePath(where)
	if err != nil || strings.ContainsAny(where, "=!<>&|") || !c.quote && c.isFormula() {
		return c, errors.New("an expression is PATH OP VALUE, such as 'success == false' or 'code >= 400', one at a time")
	}
	return c, nil
}

// isFormula reports whether the value goes on as an expression: it is the remains of an
// operator that is not known (===), or of several expressions.
func (c *condition) isFormula() bool {
	return strings.HasPrefix(c.value, "=") || strings.Contains(c.value, "&&") || strings.Contains(c.value, "||")
}

// holds reports whether a value is what the condition asks for; nil: there is none.
func (c *condition) holds(value []byte) bool {
	switch {
	case value == nil:
		return false
	case c.op == "":
		return !isEmpty(value)
	}
	text, isText := inner(value)
	if !isText {
		text = value
	}
	switch c.op {
	case "==", "!=":
		return c.equals(text, isText) == (c.op == "==")
	}
	got, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return false
	}
	want, _ := strconv.ParseFloat(c.value, 64) // as it was parsed
	switch c.op {
	case "<":
		return got < want
	case "<=":
		return got <= want
	case ">":
		return got > want
	}
	return got >= want
}

// decides reports whether a value can be what the condition asks for: a number is no text in
// quotes, and a text no number. What nothing is can be anything.
func (c *condition) decides(value []byte) bool {
	text, isText := inner(value)
	if !isText {
		text = value
	}
	isNumber := func(s string) bool { _, err := strconv.ParseFloat(s, 64); return err == nil }
	switch {
	case value == nil:
		return false
	case c.op == "", c.op == "!=", string(value) == "null":
		return true
	case c.op != "==":
		return isNumber(string(text))
	case isText || c.quote:
		return isText
	}
	switch c.value {
	case "null":
		return true
	case "true", "false":
		return string(value) == "true" || string(value) == "false"
	}
	return isNumber(c.value) && isNumber(string(value))
}

// equals compares words as they are written, and numbers by what they are.
func (c *condition) equals(text []byte, isText bool) bool {
	if string(plain(text)) == c.value {
		return !c.quote || isText
	}
	if isText || c.quote {
		return false
	}
	got, err := strconv.ParseFloat(string(text), 64)
	want, bad := strconv.ParseFloat(c.value, 64)
	return err == nil && bad == nil && got == want
}
