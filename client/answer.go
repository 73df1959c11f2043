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
	document              // anything else, read whole
)

// An answer makes a record out of a response body: a stream of events, or one
// document. Which of them it is the first byte says, more reliably than the
// content type.
type answer struct {
	call  *call
	shape shape
	limit int           // of a document
	at    time.Duration // when the bytes being looked at came

	done    bool // [DONE] came
	found   bool // a token came, counted or not
	full    bool // the document is too long
	ending  bool // the body is over, what is parsed was cut
	failure *failure

	usage usage  // as all chunks said it
	stray []byte // the first line of a stream that is none of a stream

	sse   sse
	chunk chunk
	doc   []byte
	buf   [readBuffer]byte // what the body is read into
	take  func(p []byte, at time.Duration)
}

var answers = sync.Pool{New: func() any {
	a := new(answer)
	a.take = a.feed
	a.sse.event = a.event
	a.sse.stray = a.strayLine
	return a
}}

// errorLimit bounds the body of an HTTP error; more says nothing more.
const errorLimit = 64 << 10

// newAnswer makes an answer of a call; the body of an error (not ok) is only
// collected.
func newAnswer(x *call, ok bool) *answer {
	a := answers.Get().(*answer)
	a.call, a.limit = x, eventLimit
	if !ok {
		a.shape, a.limit = document, errorLimit
	}
	return a
}

// release gives the memory back.
func (a *answer) release() {
	s := &a.sse
	if cap(a.doc)+cap(s.line)+cap(s.data) > largestPooled {
		return
	}
	c := &a.chunk
	*s = sse{event: s.event, stray: s.stray, line: s.line[:0], data: s.data[:0], name: s.name[:0]}
	*c = chunk{tokens: c.tokens[:0]}
	a.call, a.shape, a.at, a.doc = nil, unknown, 0, a.doc[:0]
	a.done, a.found, a.full, a.ending, a.failure = false, false, false, false, nil
	a.usage, a.stray = usage{}, a.stray[:0]
	clear(a.buf[:])
	answers.Put(a)
}

// stopped reports whether nothing more is wanted of the body.
func (a *answer) stopped() bool { return a.done || a.full || a.failure != nil }

// drainable reports whether the body is worth reading to its end.
func (a *answer) drainable() bool {
	return a.done || a.failure != nil && a.failure.outcome == StreamError
}

// feed takes the next bytes, which came at one instant.
func (a *answer) feed(p []byte, at time.Duration) {
	if a.stopped() {
		return
	}
	a.at = at
	if a.shape == unknown {
		if p = bytes.TrimLeft(p, " \t\r\n"); len(p) == 0 {
			return
		}
		a.shape = shapeOf(p[0])
	}
	if a.shape == document {
		a.collect(p)
		return
	}
	if err := a.sse.feed(p); err != nil {
		a.failure = failed(Malformed, "the stream holds %v", err)
	}
}

// shapeOf tells a stream from a document by its first byte: a field name of
// ours, a comment, or a byte order mark. Plain text that begins so is a stream of
// strays.
func shapeOf(first byte) shape {
	if bytes.IndexByte([]byte("deir:\xef"), first) >= 0 {
		return stream
	}
	return document
}

// collect keeps the bytes of a document.
func (a *answer) collect(p []byte) {
	room := a.limit - len(a.doc)
	a.full = len(p) > room
	a.doc = append(a.doc, p[:min(len(p), room)]...)
}

// event takes one event of the stream.
func (a *answer) event(name, data []byte) (more bool) {
	data = bytes.TrimSpace(data)
	switch {
	case len(data) == 0:
	case isDone(data):
		a.done = true
	case keepsAlive(name, data):
	case !a.chunk.read(data, a.call.req.KeepText):
		a.notJSON(name, data)
	case isError(name) || a.chunk.isError(a.own()):
		a.failure = a.errorFailure()
	case a.own() && a.chunk.trouble.ping:
	default:
		a.count()
	}
	return !a.stopped()
}

// own reports whether the endpoint is somebody's own, whose JSON is no API's.
func (a *answer) own() bool { return a.call.client.cfg.API == HTTP }

// isError reports whether an event is named after a failure.
func isError(name []byte) bool {
	return len(name) > 0 && (bytes.EqualFold(name, []byte("error")) || bytes.EqualFold(name, []byte("exception")) ||
		bytes.HasSuffix(bytes.ToLower(name), []byte("error")))
}

// strayLine takes a line of the stream that is none: some servers break by writing their
// error as it is. JSON counts as if it were data; of the rest the first line is
// remembered, and ends the answer where it speaks of a failure.
func (a *answer) strayLine(line []byte) (more bool) {
	line = bytes.TrimSpace(line)
	switch {
	case len(line) == 0:
	case line[0] == '{' && validJSON(line):
		return a.event(nil, line)
	case len(a.stray) == 0:
		a.stray = append(a.stray, line[:min(len(line), textLimit)]...)
		if complains(line) && !a.own() {
			a.failure = &failure{StreamError, string(a.stray)}
		}
	}
	return !a.stopped()
}

// notJSON takes an event that is not JSON: an error in plain words, a text where
// no API promises anything else, or nonsense, unless it was cut.
func (a *answer) notJSON(name, data []byte) {
	switch {
	case isError(name):
		a.failure = &failure{StreamError, string(data)}
	case a.own():
		a.token(Content)
	case data[0] != '{' && data[0] != '[' && complains(data):
		a.failure = &failure{StreamError, string(data)}
	case !a.ending:
		a.failure = failed(Malformed, "an event is not JSON: %.80s", data)
	}
}

func (a *answer) errorFailure() *failure {
	message := a.chunk.trouble.words()
	if message == "" {
		message = "the answer is an error without a message"
	}
	return &failure{StreamError, message}
}

// count takes a chunk of the stream into the record.
func (a *answer) count() {
	a.note()
	for _, kind := range a.chunk.tokens {
		a.token(kind)
	}
	if a.own() && !a.chunk.choices && !a.chunk.usage.found {
		a.token(Content)
	}
	if finishing(a.chunk.finish) == failing {
		a.gaveUp()
	}
}

// gaveUp ends an answer whose finish reason says that the endpoint gave it up.
func (a *answer) gaveUp() {
	text := "the endpoint gave the answer up: " + a.call.res.Finish
	if words := a.chunk.trouble.words(); words != "" {
		text += ": " + words
	}
	a.failure = &failure{StreamError, text}
}

// note takes what a chunk says beside its tokens.
func (a *answer) note() {
	r, c := &a.call.res, &a.chunk
	if r.RequestID == "" && len(c.id) > 0 {
		r.RequestID = bounded(string(plain(c.id)))
	}
	if len(c.finish) > 0 {
		r.Finish = finishOf(plain(c.finish))
	}
	if c.usage.found {
		a.usage.add(c.usage)
	}
	r.Usage.StreamedReasoning = r.Usage.StreamedReasoning || c.reasoning && a.shape == stream
	for _, text := range c.texts {
		r.Text += string(plain(text))
	}
	for _, text := range c.reasons {
		r.Reasoning += string(plain(text))
	}
}

// settle says what the answer used, as far as that can be believed of what was seen.
func (a *answer) settle() {
	r := &a.call.res
	if !a.usage.found {
		return
	}
	streamed := r.Usage.StreamedReasoning
	r.Usage = a.usage.normalised(r.Events, a.found)
	r.Usage.StreamedReasoning = streamed
}

// finishOf makes a string of a finish reason, without allocating the usual ones.
func finishOf(reason []byte) string {
	switch string(reason) {
	case "stop":
		return "stop"
	case "length":
		return "length"
	case "tool_calls":
		return "tool_calls"
	}
	return bounded(string(reason))
}

// token takes a token event into the record. Of a request that asked for a
// document, the tokens have no instants; an endpoint of one's own streams if it
// does, whatever was asked.
func (a *answer) token(kind Kind) {
	a.found = true
	streamed := a.call.req.Stream
	if a.own() {
		streamed = a.shape == stream
	}
	if streamed {
		a.call.token(kind, a.at)
	}
}

func (x *call) token(kind Kind, at time.Duration) {
	r := &x.res
	r.Events++
	if r.FirstToken == Never {
		r.FirstToken = at
		x.watch.enter(streaming, at)
	} else {
		r.Stall = max(r.Stall, at-r.LastToken)
	}
	r.LastToken = at
	if kind != Reasoning && r.FirstAnswer == Never {
		r.FirstAnswer = at
	}
	if x.sink != nil {
		x.sink.Token(at, kind)
	}
}

// end judges an answer whose body came to its end.
func (a *answer) end() *failure {
	switch a.shape {
	case document:
		a.document()
	case stream:
		a.ending = true
		a.sse.flush()
		if a.done {
			a.call.res.Done = a.at
		}
	}
	return a.verdict()
}

// document reads the answer as one document. It counts as one token event.
func (a *answer) document() {
	c := &a.chunk
	isHTTP := a.own()
	switch {
	case !c.read(a.doc, a.call.req.KeepText) && plainComplaint(a.doc):
		a.failure = &failure{StreamError, serverMessage(a.doc)}
	case !c.valid:
		a.failure = failed(Malformed, "the answer is not JSON (is the URL right?): %.80s", serverMessage(a.doc))
	case c.isError(isHTTP):
		a.failure = a.errorFailure()
	case !c.choices && !isHTTP:
		a.failure = failed(Malformed, "the answer is JSON without choices: is the URL that of a completions endpoint?")
	default:
		a.note()
		if kind, ok := c.kind(); ok {
			a.token(kind)
		} else if isHTTP {
			a.token(Content)
		}
		if finishing(c.finish) == failing {
			a.gaveUp()
		}
	}
}

// plainComplaint reports whether a document that is not JSON is the error of a server in
// plain words. A page is none: there the URL is wrong, more likely.
func plainComplaint(doc []byte) bool {
	doc = bytes.TrimSpace(doc)
	return len(doc) > 0 && doc[0] != '<' && doc[0] != '{' && doc[0] != '[' && complains(doc)
}

// kind is what the document as a whole is: an answer if any of it is one.
func (c *chunk) kind() (Kind, bool) {
	if len(c.tokens) == 0 {
		return 0, false
	}
	best := c.tokens[0]
	for _, kind := range c.tokens {
		if kind == Content || best == Reasoning {
			best = kind
		}
	}
	return best, true
}

// verdict says how the answer ended, as far as it is known; nil is well.
func (a *answer) verdict() *failure {
	finished := a.call.res.Finish != ""
	switch {
	case a.failure != nil:
		return a.failure
	case a.full:
		return failed(Malformed, "the answer is longer than 4 MiB")
	case a.shape == unknown && a.call.req.Stream:
		return failed(Truncated, "the answer is empty")
	case a.shape == unknown:
		return failed(Malformed, "the answer is empty")
	case a.own():
		return nil
	case a.shape == stream && !a.done && !finished && len(a.stray) > 0:
		return &failure{StreamError, string(a.stray)}
	case a.shape == stream && !a.done && !finished:
		return failed(Truncated, "the stream ended with neither [DONE] nor a finish reason")
	case !a.found && !finished:
		return failed(Malformed, "the answer holds neither a token nor a finish reason")
	}
	return nil
}
