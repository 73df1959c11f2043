package client

import (
	"bytes"
	"net/http"
	"slices"
)

// messages is Anthropic's API of messages: https://docs.claude.com/en/api/messages, its
// streams …/docs/en/build-with-claude/streaming, its errors …/docs/en/api/errors, what
// is cached …/docs/en/build-with-claude/prompt-caching.
//
// Tokens are the deltas of content blocks: text, thinking, and the input of a tool; and
// the beginning of a block that is the call of a tool, which has a name by then. The
// tokens of a prompt are counted in three parts that do not overlap: those read from the
// cache, those written to it, and the rest. The output is counted twice: what there is
// of it when the message starts, and all of it at the end.
type messages struct{}

// messagesVersion is the version of the API that is spoken.
const messagesVersion = "2023-06-01"

func (messages) facts() facts {
	return facts{
		call: "messages", root: "v1", rooted: true, models: "models", auth: XAPIKey, promise: "content",
		header: http.Header{"Anthropic-Version": {messagesVersion}},
	}
}

// leastLimit is the limit of tokens of a request that has none: the API asks for one.
const leastLimit = 4096

func (messages) ask(w *objectWriter, req *Request, _ manner) {
	w.system(req.Messages)
	if w.key("messages") {
		w.b = appendMessages(w.b, questions(req.Messages))
	}
	if req.MaxTokens <= 0 {
		w.count(maxTokens, leastLimit)
	}
	w.settings(req, maxTokens, false)
}

// system writes what the system says: a text, or blocks where some of it was written as
// such.
func (w *objectWriter) system(messages []Message) {
	inBlocks := func(m Message) bool { return ofSystem(m) && m.Wire != nil }
	if !slices.ContainsFunc(messages, inBlocks) {
		w.text("system", joined(messages, ofSystem))
		return
	}
	if !w.key("system") {
		return
	}
	sign := byte('[')
	for _, m := range messages {
		switch {
		case !ofSystem(m):
			continue
		case m.Wire != nil:
			w.b = append(append(w.b, sign), m.Wire...)
		default:
			w.b = append(appendString(append(append(w.b, sign), `{"type":"text","text":`...), m.Content), '}')
		}
		sign = ','
	}
	w.b = append(w.b, ']')
}

func (messages) fails(name []byte) bool { return saysFailure(name) }

func (messages) key(c *chunk, key []byte) (ok bool) {
	switch string(key) {
	case "delta":
		return c.scan.object(c.blockField)
	case "content_block":
		c.seen.message, ok = c.scan.raw()
		return ok
	case "message":
		if c.scan.peek() != '{' {
			break // of an error
		}
		c.shaped = true
		return c.scan.object(c.messageField)
	case "content", "id", "stop_reason":
		return c.messageField(key)
	}
	if known, ok := c.complaint(key); known {
		return ok
	}
	return c.beside(key)
}

// messageField reads a key of a message, which is a document, or a part of an event.
func (c *chunk) messageField(key []byte) (ok bool) {
	switch string(key) {
	case "id":
		c.id, ok = c.scan.str()
		return ok
	case "stop_reason":
		return c.finished()
	case "content":
		c.shaped = c.shaped || c.scan.peek() == '['
		return c.scan.array(func() bool {
			c.seen, c.whole = delta{}, true
			block, ok := c.scan.raw()
			c.block(block)
			return ok
		})
	}
	return c.beside(key)
}

// block takes a content block that stands whole.
func (c *chunk) block(block []byte) {
	outside := c.scan
	c.scan = scanner{b: block}
	c.scan.object(c.blockField)
	c.scan = outside
	switch kind := textIn(block, "type"); {
	case bytes.HasSuffix(kind, []byte("tool_use")):
		c.seen.tool = true
	case string(kind) == "redacted_thinking":
		c.seen.reasoning = true
	case bytes.HasSuffix(kind, []byte("_result")): // it is what a tool said
		return
	}
	c.take()
}

// blockField reads a key of a content block or of a delta to one.
func (c *chunk) blockField(key []byte) bool {
	switch string(key) {
	case "text":
		return c.contentText()
	case "thinking":
		return c.reasoningOf()
	case "partial_json":
		text, ok := c.scan.str()
		if len(text) > 0 {
			c.seen.tool = true
			c.voice(text)
		}
		return ok
	case "stop_reason":
		return c.finished()
	}
	return c.scan.skip()
}

func (messages) settle(c *chunk) {
	c.usage.apart = true
	c.asInChat()
	switch string(c.typeOf()) {
	case "content_block_delta":
		c.shaped, c.answers = true, true
		c.take()
	case "content_block_start":
		c.shaped, c.answers = true, true
		block := c.seen.message
		c.seen = delta{}
		c.block(block)
	case "message_start", "message_delta", "message":
		c.shaped, c.answers = true, true
	case "message_stop":
		c.shaped, c.answers, c.over = true, true, true
	case "content_block_stop":
		c.answers = true
	}
}
