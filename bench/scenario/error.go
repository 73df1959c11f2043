package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"flashwave/bench/items"
	"flashwave/bench/price"
	"flashwave/bench/slo"
)

// An Error says what is wrong with a scenario, where, and what was meant.
type Error struct {
	File         string // "" if the value did not come from a file
	Line, Column int    // of the offending value, in characters from 1; 0: unknown
	Path         string // waves[1].rate: the word of the file, whether it came from one or not
	Message      string // stands by itself
	Hint         string // what to do; "" if there is nothing to suggest
}

// Error is "sale.yaml:7:12: unknown key "ratee"": the place, as far as it is known,
// and the message. The hint is apart, in Hint.
func (e *Error) Error() string {
	message := clip(e.Message)
	switch {
	case e.Line > 0:
		return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, message)
	case e.File != "":
		return e.File + ": " + message
	}
	return message
}

// clip keeps a message that quotes what somebody wrote a sentence.
func clip(message string) string {
	const most = 400
	if len(message) <= most {
		return message
	}
	return strings.ToValidUTF8(message[:most], "") + " …"
}

// wrong is an error about the word at a path; its place is looked up by
// [Scenario.locate].
func wrong(path, hint, format string, args ...any) *Error {
	return &Error{Path: path, Hint: hint, Message: fmt.Sprintf(format, args...)}
}

// about puts a subject before the message of a value's error, or of another
// package's, which does not know what the value was given for.
func about(path, subject string, err error) *Error {
	var own *Error
	if errors.As(err, &own) {
		return wrong(path, own.Hint, "%s: %s", subject, own.Message)
	}
	hint := ""
	var prices *price.Error
	if errors.As(err, &prices) {
		hint = prices.Hint
	}
	var lines *items.BadLines
	if errors.As(err, &lines) {
		hint = lines.Hint()
	}
	return wrong(path, hint, "%s: %v", subject, err)
}

// brief shortens what a message shows of a text.
func brief(s string) string {
	const most = 60
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most-1]) + "…"
}

// An origin remembers where in its file each word's value stood, so that what is
// found wrong later can still be pointed at. Paths are those of the file.
type origin struct {
	file   string
	at     map[string]position
	places map[string]string // path in a Scenario → path in the file, for waves and lanes
	part   string            // the path of the part that a Scenario is read from; "": all of the file
}

// A position is the place of a value, from 1.
type position struct {
	line, column int
	inset        int  // characters before the text itself: the quote
	verbatim     bool // the text stands in the file as it reads, on one line
}

func newOrigin(file string) *origin {
	return &origin{file: file, at: map[string]position{}, places: map[string]string{}}
}

// forget drops the places of a word and of all below it; what contains it no
// longer stands for it.
func (o *origin) forget(path string) {
	for p := range o.at {
		if strings.HasPrefix(p, path+".") || strings.HasPrefix(p, path+"[") {
			delete(o.at, p)
		}
	}
	o.at[path] = position{}
}

// outward turns a path in a Scenario (lanes[0].waves[1].rate) into the file's
// (waves[1].rate).
func (o *origin) outward(path string) string {
	if o.part != "" {
		return o.inPart(path)
	}
	for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '.') {
		if place, ok := o.places[path[:end]]; ok {
			return place + path[end:]
		}
	}
	return path
}

// inPart is the path of a word of a part of the file. What does not stand there was
// taken from the top, where all parts share it; the words of its target stand beside it.
func (o *origin) inPart(path string) string {
	own := join(o.part, strings.TrimPrefix(path, "target."))
	word := strings.TrimPrefix(path, "target.")
	if i := strings.IndexAny(word, ".["); i >= 0 {
		word = word[:i]
	}
	if _, ok := o.at[join(o.part, word)]; ok {
		return own
	}
	if _, ok := o.at[word]; ok {
		return path
	}
	return own
}

// find is the place of a path's value, else of what contains it.
func (o *origin) find(path string) (position, bool) {
	for end := len(path); end > 0; end = strings.LastIndexAny(path[:end], ".[") {
		if p, ok := o.at[path[:end]]; ok {
			return p, p.line > 0
		}
	}
	return position{}, false
}

// locate gives an error its place: offset bytes into the text of its path's value,
// where the file holds that text as it reads.
func (s *Scenario) locate(e *Error, text string, offset int) *Error {
	if s.origin == nil {
		return e
	}
	e.Path = s.origin.outward(e.Path)
	p, ok := s.origin.find(e.Path)
	if !ok {
		return e
	}
	e.File, e.Line, e.Column = s.origin.file, p.line, p.column
	if p.verbatim && offset > 0 && offset <= len(text) {
		e.Column += p.inset + len([]rune(text[:offset]))
	} else if p.verbatim && text != "" {
		e.Column += p.inset
	}
	return e
}

// located gives an error its place unless it has one.
func (s *Scenario) located(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Line == 0 {
		return s.locate(e, "", 0)
	}
	return err
}

// Replaced says that a value other than the file's stands at these paths now (a
// flag was given): errors about it no longer point into the file.
func (s *Scenario) Replaced(paths ...string) {
	if s.origin == nil {
		return
	}
	for _, p := range paths {
		s.origin.forget(p)
	}
}

// didYouMean suggests the known word that was most likely meant, else lists them.
func didYouMean(word string, known []string) string {
	return slo.DidYouMean(strings.ReplaceAll(word, "-", "_"), slices.Sorted(slices.Values(known)))
}
