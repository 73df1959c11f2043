// Package schema holds the JSON Schemas (draft 2020-12) of the documents that
// flashwave reads and writes: the scenario file, run.json, and the documents of
// comparisons, of capacity searches and of comparisons of these, of monitors and their
// probes, and the list of what was kept.
//
// They are generated from the Go types; descriptions are their doc comments. Of a
// document that flashwave writes, keys that may hold no data may be null, unknown keys
// are allowed, and within v1 nothing is ever taken away or changes its type. The
// scenario is what people write, so its schema is strict: editors complete its words,
// and mark those that are none.
package schema

import (
	"embed"
	"fmt"
	"strings"
)

//go:generate go run ./generate

//go:embed *.json
var files embed.FS

// Names are the documents that have a schema.
var Names = []string{"run", "scenario", "compare", "capacity", "capacity-compare", "monitor", "probe", "runs"}

// Of is the schema of a document as JSON text.
func Of(name string) ([]byte, error) {
	text, err := files.ReadFile(name + ".json")
	if err != nil {
		return nil, fmt.Errorf("no schema %q: there are %s", name, strings.Join(Names, ", "))
	}
	return text, nil
}
