package scenario

import (
	"path/filepath"
	"strings"

	"flashwave/bench/files"
	"flashwave/bench/price"
)

// A namedFile is a file that a scenario names.
type namedFile struct {
	path string // of the word
	name *string
}

// files are all the files that the scenario names.
func (s *Scenario) files() []namedFile {
	t := &s.Target
	named := []namedFile{
		{"target.key_file", &t.KeyFile},
		{"target.ca", &t.CA},
		{"target.client_cert", &t.ClientCert},
		{"target.client_key", &t.ClientKey},
		{"prices", &s.Prices},
	}
	s.eachWave(func(path string, _ *Lane, w *Wave) {
		if w.Trace != nil {
			named = append(named, namedFile{path + ".trace.file", &w.Trace.File})
		}
	})
	s.eachWorkload(func(path string, w *Workload) {
		if !made(w.Prompts) {
			named = append(named, namedFile{path + ".prompts", &w.Prompts})
		}
	})
	return named
}

// checkFiles makes paths absolute and opens what they name.
func (s *Scenario) checkFiles() error {
	for _, f := range s.files() {
		if *f.name == "" {
			continue
		}
		abs, err := filepath.Abs(*f.name)
		if err != nil {
			return about(f.path, *f.name, err)
		}
		*f.name = abs
		if err := readable(abs); err != nil {
			if word, ok := holdsSecret(f.path); ok {
				return wrong(f.path, word+" is the path of a file that holds the key", "the file that %s names cannot be read: %v", word, cause(err))
			}
			return wrong(f.path, s.fileHint(f.path), "file %s cannot be read: %v", abs, cause(err))
		}
	}
	if s.Prices == "" {
		return nil
	}
	if _, err := price.Load(s.Prices); err != nil {
		return about("prices", "prices", err)
	}
	return nil
}

// holdsSecret reports whether a word names a file that holds a key. What stands
// there instead of a path may be the key itself, and is not shown.
func holdsSecret(path string) (word string, ok bool) {
	word = strings.TrimPrefix(path, "target.")
	return word, word == "key_file" || word == "client_key"
}

func readable(name string) error {
	f, err := files.Open(name)
	if err != nil {
		return err
	}
	return f.Close()
}

func (s *Scenario) fileHint(path string) string {
	switch {
	case strings.HasSuffix(path, ".prompts"):
		return "give a JSONL file, builtin:NAME or synthetic:N"
	case s.origin != nil && s.origin.file != "":
		return "paths in a scenario count from its own folder"
	}
	return ""
}
