package cmd

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"flashwave/bench"
	"flashwave/bench/report"
	"flashwave/bench/result"
)

// requestsFormat is the --out that is written while the run goes on.
const requestsFormat = "requests"

// An out is one --out FMT=PATH.
type out struct{ format, path string }

type outs []out

func parseOuts(values []string) (list outs, err error) {
	known := append([]string{requestsFormat}, report.Formats()...)
	for _, v := range values {
		format, path, ok := strings.Cut(v, "=")
		if !ok || path == "" {
			return nil, usage(fmt.Errorf("--out %s: want FMT=PATH", v), "FMT is one of "+strings.Join(known, ", "))
		}
		if !slices.Contains(known, format) {
			return nil, usage(fmt.Errorf("--out %s: unknown format %q", v, format), "use one of "+strings.Join(known, ", "))
		}
		list = append(list, out{format, path})
	}
	return list, nil
}

// openRequests opens the log of requests, if one is wanted; nil if none is.
func (o outs) openRequests(s *bench.Setup) (io.Closer, error) {
	for _, out := range o {
		if out.format == requestsFormat {
			file, err := os.Create(out.path)
			if err != nil {
				return nil, err
			}
			s.Requests = file
			return file, nil
		}
	}
	return nil, nil
}

// write writes the reports. Each is tried, the first error is returned.
func (o outs) write(doc *result.Run) (first error) {
	for _, out := range o {
		if out.format == requestsFormat {
			continue
		}
		if err := writeReport(out.path, out.format, doc); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// writeReport writes a report to a file, whole or not at all.
func writeReport(path, format string, doc *result.Run) error {
	return writeFile(path, func(w io.Writer) error {
		return report.Write(w, format, doc, report.Options{Width: 100})
	})
}

// writeFile writes a file, whole or not at all.
func writeFile(path string, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".flashwave-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	err = write(file)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Chmod(file.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	return err
}
