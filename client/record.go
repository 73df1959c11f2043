package client

import "time"

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
