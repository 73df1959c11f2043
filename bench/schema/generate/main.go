// Generate writes the JSON Schemas of package schema into the folder it is run in,
// or into the one that is its argument.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"

	"flashwave/bench/capacity"
	"flashwave/bench/capacity/versus"
	"flashwave/bench/compare"
	"flashwave/bench/forecast"
	"flashwave/bench/history"
	"flashwave/bench/monitor"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// A document is one that has a schema: its root type, and what it is.
type document struct {
	name, schema, title string
	root                any
}

var documents = []document{
	{"run", result.Schema, "flashwave: one run (run.json)", result.Run{}},
	{"compare", compare.Schema, "flashwave: a comparison of runs", compare.Document{}},
	{"capacity", capacity.Schema, "flashwave: a search for capacity, and a forecast", capacity.Document{}},
	{"capacity-compare", versus.Schema, "flashwave: a comparison of two searches for capacity", versus.Document{}},
	{"monitor", monitor.Schema, "flashwave: what a monitor found", monitor.Document{}},
	{"probe", monitor.ProbeSchema, "flashwave: one probe of a monitor", monitor.Probed{}},
	{"runs", history.Schema, "flashwave: the runs and searches that were kept", history.Document{}},
}

// packages are those whose doc comments and constants are read.
var packages = []string{"scenario", "result", "compare", "capacity", "capacity/versus", "forecast", "history", "monitor"}

func main() {
	to := "."
	if len(os.Args) > 1 {
		to = os.Args[1]
	}
	if err := generate(to); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// generate writes every schema into a folder.
func generate(to string) error {
	source, err := readSource()
	if err != nil {
		return err
	}
	for _, d := range documents {
		s := source.reflect(d.root)
		s.Title = d.title
		property(s, "schema").Const = d.schema
		if err := write(filepath.Join(to, d.name+".json"), s); err != nil {
			return err
		}
	}
	return write(filepath.Join(to, "scenario.json"), source.file())
}

func write(path string, s *jsonschema.Schema) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// reflect makes the schema of a document that flashwave writes.
func (s *source) reflect(root any) *jsonschema.Schema {
	types := map[string]reflect.Type{}
	r := jsonschema.Reflector{
		CommentMap: s.comments, Mapper: s.plain,
		AllowAdditionalProperties: true, Anonymous: true, ExpandedStruct: true,
		Namer: func(t reflect.Type) string {
			name := typeName(t)
			types[name] = t
			return name
		},
	}
	made := r.Reflect(root)
	s.finish(made, reflect.TypeOf(root))
	for name, definition := range made.Definitions {
		s.finish(definition, types[name])
	}
	return made
}

// typeName is the name of a type's definition; those of package result lead.
func typeName(t reflect.Type) string {
	pkg := t.PkgPath()[strings.LastIndex(t.PkgPath(), "/")+1:]
	if pkg == "result" || pkg == "" {
		return t.Name()
	}
	return strings.ToUpper(pkg[:1]) + pkg[1:] + t.Name()
}

// finish lets what may have no data be null, or left out.
func (s *source) finish(made *jsonschema.Schema, t reflect.Type) {
	if t == nil || t.Kind() != reflect.Struct || made.Properties == nil {
		return
	}
	made.Required = nil
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		p := property(made, name)
		if p == nil {
			continue
		}
		kind := f.Type.Kind()
		nullable := kind == reflect.Pointer || kind == reflect.Slice || kind == reflect.Map
		switch {
		case nullable && f.Type.String() != "json.RawMessage":
			made.Properties.Set(name, orNull(p))
			if f.Tag.Get("jsonschema") == "required" { // earlier documents had a 0 for no data
				made.Required = append(made.Required, name)
			}
		case !strings.Contains(options, "omitempty"):
			made.Required = append(made.Required, name)
		}
	}
	slices.Sort(made.Required)
}

// orNull lets a schema be null, too.
func orNull(p *jsonschema.Schema) *jsonschema.Schema {
	outer := &jsonschema.Schema{Description: p.Description}
	p.Description = ""
	outer.AnyOf = []*jsonschema.Schema{p, {Type: "null"}}
	return outer
}

// property is a property of an object; nil if it has none of that name.
func property(s *jsonschema.Schema, name string) *jsonschema.Schema {
	p, ok := s.Properties.Get(name)
	if !ok {
		return nil
	}
	return p
}

// plain are the schemas of types that write themselves.
func (s *source) plain(t reflect.Type) *jsonschema.Schema {
	text := func(description string) *jsonschema.Schema {
		return &jsonschema.Schema{Type: "string", Description: description}
	}
	switch t {
	case reflect.TypeFor[scenario.Duration]():
		return text("with its unit, such as 90s, 2m or 1h30m")
	case reflect.TypeFor[scenario.Size]():
		return text("with its unit, such as 64MiB")
	case reflect.TypeFor[scenario.PerSecond]():
		return text("with its unit, such as 3.3/s, 200/m or 50/h")
	case reflect.TypeFor[forecast.Tokens]():
		return moments()
	case reflect.TypeFor[scenario.Rate]():
		ends := jsonschema.NewProperties()
		ends.Set("from", text(""))
		ends.Set("to", text(""))
		return &jsonschema.Schema{
			Description: "requests and a unit, such as 200/m, or a ramp from one rate to another",
			AnyOf:       []*jsonschema.Schema{{Type: "string"}, {Type: "object", Properties: ends, Required: []string{"from", "to"}}},
		}
	}
	if values := s.constants[t.PkgPath()+"."+t.Name()]; t.Kind() == reflect.String && len(values) > 0 {
		return &jsonschema.Schema{Type: "string", Enum: values}
	}
	return nil
}

// moments are the sums of the tokens of many requests, and of their products, as
// forecast.Tokens writes them.
func moments() *jsonschema.Schema {
	list := func(of *jsonschema.Schema) *jsonschema.Schema { return &jsonschema.Schema{Type: "array", Items: of} }
	sums := jsonschema.NewProperties()
	sums.Set("n", &jsonschema.Schema{Type: "integer", Description: "requests"})
	sums.Set("sum", described(list(number()), "of prompt tokens that a cache had nothing to do with, of those read from one, of output tokens, and of prompt tokens written to one"))
	sums.Set("cross", described(list(list(number())), "sums of their products"))
	return &jsonschema.Schema{Type: "object", Properties: sums, Required: []string{"n", "sum", "cross"}}
}
