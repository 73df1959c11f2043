package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// glyphs are the first character of a check's line.
var glyphs = map[Status]string{OK: "✓", Unknown: "–", Warn: "!", Fail: "✗"}

// WriteText writes a line for each check, what was found, what is needed and what
// to do, then the conclusion.
func (r *Report) WriteText(w io.Writer) error {
	width := 0
	for _, c := range r.Checks {
		width = max(width, utf8.RuneCountInString(c.Name))
	}
	var b strings.Builder
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "%s %-*s  %s\n", glyphs[c.Status], width, c.Name, c.line())
	}
	if t := r.SelfTest; t != nil && t.Note != "" {
		fmt.Fprintf(&b, "\nnote: the self-test's endpoint shared this process and its cores: %s\n", t.Note)
	}
	fmt.Fprintf(&b, "\n%s\n", r.Conclusion)
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteJSON writes the document.
func (r *Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

func (c Check) line() string {
	line := c.Found
	if c.Need != "" {
		line += "; needed: " + c.Need
	}
	if c.Advice != "" {
		line += " → " + c.Advice
	}
	return line
}
