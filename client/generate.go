package client

// generate is Ollama's API, which has two calls: of one text,
// https://docs.ollama.com/api/generate, and of chats, https://docs.ollama.com/api/chat; their
// streams https://docs.ollama.com/api/streaming, their errors
// https://docs.ollama.com/api/errors. A question goes to the one, a conversation to the
// other; under the URL of the latter, all does.
//
// A stream is lines of JSON. Each holds a piece of the response, or of the thinking
// before it, in a chat as the content of a message, which may call tools, too; the last one
// says done, why, and how many tokens there were. An error is a line of its own.
type generate struct{}

func (generate) facts() facts {
	return facts{call: "generate", talk: "chat", root: "api", rooted: true, models: "tags", auth: Bearer, promise: "response or message"}
}

func (generate) ask(w *objectWriter, req *Request, m manner) {
	if m.talk && w.key("messages") {
		w.b = appendMessages(w.b, req.Messages)
	}
	if !m.talk {
		w.text("system", joined(req.Messages, ofSystem))
		if w.key("prompt") {
			w.b = appendJoined(w.b, questions(req.Messages))
		}
	}
	if (req.MaxTokens > 0 || req.Temperature != nil) && w.key("options") {
		options := objectWriter{b: append(w.b, '{')}
		options.count("num_predict", req.MaxTokens)
		options.number("temperature", req.Temperature)
		w.b = append(options.b, '}')
	}
	w.stream(req.Stream)
}

func (generate) fails(name []byte) bool { return saysFailure(name) }

func (generate) key(c *chunk, key []byte) (ok bool) {
	switch string(key) {
	case "response":
		c.shaped, c.answers = true, true
		return c.contentText()
	case "thinking":
		return c.reasoningOf()
	case "message":
		if c.scan.peek() != '{' {
			break // of an error
		}
		c.shaped, c.answers = true, true
		return c.scan.object(c.deltaField)
	case "done":
		c.shaped = true
		c.over, c.partial = c.scan.peek() == 't', c.scan.peek() == 'f'
		return c.scan.skip()
	case "done_reason":
		return c.finished()
	case "created_at":
		return c.pad()
	case "prompt_eval_count", "eval_count":
		return c.usage.field(&c.scan, key)
	}
	if known, ok := c.complaint(key); known {
		return ok
	}
	return c.beside(key)
}

func (generate) settle(c *chunk) {
	c.take()
	switch string(c.finish) {
	case "load", "unload": // of a model, and no answer
		c.finish = nil
	}
}
