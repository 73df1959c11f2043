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
	limit := m.limit
	if w.taken[maxTokens] || w.taken[maxCompletionTokens] {
		limit = ""
	}
	w.settings(req, limit, m.usage)
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
	w.settings(req, maxTokens, m.usage)
}
