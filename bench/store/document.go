package store

import (
	"encoding/json"
	"errors"
	"fmt"

	"flashwave/bench/archive"
	"flashwave/bench/files"
	"flashwave/bench/result"
)

// maxDocument is a hundred times what a document usually takes.
const maxDocument = 256 << 20

// ReadFile reads a run's document. Keys that it does not know are left out, for
// they may be added within a version; another version or kind of document is an
// *[Error].
func ReadFile(path string) (*result.Run, error) {
	data, err := files.Read(path, maxDocument)
	switch {
	case errors.Is(err, files.ErrTooLarge):
		return nil, tooLarge(path)
	case err != nil:
		return nil, &archive.Error{Message: path, Hint: notRunHint, Cause: err}
	}
	run, err := parse(data)
	if err != nil {
		var own *archive.Error
		if errors.As(err, &own) {
			own.Message = path + " " + own.Message
			return nil, own
		}
		return nil, &archive.Error{Message: path + " is broken", Hint: "was it cut off, or changed by hand?", Cause: err}
	}
	return run, nil
}

func tooLarge(path string) error {
	return &archive.Error{Message: fmt.Sprintf("%s is larger than %d MiB", path, maxDocument>>20), Hint: notRunHint}
}

// errSchema is the cause of errors about documents of another version or kind.
var errSchema = errors.New("this version of flashwave does not read it")

// parse reads a document.
func parse(data []byte) (*result.Run, error) {
	var head struct {
		Schema *string `json:"schema"`
	}
	var typed *json.UnmarshalTypeError
	switch err := json.Unmarshal(data, &head); {
	case errors.As(err, &typed):
		return nil, &archive.Error{Message: "is not a run of flashwave", Hint: notRunHint}
	case err != nil:
		return nil, &archive.Error{Message: "is not a JSON document", Hint: notRunHint, Cause: err}
	case head.Schema == nil:
		return nil, &archive.Error{Message: "is not a run of flashwave: it has no schema", Hint: notRunHint}
	case *head.Schema != result.Schema:
		return nil, &archive.Error{
			Message: fmt.Sprintf("has the schema %q, not %q", *head.Schema, result.Schema),
			Hint:    notRunHint,
			Cause:   errSchema,
		}
	}
	var run result.Run
	if err := files.CheckJSON(data); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &run); err != nil {
		return nil, err
	}
	return &run, nil
}
