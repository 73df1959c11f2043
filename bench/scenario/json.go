package scenario

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// json is the value as JSON; keys keep their order, numbers their digits.
func (v value) json() (json.RawMessage, error) {
	switch n := v.node.(type) {
	case *ast.MappingNode:
		return v.jsonObject()
	case *ast.SequenceNode:
		return v.jsonArray()
	case *ast.NullNode:
		return json.RawMessage("null"), nil
	case *ast.BoolNode:
		return json.RawMessage(strconv.FormatBool(n.Value)), nil
	}
	text, err := v.text()
	if err != nil {
		return nil, err
	}
	if !v.isNumber(text) {
		return json.Marshal(text)
	}
	text = strings.TrimPrefix(text, "+")
	if !json.Valid([]byte(text)) {
		return nil, v.fail("write plain decimal digits, or quotes around a text", "%s is not a JSON number", text)
	}
	return json.RawMessage(text), nil
}

// yamlNumber is what YAML 1.2 takes for a number; the parser leaves some of them,
// 1e3 and those above 64 bits, as text.
var yamlNumber = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)

func (v value) isNumber(text string) bool {
	switch v.node.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return true
	}
	return v.node.GetToken().Type == token.StringType && yamlNumber.MatchString(text)
}

func (v value) jsonObject() (json.RawMessage, error) {
	keys, values, err := v.entries()
	if err != nil {
		return nil, err
	}
	out := []byte{'{'}
	for i, key := range keys {
		name, err := json.Marshal(key)
		if err != nil {
			return nil, err
		}
		member, err := values[i].json()
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, name...), ':'), member...)
	}
	return append(out, '}'), nil
}

func (v value) jsonArray() (json.RawMessage, error) {
	items, err := v.items()
	if err != nil {
		return nil, err
	}
	out := []byte{'['}
	for i, item := range items {
		element, err := item.json()
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, element...)
	}
	return append(out, ']'), nil
}
