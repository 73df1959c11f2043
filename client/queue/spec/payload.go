package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// A Payload is a template of what a task says: JSON in which a string "{prompt}" is put for
// that value, whatever its type, and {id} within a longer string for its text.
type Payload struct {
	tree any
	text string
}

// Words are what a template of a payload may put in, beside what it writes itself.
var Words = []string{"id", "priority", "class", "prompt", "system", "model", "max_tokens", "temperature", "created", "created_ms", "messages"}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// ParsePayload reads a template.
func ParsePayload(text string) (Payload, error) {
	p := Payload{text: text}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&p.tree); err != nil {
		return p, fmt.Errorf("the payload is not JSON: %w", err)
	}
	if d.More() {
		return p, fmt.Errorf("the payload is more than one JSON value")
	}
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		if !known(m[1]) {
			return p, fmt.Errorf("the payload puts in {%s}, and there are {%s}", m[1], strings.Join(Words, "}, {"))
		}
	}
	return p, nil
}

func known(word string) bool {
	for _, w := range Words {
		if w == word {
			return true
		}
	}
	return false
}

// String is the template.
func (p Payload) String() string { return p.text }

// Write is the payload with these values in it.
func (p Payload) Write(values map[string]any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(put(p.tree, values)); err != nil {
		return []byte("{}") // values are those of this package, which can be written
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// put is a tree of JSON with the values in their places.
func put(tree any, values map[string]any) any {
	switch of := tree.(type) {
	case map[string]any:
		m := make(map[string]any, len(of))
		for k, v := range of {
			m[k] = put(v, values)
		}
		return m
	case []any:
		list := make([]any, len(of))
		for i, v := range of {
			list[i] = put(v, values)
		}
		return list
	case string:
		if m := placeholder.FindString(of); m != "" && m == of {
			return values[m[1:len(m)-1]]
		}
		return fill(of, values)
	}
	return tree
}

// fill is a text with the values in their places.
func fill(text string, values map[string]any) string {
	if !strings.Contains(text, "{") {
		return text
	}
	return placeholder.ReplaceAllStringFunc(text, func(m string) string {
		v, ok := values[m[1:len(m)-1]]
		if !ok {
			return m
		}
		if s, ok := v.(string); ok {
			return s
		}
		b, err := json.Marshal(v)
		if err != nil {
			return m
		}
		return string(b)
	})
}
