package archive

import (
	"errors"
	"io/fs"
)

// An Error says what is wrong with something that was kept, and what to do about it.
type Error struct {
	Message string
	Hint    string // "" if there is nothing to suggest
	Cause   error  // nil: none but what the message says
}

// Error is the message and its cause. The hint is apart, in Hint.
func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Message
	}
	var path *fs.PathError
	if errors.As(e.Cause, &path) { // the message names the path
		return e.Message + ": " + path.Err.Error()
	}
	return e.Message + ": " + e.Cause.Error()
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Cause }
