package report

import (
	"encoding/json"
	"io"

	"flashwave/bench/result"
)

// writeJSON writes the document itself, and nothing else.
func writeJSON(w io.Writer, run *result.Run, _ Options) error { return encode(w, run) }

func encode(w io.Writer, document any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(document)
}
