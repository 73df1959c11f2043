package price

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"flashwave/bench/files"
)

// maxSize bounds a price file, in bytes. LiteLLM's has about 1.5 million.
const maxSize = 16 << 20

// hint says what a price file looks like.
const hint = "want YAML with a list under prices, each with model, input and output in USD per million tokens " +
	"(host, cached, cache_written, date, source and note as you like), or LiteLLM's model_prices_and_context_window.json"

// An Error says what is wrong in a price file, and where.
type Error struct {
	File         string
	Line, Column int // from 1; 0: the file as a whole
	Message      string
	Hint         string // what was expected; "" if the message says it
}

// Error is FILE:LINE:COLUMN: MESSAGE. The hint is apart, in Hint.
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Load reads a price book from a file: flashwave's own YAML, or LiteLLM's
// model_prices_and_context_window.json; the shape tells which. What is wrong with
// the content is an *[Error].
func Load(path string) (*Book, error) {
	data, err := files.Read(path, maxSize)
	switch {
	case errors.Is(err, files.ErrTooLarge):
		return nil, &Error{File: path, Message: fmt.Sprintf("larger than %d MiB", maxSize>>20), Hint: hint}
	case err != nil:
		return nil, fmt.Errorf("price file: %w", err)
	}
	return parse(path, data)
}

// parse reads either format. JSON is YAML, too, so our own format may come as
// JSON; what has no list of prices under "prices" is LiteLLM's.
func parse(file string, data []byte) (*Book, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return parseYAML(file, data)
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(data, &top); err != nil {
		if bytes.Contains(data, []byte(`"`+inputKey+`"`)) {
			return nil, jsonError(file, data, err)
		}
		return parseYAML(file, data)
	}
	if list := bytes.TrimSpace(top["prices"]); bytes.HasPrefix(list, []byte("[")) {
		return parseYAML(file, data)
	}
	return parseLiteLLM(file, top)
}

// jsonError gives a JSON error its line and column.
func jsonError(file string, data []byte, err error) *Error {
	e := &Error{File: file, Message: strings.TrimPrefix(err.Error(), "json: ")}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		before := data[:max(0, min(int(syntax.Offset)-1, len(data)))]
		e.Line = bytes.Count(before, []byte("\n")) + 1
		e.Column = len(before) - bytes.LastIndexByte(before, '\n')
	}
	return e
}
