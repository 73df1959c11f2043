package items

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Check reports what keeps the bytes from being one JSON value, without quoting them;
// nil: nothing.
func Check(b []byte) error {
	if !utf8.Valid(b) {
		return errors.New("the line is not UTF-8")
	}
	end, err := skip(b, 0, 0)
	if err == nil {
		if space(b, end) < len(b) {
			return errors.New("something follows the object: write one object a line")
		}
		return nil
	}
	var value json.RawMessage
	switch err := json.NewDecoder(strings.NewReader(string(b))).Decode(&value); {
	case err == nil: // deeper than this package goes
		return fmt.Errorf("not JSON: it is nested more than %d levels deep", maxDepth)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errors.New("not JSON: the line ends in the middle of it")
	default:
		return fmt.Errorf("not JSON: %w", err)
	}
}

// Object shows each member of an object in its order, its key without quotes; the first
// error of see ends it. What is no object has no members. Of bytes that were not checked
// it shows what comes before the fault, and answers with an error that says nothing:
// [Check] does.
func Object(b []byte, see func(key, value []byte) error) error {
	at, c, err := next(b, 0)
	if err != nil || c != '{' {
		return nil
	}
	_, err = members(b, at, 0, func(quoted, value []byte) error {
		key := quoted[1 : len(quoted)-1]
		if bytes.IndexByte(key, '\\') >= 0 {
			key = []byte(unquoted(quoted))
		}
		return see(key, value)
	})
	return err
}

// Array likewise shows each element of an array.
func Array(b []byte, see func(i int, value []byte) error) error {
	at, c, err := next(b, 0)
	if err != nil || c != '[' {
		return nil
	}
	_, err = elements(b, at, 0, see)
	return err
}

// Text is the text that a checked value is; false: it is none.
func Text(b []byte) (string, bool) {
	if Kind(b) != AText {
		return "", false
	}
	return unquoted(bytes.TrimSpace(b)), true
}

// unquoted is a text without its quotes and escapes.
func unquoted(b []byte) string {
	b = b[:len(b)-1][1:]
	for _, c := range b {
		if c == '\\' {
			var s string
			if json.Unmarshal(quotedAgain(b), &s) == nil {
				return s
			}
		}
	}
	return string(b)
}

func quotedAgain(b []byte) []byte { return append(append([]byte{'"'}, b...), '"') }

// What a value can be, in the words of an error.
const (
	AText    = "a text"
	ANumber  = "a number"
	AList    = "a list"
	AnObject = "an object"
	ATruth   = "true or false"
	Nothing  = "null"
)

// Kind is what a checked value is.
func Kind(b []byte) string {
	_, c, err := next(b, 0)
	switch {
	case err != nil:
		return Nothing
	case c == '"':
		return AText
	case c == '[':
		return AList
	case c == '{':
		return AnObject
	case c == 't', c == 'f':
		return ATruth
	case c == 'n':
		return Nothing
	}
	return ANumber
}
