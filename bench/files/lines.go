package files

import (
	"bufio"
	"bytes"
	"io"
	"iter"
)

// maxLine is more than any line of a log has.
const maxLine = 16 << 20

// Lines are the complete lines of a log. A last line without its newline was torn
// when the run was cut off; it, and all after an error, is left out. A line is
// valid until the next.
func Lines(r io.Reader) iter.Seq[[]byte] {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(make([]byte, 64<<10), maxLine)
	scanner.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		if n := bytes.IndexByte(data, '\n'); n >= 0 {
			return n + 1, data[:n], nil
		}
		if atEOF {
			return len(data), nil, nil
		}
		return 0, nil, nil
	})
	return func(yield func([]byte) bool) {
		for scanner.Scan() {
			if !yield(scanner.Bytes()) {
				return
			}
		}
	}
}
