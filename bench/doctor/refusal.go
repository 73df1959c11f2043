package doctor

import (
	"time"

	"flashwave/bench/result"
)

// Refusal is the report of an examination that came to nothing.
func Refusal(tool result.Tool, code int, reason, hint string) *Report {
	r := &Report{Schema: Schema, Tool: tool, At: time.Now().UTC(), ExitCode: code, Conclusion: reason, Checks: []Check{}}
	if hint != "" {
		r.Conclusion += ": " + hint
	}
	return r
}
