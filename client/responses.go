package client

import "bytes"

// responses is OpenAI's API of responses:
// https://platform.openai.com/docs/api-reference/responses/create; the events of a
// stream are those of …/docs/api-reference/responses-streaming.
//
// A stream tells of much that is no token: items and parts that begin and end, texts
// that were streamed before. Tokens are its deltas, of whatever kind, and the beginning
// of a call of a tool, which has a name by then; a tool that the server runs has none, and
// that it begins is no token. What is said of the response as a whole stands below
// response, in the last event the usage too.
type responses struct{}

func (responses) facts() facts {
	return facts{call: "responses", root: "v1", models: "models", auth: Bearer, promise: "output"}
}

func (responses) ask(w *objectWriter, req *Request, _ manner) {
	if w.key("input") {
		w.b = appendMessages(w.b, req.Messages)
	}
	w.settings(req, "max_output_tokens", false)
}

func (responses) fails(name []byte) bool {
	kind, isEvent := bytes.CutPrefix(name, []byte("response."))
	return saysFailure(name) && (!isEvent || string(kind) == "failed" || string(kind) == "error" || string(kind) == "cancelled")
}

func (responses) key(c *chunk, key []byte) (ok bool) {
	switch string(key) {
	case "delta", "partial_image_b64":
		c.seen.text, ok = c.scan.str()
		return ok
	case "item":
		c.seen.message, ok = c.scan.raw()
		return ok
	case "sequence_number", "obfuscation":
		return c.pad()
	case "response":
		c.shaped = c.shaped || c.scan.peek() == '{'
		return c.scan.object(c.responseField)
	case "output", "incomplete_details", "id", "status":
		return c.responseField(key)
	}
	if known, ok := c.complaint(key); known {
		return ok
	}
	return c.beside(key)
}

// responseField reads a key of a response, which is a document, or a part of an event.
func (c *chunk) responseField(key []byte) (ok bool) {
	switch string(key) {
	case "id":
		c.id, ok = c.scan.str()
		return ok
	case "status":
		c.state, ok = c.scan.str()
		return ok
	case "error":
		return c.failureOf()
	case "incomplete_details":
		return c.scan.object(func(key []byte) bool {
			if string(key) == "reason" {
				return c.finished()
			}
			return c.scan.skip()
		})
	case "output":
		c.shaped = c.shaped || c.scan.peek() == '['
		return c.scan.array(c.outputItem)
	}
	return c.beside(key)
}

// outputItem reads an item of the whole output.
func (c *chunk) outputItem() bool {
	c.seen = delta{}
	var kind []byte
	ok := c.scan.object(func(key []byte) (ok bool) {
		switch string(key) {
		case "type":
			kind, ok = c.scan.str()
			return ok
		case "content":
			return c.contentOf()
		case "summary":
			return c.reasoningOf()
		}
		return c.scan.skip()
	})
	if bytes.HasSuffix(kind, []byte("_call")) {
		c.seen.tool, c.calls = true, true
	}
	if string(kind) == "reasoning" && c.seen.content { // its content is what was thought
		c.seen.content, c.seen.reasoning = false, true
	}
	c.whole = true
	c.take()
	return ok
}

func (d responses) settle(c *chunk) {
	kind, isEvent := bytes.CutPrefix(c.typeOf(), []byte("response."))
	if !isEvent {
		d.settleWhole(c)
		return
	}
	c.shaped, c.answers = true, true
	part, isDelta := bytes.CutSuffix(kind, []byte(".delta"))
	switch string(kind) {
	case "completed", "incomplete":
		c.over = true
		d.settleWhole(c)
		return
	case "failed", "error", "cancelled":
		c.failed = true
		if len(c.failure) == 0 {
			c.failure = c.typeOf()
		}
	case "output_item.added":
		c.seen = delta{tool: bytes.HasSuffix(textIn(c.seen.message, "type"), []byte("_call")) && len(textIn(c.seen.message, "name")) > 0}
		c.take()
	case "image_generation_call.partial_image":
		part, isDelta = nil, true
	}
	if isDelta && len(c.seen.text) > 0 {
		c.piece(part, c.seen.text)
	}
}

// settleWhole settles a document, or the last event, whose response is the same.
func (responses) settleWhole(c *chunk) {
	switch string(c.state) {
	case "failed", "cancelled":
		c.bad = true
	case "queued", "in_progress":
		c.partial = true
	case "incomplete":
		if len(c.finish) == 0 {
			c.finish = c.state // for no reason that it gives
		}
	case "completed":
		if len(c.finish) == 0 && c.shaped {
			c.finish = c.state
			if c.calls {
				c.finish = []byte("tool_calls")
			}
		}
	}
	c.answers = c.shaped
	c.asInChat()
}

// piece takes a text that was streamed as a part of a certain name.
func (c *chunk) piece(part, text []byte) {
	switch {
	case bytes.Contains(part, []byte("reasoning")):
		c.thought(text, true)
	case bytes.Contains(part, []byte("call")):
		c.seen.tool = true
		c.voice(text)
	default:
		c.refusal = c.refusal || string(part) == "refusal"
		c.content(text)
	}
	c.take()
}

// textIn is the text under a key of an object.
func textIn(object []byte, name string) (text []byte) {
	s := scanner{b: object}
	s.object(func(key []byte) (ok bool) {
		if string(key) == name {
			text, ok = s.str()
			return ok
		}
		return s.skip()
	})
	return text
}
