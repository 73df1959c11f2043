// Package api names the dialects that a completions endpoint may speak: which there are,
// under which paths they are called, and in which words each takes what is more than text.
// It is a leaf, so that whoever checks a target or reads a file of prompts speaks of them
// as the client does.
package api

import "strings"

// API is the dialect an endpoint speaks.
type API string

// The dialects.
const (
	Chat        API = "chat"        // POST URL/chat/completions
	Completions API = "completions" // POST URL/completions
	Responses   API = "responses"   // POST URL/responses
	Messages    API = "messages"    // POST URL/messages, URL with /v1 or without
	Generate    API = "generate"    // POST URL/generate or URL/chat, URL with /api or without
	Embeddings  API = "embeddings"  // POST URL/embeddings
	HTTP        API = "http"        // POST URL, with a body of one's own
)

// All lists all dialects.
func All() []API {
	return []API{Chat, Completions, Responses, Messages, Generate, Embeddings, HTTP}
}

// Streams reports whether answers in a dialect may be streams. Where they cannot, a
// request for one asks for a document.
func (a API) Streams() bool { return a != Embeddings }

// Converses reports whether a request can say what was said before it.
func (a API) Converses() bool { return a != Embeddings && a != HTTP }

// BillsCacheWrites reports whether prompt tokens that are written to a cache have a price of
// their own as a rule. Elsewhere it is a matter of the model, if answers tell of them at all.
func (a API) BillsCacheWrites() bool { return a == Messages }

// calls are what the URLs of single calls end with; base stands before the call and is
// part of a base URL.
var calls = []struct {
	base, call string
	api        API
}{
	{"", "/chat/completions", Chat},
	{"", "/completions", Completions},
	{"", "/embeddings", Embeddings},
	{"", "/responses", Responses},
	{"", "/messages", Messages},
	{"/api", "/generate", Generate},
	{"/api", "/chat", Generate},
}

// Called is the dialect of the single call that the path of a URL names, the call, such
// as /chat/completions, and what stands before it; of is "" where the path names none.
func Called(path string) (of API, base, call string) {
	path = strings.TrimRight(path, "/")
	for _, c := range calls {
		if strings.HasSuffix(path, c.base+c.call) {
			return c.api, strings.TrimSuffix(path, c.call), c.call
		}
	}
	return "", path, ""
}
