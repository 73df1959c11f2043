package client

import (
	"bytes"
	"sync"
	"time"
)

// shape is what the body of a success turned out to be.
type shape uint8

const (
	unknown  shape = iota // nothing but white space so far
	stream                // server-sent events
	lined                 // lines of JSON
	document              // anything else, read whole
)

// An answer makes a record out of a response body: a stream of events, or one
// document. Which of them it is the first byte says, more reliably than the
// content type.
type answer struct {
	call  *call
	shape shape
	limit int           // of a document
	at    time.Duration // when the bytes being looked at were read
	came  time.Duration // when their delivery was
	first time.Duration // when that of the first token was

	began   bool // something but white space came
	done    bool // the last event came
	found   bool // a token came, counted or not
	deltas  bool // one came in a delta
	refusal bool // some of its text is one
	objects bool // an event was an object
	shaped  bool // and one that the dialect promises
	usage   usage
	told    int   // how many token events had come when the usage last told of the output
	refused bool  // it is the body of an HTTP error
	lineEnd int   // of a document's first line; 0: it has not come, -1: it is no object
	lineAt  stamp // when that came
	full    bool  // the document is too long
	ending  bool  // the body is over, what is parsed was cut
	failure *failure

	calm  []byte // the name of the last event that was no failure
	sse   sse
	lines lines
	chunk chunk
	doc   []byte
}

var answers = sync.Pool{New: func() any {
	a := new(answer)
	a.sse.event, a.sse.stray, a.sse.fails, a.lines.line = a.event, a.stray, a.fails, a.line
	return a
}}

// errorLimit bounds the body of an HTTP error; more says nothing more.
const errorLimit = 64 << 10

// newAnswer makes an answer of a call; the body of an error (not ok) is only
// collected. Lines says that a body of JSON is lines of it.
func newAnswer(x *call, ok, lines bool) *answer {
	a := answers.Get().(*answer)
	a.call, a.limit = x, x.client.cfg.MaxEvent
	a.sse.limit, a.lines.limit = a.limit, a.limit
	a.chunk.of = x.client.dialect
	switch {
	case !ok:
		a.shape, a.limit, a.refused = document, errorLimit, true
	case lines:
		a.shape = lined
	}
	return a
}

// release gives the memory back.
func (a *answer) release() {
	s := &a.sse
	if cap(a.doc)+cap(s.line)+cap(s.data)+cap(a.lines.rest) > largestPooled {
		return
	}
	c := &a.chunk
	*s = sse{event: s.event, stray: s.stray, fails: s.fails, line: s.line[:0], data: s.data[:0], name: s.name[:0], astray: s.astray[:0]}
	*c = chunk{tokens: c.tokens[:0], pads: c.pads[:0], form: c.form.emptied()}
	a.calm = a.calm[:0]
	a.lines = lines{line: a.lines.line, rest: a.lines.rest[:0]}
	a.call, a.shape, a.at, a.came, a.first, a.doc = nil, unknown, 0, 0, 0, a.doc[:0]
	a.began, a.done, a.found, a.deltas, a.full, a.ending = false, false, false, false, false, false
	a.refusal, a.objects, a.shaped = false, false, false
	a.failure, a.refused, a.lineEnd, a.lineAt = nil, false, 0, stamp{}
	a.usage, a.told = usage{}, 0
	answers.Put(a)
}

// stopped reports whether nothing more is wanted of the body.
func (a *answer) stopped() bool { return a.done || a.full || a.failure != nil }

// drainable reports whether the body is worth reading to its end.
func (a *answer) drainable() bool {
	return a.done || a.failure != nil && a.failure.outcome == StreamError
}

// feed takes the next bytes, which came at one instant.
func (a *answer) feed(p []byte, at stamp) {
	if a.stopped() {
		return
	}
	a.at, a.came = at.Read, at.Came
	if !a.began {
		if p = a.begin(p); len(p) == 0 {
			return
		}
		a.began = true
		if a.shape == unknown || a.shape == lined && p[0] != '{' {
			a.shape = shapeOf(p[0])
		}
	}
	switch a.shape {
	case document:
		a.collect(p, at)
	case lined:
		a.json(p)
	default:
		a.events(p)
	}
}

// events takes the next bytes of a stream.
func (a *answer) events(p []byte) { a.refuse(a.sse.feed(p)) }

// json takes the next bytes of lines of JSON.
func (a *answer) json(p []byte) { a.refuse(a.lines.feed(p)) }

func (a *answer) refuse(err error) {
	if err != nil {
		a.failure = failed(Malformed, "the stream holds %v (the limit is max-event)", err)
	}
}

// byteOrderMark may stand before a stream, and stands before some documents.
var byteOrderMark = []byte("\uFEFF")

// begin steps over what may stand before an answer. It keeps a byte order mark
// that has not come as a whole.
func (a *answer) begin(p []byte) []byte {
	if len(a.doc) > 0 {
		p = append(a.doc, p...)
		a.doc = a.doc[:0]
	}
	for marked := true; marked; {
		p, marked = bytes.CutPrefix(bytes.TrimLeft(p, " \t\r\n"), byteOrderMark)
	}
	if len(p) > 0 && len(p) < len(byteOrderMark) && bytes.HasPrefix(byteOrderMark, p) {
		a.doc = append(a.doc, p...)
		return nil
	}
	return p
}

// shapeOf tells a stream from a document by its first byte: a field name of
// ours, a comment, or a byte order mark.
func shapeOf(first byte) shape {
	if bytes.IndexByte([]byte("deir:\xef"), first) >= 0 {
		return stream
	}
	return document
}

// collect keeps the bytes of a document. Where a line of them is a field of an
// event, they were the stray first lines of a stream: no JSON holds such a line. And where
// the first line is an object and another one follows it, they are lines of JSON.
func (a *answer) collect(p []byte, at stamp) {
	const field = "\ndata:"
	seen := len(a.doc)
	room := a.limit - seen
	a.full = len(p) > room
	a.doc = append(a.doc, p[:min(len(p), room)]...)
	switch {
	case a.refused:
	case bytes.Contains(a.doc[max(seen-len(field), 0):], []byte(field)):
		a.shape = stream
		a.events(a.doc)
		a.doc = a.doc[:0]
	case a.call.streams:
		a.findLines(seen, at)
	}
}

// findLines looks whether a document, the bytes of which from seen on came at an instant,
// are lines of JSON.
func (a *answer) findLines(seen int, at stamp) {
	if end := bytes.IndexByte(a.doc[seen:], '\n'); a.lineEnd == 0 && end >= 0 {
		a.lineEnd, a.lineAt = seen+end, at
		if a.doc[0] != '{' || !validJSON(a.doc[:a.lineEnd]) {
			a.lineEnd = -1
		}
	}
	if a.lineEnd <= 0 {
		return
	}
	switch rest := bytes.TrimSpace(a.doc[a.lineEnd:]); {
	case len(rest) == 0:
		return
	case rest[0] != '{':
		a.lineEnd = -1
		return
	}
	a.shape = lined
	a.at, a.came = a.lineAt.Read, a.lineAt.Came
	a.json(a.doc[:a.lineEnd+1])
	if !a.stopped() {
		a.at, a.came = at.Read, at.Came
		a.json(a.doc[a.lineEnd+1:])
	}
	a.doc = a.doc[:0]
}

// isStream reports whether the answer comes in events, of whatever form.
func (a *answer) isStream() bool { return a.shape == stream || a.shape == lined }
