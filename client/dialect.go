package client

import (
	"fmt"
	"net/http"
	"strings"

	"flashwave/client/api"
)

// API is the dialect an endpoint speaks: see package api, whose list this is.
type API = api.API

// The dialects, under the names by which this package speaks of them.
const (
	Chat        = api.Chat
	Completions = api.Completions
	Responses   = api.Responses
	Messages    = api.Messages
	Generate    = api.Generate
	Embeddings  = api.Embeddings
	HTTP        = api.HTTP
)

// A dialect is one way to ask and to answer. All calls of a client share it.
type dialect interface {
	facts() facts
	// ask writes what a request asks, beside its model and what is extra.
	ask(w *objectWriter, req *Request, m manner)
	// key reads the value of a key at the root of a document, which the scanner of the
	// chunk stands at.
	key(c *chunk, key []byte) (ok bool)
	// settle makes something of what the keys said, once all were read: they may come
	// in any order.
	settle(c *chunk)
	// fails reports whether an event of that name stands for a failure.
	fails(name []byte) bool
}

// facts are what is always so in a dialect.
type facts struct {
	call    string      // the path of a call, below the base URL
	talk    string      // that of a conversation, likewise; "": the same
	root    string      // what the path of a base URL usually ends with
	rooted  bool        // that is added where the URL leaves it out
	models  string      // the path of the list of models, likewise; "": there is none
	auth    Scheme      // how keys are usually sent
	header  http.Header // fields that every request needs
	promise string      // what every document of an answer holds, for people
}

// A manner is how requests are worded where the endpoints of a dialect differ.
type manner struct {
	usage bool   // ask for the usage of a stream
	limit string // the key of the most tokens of a chat
	talk  bool   // as a conversation, where these have a call of their own
}

// dialectOf is the dialect that a configuration names.
func dialectOf(cfg Config) (dialect, error) {
	switch cfg.API {
	case Chat:
		return chat{}, nil
	case Completions:
		return completions{}, nil
	case Responses:
		return responses{}, nil
	case Messages:
		return messages{}, nil
	case Generate:
		return generate{}, nil
	case Embeddings:
		return embeddings{}, nil
	case HTTP:
		return newCustom(cfg)
	}
	return nil, fmt.Errorf("unknown api %q: use one of %s", cfg.API, strings.Trim(fmt.Sprint(api.All()), "[]"))
}

// typeOf is the type of a document: what it says itself, else the name of the event
// that carries it.
func (c *chunk) typeOf() []byte {
	if len(c.class) > 0 {
		return c.class
	}
	return c.name
}

// reasons to end in the words of other dialects, and what they are in a chat: one count
// of them serves for all.
var reasonsToEnd = map[string]string{
	"completed": "stop", "end_turn": "stop", "stop_sequence": "stop",
	"max_output_tokens": "length", "max_tokens": "length", "model_context_window_exceeded": "length",
	"tool_use": "tool_calls",
}

// asInChat puts the finish reason into the words of a chat.
func (c *chunk) asInChat() {
	if word, ok := reasonsToEnd[string(c.finish)]; ok {
		c.finish = []byte(word)
	}
}
