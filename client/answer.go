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

// line takes a line of JSON as an event without a name.
func (a *answer) line(text []byte) (more bool) { return a.event(nil, text) }

// event takes one event of the stream.
func (a *answer) event(name, data []byte) (more bool) {
	data = bytes.TrimSpace(data)
	a.chunk.name = name
	switch {
	case a.fails(name):
		a.failure = a.errorEvent(data)
	case isDone(data), len(data) == 0 && a.endsWith(name):
		a.done = true
	case len(data) == 0:
	case a.chunk.read(data, a.call.req.KeepText):
		a.said()
	default:
		a.notJSON(name, data)
	}
	return !a.stopped()
}

// fails reports whether an event of that name is a failure. Most have the name of the one
// before.
func (a *answer) fails(name []byte) bool {
	if len(name) == 0 || bytes.Equal(name, a.calm) {
		return false
	}
	if a.chunk.of.fails(name) {
		return true
	}
	a.calm = append(a.calm[:0], name...)
	return false
}

// errorEvent is the failure that an event named so stands for.
func (a *answer) errorEvent(data []byte) *failure {
	switch {
	case len(data) == 0:
		a.chunk.said = said{}
	case !a.chunk.read(data, false):
		return &failure{StreamError, string(data)}
	default:
		a.chunk.tokens, a.chunk.reasoning = a.chunk.tokens[:0], false
		a.count() // what it cost all the same
	}
	return a.errorFailure()
}

// notJSON takes an event that is not JSON: a keep-alive, an error in plain words,
// a text where no API promises anything else, or nonsense, unless it was cut.
func (a *answer) notJSON(name, data []byte) {
	switch {
	case data[0] == ':', isKeepAlive(name):
	case a.own():
		if a.ending && opens(data) && (a.objects || !a.found) {
			a.failure = failed(Truncated, "the stream ended in the middle of an event")
			return
		}
		if a.endsWith(name) {
			a.done = true
		}
		if a.isOwnToken(name) && (data[0] != '[' || !isKeepAlive(data)) {
			a.token(Content)
		}
	case isKeepAlive(data):
	case data[0] != '{' && saysFailure(data):
		a.failure = &failure{StreamError, serverMessage(data)}
	case !a.ending:
		a.failure = failed(Malformed, "an event is not JSON: %.80s", data)
	}
}

// stray takes what stands between events and is none: servers that break write
// their last words so. Like any client it passes over what is no failure.
func (a *answer) stray(text []byte) (more bool) {
	text = bytes.TrimSpace(text)
	a.chunk.name = nil
	switch {
	case isDone(text):
		a.done = true
	case a.chunk.read(leading(text), false):
		if a.chunk.isError(a.own()) {
			a.failure = a.errorFailure()
		}
	case !a.own() && isLastWord(text):
		a.failure = &failure{StreamError, serverMessage(text)}
	}
	return !a.stopped()
}

// leading is the JSON value that a text begins with, else the text: a server that
// breaks may leave out the line end, and go on.
func leading(text []byte) []byte {
	s := scanner{b: text}
	if opens(text) && s.skip() {
		return text[:s.i]
	}
	return text
}

// isLastWord reports whether a text that is neither an event nor JSON tells of a
// failure: a page, a line of a log, the remains of an error object. A line that
// reads like a field must be named after one and hold something.
func isLastWord(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	switch text[0] {
	case '<':
		return true
	case '{', '[':
		return saysFailure(text) && !bytes.Contains(text, []byte(`"choices"`))
	}
	name, value, isField := bytes.Cut(text, []byte(":"))
	if isField && !bytes.ContainsRune(name, ' ') {
		return saysFailure(name) && !saysNothing(value)
	}
	return saysFailure(text)
}

func (a *answer) errorFailure() *failure {
	message := a.chunk.errorMessage()
	if message == "" {
		message = "the answer is an error without a message"
	}
	return &failure{StreamError, message}
}

// own reports whether the endpoint is one of the user's own, which promises no
// dialect.
func (a *answer) own() bool { return a.call.client.cfg.API == HTTP }

// isOwnToken reports whether an event of the user's own endpoint that is no JSON is a
// token.
func (a *answer) isOwnToken(name []byte) bool {
	d := a.chunk.of.(*custom)
	return d.tokens.name(name) || d.tokens == nil && !d.ends.name(name)
}

// endsWith reports whether the user said that a stream ends with the event of that name.
func (a *answer) endsWith(name []byte) bool {
	d, isOwn := a.chunk.of.(*custom)
	return isOwn && d.ends.name(name)
}

// said takes a chunk of the stream into the record.
func (a *answer) said() {
	c := &a.chunk
	isError := c.isError(a.own())
	a.objects, a.shaped = a.objects || c.isObject, a.shaped || c.shaped
	repeated := c.whole && a.deltas // the message so far, or once more at the end
	if repeated {
		c.tokens, c.texts, c.reasons, c.reasoning = c.tokens[:0], c.texts[:0], c.reasons[:0], false
	}
	a.note()
	for _, kind := range c.tokens {
		a.token(kind)
	}
	a.deltas = a.deltas || len(c.tokens) > 0 && !c.whole
	a.count()
	switch {
	case isError:
		a.failure = a.errorFailure()
	case c.gaveUp:
		a.failure = a.gaveUp()
	}
	a.done = a.done || c.over
}

// isIdle reports whether a document says nothing, or only that somebody is there.
func (c *chunk) isIdle() bool {
	switch string(c.scan.b) {
	case "{}", "[]", `""`, "null":
		return true
	}
	return isKeepAlive(c.class)
}

// gaveUp is the failure that a finish reason tells of.
func (a *answer) gaveUp() *failure {
	return failed(StreamError, "the finish reason is %q", a.call.res.Finish)
}

// note takes what a chunk says beside its tokens.
func (a *answer) note() {
	r, c := &a.call.res, &a.chunk
	if r.RequestID == "" && len(c.id) > 0 {
		r.RequestID = bounded(string(plain(c.id)))
	}
	if len(c.finish) > 0 {
		r.Finish = finishOf(c.finish)
	}
	if a.refusal = a.refusal || c.refusal; a.refusal && r.Finish == "stop" {
		r.Finish = "refusal"
	}
	for _, text := range c.texts {
		r.Text += string(plain(text))
	}
	for _, text := range c.reasons {
		r.Reasoning += string(plain(text))
	}
}

// count takes in what a chunk, whose tokens were taken, says of their number.
func (a *answer) count() {
	r, c := &a.call.res, &a.chunk
	r.Usage.StreamedReasoning = r.Usage.StreamedReasoning || c.reasoning && a.isStream()
	if !c.usage.found {
		return
	}
	a.usage.add(c.usage)
	if c.usage.tellsOutput() {
		a.told = r.Events
	}
	a.believe()
}

// believe puts the usage into the record as far as it can be true: where tokens
// were seen, there are some; and a figure that is less than the events says
// nothing of those that came after it.
func (a *answer) believe() {
	u, events := &a.call.res.Usage, a.call.res.Events
	streamed := u.StreamedReasoning
	*u = a.usage.normalised()
	u.StreamedReasoning = streamed
	if u.Output < events && a.usage.pieces >= events {
		u.Output = a.usage.pieces // each chunk counted itself
	}
	if u.Output == 0 && a.found || u.Output < events && a.told < events {
		u.Output, u.Reasoning, u.From = 0, 0, FromNone
	}
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
	streamed := a.call.streams
	if a.own() {
		streamed = a.isStream()
	}
	if streamed {
		a.call.token(kind, a.at)
		a.delivered()
	}
	if u := &a.call.res.Usage; u.From == FromUsage && (u.Output == 0 || u.Output < a.call.res.Events) {
		a.believe()
	}
}

// delivered notes whether all tokens so far came with one delivery.
func (a *answer) delivered() {
	r := &a.call.res
	if r.Events == 1 {
		a.first = a.came
	}
	r.OnePiece = a.came-a.first < onePiece
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
	case stream, lined:
		a.ending = true
		a.sse.flush()
		a.lines.flush()
		if a.done {
			a.call.res.Done = a.at
		}
	}
	return a.verdict()
}

// document reads the answer as one document. It counts as one token event.
func (a *answer) document() {
	c := &a.chunk
	c.name = nil
	if !c.read(a.doc, a.call.req.KeepText) {
		a.failure = a.noDocument()
		return
	}
	isError := c.isError(a.own())
	a.note()
	if kind, ok := c.kind(); ok {
		a.token(kind)
	}
	a.call.res.Items = c.items
	a.count()
	switch {
	case isError:
		a.failure = a.errorFailure()
	case c.gaveUp:
		a.failure = a.gaveUp()
	case !c.shaped && !a.own():
		a.failure = failed(Malformed, "the answer is JSON without %s: is the URL that of an endpoint of api %s?", c.of.facts().promise, a.call.client.cfg.API)
	case c.partial:
		a.failure = failed(Truncated, "the answer says itself that there is more to come")
	}
}

// noDocument is the failure of an answer that is not JSON as a whole: an error in
// plain words, an error and more lines after it, or nonsense.
func (a *answer) noDocument() *failure {
	text := bytes.TrimSpace(a.doc)
	line, _, _ := bytes.Cut(text, []byte("\n"))
	if a.chunk.read(line, false) && a.chunk.isObject && a.chunk.isError(a.own()) {
		return a.errorFailure()
	}
	if text[0] != '<' && text[0] != '{' && len(text) <= foldedLimit && saysFailure(text) {
		return &failure{StreamError, string(text)}
	}
	return failed(Malformed, "the answer is not JSON (is the URL right?): %.80s", serverMessage(text))
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
		return failed(Malformed, "the answer is longer than %s (the limit is max-event)", mebibytes(a.limit))
	case !a.began && a.call.streams:
		return failed(Truncated, "the answer is empty")
	case !a.began:
		return failed(Malformed, "the answer is empty")
	case a.own():
		return a.ownVerdict()
	case a.isStream() && !a.done && !finished:
		text := "the stream ended with neither [DONE] nor a finish reason"
		if api := a.call.client.cfg.API; a.objects && !a.shaped {
			text += ", and no event is one of api " + string(api)
		}
		return &failure{Truncated, text}
	case a.call.client.cfg.API == Embeddings:
		if a.chunk.items == 0 {
			return failed(Malformed, "the answer holds no embedding")
		}
	case !a.found && !finished:
		return failed(Malformed, "the answer holds neither a token nor a finish reason")
	}
	return nil
}

// ownVerdict says how the answer of an endpoint of the user's own ended.
func (a *answer) ownVerdict() *failure {
	switch d := a.chunk.of.(*custom); {
	case a.isStream() && d.ends != nil && !a.done:
		return failed(Truncated, "the stream ended without an event that --end says")
	case !a.found && d.tokens != nil:
		return failed(Malformed, "nothing in the answer is a token as --token says")
	case !a.isStream():
	case !a.found:
		return failed(Malformed, "no event of the stream says anything")
	case d.tokens == nil && d.ends == nil && a.shaped && !a.done && a.call.res.Finish == "":
		return failed(Truncated, "the stream of a chat ended with neither [DONE] nor a finish reason (if it is none, --token says what tokens are)")
	}
	return nil
}
