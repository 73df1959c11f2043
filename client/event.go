package client

import "bytes"

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

func (a *answer) errorFailure() *failure { return &failure{StreamError, a.chunk.errorMessage()} }

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
