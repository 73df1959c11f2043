package client

// generate is Ollama's API of one text: https://docs.ollama.com/api/generate, its streams
// https://docs.ollama.com/api/streaming, its errors https://docs.ollama.com/api/errors.
//
// A stream is lines of JSON. Each holds a piece of the response, or of the thinking
// before it; the last one says done, why, and how many tokens there were. An error is a
// line of its own.
type generate struct{}

func (generate) facts() facts {
	return facts{call: "generate", root: "api", rooted: true, models: "tags", auth: Bearer, promise: "response"}
}

func (generate) ask(w *objectWriter, req *Request, _ manner) {
	w.text("system", joined(req.Messages, "system"))
	if w.key("prompt") {
		w.b = appendJoined(w.b, without(req.Messages, "system"))
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
