package arrival

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// instantStep is how finely a trace of instants is kept.
const instantStep = 100 * time.Millisecond

// The bounds of a trace: what is read of it, and how finely its load changes.
const (
	maxTrace   = 256 << 20 // bytes
	maxRows    = 20_000_000
	maxChanges = 1_000_000
)

// maxSpeed keeps the steps of a trace far longer than a nanosecond.
const maxSpeed = 100_000

// ReadTrace reads recorded load as a curve. It takes CSV with a header, either
// the requests of each minute or the instant of each request in seconds:
//
//	minute,requests        at_s
//	0,200                  0.00
//	1,12087                0.35
//
// A trace begins with its first row (Unix time will do). Rows are in the order of
// time; minutes left out had no requests. Each minute becomes one flat piece, so
// that its mean count is the recorded one and no rate appears that the trace does
// not state. Instants are counted in steps of 100 ms, which become flat pieces
// likewise: with constant arrivals at scale 1 each one returns to its own step.
//
// Speed 10 plays the trace ten times as fast with the same number of requests, up
// to 100000; scale 0.1 plays a tenth of the requests. Both are above 0. No step of
// it may ask for more than [MaxRate]. The segments carry wave 0. Errors name the line.
// The reader is read once, and not closed; no more than 256 MiB of it are.
func ReadTrace(r io.Reader, speed, scale float64) ([]Segment, error) {
	if !(speed > 0 && speed <= maxSpeed) {
		return nil, fmt.Errorf("a speed of %v is not possible: give more than 0, up to %v", speed, maxSpeed)
	}
	if !(scale > 0) || math.IsInf(scale, 1) {
		return nil, fmt.Errorf("a scale of %v is not possible: give more than 0", scale)
	}
	limited := &io.LimitedReader{R: r, N: maxTrace + 1}
	segments, err := readTrace(limited, speed, scale)
	if limited.N <= 0 { // whatever else is wrong with what was torn off there
		return nil, fmt.Errorf("the trace is larger than %d MiB: give it as minute,requests", maxTrace>>20)
	}
	return segments, err
}

func readTrace(r io.Reader, speed, scale float64) ([]Segment, error) {
	t, err := newTrace(r)
	if err != nil {
		return nil, err
	}
	switch {
	case slices.Equal(t.header, countColumns):
		return t.minutes(speed, scale)
	case slices.Equal(t.header, instantColumns):
		return t.instants(speed, scale)
	}
	return nil, fmt.Errorf("line 1: unknown columns %q: a trace has minute,requests or at_s", strings.Join(t.header, ","))
}

// The columns of the two kinds of traces.
var (
	countColumns   = []string{"minute", "requests"}
	instantColumns = []string{"at_s"}
)

// IsCurve reports whether columns, in small letters, are those of a trace that [ReadTrace]
// reads.
func IsCurve(columns []string) bool {
	return slices.Equal(columns, countColumns) || slices.Equal(columns, instantColumns)
}

// A trace is a CSV file being read.
type trace struct {
	csv    *csv.Reader
	header []string
	rows   int
}

func newTrace(r io.Reader) (*trace, error) {
	buffered := bufio.NewReader(r)
	if mark, _ := buffered.Peek(3); string(mark) == "\ufeff" {
		_, _ = buffered.Discard(3) // the byte order mark that spreadsheets write
	}
	t := &trace{csv: csv.NewReader(buffered)}
	t.csv.TrimLeadingSpace = true
	header, err := t.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the trace is empty: it begins with a line minute,requests or at_s")
	}
	if err != nil {
		return nil, lineError(err)
	}
	for i := range header {
		header[i] = strings.ToLower(strings.TrimSpace(header[i]))
	}
	t.header = header
	t.csv.ReuseRecord = true
	return t, nil
}

// row reads the numbers of the next line; io.EOF after the last.
func (t *trace) row() (numbers []float64, line int, err error) {
	record, err := t.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, 0, io.EOF
	}
	if err != nil {
		return nil, 0, lineError(err)
	}
	line, _ = t.csv.FieldPos(0)
	if t.rows++; t.rows > maxRows {
		return nil, 0, fmt.Errorf("line %d: a trace has at most %d rows: give it as minute,requests", line, maxRows)
	}
	numbers = make([]float64, len(record))
	for i, field := range record {
		n, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return nil, 0, fmt.Errorf("line %d: %s %q is not a number", line, t.header[i], field)
		}
		numbers[i] = n
	}
	return numbers, line, nil
}

// lineError puts an error of the CSV reader into this package's words.
func lineError(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return fmt.Errorf("line %d: %w", parse.Line, parse.Err)
	}
	return fmt.Errorf("reading the trace: %w", err)
}

// minutes reads the rows of minute,requests.
func (t *trace) minutes(speed, scale float64) ([]Segment, error) {
	s := steps{step: float64(time.Minute) / speed, scale: scale}
	var first, last float64
	for rows := 0; ; rows++ {
		row, line, err := t.row()
		if errors.Is(err, io.EOF) {
			return s.done()
		}
		if err != nil {
			return nil, err
		}
		minute, requests := row[0], row[1]
		switch {
		case minute != math.Trunc(minute):
			return nil, fmt.Errorf("line %d: minute %v is not a whole number", line, minute)
		case requests < 0:
			return nil, fmt.Errorf("line %d: %v requests are not possible: give 0 or more", line, requests)
		case rows == 0:
			first = minute
		case minute <= last:
			return nil, fmt.Errorf("line %d: minute %v follows minute %v: sort the rows, one for each minute", line, minute, last)
		}
		last = minute
		if err := s.add(minute-first, requests); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
}

// instants reads the rows of at_s.
func (t *trace) instants(speed, scale float64) ([]Segment, error) {
	s := steps{step: float64(instantStep), scale: scale}
	var first, last float64
	for rows := 0; ; rows++ {
		row, line, err := t.row()
		if errors.Is(err, io.EOF) {
			return s.done()
		}
		if err != nil {
			return nil, err
		}
		at := row[0]
		switch {
		case rows == 0:
			first = at
		case at < last:
			return nil, fmt.Errorf("line %d: at_s %v follows %v: sort the rows", line, at, last)
		}
		last = at
		if err := s.add(math.Floor((at-first)/speed/instantStep.Seconds()), 1); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
}

// steps gathers the counts of equal steps of time. Steps of one count that follow
// one another become one run, and a run becomes a flat segment.
type steps struct {
	step  float64 // nanoseconds
	scale float64
	runs  []run
	open  run // the step being counted; its end is 0 before the first
}

// A run is a stretch of steps, from one index up to another, of the same count.
type run struct{ from, to, count float64 }

// add counts requests in a step; steps come in their order.
func (s *steps) add(index, requests float64) error {
	if (index+1)*s.step > float64(maxLength) {
		return errors.New("the trace is longer than ten years: raise its speed")
	}
	if index >= s.open.to { // a step of its own, and the empty ones before it
		s.flush()
		s.append(run{s.open.to, index, 0})
		s.open = run{from: index, to: index + 1}
	}
	s.open.count += requests
	if len(s.runs) > maxChanges {
		return fmt.Errorf("the load changes more than %d times: give it as minute,requests", maxChanges)
	}
	return s.sendable()
}

// sendable refuses a step that asks for more than any machine can send.
func (s *steps) sendable() error {
	length := s.step / float64(time.Second)
	rate := s.open.count * s.scale / length
	if rate <= MaxRate*(1+1e-9) { // so much may rounding add
		return nil
	}
	times := ""
	if s.scale != 1 {
		times = fmt.Sprintf(" times %v", s.scale)
	}
	return fmt.Errorf("%v requests%s in %v s are %.3g/s: more than %.0f/s is not possible", s.open.count, times, length, rate, MaxRate)
}

func (s *steps) flush() { s.append(s.open) }

func (s *steps) append(r run) {
	if r.from == r.to {
		return
	}
	if n := len(s.runs); n > 0 && s.runs[n-1].count == r.count {
		s.runs[n-1].to = r.to
		return
	}
	s.runs = append(s.runs, r)
}

// done gives the segments. Their ends are whole nanoseconds, and their rates make
// up for what rounding does to their lengths.
func (s *steps) done() ([]Segment, error) {
	s.flush()
	if len(s.runs) == 0 {
		return nil, errors.New("the trace has a header but no rows")
	}
	segments := make([]Segment, len(s.runs))
	for i, r := range s.runs {
		length := time.Duration(r.to*s.step) - time.Duration(r.from*s.step)
		rate := r.count * (r.to - r.from) * s.scale / length.Seconds()
		segments[i] = Segment{From: rate, To: rate, For: length}
	}
	return segments, nil
}
