package price

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// entry is one price as flashwave's own format writes it.
type entry struct {
	Host         string   `yaml:"host"`
	Model        string   `yaml:"model"`
	Input        *float64 `yaml:"input"`
	Cached       *float64 `yaml:"cached"`
	CacheWritten *float64 `yaml:"cache_written"`
	Output       *float64 `yaml:"output"`
	Date         string   `yaml:"date"`
	Source       string   `yaml:"source"`
	Note         string   `yaml:"note"`
}

// parseYAML reads flashwave's own format, strictly. The YAML library panics on
// some input that is no YAML (a tag before what is no sequence, for one): to the
// user that is a broken file, not a broken program.
func parseYAML(file string, data []byte) (b *Book, err error) {
	defer func() {
		if recover() != nil {
			b, err = nil, &Error{File: file, Message: "cannot be read as YAML", Hint: hint}
		}
	}()
	if nesting(data) > maxNesting {
		return nil, &Error{File: file, Message: "nested too deeply for a price file", Hint: hint}
	}
	f, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, yamlError(file, err)
	}
	if len(f.Docs) > 1 {
		return nil, at(file, f.Docs[1].Start, "a second document; a price file has one")
	}
	if len(f.Docs) == 0 || f.Docs[0].Body == nil {
		return nil, &Error{File: file, Message: "no prices in it", Hint: hint}
	}
	return readPrices(file, f.Docs[0].Body)
}

func readPrices(file string, body ast.Node) (*Book, error) {
	var doc struct {
		Prices []*entry `yaml:"prices"`
	}
	if err := yaml.NodeToValue(body, &doc, yaml.Strict()); err != nil {
		return nil, yamlError(file, err)
	}
	if len(doc.Prices) == 0 {
		return nil, &Error{File: file, Message: "no prices in it", Hint: hint}
	}
	b := &Book{}
	for i, e := range doc.Prices {
		p, field, problem := e.price()
		if problem == "" && b.has(p) {
			field, problem = "model", fmt.Sprintf("%s is priced twice", describe(p))
		}
		if problem != "" {
			return nil, at(file, tokenOf(body, i, field), problem)
		}
		b.add(p)
	}
	return b, nil
}

// price checks an entry; field is where the problem lies, "" the entry itself.
func (e *entry) price() (p Price, field, problem string) {
	if e == nil {
		return p, "", "an empty entry"
	}
	switch {
	case strings.TrimSpace(e.Model) == "":
		return p, "model", "model is missing"
	case strings.ContainsAny(e.Host, "/ "):
		return p, "host", fmt.Sprintf("host %q: write the host alone, such as api.example.com", e.Host)
	case e.Input == nil:
		return p, "input", "input is missing: the price of prompt tokens, in USD per million"
	case e.Output == nil:
		return p, "output", "output is missing: the price of output tokens, in USD per million"
	}
	amounts := []struct {
		field string
		value *float64
	}{{"input", e.Input}, {"cached", e.Cached}, {"cache_written", e.CacheWritten}, {"output", e.Output}}
	for _, a := range amounts {
		switch {
		case a.value == nil:
		case !(*a.value >= 0) || math.IsInf(*a.value, 1):
			return p, a.field, fmt.Sprintf("%s must be 0 or more USD per million tokens, not %v", a.field, *a.value)
		case *a.value > MaxPrice:
			return p, a.field, fmt.Sprintf("%s must be at most %.0f USD per million tokens, not %v", a.field, MaxPrice, *a.value)
		}
	}
	if _, err := time.Parse(time.DateOnly, e.Date); err != nil && e.Date != "" {
		return p, "date", fmt.Sprintf("date %q: want YYYY-MM-DD", e.Date)
	}
	k := keyOf(e.Host, "")
	p = Price{Host: k.host, Model: strings.TrimSpace(e.Model), Input: *e.Input, Output: *e.Output, Date: e.Date, Source: e.Source, Note: e.Note}
	if e.Cached != nil {
		p.Cached = *e.Cached
	}
	if e.CacheWritten != nil {
		p.CacheWritten = *e.CacheWritten
	}
	return p, "", ""
}

func describe(p Price) string {
	if p.Host == "" {
		return p.Model
	}
	return p.Model + " at " + p.Host
}

// tokenOf finds the place of a field in the i-th entry, or of the entry if it
// has no such field.
func tokenOf(body ast.Node, i int, field string) *token.Token {
	path := (&yaml.PathBuilder{}).Root().Child("prices").Index(uint(i))
	found, err := path.Build().FilterNode(body)
	if err != nil || found == nil {
		return body.GetToken()
	}
	if m, ok := found.(ast.MapNode); ok {
		for it := m.MapRange(); it.Next(); {
			if it.Key().String() == field {
				return it.Value().GetToken()
			}
		}
	}
	if first := found.GetToken(); first != nil {
		return first
	}
	return body.GetToken()
}

func at(file string, t *token.Token, message string) *Error {
	e := &Error{File: file, Message: message}
	if t != nil && t.Position != nil {
		e.Line, e.Column = t.Position.Line, t.Position.Column
	}
	return e
}

// yamlError takes the place and the bare message from the library's errors.
func yamlError(file string, err error) *Error {
	var typed yaml.Error
	if !errors.As(err, &typed) {
		return &Error{File: file, Message: err.Error(), Hint: hint}
	}
	e := at(file, typed.GetToken(), typed.GetMessage())
	e.Hint = hint
	var mismatch *yaml.TypeError
	if errors.As(err, &mismatch) {
		e.Message = fmt.Sprintf("want %s, not %s", kind(mismatch.DstType), kind(mismatch.SrcType))
	}
	return e
}

// kind is a Go type in the words of a price file.
func kind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Slice:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "a mapping"
	case reflect.Bool:
		return "true or false"
	}
	return "a number"
}

// A price file nests three levels deep. The parser takes time and memory without
// measure for what nests thousands, so that is turned away first.
const maxNesting = 64

// nesting bounds the depth from above: open brackets, and the indicators by
// which one line may open several sequences.
func nesting(data []byte) int {
	deepest, brackets, opened := 0, 0, 0
	for i, c := range data {
		switch c {
		case '[', '{':
			brackets++
		case ']', '}':
			brackets = max(0, brackets-1)
		case ' ', '\t':
		default:
			indicator := (c == '-' || c == '?') && i+1 < len(data) && (data[i+1] == ' ' || data[i+1] == '\t')
			if !indicator {
				opened = 0
				continue
			}
			opened++
		}
		deepest = max(deepest, brackets+opened)
	}
	return deepest
}
