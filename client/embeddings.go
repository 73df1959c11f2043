package client

import "bytes"

// embeddings is OpenAI's API of embeddings:
// https://platform.openai.com/docs/api-reference/embeddings/create.
//
// An answer is a document: a vector for each text, in numbers or as base64, and a usage
// that counts the prompts alone. Each message of a request but those of the system is a
// text of its own.
type embeddings struct{}

func (embeddings) facts() facts {
	return facts{call: "embeddings", root: "v1", models: "models", auth: Bearer, promise: "data"}
}

func (embeddings) ask(w *objectWriter, req *Request, _ manner) {
	texts := questions(req.Messages)
	switch {
	case !w.key("input"):
	case len(texts) == 1:
		w.b = appendString(w.b, texts[0].Content)
	default:
		w.b = append(w.b, '[')
		for i, m := range texts {
			if i > 0 {
				w.b = append(w.b, ',')
			}
			w.b = appendString(w.b, m.Content)
		}
		w.b = append(w.b, ']')
	}
}

func (embeddings) fails(name []byte) bool { return saysFailure(name) }

func (embeddings) key(c *chunk, key []byte) (ok bool) {
	switch string(key) {
	case "data":
		c.shaped = c.scan.peek() == '['
		return c.scan.array(func() bool { return c.scan.object(c.vector) })
	case "id":
		c.id, ok = c.scan.str()
		return ok
	}
	if known, ok := c.complaint(key); known {
		return ok
	}
	return c.beside(key)
}

// vector reads a key of an element of the data.
func (c *chunk) vector(key []byte) bool {
	switch string(key) {
	case "error":
		return c.failureOf()
	case "embedding":
		first := c.scan.peek()
		value, ok := c.scan.raw()
		if (first == '[' || first == '"') && len(value) > len(`""`) && !holdsNull(value) {
			c.items++
		}
		return ok
	}
	return c.scan.skip()
}

// holdsNull reports whether a vector holds null: what engines write for a number that is
// none, when they compute with what they cannot hold.
func holdsNull(vector []byte) bool {
	return vector[0] == '[' && bytes.Contains(vector, []byte("null"))
}

func (embeddings) settle(c *chunk) {
	c.answers = c.items > 0
	c.usage.prompt = max(c.usage.prompt, c.usage.total) // there is nothing else to count
}
