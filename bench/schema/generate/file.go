package main

import (
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"flashwave/bench/scenario"
)

// file is the schema of a scenario as people write it. It has the words of the types,
// in the shapes that the file takes: waves name their lane, sums may be $5, and most
// of it may be left out.
func (s *source) file() *jsonschema.Schema {
	f := fileWriter{s, jsonschema.Definitions{}}
	root := f.object(reflect.TypeFor[scenario.Scenario](), map[string]*jsonschema.Schema{
		"lanes": f.list(f.object(reflect.TypeFor[scenario.Lane](), map[string]*jsonschema.Schema{
			"workload": f.define("Workload", f.workload()), "waves": nil,
		})),
		"workload": f.define("Workload", f.workload()),
		"workloads": f.list(f.object(reflect.TypeFor[scenario.Share](), f.asked(map[string]*jsonschema.Schema{
			"share": either("of all requests, such as 70%", text(), number()),
		}))),
		"target": f.define("Target", f.target()),
		"budget": either("USD, such as $20 or 5.00", text(), number()),
	})
	root.Properties.Set("waves", described(f.list(f.wave()), "the phases of load, one after the other within each lane; left out: 1000 requests, 50 in flight"))
	root.Version, root.Title = jsonschema.Version, "flashwave: a scenario file"
	root.Definitions = f.definitions
	return root
}

// A fileWriter makes the schema of the file from the types.
type fileWriter struct {
	*source
	definitions jsonschema.Definitions
}

// object is a struct's words, none of which must be there; instead holds those whose
// shape in the file is another, nil for those that the file does not have.
func (f fileWriter) object(t reflect.Type, instead map[string]*jsonschema.Schema) *jsonschema.Schema {
	o := &jsonschema.Schema{
		Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema,
		Description: f.comments[t.PkgPath()+"."+t.Name()],
	}
	for _, field := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		p, other := instead[name]
		switch {
		case other && p == nil:
			continue
		case !other:
			p = f.of(field.Type)
		}
		o.Properties.Set(name, described(p, f.comments[t.PkgPath()+"."+t.Name()+"."+field.Name]))
	}
	return o
}

// of is the shape of a type in the file.
func (f fileWriter) of(t reflect.Type) *jsonschema.Schema {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[scenario.Price]() {
		p := f.object(t, nil)
		p.Required = []string{"input", "output"}
		return p
	}
	if p := f.plain(t); p != nil {
		return p
	}
	switch t.Kind() {
	case reflect.Bool:
		return &jsonschema.Schema{Type: "boolean"}
	case reflect.Float64:
		return number()
	case reflect.Int, reflect.Uint64:
		return &jsonschema.Schema{Type: "integer", Minimum: "0"}
	case reflect.Slice:
		return f.list(f.of(t.Elem()))
	case reflect.Map:
		return &jsonschema.Schema{Type: "object", AdditionalProperties: either("", text(), number(), &jsonschema.Schema{Type: "boolean"})}
	default:
		return text()
	}
}

func (f fileWriter) target() *jsonschema.Schema {
	t := f.object(reflect.TypeFor[scenario.Target](), nil)
	t.Properties.Set("headers", described(&jsonschema.Schema{Type: "object", AdditionalProperties: text()}, "headers to send; their values are never stored, and keys are no headers: see key_env"))
	return t
}

func (f fileWriter) workload() *jsonschema.Schema {
	return f.object(reflect.TypeFor[scenario.Workload](), f.asked(map[string]*jsonschema.Schema{}))
}

// asked adds the words of a workload that have a shape of their own.
func (f fileWriter) asked(words map[string]*jsonschema.Schema) map[string]*jsonschema.Schema {
	words["temperature"] = either("", number(), &jsonschema.Schema{Type: "null"})
	words["extra_body"] = either("", &jsonschema.Schema{Type: "object"}, text())
	return words
}

func (f fileWriter) wave() *jsonschema.Schema {
	w := f.object(reflect.TypeFor[scenario.Wave](), map[string]*jsonschema.Schema{
		"trace": either("", text(), f.object(reflect.TypeFor[scenario.Trace](), nil)),
	})
	w.Properties.Set("lane", described(text(), "waves of a lane follow one another, lanes run side by side"))
	return w
}

// define keeps a definition by its name, and answers with a reference to it.
func (f fileWriter) define(name string, s *jsonschema.Schema) *jsonschema.Schema {
	f.definitions[name] = s
	return &jsonschema.Schema{Ref: "#/$defs/" + name}
}

func (f fileWriter) list(of *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "array", Items: of}
}

func text() *jsonschema.Schema   { return &jsonschema.Schema{Type: "string"} }
func number() *jsonschema.Schema { return &jsonschema.Schema{Type: "number"} }

func either(description string, of ...*jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{Description: description, AnyOf: of}
}

// described gives a schema a description, unless it has a better one.
func described(s *jsonschema.Schema, description string) *jsonschema.Schema {
	if description != "" {
		s.Description = description
	}
	return s
}
