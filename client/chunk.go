package client

import "bytes"

// chunk is what one JSON document of an endpoint says: a piece of a stream, a
// whole completion, or an error. Reading the next one reuses its memory, and
// reading allocates nothing. Its slices point into the text that was read.
type chunk struct {
	said
	tokens  []Kind   // one for each choice whose delta holds a token
	texts   [][]byte // with keep: between quotes, escapes as they are
	reasons [][]byte

	of     dialect // that it is written in
	name   []byte  // of the event that carries it; "": none, or not known
	keep   bool    // collect the texts
	seen   delta
	scan   scanner
	heard  []byte   // the text that made a token last
	voices int      // how many did
	pads   [][]byte // what differs from one to the next and means nothing
	form   form
}

// said is what a document says beside its tokens.
type said struct {
	isObject  bool
	shaped    bool // it is what the dialect promises, be it empty
	answers   bool // and a part of an answer, not an error
	whole     bool // the tokens stand in messages, not in deltas
	reasoning bool // some of the tokens are reasoning, or come with it
	calls     bool // there are calls of tools in the whole answer
	over      bool // the stream ends with it
	refusal   bool // some of the text is one
	partial   bool // there is more to come, which is what a document must not say
	items     int  // embeddings
	usage     usage
	finish    []byte // the finish reason, in plain; one that says failure goes before others
	state     []byte // of a response: whether it is complete
	id        []byte
	complaints
}

// delta is what the choice being read holds, or what is its like in another dialect.
type delta struct {
	content, reasoning, tool bool

	delta   bool   // there is a delta
	message []byte // the message, to be read where there is no delta; an item or a block that begins
	text    []byte // a text beside them, which counts where they hold none; a piece of a stream
}

// read reads a document and reports whether it is JSON. Where keys come twice
// the last one counts, or all of them: no endpoint does it.
func (c *chunk) read(text []byte, keep bool) bool {
	if !keep && c.form.fits(c.name, text) {
		c.said, c.tokens = c.form.said, append(c.tokens[:0], c.form.tokens...)
		return true
	}
	if len(text) <= formLimit {
		text = c.form.take(c.name, text)
	}
	c.said, c.seen = said{}, delta{}
	c.tokens, c.texts, c.reasons = c.tokens[:0], c.texts[:0], c.reasons[:0]
	c.heard, c.voices, c.pads = nil, 0, c.pads[:0]
	c.keep, c.scan = keep, scanner{b: text}
	ok := c.document()
	if ok && c.voices == 1 && len(text) <= formLimit {
		c.form.learn(c)
	}
	return ok
}

// document reads what the scanner stands at.
func (c *chunk) document() bool {
	switch c.scan.peek() {
	case '{':
		c.isObject = true
		ok := c.scan.object(func(key []byte) bool { return c.of.key(c, key) }) && c.scan.end()
		c.of.settle(c)
		return ok
	case '[':
		return c.scan.array(c.listed) && c.scan.end()
	case '"':
		word, ok := c.scan.str()
		if saysFailure(word) {
			c.spoken, c.failure = true, word
		}
		return ok && c.scan.end()
	}
	return c.scan.skip() && c.scan.end()
}

// listed reads an element of a list at the root, for the sake of an error in it.
func (c *chunk) listed() bool {
	return c.scan.object(func(key []byte) bool {
		if string(key) == "error" {
			return c.failureOf()
		}
		return c.scan.skip()
	})
}

// pad steps over a value that means nothing.
func (c *chunk) pad() bool {
	value, ok := c.scan.raw()
	if first := value[:min(len(value), 1)]; string(first) == `"` {
		value = value[1 : len(value)-1]
	} else if len(first) == 0 || !isDigit(first[0]) {
		return ok
	}
	c.pads = append(c.pads, value)
	return ok
}

// beside reads the keys that stand in different places: at the root, in a choice
// or in its delta.
func (c *chunk) beside(key []byte) bool {
	switch string(key) {
	case "usage", "usage_metadata", "usageMetadata":
		return c.usage.read(&c.scan)
	case "finish_reason":
		return c.finished()
	}
	return c.scan.skip()
}

func (c *chunk) extension(key []byte) bool {
	if string(key) == "error" {
		return c.failureOf()
	}
	return c.beside(key)
}

// finished reads a finish reason: a text, or an object whose type is one.
func (c *chunk) finished() bool {
	if c.scan.peek() == '{' {
		return c.scan.object(func(key []byte) bool {
			if string(key) == "type" {
				return c.finished()
			}
			return c.scan.skip()
		})
	}
	reason, ok := c.scan.str()
	if len(reason) == 0 || c.gaveUp {
		return ok
	}
	if reason = plain(reason); !isFinish(reason) {
		return ok
	}
	c.finish, c.gaveUp = reason, saysFailure(reason)
	return ok
}

func (c *chunk) oneChoice() bool {
	c.answers = true
	c.seen = delta{}
	if !c.scan.object(c.choiceField) {
		return false
	}
	if c.seen.message != nil && !c.seen.delta {
		c.whole = true
		c.within(c.seen.message)
	}
	if !c.seen.content {
		c.content(c.seen.text)
	}
	c.take()
	return true
}

// take makes a token of what was seen, if it is one.
func (c *chunk) take() {
	switch {
	case c.seen.content:
		c.tokens = append(c.tokens, Content)
	case c.seen.tool:
		c.tokens = append(c.tokens, ToolCall)
	case c.seen.reasoning:
		c.tokens = append(c.tokens, Reasoning)
	}
	c.reasoning = c.reasoning || c.seen.reasoning
}

func (c *chunk) choiceField(key []byte) (ok bool) {
	switch string(key) {
	case "delta":
		c.seen.delta = c.scan.peek() == '{' || c.scan.peek() == '"'
		if c.scan.peek() == '"' {
			return c.contentText()
		}
		return c.scan.object(c.deltaField)
	case "message":
		if c.scan.peek() == 'n' {
			return c.scan.skip()
		}
		c.seen.message, ok = c.scan.raw()
		return ok
	case "text":
		text, ok := c.scan.str()
		if len(c.seen.text) == 0 { // that of a delta comes first, wherever it stands
			c.seen.text = text
		}
		return ok
	case "error":
		return c.failureOf()
	}
	return c.beside(key)
}

// within reads a message that was stepped over. Gateways send the message so far
// beside each delta; only without one it is what was said.
func (c *chunk) within(message []byte) {
	outside := c.scan
	c.scan = scanner{b: message}
	if c.scan.peek() == '"' {
		c.contentText()
	} else {
		c.scan.object(c.deltaField)
	}
	c.scan = outside
}

func (c *chunk) deltaField(key []byte) bool {
	switch string(key) {
	case "content":
		return c.contentOf()
	case "refusal":
		return c.refusalText()
	case "reasoning_content", "reasoning", "reasoning_details", "reasoning_text", "reasoning_summary",
		"thinking", "thinking_content", "thinking_blocks", "thought", "thoughts":
		return c.reasoningOf()
	case "tool_calls", "tool_call", "function_call":
		return c.toolOf()
	case "audio":
		return c.audioOf()
	case "images":
		return c.scan.array(func() bool {
			c.seen.content = true
			return c.scan.skip()
		})
	case "text":
		text, ok := c.scan.str()
		if len(text) > 0 {
			c.seen.text = text
		}
		return ok
	case "error":
		return c.failureOf()
	}
	return c.beside(key)
}

// contentOf reads content: a text, or typed parts.
func (c *chunk) contentOf() bool {
	switch c.scan.peek() {
	case '[':
		return c.scan.array(c.part)
	case '{':
		return c.part()
	}
	return c.contentText()
}

// part reads an element of a content that is a list. Its type may come after its
// text.
func (c *chunk) part() bool {
	if c.scan.peek() != '{' {
		return c.contentText()
	}
	var kind, text []byte
	ok := c.scan.object(func(key []byte) (ok bool) {
		switch string(key) {
		case "type":
			kind, ok = c.scan.str()
			return ok
		case "text", "content":
			text, ok = c.partText()
			return ok
		case "refusal":
			return c.refusalText()
		case "thinking", "reasoning":
			return c.reasoningOf()
		case "audio", "input_audio", "output_audio":
			return c.audioOf()
		case "image_url", "image":
			c.seen.content = c.seen.content || c.scan.peek() != 'n'
		}
		return c.scan.skip()
	})
	switch {
	case bytes.Contains(kind, []byte("think")), bytes.Contains(kind, []byte("reason")):
		c.thought(text, !c.seen.reasoning)
	case bytes.Contains(kind, []byte("tool")), bytes.Contains(kind, []byte("function")):
		c.seen.tool = true
	default:
		c.content(text)
	}
	return ok
}

// partText reads the text of a part: itself, or as the value of an object.
func (c *chunk) partText() (text []byte, ok bool) {
	if c.scan.peek() != '{' {
		return c.scan.str()
	}
	ok = c.scan.object(func(key []byte) (ok bool) {
		if string(key) == "value" {
			text, ok = c.scan.str()
			return ok
		}
		return c.scan.skip()
	})
	return text, ok
}

func (c *chunk) contentText() bool {
	text, ok := c.scan.str()
	c.content(text)
	return ok
}

// refusalText reads a text that says no, which is an answer as any other.
func (c *chunk) refusalText() bool {
	text, ok := c.scan.str()
	c.refusal = c.refusal || len(text) > 0
	c.content(text)
	return ok
}

// content takes a text of the answer.
func (c *chunk) content(text []byte) {
	if len(text) == 0 {
		return
	}
	c.seen.content = true
	c.voice(text)
	if c.keep {
		c.texts = append(c.texts, text)
	}
}

// voice notes a text that makes a token, whatever it says.
func (c *chunk) voice(text []byte) {
	c.heard = text
	c.voices++
}

// reasoningOf reads reasoning under any of its names. Some servers send it under
// several; it is one text.
func (c *chunk) reasoningOf() bool { return c.thoughts(!c.seen.reasoning) }

// thoughts reads reasoning: a text, a list of details, or a detail, whose text
// has several names. Encrypted it is no text, but reasoning it is.
func (c *chunk) thoughts(keep bool) bool {
	switch c.scan.peek() {
	case '[':
		return c.scan.array(func() bool { return c.thoughts(keep) })
	case '{':
		return c.scan.object(func(key []byte) bool {
			switch string(key) {
			case "text", "content", "summary", "thinking", "reasoning":
				return c.thoughts(keep)
			case "data":
				return c.thoughts(false)
			}
			return c.scan.skip()
		})
	}
	text, ok := c.scan.str()
	c.thought(text, keep)
	return ok
}

// thought takes a text of reasoning.
func (c *chunk) thought(text []byte, keep bool) {
	if len(text) == 0 {
		return
	}
	c.seen.reasoning = true
	c.voice(text)
	if c.keep && keep {
		c.reasons = append(c.reasons, text)
	}
}

// toolOf reads tool calls: a list of them, a single one, or its text.
func (c *chunk) toolOf() bool {
	called := func() bool {
		c.seen.tool = true
		return c.scan.skip()
	}
	switch c.scan.peek() {
	case '[':
		return c.scan.array(called)
	case '{':
		return c.scan.object(func([]byte) bool { return called() })
	}
	text, ok := c.scan.str()
	c.seen.tool = c.seen.tool || len(text) > 0
	return ok
}

// audioOf reads speech, which is an answer as a text is: its sound, or what is
// said in it.
func (c *chunk) audioOf() bool {
	heard := func() bool {
		text, ok := c.scan.str()
		c.seen.content = c.seen.content || len(text) > 0
		return ok
	}
	if c.scan.peek() != '{' {
		return heard()
	}
	return c.scan.object(func(key []byte) bool {
		switch string(key) {
		case "data", "transcript":
			return heard()
		}
		return c.scan.skip()
	})
}
