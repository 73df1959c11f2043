package result

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"flashwave/client/outcome"
)

// maxErrorKinds bounds how many kinds of failure a Part tells apart.
const maxErrorKinds = 50

// otherErrors collects the failures past that bound.
const otherErrors = "(other messages)"

// ErrorCounts counts failures by kind: outcome and message with the figures
// taken out.
type ErrorCounts map[ErrorKey]*ErrorCount

// An ErrorKey is one kind of failure.
type ErrorKey struct {
	Outcome outcome.Outcome
	Message string
}

// Add counts one failure.
func (e ErrorCounts) Add(o outcome.Outcome, message string) {
	e.add(ErrorKey{o, generalise(message)}, 1, message)
}

func (e ErrorCounts) add(key ErrorKey, n int64, sample string) {
	if c, ok := e[key]; ok {
		c.Count += n
		return
	}
	if len(e) >= maxErrorKinds {
		key.Message = otherErrors
		if c, ok := e[key]; ok {
			c.Count += n
			return
		}
	}
	e[key] = &ErrorCount{Outcome: key.Outcome, Message: key.Message, Count: n, Sample: sample}
}

func (e ErrorCounts) merge(from ErrorCounts) {
	for key, c := range from {
		e.add(key, c.Count, c.Sample)
	}
}

// MarshalJSON implements [json.Marshaler]: they are a list.
func (e ErrorCounts) MarshalJSON() ([]byte, error) { return json.Marshal(e.List()) }

// UnmarshalJSON implements [json.Unmarshaler].
func (e *ErrorCounts) UnmarshalJSON(b []byte) error {
	var list []ErrorCount
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	*e = ErrorCounts{}
	for _, c := range list {
		(*e)[ErrorKey{c.Outcome, c.Message}] = new(c)
	}
	return nil
}

// WithoutSamples is e with no example of the kinds that it is said of. e stays as it is.
func (e ErrorCounts) WithoutSamples(of func(ErrorKey) bool) ErrorCounts {
	c := make(ErrorCounts, len(e))
	for key, n := range e {
		c[key] = new(*n)
		if of(key) {
			c[key].Sample = ""
		}
	}
	return c
}

// List is the failures, most frequent first.
func (e ErrorCounts) List() []ErrorCount {
	list := make([]ErrorCount, 0, len(e))
	for _, c := range e {
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b ErrorCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(a.Message, b.Message))
	})
	return list
}

// generalise takes out of a message what differs from request to request, so
// that a thousand like errors are one line: words with a digit in them, such as
// ports, ids and times, become "#". An HTTP status stays.
func generalise(message string) string {
	if !strings.ContainsAny(message, "0123456789") {
		return message
	}
	var b strings.Builder
	before := ""
	for i, word := range strings.Fields(message) {
		if i > 0 {
			b.WriteByte(' ')
		}
		status := before == "HTTP"
		before = word
		if strings.ContainsAny(word, "0123456789") && !status {
			word = withoutFigures(word)
		}
		b.WriteString(word)
	}
	return b.String()
}

// withoutFigures replaces each run of letters and digits that holds a digit.
func withoutFigures(word string) string {
	var b strings.Builder
	for len(word) > 0 {
		n := strings.IndexFunc(word, func(r rune) bool { return !alphanumeric(r) })
		if n < 0 {
			n = len(word)
		}
		if run := word[:n]; strings.ContainsAny(run, "0123456789") {
			b.WriteByte('#')
		} else {
			b.WriteString(run)
		}
		word = word[n:]
		if m := strings.IndexFunc(word, alphanumeric); m >= 0 {
			b.WriteString(word[:m])
			word = word[m:]
		} else {
			b.WriteString(word)
			break
		}
	}
	return b.String()
}

func alphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80
}
