package client

import (
	"math"
	"strconv"
)

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
	isObject  bool
	choices   bool // there is a list of choices, empty or not
	reasoning bool // some of the tokens are reasoning, or come with it
	failed    bool // there is an error object
	usage     usage
	finish    []byte
	failure   []byte // the error's message, or what comes nearest
	message   []byte // a message that stands outside of any error object
	object    []byte
	id        []byte
}

// delta is what the choice being read holds.
type delta struct {
	content, reasoning, tool bool
}

// read reads a document and reports whether it is JSON. Where keys come twice
// the last one counts, or all of them: no endpoint does it.
func (c *chunk) read(text []byte, keep bool) bool {
	c.said = said{}
	c.tokens, c.texts, c.reasons = c.tokens[:0], c.texts[:0], c.reasons[:0]
	c.keep, c.scan = keep, scanner{b: text}
	c.isObject = c.scan.peek() == '{'
	return c.scan.object(c.root) && c.scan.end()
}

func (c *chunk) root(key []byte) (ok bool) {
	switch string(key) {
	case "choices":
		c.choices = c.scan.peek() == '['
		return c.scan.array(c.choice)
	case "usage":
		return c.usage.read(&c.scan)
	case "error":
		return c.failureOf()
	case "id":
		c.id, ok = c.scan.str()
		return ok
	case "object":
		c.object, ok = c.scan.str()
		return ok
	case "message", "detail":
		text, ok := c.scan.str()
		if len(c.message) == 0 {
			c.message = text
		}
		return ok
	}
	return c.scan.skip()
}

func (c *chunk) choice() bool {
	c.seen = delta{}
	ok := c.scan.object(c.choiceField)
	if !ok {
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
	case "delta", "message":
		return c.scan.object(c.deltaField)
	case "text":
		return c.contentText()
	case "finish_reason":
		reason, ok := c.scan.str()
		if len(reason) > 0 {
			c.finish = reason
		}
		return ok
	}
	return c.scan.skip()
}

func (c *chunk) deltaField(key []byte) bool {
	switch string(key) {
	case "content":
		if c.scan.peek() == '[' {
			return c.scan.array(c.part)
		}
		return c.contentText()
	case "refusal":
		return c.contentText()
	case "reasoning_content", "reasoning":
		return c.reasoningText()
	case "tool_calls":
		return c.scan.array(func() bool {
			c.seen.tool = true
			return c.scan.skip()
		})
	case "function_call":
		c.seen.tool = c.seen.tool || c.scan.peek() == '{'
	}
	return c.scan.skip()
}

// part reads an element of a content that is a list of typed parts.
func (c *chunk) part() bool {
	return c.scan.object(func(key []byte) bool {
		switch string(key) {
		case "text":
			return c.contentText()
		case "thinking":
			c.seen.reasoning = c.seen.reasoning || c.scan.peek() != 'n'
		}
		return c.scan.skip()
	})
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

// failureOf reads the value of error. Null, false and an empty text mean that
// there was none.
func (c *chunk) failureOf() bool {
	switch c.scan.peek() {
	case 'n', 'f':
		return c.scan.skip()
	case '"':
		text, ok := c.scan.text()
		c.failed, c.failure = len(text) > 0, text
		return ok
	}
	c.failed = true
	var kind []byte
	ok := c.scan.object(func(key []byte) bool {
		switch string(key) {
		case "message":
			text, ok := c.scan.str()
			c.failure = text
			return ok
		case "code", "type":
			text, ok := c.scan.str()
			if len(text) > 0 {
				kind = text
			}
			return ok
		}
		return c.scan.skip()
	})
	if len(c.failure) == 0 {
		c.failure = kind
	}
	return ok
}

// usage is a usage object as it was sent, in the words of any dialect.
type usage struct {
	found                                    bool
	prompt, output, total, cached, reasoning int
}

// read reads a usage object; null is none.
func (u *usage) read(s *scanner) bool {
	var got usage
	ok := s.object(func(key []byte) bool { return got.field(s, key) })
	if ok && got.found {
		*u = got
	}
	return ok
}

func (u *usage) field(s *scanner, key []byte) bool {
	switch string(key) {
	case "prompt_tokens", "input_tokens":
		return u.count(s, &u.prompt)
	case "completion_tokens", "output_tokens":
		return u.count(s, &u.output)
	case "total_tokens":
		return tokenCount(s, &u.total)
	case "prompt_cache_hit_tokens", "cached_tokens": // DeepSeek, Moonshot
		return tokenCount(s, &u.cached)
	case "prompt_tokens_details", "input_tokens_details":
		return detail(s, "cached_tokens", &u.cached)
	case "completion_tokens_details", "output_tokens_details":
		return detail(s, "reasoning_tokens", &u.reasoning)
	}
	return s.skip()
}

func (u *usage) count(s *scanner, n *int) bool {
	c := s.peek()
	u.found = u.found || isDigit(c)
	return tokenCount(s, n)
}

// detail reads one count of an object of counts.
func detail(s *scanner, name string, n *int) bool {
	return s.object(func(key []byte) bool {
		if string(key) == name {
			return tokenCount(s, n)
		}
		return s.skip()
	})
}

// tokenCount reads a number into n. Other values, and negative numbers, leave n
// as it was.
func tokenCount(s *scanner, n *int) bool {
	if !isDigit(s.peek()) {
		return s.skip()
	}
	text, ok := s.raw()
	if !ok {
		return false
	}
	if f, err := strconv.ParseFloat(string(text), 64); err == nil {
		*n = int(min(f, math.MaxInt32))
	}
	return true
}

// normalised is the usage in our words: Output includes reasoning and Prompt
// includes cached, whatever the dialect.
func (u usage) normalised() Usage {
	out := u.output
	if u.reasoning > 0 && u.total == u.prompt+u.output+u.reasoning {
		out += u.reasoning // xAI counts reasoning beside the completion
	}
	return Usage{
		Prompt: u.prompt, Cached: min(u.cached, u.prompt),
		Output: out, Reasoning: min(u.reasoning, out), From: FromUsage,
	}
}
