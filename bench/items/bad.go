package items

import (
	"fmt"
	"strconv"
	"strings"
)

// BadLines are the lines of a file that cannot be used. They hold nothing of what is in
// them.
type BadLines struct {
	File  string
	N     int   // how many
	Lines []int // which: the first few
	First error // what is wrong with the first
	Good  int   // how many others can be
}

// manyLines is how many lines are named.
const manyLines = 5

// Add counts one more.
func (b *BadLines) Add(line int, err error) {
	if b.N++; b.N == 1 {
		b.First = err
	}
	if len(b.Lines) < manyLines {
		b.Lines = append(b.Lines, line)
	}
}

// Error says where the first is, what is wrong with it, and which others there are.
func (b *BadLines) Error() string {
	text := fmt.Sprintf("%s:%d: %v", b.File, b.Lines[0], b.First)
	if b.N == 1 {
		return text
	}
	others := make([]string, len(b.Lines)-1)
	for i, line := range b.Lines[1:] {
		others[i] = strconv.Itoa(line)
	}
	of, more := "line ", ""
	if len(others) > 1 {
		of = "lines "
	}
	if b.N > len(b.Lines) {
		more = fmt.Sprintf(" and %d more", b.N-len(b.Lines))
	}
	return fmt.Sprintf("%s; nor can %s%s%s be used", text, of, strings.Join(others, ", "), more)
}

// Hint says how to do without them; "": there would be nothing left.
func (b *BadLines) Hint() string {
	if b.Good == 0 {
		return ""
	}
	return "--skip-bad-lines leaves them out and counts them"
}
