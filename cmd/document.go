package cmd

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"flashwave/bench/capacity"
	"flashwave/bench/capacity/versus"
	"flashwave/bench/compare"
	"flashwave/bench/files"
	"flashwave/bench/report"
	"flashwave/bench/searches"
)

// A kind is a kind of document, besides runs, that report shows again.
type kind struct {
	schema  string
	formats []string
	write   func(w io.Writer, format string, document []byte, o report.Options) error
}

// kinds are found by the schema that a document names.
var kinds = []kind{
	{compare.Schema, report.Comparisons.Names(), rewrite(report.Comparisons)},
	{capacity.Schema, report.Searches.Names(), rewrite(report.Searches)},
	{versus.Schema, report.SearchComparisons.Names(), rewrite(report.SearchComparisons)},
}

// rewrite reads a document and writes it in one of its formats.
func rewrite[D any](formats report.Formats[*D]) func(io.Writer, string, []byte, report.Options) error {
	return func(w io.Writer, format string, document []byte, o report.Options) error {
		doc := new(D)
		err := files.CheckJSON(document)
		if err == nil {
			err = json.Unmarshal(document, doc)
		}
		if err != nil {
			return usage(fmt.Errorf("the document is broken: %w", err), "was it cut off, or changed by hand?")
		}
		return formats.Write(w, format, doc, o)
	}
}

// kindOf is the kind of the document in a file; nil where it is a run, or no
// document at all: whoever reads runs says what is wrong with it.
func kindOf(path string) *kind {
	file, err := files.Open(path)
	if err != nil {
		return nil
	}
	defer func() { _ = file.Close() }()                  // it is only read
	dec := json.NewDecoder(io.LimitReader(file, 64<<10)) // it is at its very beginning
	for _, want := range []string{"{", "schema"} {       // the first key of every document
		if token, err := dec.Token(); err != nil || fmt.Sprint(token) != want {
			return nil
		}
	}
	schema, err := dec.Token()
	if err != nil {
		return nil
	}
	return kindOfSchema(fmt.Sprint(schema))
}

func kindOfSchema(schema string) *kind {
	for i := range kinds {
		if kinds[i].schema == schema {
			return &kinds[i]
		}
	}
	return nil
}

// maxDocument is a hundred times what a document usually takes, in bytes.
const maxDocument = 256 << 20

// show writes a document of a kind to standard output, or to a file.
func (p *program) show(k *kind, file, format, path string) error {
	data, err := files.Read(file, maxDocument)
	if err != nil {
		return usage(err, "")
	}
	return p.showAs(k, format, path, func(w io.Writer, o report.Options) error { return k.write(w, format, data, o) })
}

// showSearch shows a search that was kept.
func (p *program) showSearch(kept *searches.Store, ref, format, path string) error {
	doc, err := kept.Load(ref)
	if err != nil {
		return invalid(err)
	}
	return p.showAs(kindOfSchema(capacity.Schema), format, path, func(w io.Writer, o report.Options) error {
		return report.Searches.Write(w, format, doc, o)
	})
}

func (p *program) showAs(k *kind, format, path string, write func(io.Writer, report.Options) error) error {
	if !slices.Contains(k.formats, format) {
		return usage(fmt.Errorf("format %q is not one of %s", format, k.schema), "use one of "+strings.Join(k.formats, ", "))
	}
	if path == "" {
		return write(p.stdout, p.reportOptions())
	}
	return writeTo(path, func(w io.Writer) error { return write(w, report.Options{Width: 100}) })
}
