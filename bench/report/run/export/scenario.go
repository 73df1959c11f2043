package export

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"flashwave/bench/report/words"
	"flashwave/bench/result"
)

// Scenario writes the file that repeats the run: its scenario as it was
// resolved. What a document does not keep is said in comments.
func Scenario(w io.Writer, run *result.Run) error {
	if run.Scenario == nil {
		return errors.New("the document holds no scenario: nothing was resolved")
	}
	yaml, err := run.Scenario.YAML()
	if err != nil {
		return err
	}
	head := fmt.Sprintf("# The scenario of run %s: flashwave run FILE repeats it.\n", words.Plain(run.ID))
	head += "# Keys and the values of headers are never kept: give them again.\n"
	if slices.ContainsFunc(run.Events, func(e result.Event) bool { return e.Kind == result.Steered }) {
		head += "# The run was steered by hand; this is what it was meant to be.\n"
	}
	_, err = io.WriteString(w, head+string(yaml))
	return err
}
