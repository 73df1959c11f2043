// Package schematest holds documents that tests make against their schemas.
package schematest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"flashwave/bench/schema"
)

var (
	mu       sync.Mutex
	compiled = map[string]*jsonschema.Schema{}
)

// Check says what of a document is not as its schema has it; nil if nothing.
func Check(name string, document []byte) error {
	s, err := compile(name)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
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

func compile(name string) (*jsonschema.Schema, error) {
	mu.Lock()
	defer mu.Unlock()
	if s := compiled[name]; s != nil {
		return s, nil
	}
	text, err := schema.Of(name)
	if err != nil {
		return nil, err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	url := fmt.Sprintf("mem:///%s.json", name)
	if err := c.AddResource(url, value); err != nil {
		return nil, err
	}
	s, err := c.Compile(url)
	if err == nil {
		compiled[name] = s
	}
	return s, err
}
