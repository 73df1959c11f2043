package client

// chat is OpenAI's API of chats, which most engines and gateways speak in some way of
// their own:
// https://platform.openai.com/docs/api-reference/chat/create and …/chat/streaming.
type chat struct{}

func (chat) facts() facts {
	return facts{call: "chat/completions", root: "v1", models: "models", auth: Bearer, promise: "choices"}
}

func (chat) ask(w *objectWriter, req *Request, m manner) {
	if w.key("messages") {
		w.b = appendMessages(w.b, req.Messages)
	}
	if !w.taken["max_tokens"] && !w.taken["max_completion_tokens"] {
		w.count(m.limit, req.MaxTokens)
	}
	w.number("temperature", req.Temperature)
	w.askUsage(req, m)
	w.stream(req.Stream)
}

func (chat) fails(name []byte) bool { return saysFailure(name) }

func (chat) key(c *chunk, key []byte) (ok bool) {
	switch string(key) {
	case "choices":
		c.shaped = c.scan.peek() == '['
		return c.scan.array(c.oneChoice)
	case "id":
		c.id, ok = c.scan.str()
		return ok
	case "obfuscation":
		return c.pad()
	case "metadata", "meta", "response":
		return c.scan.object(c.beside)
	}
	if len(key) > 2 && key[0] == 'x' && key[1] == '_' { // x_groq and its like
		return c.scan.object(c.extension)
	}
	if known, ok := c.complaint(key); known {
		return ok
	}
	return c.beside(key)
}

func (chat) settle(*chunk) {}

// completions is OpenAI's older API, of one text:
// https://platform.openai.com/docs/api-reference/completions.
type completions struct{ chat }

func (completions) facts() facts {
	return facts{call: "completions", root: "v1", models: "models", auth: Bearer, promise: "choices"}
}

func (completions) ask(w *objectWriter, req *Request, m manner) {
	if w.key("prompt") {
		w.b = appendJoined(w.b, req.Messages)
	}
	w.count("max_tokens", req.MaxTokens)
	w.number("temperature", req.Temperature)
	w.askUsage(req, m)
	w.stream(req.Stream)
}

// askUsage asks for the usage of a stream.
func (w *objectWriter) askUsage(req *Request, m manner) {
	if req.Stream && m.usage && w.key("stream_options") {
		w.b = append(w.b, `{"include_usage":true}`...)
	}
}
