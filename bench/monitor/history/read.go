package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"flashwave/bench/files"
)

// A Past is what a history held when it was opened.
type Past struct {
	Series    map[string]*Series // by target
	Incidents []Incident         // in the order in which they opened
	Broken    int                // lines that could not be read
}

// Of is what is known of a target.
func (p *Past) Of(target string) *Series {
	if s := p.Series[target]; s != nil {
		return s
	}
	return NewSeries(target)
}

// errEmpty: there is no whole line, as when the process was killed as it began.
var errEmpty = errors.New("the history is empty")

// An Error says why a history cannot be used, and what to do about it.
type Error struct {
	Message, Hint string
	cause         error
}

// Error is the message and its cause. The hint is apart, in Hint.
func (e *Error) Error() string {
	if e.cause == nil {
		return e.Message
	}
	return e.Message + ": " + e.cause.Error()
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.cause }

// begins reads the header: an error if the rest cannot be read by this program.
func begins(r *bufio.Reader) error {
	const most = 4 << 10
	text, err := r.Peek(most)
	end := bytes.IndexByte(text, '\n')
	if end < 0 {
		if err != nil && len(text) < most {
			return errEmpty
		}
		return foreign()
	}
	var h header
	if json.Unmarshal(text[:end], &h) != nil || h.Flashwave != "history" || h.Version < 1 {
		return foreign()
	}
	if h.Version > Version {
		return &Error{
			Message: fmt.Sprintf("the history was written by a later flashwave: it has version %d, and this one reads up to %d", h.Version, Version),
			Hint:    "take that flashwave, or another history with --history DIR",
		}
	}
	_, err = r.Discard(end + 1)
	return err
}

func foreign() error {
	return &Error{Message: "the file is no history of a monitor", Hint: "choose another place with --history DIR"}
}

// Read reads what a history holds, up to an instant. Lines that cannot be read are counted
// and passed over; errors are those of the header.
func Read(r io.Reader, now time.Time) (*Past, error) {
	in := bufio.NewReader(r)
	if err := begins(in); err != nil {
		return nil, err
	}
	past := &Past{Series: map[string]*Series{}}
	minutes, probes, incidents := map[string]map[int64]*Minute{}, map[string][]Probe{}, map[string]*Incident{}
	for text := range files.Lines(in) {
		if len(bytes.TrimSpace(text)) == 0 {
			continue // where a torn line was ended
		}
		var rec Record
		if json.Unmarshal(text, &rec) != nil {
			past.Broken++
			continue
		}
		switch {
		case rec.Probe != nil:
			probes[rec.Probe.Target] = append(probes[rec.Probe.Target], *rec.Probe)
		case rec.Minute != nil:
			m := rec.Minute
			if m.Good < 0 || m.All < m.Good {
				past.Broken++
				continue
			}
			if minutes[m.Target] == nil {
				minutes[m.Target] = map[int64]*Minute{}
			}
			minutes[m.Target][m.Minute] = m
		case rec.Incident != nil:
			if i := incidents[rec.Incident.ID]; i != nil {
				i.add(rec.Incident)
				continue
			}
			incidents[rec.Incident.ID] = rec.Incident
		}
	}
	for target := range minutes {
		past.Series[target] = restore(target, minutes[target], probes[target], now)
	}
	for target := range probes {
		if past.Series[target] == nil {
			past.Series[target] = restore(target, nil, probes[target], now)
		}
	}
	for _, i := range incidents {
		past.Incidents = append(past.Incidents, *i)
	}
	slices.SortFunc(past.Incidents, func(a, b Incident) int {
		if a.Opened != b.Opened {
			return int(min(max(a.Opened-b.Opened, -1), 1))
		}
		return bytes.Compare([]byte(a.ID), []byte(b.ID))
	})
	return past, nil
}

// add takes in what a further line knows.
func (i *Incident) add(more *Incident) {
	if more.Closed != 0 {
		i.Closed = more.Closed
	}
	if more.Why != "" {
		i.Why = more.Why
	}
	for _, to := range more.Told {
		if !slices.Contains(i.Told, to) {
			i.Told = append(i.Told, to)
		}
	}
	for _, to := range more.Recovered {
		if !slices.Contains(i.Recovered, to) {
			i.Recovered = append(i.Recovered, to)
		}
	}
}
