// Package report writes a run's document in the formats that people and programs
// read.
//
// Every format is one file and one entry in a table; [Write] finds it by its name.
package report

import (
	"fmt"
	"io"
	"strings"

	"flashwave/bench/result"
)

// Options say how a report looks. Formats for programs do not look at them.
type Options struct {
	Color bool // a few ANSI colours
	Width int  // columns, at least 40; 0: 80. No line is longer
}

// A format writes a document. It may leave the beginning of a report behind when
// it fails.
type format[D any] struct {
	name   string
	ending string // of files that hold it
	write  func(w io.Writer, document D, opts Options) error
}

// A table of formats is in the order of help texts.
type tableOf[D any] []format[D]

func (t tableOf[D]) names() []string {
	names := make([]string, len(t))
	for i, f := range t {
		names[i] = f.name
	}
	return names
}

func (t tableOf[D]) write(w io.Writer, name string, document D, opts Options) error {
	for _, f := range t {
		if f.name == name {
			return f.write(w, document, opts)
		}
	}
	return fmt.Errorf("unknown format %q: use one of %s", name, strings.Join(t.names(), ", "))
}

// formats are those of a run.
var formats = tableOf[*result.Run]{
	{"text", ".txt", writeText},
	{"json", ".json", writeJSON},
	{"md", ".md", writeMarkdown},
	{"csv", ".csv", writeCSV},
	{"junit", ".xml", writeJUnit},
	{"hlog", ".hlog", writeHLog},
	{"vllm", ".vllm.json", writeVLLM},
	{"html", ".html", writeHTML},
	{"scenario", ".yaml", writeScenario},
}

// Formats are the names that Write knows.
func Formats() []string { return formats.names() }

// Endings are the endings of files that stand for a format, in the order of
// [Formats].
func Endings() []string {
	endings := make([]string, len(formats))
	for i, f := range formats {
		endings[i] = f.ending
	}
	return endings
}

// FormatOf is the format that a path's ending stands for, the longest that fits.
func FormatOf(path string) (name string, err error) {
	longest := 0
	for _, f := range formats {
		if strings.HasSuffix(path, f.ending) && len(f.ending) > longest {
			name, longest = f.name, len(f.ending)
		}
	}
	if name != "" {
		return name, nil
	}
	return "", fmt.Errorf("%s: the ending says no format: use one of %s", path, strings.Join(Endings(), " "))
}

// Write writes a run in a format. The run is only read.
func Write(w io.Writer, format string, run *result.Run, opts Options) error {
	return formats.write(w, format, run, opts)
}
