package scenario

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The tree of a file to be written: text that is YAML already, a mapping with the
// order of its keys, a list.
type (
	yamlText string
	yamlMap  []yamlPair
	yamlList []any
	yamlPair struct {
		key   string
		value any
	}
)

// wide is how much of a line a mapping or a list may take before it is broken.
const wide = 110

// YAML is the scenario file that repeats the run: [Parse] of it is the same
// scenario, but for the values of headers, of which only the names are written.
func (s *Scenario) YAML() ([]byte, error) {
	var b bytes.Buffer
	for _, p := range written(s.fields()) {
		b.WriteString(p.key + ":")
		writeBlock(&b, p.value, "  ", p.key == "waves" || p.key == "lanes" || p.key == "workloads")
	}
	return b.Bytes(), nil
}

// writeBlock writes the value of a key: behind it if it fits, else below.
func writeBlock(b *bytes.Buffer, v any, indent string, below bool) {
	line := inline(v)
	if !below && (len(line) <= wide || isText(v)) {
		b.WriteString(" " + line + "\n")
		return
	}
	b.WriteByte('\n')
	switch v := v.(type) {
	case yamlMap:
		for _, p := range v {
			b.WriteString(indent + p.key + ":")
			writeBlock(b, p.value, indent+"  ", false)
		}
	case yamlList:
		for _, item := range v {
			b.WriteString(indent + "- " + inline(item) + "\n")
		}
	}
}

func isText(v any) bool {
	_, ok := v.(yamlText)
	return ok
}

// inline is a value on one line, in YAML's flow style.
func inline(v any) string {
	var parts []string
	switch v := v.(type) {
	case yamlText:
		return string(v)
	case yamlMap:
		for _, p := range v {
			parts = append(parts, p.key+": "+inline(p.value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case yamlList:
		for _, item := range v {
			parts = append(parts, inline(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return ""
}

// plain is text that no YAML reader takes for anything but itself.
var plain = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*$`)

// quote is text as YAML: bare where that is safe, else in double quotes.
func quote(s string) yamlText {
	taken := []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
	if plain.MatchString(s) && !slices.Contains(taken, strings.ToLower(s)) {
		return yamlText(s)
	}
	return yamlText(strconv.Quote(s))
}

func writeLabels(labels map[string]string) yamlMap {
	var m yamlMap
	for key, text := range labels {
		m = append(m, yamlPair{string(quote(key)), quote(text)})
	}
	slices.SortFunc(m, func(a, b yamlPair) int { return strings.Compare(a.key, b.key) })
	return m
}
