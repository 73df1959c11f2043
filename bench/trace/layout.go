package trace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"flashwave/bench/items"
)

// maxTokens is more than any prompt or answer has.
const maxTokens = 100_000_000

// A layout knows what a row of a maker's file says.
type layout interface {
	// parse reads a row, over another one whose memory it takes. Its error says what is
	// wrong with it.
	parse(row []byte, r *Row) (at time.Duration, err error)
	// read reads the row that stands at a place of the file.
	read(file io.ReaderAt, place int64) (Row, error)
}

const wanted = "a trace has minute,requests or at_s, is Mooncake's, Azure's or BurstGPT's, or a log of requests"

// layoutOf tells from the first item of a file whose it is, and whether that is a row: of
// CSV it names the columns.
func layoutOf(first []byte) (l layout, isRow bool, err error) {
	first = bytes.TrimSpace(first)
	if len(first) == 0 || first[0] != '{' {
		l, err = newTable(columnsOf(first))
		return l, false, err
	}
	var keys []string
	err = items.Object(first, func(key, _ []byte) error {
		keys = append(keys, string(key))
		return nil
	})
	switch {
	case err != nil:
		return nil, false, items.Check(first)
	case slices.Contains(keys, "timestamp") && slices.Contains(keys, "input_length"):
		return mooncake{}, true, nil
	case slices.Contains(keys, "scheduled_ms"):
		return ownLog{}, true, nil
	}
	return nil, false, errors.New("the first object is of no known trace: " + wanted)
}

// Mooncake's trace, as its FAST '25 release describes it.
type mooncake struct{}

func (mooncake) parse(row []byte, r *Row) (at time.Duration, err error) {
	*r = Row{Hashes: r.Hashes[:0]}
	ms, hasTime, hasInput := 0.0, false, false
	err = fields(row, func(key, value []byte) (err error) {
		switch string(key) {
		case "timestamp":
			hasTime = true
			ms, err = number(key, value)
		case "input_length":
			hasInput = true
			r.Input, err = tokens(key, value)
		case "output_length":
			r.Output, err = tokens(key, value)
		case "hash_ids":
			r.Hashes, err = hashes(r.Hashes, value)
		}
		return err
	})
	switch {
	case err != nil:
		return 0, err
	case !hasTime:
		return 0, errors.New("timestamp is missing")
	case !hasInput:
		return 0, errors.New("input_length is missing")
	}
	return instant("timestamp", ms, time.Millisecond)
}

func (m mooncake) read(file io.ReaderAt, place int64) (Row, error) { return object(m, file, place) }

// A line of our own log of requests. The warm-up is not in it.
type ownLog struct{}

func (ownLog) parse(row []byte, r *Row) (at time.Duration, err error) {
	*r = Row{}
	ms, hasTime, lane := 0.0, false, uint64(0)
	err = fields(row, func(key, value []byte) (err error) {
		switch string(key) {
		case "lane":
			lane, err = session(value)
		case "scheduled_ms":
			hasTime = true
			ms, err = number(key, value)
		case "prompt_tokens":
			r.Input, err = tokens(key, value)
		case "output_tokens":
			r.Output, err = tokens(key, value)
		case "session":
			r.Session, err = session(value)
		case "done_ms":
			if r.hasDone = string(value) != "null"; r.hasDone {
				var ended float64
				if ended, err = number(key, value); err == nil {
					r.done, err = instant("done_ms", ended, time.Millisecond)
				}
			}
		}
		return err
	})
	switch {
	case err != nil:
		return 0, err
	case !hasTime:
		return 0, errors.New("scheduled_ms is missing")
	}
	if r.Session > 0 && lane > 0 { // each lane counts its own
		r.Session = (r.Session^lane)*0x9e3779b97f4a7c15 | 1<<63
	}
	return instant("scheduled_ms", ms, time.Millisecond)
}

func (l ownLog) read(file io.ReaderAt, place int64) (Row, error) { return object(l, file, place) }

// fields shows the members of a row that is an object.
func fields(row []byte, see func(key, value []byte) error) error {
	var wrong error
	err := items.Object(row, func(key, value []byte) error {
		wrong = see(key, value)
		return wrong
	})
	switch {
	case wrong != nil:
		return wrong
	case err != nil:
		return items.Check(row)
	case items.Kind(row) != items.AnObject:
		return fmt.Errorf("a row is an object, not %s", items.Kind(row))
	}
	return nil
}

// object reads a row that is one again.
func object(l layout, file io.ReaderAt, place int64) (Row, error) {
	b, err := items.ReadAt(file, place)
	if err != nil {
		return Row{}, err
	}
	var r Row
	_, err = l.parse(b, &r)
	return r, err
}

// A table is CSV whose header says which column is which; -1: there is none.
type table struct {
	names                            []string
	time, input, output, session, of int
	elapsed                          int // seconds to the end of the answer
}

// The names of columns, in small letters.
var (
	timeColumns    = []string{"timestamp"}
	inputColumns   = []string{"contexttokens", "request tokens", "input_length"}
	outputColumns  = []string{"generatedtokens", "response tokens", "output_length"}
	sessionColumns = []string{"session id", "sessionid"}
	elapsedColumns = []string{"elapsed time"}
)

func newTable(columns []string) (layout, error) {
	find := func(names []string) int {
		return slices.IndexFunc(columns, func(c string) bool { return slices.Contains(names, c) })
	}
	t := table{
		names: columns, time: find(timeColumns), input: find(inputColumns), output: find(outputColumns),
		session: find(sessionColumns), elapsed: find(elapsedColumns), of: len(columns),
	}
	if t.time < 0 || t.input < 0 || t.output < 0 {
		header := strings.Join(columns, ",")
		if runes := []rune(header); len(runes) > 80 {
			header = string(runes[:80]) + "…"
		}
		return nil, fmt.Errorf("unknown columns %q: %s", header, wanted)
	}
	return t, nil
}

func (t table) parse(row []byte, r *Row) (at time.Duration, err error) {
	*r = Row{}
	column := 0
	for rest, more := row, true; more; column++ {
		var cell []byte
		cell, rest, more = bytes.Cut(rest, []byte{','})
		cell = bytes.Trim(bytes.TrimSpace(cell), `"`)
		switch column {
		case t.time:
			at, err = moment(cell)
		case t.input:
			r.Input, err = tokens([]byte(t.names[column]), cell)
		case t.output:
			r.Output, err = tokens([]byte(t.names[column]), cell)
		case t.session:
			if len(cell) > 0 {
				r.Session, err = session(cell)
			}
		case t.elapsed:
			if seconds, wrong := strconv.ParseFloat(string(cell), 64); wrong == nil && seconds > 0 {
				r.done, err = instant("elapsed time", seconds, time.Second)
				r.hasDone = err == nil
			}
		}
		if err != nil {
			return 0, err
		}
	}
	if column != t.of {
		return 0, fmt.Errorf("%d columns, and the header has %d", column, t.of)
	}
	r.done += at
	return at, nil
}

func (t table) read(file io.ReaderAt, place int64) (Row, error) {
	for size := 512; ; size *= 4 {
		b := make([]byte, size)
		n, err := file.ReadAt(b, place)
		end := bytes.IndexByte(b[:n], '\n')
		if end < 0 && errors.Is(err, io.EOF) {
			end = n
		}
		switch {
		case end >= 0:
			var r Row
			_, err := t.parse(bytes.TrimRight(b[:end], "\r"), &r)
			return r, err
		case err != nil:
			return Row{}, err
		case size > items.MaxItem:
			return Row{}, items.ErrLong
		}
	}
}

// moment is a number of seconds, or a date with a time.
func moment(cell []byte) (time.Duration, error) {
	if seconds, err := strconv.ParseFloat(string(cell), 64); err == nil {
		return instant("timestamp", seconds, time.Second)
	}
	const seconds = "2006-01-02 15:04:05"
	text := strings.Replace(string(cell), "T", " ", 1)
	for _, form := range []string{seconds, seconds + "Z07:00"} {
		if at, err := time.Parse(form, text); err == nil {
			return at.Sub(time.Unix(0, 0)), nil
		}
	}
	return 0, errors.New("timestamp is neither a number of seconds nor a date with a time")
}

// instant is a number of some unit as a time.
func instant(key string, n float64, unit time.Duration) (time.Duration, error) {
	if ns := n * float64(unit); math.Abs(ns) < math.MaxInt64/2 {
		return time.Duration(math.Round(ns)), nil
	}
	return 0, fmt.Errorf("%s is out of all bounds", key)
}

func number(key, value []byte) (float64, error) {
	n, err := strconv.ParseFloat(string(value), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return 0, fmt.Errorf("%s is not a number", key)
	}
	return n, nil
}

// tokens is a number of tokens; null is none.
func tokens(key, value []byte) (int, error) {
	if string(value) == "null" {
		return 0, nil
	}
	n, err := strconv.Atoi(string(value))
	if err != nil {
		f, wrong := strconv.ParseFloat(string(value), 64) // 12.0
		if wrong != nil || f != math.Trunc(f) || !(f >= 0 && f <= maxTokens) {
			return 0, fmt.Errorf("%s is not a whole number of tokens", key)
		}
		n = int(f)
	}
	if n < 0 || n > maxTokens {
		return 0, fmt.Errorf("%s is not between 0 and %d", key, maxTokens)
	}
	return n, nil
}

// hashes appends the numbers that stand for blocks.
func hashes(list []uint64, value []byte) ([]uint64, error) {
	if kind := items.Kind(value); kind != items.AList {
		return nil, fmt.Errorf("hash_ids is %s, not a list", kind)
	}
	err := items.Array(value, func(i int, v []byte) error {
		n, err := strconv.ParseInt(string(v), 10, 64)
		if err != nil {
			return fmt.Errorf("hash_ids[%d] is not a whole number", i)
		}
		list = append(list, uint64(n))
		return nil
	})
	return list, err
}

// session is a number of its own for each name of a session, and for a number itself.
func session(value []byte) (uint64, error) {
	if string(value) == "null" {
		return 0, nil
	}
	if n, err := strconv.ParseUint(string(value), 10, 63); err == nil {
		return n + 1, nil // 0 is a session, too
	}
	h := uint64(14695981039346656037) // FNV-1a
	for _, c := range value {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h | 1<<63, nil
}
