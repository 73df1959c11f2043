package report

import (
	"fmt"
	"io"
	"strings"

	"flashwave/bench/files"
)

// A Format is one way of writing documents of a kind.
type Format[D any] struct {
	Name   string
	Ending string // of files that hold it
	write  func(w io.Writer, document D, o Options) error
}

// Formats are those of a kind of document, in the order of help texts.
type Formats[D any] []Format[D]

// Names are the names that Write knows.
func (f Formats[D]) Names() []string {
	names := make([]string, len(f))
	for i, format := range f {
		names[i] = format.Name
	}
	return names
}

// Endings are the endings of files that stand for a format, in the order of the names.
func (f Formats[D]) Endings() []string {
	endings := make([]string, len(f))
	for i, format := range f {
		endings[i] = format.Ending
	}
	return endings
}

// Of is the format that a path's ending stands for, the longest that fits.
func (f Formats[D]) Of(path string) (name string, err error) {
	longest := 0
	for _, format := range f {
		if strings.HasSuffix(path, format.Ending) && len(format.Ending) > longest {
			name, longest = format.Name, len(format.Ending)
		}
	}
	if name == "" {
		return "", fmt.Errorf("%s: the ending says no format: use one of %s", path, strings.Join(f.Endings(), " "))
	}
	return name, nil
}

// Write writes a document in a format. It is only read. The beginning of a report may be
// left behind when it fails.
func (f Formats[D]) Write(w io.Writer, name string, document D, o Options) error {
	for _, format := range f {
		if format.Name == name {
			return format.write(w, document, o)
		}
	}
	return fmt.Errorf("unknown format %q: use one of %s", name, strings.Join(f.Names(), ", "))
}

// fixed is a format that looks the same whatever the options say.
func fixed[D any](write func(io.Writer, D) error) func(io.Writer, D, Options) error {
	return func(w io.Writer, document D, _ Options) error { return write(w, document) }
}

// asJSON is the format of the document itself, and nothing else.
func asJSON[D any]() Format[D] {
	return Format[D]{"json", ".json", fixed(func(w io.Writer, document D) error { return files.Encode(w, document) })}
}
