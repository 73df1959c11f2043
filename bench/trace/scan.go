package trace

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/items"
)

// newReader reads bytes at hand.
func newReader(b []byte) *bytes.Reader { return bytes.NewReader(b) }

// A scanner reads a trace of requests from its first row to its last.
type scanner struct {
	in     *bufio.Reader
	layout layout
	recorded
	sessions bool // what tells them is kept, too
	facts    facts
	bad      *items.BadLines
}

func newScanner(r io.Reader) *scanner { return &scanner{in: bufio.NewReaderSize(r, 64<<10)} }

// isCurve reports whether the first line names the columns of a curve.
func (s *scanner) isCurve() bool {
	head, _ := s.in.Peek(4 << 10) // a short file is no fault
	line, _, _ := strings.Cut(strings.TrimLeft(strings.TrimPrefix(string(head), "\ufeff"), "\r\n"), "\n")
	return arrival.IsCurve(columnsOf([]byte(line)))
}

// rows reads all of them.
func (s *scanner) rows(path string, skipBad bool) error {
	bad, r := &items.BadLines{File: path}, Row{}
	err := items.Read(s.in, func(item items.Item) error {
		if s.layout == nil {
			layout, isRow, err := layoutOf(item.Bytes)
			if err != nil {
				return fmt.Errorf("%s:%d: %w", path, item.Line, err)
			}
			if s.layout = layout; !isRow {
				return nil
			}
		}
		at, err := time.Duration(0), item.Err
		if err == nil {
			at, err = s.layout.parse(item.Bytes, &r)
		}
		if err != nil {
			bad.Add(item.Line, err)
			return nil
		}
		if bad.Good++; bad.Good > maxRows {
			return fmt.Errorf("%s:%d: more than %d rows", path, item.Line, maxRows)
		}
		s.at, s.row = append(s.at, at), append(s.row, item.At)
		if s.sessions {
			s.talk = append(s.talk, talk{r.Session, r.done, r.hasDone})
		}
		s.facts.see(at, &r)
		return nil
	})
	var broken *items.Broken
	switch {
	case errors.As(err, &broken):
		return fmt.Errorf("%s:%d: %w", path, broken.Line, broken.Err)
	case err != nil:
		return err
	case bad.N > 0 && !skipBad, bad.N > 0 && bad.Good == 0:
		return bad
	case bad.Good == 0:
		return fmt.Errorf("%s holds no request", path)
	case bad.N > 0:
		s.bad = bad
	}
	return nil
}

// see takes in one row.
func (f *facts) see(at time.Duration, r *Row) {
	f.inputs.add(r.Input)
	f.outputs.add(r.Output)
	f.longest = max(f.longest, r.Input)
	f.mix(uint64(at))
	f.mix(uint64(r.Input)<<32 | uint64(r.Output))
	for _, h := range r.Hashes {
		f.mix(h)
	}
	f.mix(r.Session)
	n := len(r.Hashes)
	if n == 0 || r.Input == 0 {
		return
	}
	f.blockLeast = max(f.blockLeast, (r.Input+n-1)/n)
	if most := math.MaxInt32; f.blockMost == 0 {
		f.blockMost = most
	}
	if n > 1 {
		f.blockMost = min(f.blockMost, max(1, (r.Input-1)/(n-1)))
	}
}

// mix adds a number to the fingerprint: FNV-1a (Fowler, Noll and Vo), eight bytes at once.
func (f *facts) mix(v uint64) {
	f.content = (f.content ^ v) * 0x100000001b3
	f.content ^= f.content >> 29
}

// columnsOf are the cells of a line of CSV, in small letters where they name columns.
func columnsOf(line []byte) []string {
	cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(string(line), "\ufeff"), "\r"), ",")
	for i, cell := range cells {
		cells[i] = strings.ToLower(strings.Trim(strings.TrimSpace(cell), `"`))
	}
	return cells
}
