package scenario

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"flashwave/bench/arrival"
)

// maxRequests is more than any run sends.
const maxRequests = 1_000_000_000

const waveHint = "write [lane/]name:LOAD:LENGTH, for example rush:12000/m:5m, steps:c50:1000x or night:trace=night.csv@10"

// Closed reports whether the wave keeps a number of requests in flight, rather
// than follow a schedule.
func (w Wave) Closed() bool { return w.Concurrency > 0 }

// Load is the wave's load as [ParseWave] reads it: 200/m, 200/m..12000/m, c50,
// trace=night.csv@10x0.1.
func (w Wave) Load() string {
	switch {
	case w.Rate != nil:
		return w.Rate.String()
	case w.Trace != nil:
		return "trace=" + w.Trace.String()
	}
	return "c" + strconv.Itoa(w.Concurrency)
}

// ParseWave reads the text of a wave, [lane/]name:LOAD:LENGTH. LOAD is a rate,
// 200/m, a ramp, 200/m..12000/m, or a concurrency, c50; LENGTH is a duration, 90s,
// or a number of requests, 1000x. [lane/]name:trace=FILE[@SPEED[xSCALE]][#FROM..TO] follows
// a trace, or a window of it, which has its own length. Every error is an *[Error].
func ParseWave(spec string) (lane string, w Wave, err error) {
	name, rest, found := strings.Cut(spec, ":")
	if !found {
		return "", w, wrong("", waveHint, "wave %q has no load", brief(spec))
	}
	if l, n, named := strings.Cut(name, "/"); named {
		if err := checkName("", "lane", l); err != nil {
			return "", w, err
		}
		lane, name = l, n
	}
	if err := checkName("", "wave", name); err != nil {
		return "", w, err
	}
	w.Name = name
	if file, ok := strings.CutPrefix(rest, "trace="); ok {
		w.Trace, err = parseTrace(file)
		return lane, w, err
	}
	load, length, found := strings.Cut(rest, ":")
	if !found {
		return "", w, wrong("", waveHint, "wave %q has no length", name)
	}
	if err := w.parseLoad(load); err != nil {
		return "", w, about("", fmt.Sprintf("load %q", brief(load)), err)
	}
	if err := w.parseLength(length); err != nil {
		return "", w, about("", fmt.Sprintf("length %q", brief(length)), err)
	}
	return lane, w, nil
}

func (w *Wave) parseLoad(s string) error {
	if digits, closed := strings.CutPrefix(s, "c"); closed {
		n, err := wholeNumber(digits, 1, maxRequests)
		if err != nil {
			return wrong("", "write c and a whole number: c50 keeps 50 requests in flight", "not a concurrency")
		}
		w.Concurrency = n
		return nil
	}
	r, err := parseLine(s)
	if err != nil {
		return err
	}
	w.Rate = &r
	return nil
}

func (w *Wave) parseLength(s string) error {
	if digits, counted := strings.CutSuffix(s, "x"); counted {
		n, err := wholeNumber(digits, 1, maxRequests)
		w.Requests = n
		return err
	}
	if n, err := wholeNumber(s, 1, maxRequests); err == nil {
		return wrong("", fmt.Sprintf("write %ds for seconds or %dx for requests", n, n), "a unit is missing")
	}
	d, err := ParseDuration(s)
	if err == nil && d == 0 {
		return wrong("", "write a duration, 90s, or a number of requests, 1000x", "a wave lasts more than 0s")
	}
	w.For = d
	return err
}

// wholeNumber reads a plain decimal integer.
func wholeNumber(s string, least, most int) (int, error) {
	n, err := strconv.Atoi(s)
	switch {
	case err != nil:
		return 0, &Error{Message: "not a whole number"}
	case n < least:
		return 0, &Error{Message: fmt.Sprintf("less than %d", least)}
	case n > most:
		return 0, &Error{Message: fmt.Sprintf("more than %d", most)}
	}
	return n, nil
}

// checkName refuses names that an SLO, a flag or a table could not show again.
func checkName(path, what, name string) error {
	const hint = "use letters, digits, spaces and -_. in it"
	switch {
	case name == "":
		return wrong(path, "give it a name that tells what it is", "a %s's name is empty", what)
	case len(name) > 64:
		return wrong(path, "64 bytes are the most", "the %s's name %q is too long", what, brief(name))
	case name != strings.TrimSpace(name):
		return wrong(path, hint, "the %s's name %q begins or ends with a space", what, name)
	}
	for _, r := range name {
		if !unicode.IsPrint(r) || r == utf8.RuneError || strings.ContainsRune(`/:"'\`, r) {
			return wrong(path, hint, "the %s's name %q holds %q", what, name, r)
		}
	}
	return nil
}

// Length is how long the wave lasts as planned: an open wave of so many requests
// lasts requests ÷ mean rate; a trace, read from its file, its own length. It is
// unknown for a closed wave of so many requests, and where a trace cannot be read.
func (w Wave) Length() (length time.Duration, known bool) {
	switch {
	case w.Trace != nil:
		segments, err := w.Segments("", 0)
		for _, s := range segments {
			length += s.For
		}
		return length, err == nil
	case w.For > 0:
		return w.For.D(), true
	case w.Rate != nil:
		seconds := float64(w.Requests) / w.Rate.mean()
		if !(seconds > 0 && seconds <= maxLength.Seconds()) {
			return 0, false
		}
		return max(1, time.Duration(math.Round(seconds*float64(time.Second)))), true
	}
	return 0, false
}

// Segments is the curve of an open wave; each segment carries the index. A trace
// is read from its file, which counts from dir unless it is absolute; after
// [Scenario.Resolve] it is at hand.
func (w Wave) Segments(dir string, index int) ([]arrival.Segment, error) {
	switch {
	case w.Trace != nil:
		return w.Trace.segments(dir, index)
	case w.Rate != nil:
		length, known := w.Length()
		if !known {
			return nil, wrong("", "", "wave %q has no length", w.Name)
		}
		return []arrival.Segment{{From: float64(w.Rate.From), To: float64(w.Rate.To), For: length, Wave: index}}, nil
	}
	return nil, wrong("", "", "wave %q is closed: it has no curve", w.Name)
}
