package cmd

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"flashwave/bench/files"
	"flashwave/bench/report"
)

// requestsFormat is the --out that is written while the run goes on.
const requestsFormat = "requests"

// An out is one --out FMT=PATH.
type out struct{ format, path string }

type outs []out

// parseOuts reads --out of a command that writes these formats.
func parseOuts(values, formats []string) (list outs, err error) {
	known := "FMT is one of " + strings.Join(formats, ", ")
	for _, v := range values {
		format, path, ok := strings.Cut(v, "=")
		if !ok || path == "" {
			return nil, usage(fmt.Errorf("--out %s: want FMT=PATH", v), known)
		}
		if !slices.Contains(formats, format) {
			return nil, usage(fmt.Errorf("--out %s: unknown format %q", v, format), known)
		}
		list = append(list, out{format, path})
	}
	return list, nil
}

// runFormats are what run writes.
func runFormats() []string { return append([]string{requestsFormat}, report.Runs.Names()...) }

// onStdout is an --out to standard output; nil: there is none.
func (o outs) onStdout() *out {
	for i := range o {
		if o[i].path == "-" || o[i].path == "/dev/stdout" || o[i].path == "/dev/fd/1" {
			return &o[i]
		}
	}
	return nil
}

// numbered puts the number of a run before the endings of the files: run.json becomes
// run-1.json. What is no file is one place for all.
func (o outs) numbered(k int) outs {
	list := slices.Clone(o)
	for i, out := range list {
		if files.Streams(out.path) {
			continue
		}
		dir, name := filepath.Split(out.path)
		ending := filepath.Ext(name)
		list[i].path = filepath.Join(dir, fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ending), k, ending))
	}
	return list
}

// A place is an --out that can be written.
type place struct {
	format string
	*files.Out
}

type places []place

// outputs hold the places of one command. Those that are no files are open, each
// once, until it is closed.
type outputs struct {
	streams map[string]*files.Out // by path
	writes  map[string]string     // the --out that writes a file
}

// open finds out, before anything is sent, whether outs can be written. No file is
// written twice.
func (s *outputs) open(list outs) (found places, err error) {
	if s.streams == nil {
		s.streams, s.writes = map[string]*files.Out{}, map[string]string{}
	}
	for _, o := range list {
		to, ok := s.streams[o.path]
		if !ok {
			if to, err = files.Create(o.path); err != nil {
				return nil, invalid(fmt.Errorf("--out %s=%w", o.format, err))
			}
		}
		found = append(found, place{o.format, to})
		if to.File() == "" {
			s.streams[o.path] = to
			continue
		}
		this := o.format + "=" + o.path
		if other, twice := s.writes[to.File()]; twice {
			return nil, usage(fmt.Errorf("--out %s and --out %s write the same file", other, this), "give each a path of its own")
		}
		s.writes[to.File()] = this
	}
	return found, nil
}

// close lets go of the streams: whoever reads them has all there is.
func (s *outputs) close() {
	for _, to := range s.streams {
		to.Close()
	}
}

// requests opens the log of requests, if one is wanted; nil if none is.
func (p places) requests() (io.WriteCloser, error) {
	for _, to := range p {
		if to.format == requestsFormat {
			log, err := to.Log()
			if err != nil {
				return nil, invalid(err)
			}
			return log, nil
		}
	}
	return nil, nil
}

// write writes the reports. Each is tried; all that fail are in the error.
func (p places) write(write func(w io.Writer, format string) error) error {
	var failed []error
	for _, to := range p {
		if to.format == requestsFormat {
			continue
		}
		if err := to.Write(func(w io.Writer) error { return write(w, to.format) }); err != nil {
			failed = append(failed, fmt.Errorf("--out %s=%w", to.format, err))
		}
	}
	return errors.Join(failed...)
}

// writeTo writes a place that was named. One that cannot be written at all is a mistake
// in the call.
func writeTo(path string, write func(io.Writer) error) error {
	to, err := files.Create(path)
	if err != nil {
		return invalid(err)
	}
	defer to.Close()
	return to.Write(write)
}

// writeReport writes a document to a path.
func writeReport[D any](formats report.Formats[D], path, format string, doc D) error {
	return writeTo(path, func(w io.Writer) error {
		return formats.Write(w, format, doc, report.Options{Width: 100})
	})
}

// writeByEnding writes it in the format that the path's ending stands for.
func writeByEnding[D any](formats report.Formats[D], path string, doc D) error {
	format, err := formats.Of(path)
	if err != nil {
		return err
	}
	return writeReport(formats, path, format, doc)
}
