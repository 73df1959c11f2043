package searches

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"flashwave/bench/archive"
	"flashwave/bench/capacity"
	"flashwave/bench/files"
	"flashwave/bench/result"
)

// The bounds of what is read: a hundred times what a search usually writes.
const (
	maxDocument = 64 << 20
	maxNotes    = 100_000
)

const brokenHint = "was it cut off, or changed by hand?"

// A line is one line of steps.jsonl.
type line struct {
	*capacity.Note
	Over *bool `json:"over,omitempty"` // the search ended; false: it can go on from there
}

// readDocument reads the document of a search.
func readDocument(path string) (*capacity.Document, error) {
	var doc capacity.Document
	if err := readJSON(path, &doc); err != nil {
		return nil, err
	}
	if doc.Schema != capacity.Schema {
		return nil, &archive.Error{Message: fmt.Sprintf("%s has the schema %q, not %q", path, doc.Schema, capacity.Schema), Hint: hintFor(doc.Schema)}
	}
	return &doc, nil
}

// hintFor says what a document of another schema may be.
func hintFor(schema string) string {
	if schema == result.Schema {
		return "it is a run, and no search: flashwave report shows it"
	}
	return "this version of flashwave does not read it"
}

func readJSON(path string, to any) error {
	data, err := files.Read(path, maxDocument)
	if err != nil {
		return &archive.Error{Message: path, Hint: brokenHint, Cause: err}
	}
	err = files.CheckJSON(data)
	if err == nil {
		err = json.Unmarshal(data, to)
	}
	if err != nil {
		return &archive.Error{Message: path + " is broken", Hint: brokenHint, Cause: err}
	}
	return nil
}

// read reads a search as far as it was kept.
func read(dir string) (*capacity.Past, error) {
	past := &capacity.Past{}
	if err := readJSON(filepath.Join(dir, beginFile), &past.Begun); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, &archive.Error{Message: dir + " holds no search", Hint: "is it another directory, or was it cut off before anything was sent?"}
		}
		return nil, err
	}
	if past.Document == nil || past.Document.Scenario == nil || past.Document.Schema != capacity.Schema {
		return nil, &archive.Error{Message: filepath.Join(dir, beginFile) + " is broken", Hint: brokenHint}
	}
	f, err := files.Open(filepath.Join(dir, stepsFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return past, nil
	case err != nil:
		return nil, &archive.Error{Message: filepath.Join(dir, stepsFile), Hint: brokenHint, Cause: err}
	}
	defer func() { _ = f.Close() }() // it was only read
	readNotes(past, f)
	if info, err := os.Stat(filepath.Join(dir, stepsFile)); err == nil {
		past.Until = info.ModTime()
	}
	return past, nil
}

// readNotes reads the log of a search up to its end, or to the first line that is torn or
// broken. Of what was spent meanwhile the last before each step counts.
func readNotes(past *capacity.Past, log interface{ Read([]byte) (int, error) }) {
	read := 0
	for text := range files.Lines(log) {
		var l line
		if json.Unmarshal(text, &l) != nil || l.Note == nil && l.Over == nil {
			return
		}
		if read++; read > maxNotes {
			return
		}
		past.Over = l.Over != nil && *l.Over
		if l.Note == nil {
			continue
		}
		if n := len(past.Notes); n > 0 && past.Notes[n-1].Kept == nil && l.Kept == nil {
			if l.RecoveryS == nil {
				l.RecoveryS = past.Notes[n-1].RecoveryS
			}
			past.Notes[n-1] = *l.Note
			continue
		}
		past.Notes = append(past.Notes, *l.Note)
	}
}
