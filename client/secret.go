package client

import (
	"cmp"
	"encoding/base64"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// redacted stands in a text where a secret stood.
const redacted = "***"

const (
	// shortSecret is the least length of a secret that is looked for inside words.
	// A shorter one ("1", "prod") is redacted where it is a word by itself: as a
	// part of others it says nothing, and every second text would hold it.
	shortSecret = 8
	// cutSecret is the least length of the beginning of a secret that is redacted
	// at the end of a text: the text may have been cut there.
	cutSecret = 4
)

// secrets are what no text may hold: keys, header values, passwords. The zero
// value is empty. It must not change once it is in use.
type secrets struct {
	inside []string // in lower case, the longest first: redacted wherever they stand
	words  []string // in lower case: redacted as whole words
	whole  []string // the keys themselves, for parts of them
}

// add takes in a secret and the spellings in which a server may give it back:
// letters of either case, quoted, or escaped for JSON, URLs or HTML.
func (s *secrets) add(secret string) {
	secret = strings.TrimSpace(secret)
	if secret == "" {
		return
	}
	quoted := strconv.Quote(secret)
	s.whole = append(s.whole, secret)
	for _, spelling := range []string{
		secret, quoted[1 : len(quoted)-1], string(appendString(nil, secret)), url.QueryEscape(secret),
		url.PathEscape(secret), html.EscapeString(secret), sanitized(secret), bounded(secret),
	} {
		spelling = lowerASCII(strings.Trim(spelling, `"`))
		list := &s.inside
		if len(spelling) < shortSecret {
			list = &s.words
		}
		if spelling != "" && !slices.Contains(*list, spelling) {
			*list = append(*list, spelling)
		}
	}
	slices.SortFunc(s.inside, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
}

// addHeader takes in the value of a header, and what of it is a credential by
// itself: what follows a scheme, the password of basic authentication, the parts
// of a cookie.
func (s *secrets) addHeader(value string) {
	s.add(value)
	fields := strings.Fields(value)
	if len(fields) == 2 {
		s.add(fields[1])
		if strings.EqualFold(fields[0], "basic") {
			if pair, err := base64.StdEncoding.DecodeString(fields[1]); err == nil {
				_, password, _ := strings.Cut(string(pair), ":")
				s.add(string(pair))
				s.add(password)
			}
		}
	}
	for _, part := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(" ;,=", r) }) {
		if len(part) >= shortSecret {
			s.add(part)
		}
	}
}

// addUser takes in the user and the password of a URL.
func (s *secrets) addUser(user *url.Userinfo) {
	if password, ok := user.Password(); ok {
		s.add(password)
		s.add(base64.StdEncoding.EncodeToString([]byte(user.Username() + ":" + password)))
	}
}

// redact takes the secrets out of a text, and long parts of them.
func (s *secrets) redact(text string) string {
	if len(s.whole) == 0 || text == "" {
		return text
	}
	for _, secret := range s.inside {
		text = replaced(text, secret, func(int, int) bool { return true })
	}
	for _, secret := range s.words {
		text = replaced(text, secret, func(from, to int) bool { return isWord(text, from, to) })
	}
	for _, secret := range s.whole {
		text = withoutParts(text, secret, redacted)
	}
	return s.redactCut(text)
}

// redactCut takes out the beginning of a secret in which a text ends.
func (s *secrets) redactCut(text string) string {
	lower := lowerASCII(text)
	for _, secret := range s.inside {
		if strings.ContainsRune(secret, ' ') { // it begins with a scheme, which is none
			continue
		}
		for n := min(len(secret), len(lower)); n >= cutSecret; n-- {
			if strings.HasSuffix(lower, secret[:n]) {
				return text[:len(text)-n] + redacted
			}
		}
	}
	return text
}

// replaced puts *** wherever a lower-case secret stands in a text and may be
// taken out.
func replaced(text, secret string, may func(from, to int) bool) string {
	lower := lowerASCII(text)
	if !strings.Contains(lower, secret) {
		return text
	}
	var b strings.Builder
	kept := 0
	for at := 0; ; {
		i := strings.Index(lower[at:], secret)
		if i < 0 {
			break
		}
		from, to := at+i, at+i+len(secret)
		if !may(from, to) {
			at = from + 1
			continue
		}
		b.WriteString(text[kept:from])
		b.WriteString(redacted)
		kept, at = to, to
	}
	b.WriteString(text[kept:])
	return b.String()
}

// isWord reports whether text[from:to] is no part of a longer word.
func isWord(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	first, _ := utf8.DecodeRuneInString(text[from:])
	last, _ := utf8.DecodeLastRuneInString(text[:to])
	joined := isLetter(before) && isLetter(first) || isLetter(after) && isLetter(last)
	return !joined
}

// isLetter reports whether a rune makes words: letters, digits, and whatever is
// beyond ASCII.
func isLetter(r rune) bool {
	return r != utf8.RuneError && (r == '_' || '0' <= r && r <= '9' || 'a' <= r|' ' && r|' ' <= 'z' || r >= utf8.RuneSelf)
}

// lowerASCII is a text with its ASCII letters in lower case, byte for byte as
// long.
func lowerASCII(text string) string {
	for i := range len(text) {
		if 'A' <= text[i] && text[i] <= 'Z' {
			b := []byte(text)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] |= ' '
				}
			}
			return string(b)
		}
	}
	return text
}
