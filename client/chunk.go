package client

// chunk is what one JSON document of an endpoint says: a piece of a stream, a
// whole completion, or an error. Reading the next one reuses its memory, and
// reading allocates nothing. Its slices point into the text that was read.
type chunk struct {
	said
	tokens  []Kind   // one for each choice whose delta holds a token
	texts   [][]byte // with keep: between quotes, escapes as they are
	reasons [][]byte

	keep bool // collect the texts
	seen delta
	scan scanner
}

// said is what a document says beside its tokens.
type said struct {
	valid     bool // it is JSON
	isObject  bool
	choices   bool // there is a list of choices, empty or not
	reasoning bool // some of the tokens are reasoning, or come with it
	usage     usage
	finish    []byte
	id        []byte
	trouble   trouble
}

// delta is what the choice being read holds.
type delta struct {
	content, reasoning, tool bool

	came    bool // the choice has a delta, so that a message beside it only repeats
	message int  // where the choice's message begins; 0: it has none
}

// read reads a document and reports whether it is JSON. Where keys come twice
// the last one counts, or all of them: no endpoint does it.
func (c *chunk) read(text []byte, keep bool) bool {
	c.said = said{}
	c.tokens, c.texts, c.reasons = c.tokens[:0], c.texts[:0], c.reasons[:0]
	c.keep, c.scan = keep, scanner{b: text}
	c.isObject = c.scan.peek() == '{'
	c.valid = c.scan.object(c.root) && c.scan.end()
	return c.valid
}

func (c *chunk) root(key []byte) (ok bool) {
	switch string(key) {
	case "choices":
		c.choices = c.scan.peek() == '['
		return c.scan.array(c.choice)
	case "usage", "usageMetadata", "usage_metadata":
		return c.usage.read(&c.scan)
	case "x_groq":
		return c.scan.object(c.besideField)
	case "id":
		c.id, ok = c.scan.str()
		return ok
	}
	return c.trouble.field(&c.scan, key)
}

// besideField reads an object in which a gateway keeps what others say at the root.
func (c *chunk) besideField(key []byte) bool {
	switch string(key) {
	case "usage":
		return c.usage.read(&c.scan)
	case "error":
		return c.trouble.error(&c.scan)
	}
	return c.scan.skip()
}

func (c *chunk) choice() bool {
	c.seen = delta{}
	if !c.scan.object(c.choiceField) || !c.wholeMessage() {
		return false
	}
	switch {
	case c.seen.content:
		c.tokens = append(c.tokens, Content)
	case c.seen.tool:
		c.tokens = append(c.tokens, ToolCall)
	case c.seen.reasoning:
		c.tokens = append(c.tokens, Reasoning)
	}
	c.reasoning = c.reasoning || c.seen.reasoning
	return true
}

func (c *chunk) choiceField(key []byte) bool {
	switch string(key) {
	case "delta":
		c.seen.came = c.scan.peek() == '{' || c.scan.peek() == '"'
		if c.scan.peek() == '"' {
			return c.contentText()
		}
		return c.scan.object(c.deltaField)
	case "message":
		if c.scan.peek() == '{' {
			c.seen.message = c.scan.i
		}
		return c.scan.skip()
	case "text":
		return c.contentText()
	case "finish_reason", "finishReason":
		return c.finishReason()
	case "usage":
		return c.usage.read(&c.scan)
	case "error":
		return c.trouble.error(&c.scan)
	}
	return c.scan.skip()
}

// wholeMessage reads the message of the choice that has just been read, unless there
// was a delta: some servers repeat beside each piece all that came so far.
func (c *chunk) wholeMessage() bool {
	if c.seen.message == 0 || c.seen.came {
		return true
	}
	end := c.scan.i
	c.scan.i = c.seen.message
	ok := c.scan.object(c.deltaField)
	c.scan.i = end
	return ok
}

// finishReason reads a finish reason: a word, or an object that holds one.
func (c *chunk) finishReason() bool {
	if c.scan.peek() != '{' {
		reason, ok := c.scan.str()
		c.finished(reason)
		return ok
	}
	return c.scan.object(func(key []byte) bool {
		switch string(key) {
		case "type", "reason":
			reason, ok := c.scan.str()
			c.finished(reason)
			return ok
		case "message":
			return c.trouble.remark(&c.scan)
		}
		return c.scan.skip()
	})
}

// finished notes a finish reason. Of several choices one that failed counts.
func (c *chunk) finished(reason []byte) {
	if len(reason) > 0 && finishing(reason) != goesOn && finishing(c.finish) != failing {
		c.finish = reason
	}
}

func (c *chunk) deltaField(key []byte) bool {
	switch string(key) {
	case "content":
		if c.scan.peek() == '[' {
			return c.scan.array(c.part)
		}
		return c.contentText()
	case "refusal", "text":
		return c.contentText()
	case "reasoning_content", "reasoning", "reasoning_text", "thinking", "thought", "thoughts":
		return c.reasoningValue()
	case "reasoning_details", "thinking_blocks":
		return c.reasoningList()
	case "audio":
		return c.scan.object(c.audioField)
	case "images":
		return c.scan.array(func() bool {
			c.seen.content = true
			return c.scan.skip()
		})
	case "tool_calls":
		return c.toolCalls()
	case "function_call":
		c.seen.tool = c.seen.tool || c.scan.peek() == '{'
	case "usage":
		return c.usage.read(&c.scan)
	case "error":
		return c.trouble.error(&c.scan)
	}
	return c.scan.skip()
}

// toolCalls reads a list of tool calls, or the one that stands in its place.
func (c *chunk) toolCalls() bool {
	if c.scan.peek() == '{' {
		return c.scan.object(func([]byte) bool {
			c.seen.tool = true
			return c.scan.skip()
		})
	}
	return c.scan.array(func() bool {
		c.seen.tool = c.seen.tool || c.scan.peek() != 'n'
		return c.scan.skip()
	})
}

// audioField reads a piece of speech: its sound, or the words that are spoken.
func (c *chunk) audioField(key []byte) bool {
	switch string(key) {
	case "transcript":
		return c.contentText()
	case "data":
		sound, ok := c.scan.str()
		c.seen.content = c.seen.content || len(sound) > 0
		return ok
	}
	return c.scan.skip()
}

// part reads an element of a content that is a list of typed parts: a text by itself,
// or an object that holds one.
func (c *chunk) part() bool {
	if c.scan.peek() == '"' {
		return c.contentText()
	}
	return c.scan.object(func(key []byte) bool {
		switch string(key) {
		case "text", "content":
			return c.contentText()
		case "thinking", "reasoning":
			return c.reasoningValue()
		case "image_url", "input_audio", "audio", "data":
			c.seen.content = c.seen.content || c.scan.peek() != 'n'
		}
		return c.scan.skip()
	})
}

// reasoningValue reads reasoning that is a text, a list, or an object that holds one.
func (c *chunk) reasoningValue() bool {
	switch c.scan.peek() {
	case '[':
		return c.reasoningList()
	case '{':
		return c.scan.object(c.reasoningField)
	}
	return c.reasoningText()
}

// reasoningList reads reasoning that comes as a list of details.
func (c *chunk) reasoningList() bool {
	return c.scan.array(func() bool {
		if c.scan.peek() == '"' {
			return c.reasoningText()
		}
		return c.scan.object(c.reasoningField)
	})
}

func (c *chunk) reasoningField(key []byte) bool {
	switch string(key) {
	case "text", "summary", "thinking", "content", "data", "reasoning": // data: encrypted
		if c.scan.peek() == '[' {
			return c.reasoningList()
		}
		return c.reasoningText()
	}
	return c.scan.skip()
}

func (c *chunk) contentText() bool {
	text, ok := c.scan.str()
	if len(text) > 0 {
		c.seen.content = true
		if c.keep {
			c.texts = append(c.texts, text)
		}
	}
	return ok
}

// reasoningText reads reasoning under either of its names. Some servers send it
// under both; it is one text.
func (c *chunk) reasoningText() bool {
	text, ok := c.scan.str()
	if len(text) > 0 {
		if c.keep && !c.seen.reasoning {
			c.reasons = append(c.reasons, text)
		}
		c.seen.reasoning = true
	}
	return ok
}
