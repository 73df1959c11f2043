// Package schematest holds documents that tests make against their schemas.
package schematest

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"flashwave/bench/schema"
)

var (
	mu       sync.Mutex
	compiled = map[string]*jsonschema.Resolved{}
)

// Check says what of a document is not as its schema has it; nil if nothing.
func Check(name string, document []byte) error {
	s, err := compile(name)
	if err != nil {
		return err
	}
	var value any
	if err := json.Unmarshal(document, &value); err != nil {
		return err
	}
	return s.Validate(value)
}

// Valid fails the test unless a document is as its schema has it.
func Valid(t testing.TB, name string, document []byte) {
	t.Helper()
	if err := Check(name, document); err != nil {
		t.Errorf("the document is no valid %s: %v", name, err)
	}
}

// Values does the same with a document that has yet to be written.
func Values(t testing.TB, name string, document any) {
	t.Helper()
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	Valid(t, name, text)
}

// NameOf is the document whose schema a document names; "" if there is none.
func NameOf(document []byte) string {
	var head struct{ Schema string }
	if json.Unmarshal(document, &head) != nil {
		return ""
	}
	name := strings.TrimSuffix(strings.TrimPrefix(head.Schema, "flashwave."), "/v1")
	if _, err := schema.Of(name); err != nil {
		return ""
	}
	return name
}

func compile(name string) (*jsonschema.Resolved, error) {
	mu.Lock()
	defer mu.Unlock()
	if s := compiled[name]; s != nil {
		return s, nil
	}
	text, err := schema.Of(name)
	if err != nil {
		return nil, err
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, err
	}
	r, err := s.Resolve(nil)
	if err == nil {
		compiled[name] = r
	}
	return r, err
}
