package client

import "bytes"

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
	a.call.res.Empty = !a.found && a.chunk.items == 0
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
