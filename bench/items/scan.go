package items

import "errors"

// maxDepth is how deep values may be nested.
const maxDepth = 500

// errShort says that a value goes on behind the bytes at hand.
var errShort = errors.New("the JSON ends in the middle of a value")

// errBroken says that there is no value. What is wrong with it, [Check] asks of
// encoding/json, which has the words.
var errBroken = errors.New("not JSON")

// space is the place of the first byte from at on that is no white space.
func space(b []byte, at int) int {
	for at < len(b) && (b[at] == ' ' || b[at] == '\n' || b[at] == '\t' || b[at] == '\r') {
		at++
	}
	return at
}

// next is the place and the byte of what comes after white space.
func next(b []byte, at int) (int, byte, error) {
	if at = space(b, at); at == len(b) {
		return at, 0, errShort
	}
	return at, b[at], nil
}

// skip is where the value ends that begins at b[at], or behind white space there.
func skip(b []byte, at, depth int) (end int, err error) {
	at, c, err := next(b, at)
	switch {
	case err != nil:
		return at, err
	case depth == maxDepth:
		return at, errBroken
	case c == '{':
		return members(b, at, depth, nil)
	case c == '[':
		return elements(b, at, depth, nil)
	case c == '"':
		return text(b, at)
	case c == '-' || isDigit(c):
		return number(b, at)
	}
	for _, word := range []string{"true", "false", "null"} {
		if c == word[0] {
			return literal(b, at, word)
		}
	}
	return at, errBroken
}

// members walks over the object at b[at], and shows each key, quotes and all, and value.
func members(b []byte, at, depth int, see func(key, value []byte) error) (end int, err error) {
	at, c, err := next(b, at+1)
	if err != nil || c == '}' {
		return at + 1, err
	}
	for {
		if c != '"' {
			return at, errBroken
		}
		from := at
		if at, err = text(b, at); err != nil {
			return at, err
		}
		key := b[from:at]
		if at, c, err = next(b, at); err != nil {
			return at, err
		}
		if c != ':' {
			return at, errBroken
		}
		if from, _, err = next(b, at+1); err != nil {
			return from, err
		}
		if at, err = skip(b, from, depth+1); err != nil {
			return at, err
		}
		if see != nil {
			if err := see(key, b[from:at]); err != nil {
				return at, err
			}
		}
		if at, c, err = next(b, at); err != nil {
			return at, err
		}
		switch c {
		case '}':
			return at + 1, nil
		case ',':
			if at, c, err = next(b, at+1); err != nil {
				return at, err
			}
		default:
			return at, errBroken
		}
	}
}

// elements walks over the array at b[at].
func elements(b []byte, at, depth int, see func(i int, value []byte) error) (end int, err error) {
	at, c, err := next(b, at+1)
	if err != nil || c == ']' {
		return at + 1, err
	}
	for i := 0; ; i++ {
		from := at
		if at, err = skip(b, at, depth+1); err != nil {
			return at, err
		}
		if see != nil {
			if err := see(i, b[from:at]); err != nil {
				return at, err
			}
		}
		if at, c, err = next(b, at); err != nil {
			return at, err
		}
		switch c {
		case ']':
			return at + 1, nil
		case ',':
			if at, _, err = next(b, at+1); err != nil {
				return at, err
			}
		default:
			return at, errBroken
		}
	}
}

// text is where the text ends that begins with the quote at b[at].
func text(b []byte, at int) (end int, err error) {
	for at++; at < len(b); at++ {
		switch c := b[at]; {
		case c == '"':
			return at + 1, nil
		case c < ' ':
			return at, errBroken
		case c == '\\':
			if at, err = escape(b, at+1); err != nil {
				return at, err
			}
		}
	}
	return at, errShort
}

// escape is the place of the last byte of the escape that follows a backslash.
func escape(b []byte, at int) (last int, err error) {
	if at == len(b) {
		return at, errShort
	}
	switch b[at] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return at, nil
	case 'u':
		for range 4 {
			if at++; at == len(b) {
				return at, errShort
			}
			if c := b[at] | 0x20; !isDigit(b[at]) && (c < 'a' || c > 'f') {
				return at, errBroken
			}
		}
		return at, nil
	}
	return at, errBroken
}

// number is where the number ends that begins at b[at]. One that ends with the bytes
// at hand may go on.
func number(b []byte, at int) (end int, err error) {
	if b[at] == '-' {
		at++
	}
	switch {
	case at == len(b):
		return at, errShort
	case b[at] == '0':
		at++
	default:
		if at, err = digits(b, at); err != nil {
			return at, err
		}
	}
	if at < len(b) && b[at] == '.' {
		if at, err = digits(b, at+1); err != nil {
			return at, err
		}
	}
	if at < len(b) && b[at]|0x20 == 'e' {
		if at++; at < len(b) && (b[at] == '+' || b[at] == '-') {
			at++
		}
		return digits(b, at)
	}
	return at, nil
}

// digits walks over at least one.
func digits(b []byte, at int) (end int, err error) {
	from := at
	for at < len(b) && isDigit(b[at]) {
		at++
	}
	switch {
	case at > from:
		return at, nil
	case at == len(b):
		return at, errShort
	}
	return at, errBroken
}

func literal(b []byte, at int, word string) (end int, err error) {
	for i := range len(word) {
		switch {
		case at+i == len(b):
			return at + i, errShort
		case b[at+i] != word[i]:
			return at + i, errBroken
		}
	}
	return at + len(word), nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
