package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"

	"flashwave/bench/result"
)

// secondsOnly is how much of a run the histogram log holds second by second; after
// it a line is a minute, which takes a tenth of the space.
const secondsOnly = 10 * time.Minute

// A file is what a log is written to.
type file interface {
	io.WriteSeeker
	io.Closer
	Sync() error
	Truncate(size int64) error
}

// A writer writes the logs of one run. Each second is one write a file,
// histograms first: a row of counters vouches for the histograms before it.
type writer struct {
	intervals, tail, events file

	tags    tags
	header  []byte // of a histogram log
	minute  minute
	sampled map[sampled]bool
}

// A minute is what the tail holds, added up.
type minute struct {
	start, end time.Duration
	hists      map[string]*result.Hist // by tag
}

func newWriter(open func(string) (file, error), run *result.Run) (*writer, error) {
	w := &writer{tags: tagsOf(run), header: histHeader(run.StartedAt), sampled: map[sampled]bool{}}
	var errs [3]error
	w.intervals, errs[0] = open(intervalsFile)
	w.tail, errs[1] = open(tailFile)
	w.events, errs[2] = open(eventsFile)
	if err := errors.Join(errs[:]...); err != nil {
		return w, err
	}
	return w, errors.Join(put(w.intervals, w.header), put(w.tail, w.header))
}

// close closes what is open.
func (w *writer) close() error {
	var errs []error
	for _, f := range []file{w.intervals, w.tail, w.events} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}

// second logs one interval.
func (w *writer) second(in result.Interval, row result.Row) error {
	var lines bytes.Buffer
	hists := w.tags.hists(in)
	writeHists(&lines, in.Start, in.End, hists)
	if err := w.histograms(in, hists, lines.Bytes()); err != nil {
		return err
	}
	counters := newSecond(in, row)
	counters.leaveOut(w.sampled)
	line, err := json.Marshal(counters)
	if err != nil {
		return err
	}
	return put(w.events, append(line, '\n'))
}

func (w *writer) histograms(in result.Interval, hists map[string]*result.Hist, lines []byte) error {
	if in.Start < secondsOnly {
		return put(w.intervals, lines)
	}
	if err := put(w.tail, lines); err != nil {
		return err
	}
	m := &w.minute
	if m.hists == nil {
		m.start, m.hists = in.Start, map[string]*result.Hist{}
	}
	m.end = in.End
	for tag, h := range hists {
		if m.hists[tag] == nil {
			m.hists[tag] = result.NewHist()
		}
		m.hists[tag].Merge(h)
	}
	if m.end/time.Minute > m.start/time.Minute {
		return w.endMinute()
	}
	return nil
}

// endMinute moves what the tail holds to where it stays. A process that is killed
// in between leaves it in both, which a reader must expect.
func (w *writer) endMinute() error {
	var lines bytes.Buffer
	m := w.minute
	writeHists(&lines, m.start, m.end, m.hists)
	w.minute = minute{}
	if err := put(w.intervals, lines.Bytes()); err != nil {
		return err
	}
	if err := w.intervals.Sync(); err != nil {
		return err
	}
	if err := w.tail.Truncate(0); err != nil {
		return err
	}
	if _, err := w.tail.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return put(w.tail, w.header)
}

// finish leaves everything in the log of intervals.
func (w *writer) finish() error {
	if err := w.endMinute(); err != nil {
		return err
	}
	return w.events.Sync()
}

// event logs one event.
func (w *writer) event(e result.Event) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return put(w.events, append(line, '\n'))
}

// put writes all of b, in one write.
func put(f io.Writer, b []byte) error {
	if len(b) == 0 {
		return nil
	}
	_, err := f.Write(b)
	return err
}
