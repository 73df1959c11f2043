package mock

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// A dialect is one API: how it asks, answers and refuses. Behind all of them is one
// engine.
type dialect struct {
	path     string
	question func() question // an empty one, for the JSON of a body
	refusal  func(p *problem) (status int, body any)
}

// dialects are all that are served.
var dialects = []dialect{
	{"/v1/chat/completions", func() question { return new(chat) }, asOpenAI},
	{"/v1/completions", func() question { return new(legacy) }, asOpenAI},
	{"/v1/responses", func() question { return new(response) }, asOpenAI},
	{"/v1/messages", func() question { return new(messages) }, asAnthropic},
	{"/v1/embeddings", func() question { return new(embedding) }, asOpenAI},
	{"/api/generate", func() question { return new(generate) }, asOllama},
	{"/api/chat", func() question { return new(talk) }, asOllama},
}

// A question is the body of a request in some dialect, as far as it matters here.
type question interface {
	// order checks the question against the models that are served, and says what it
	// asks of the engine.
	order(models []string) (order, *problem)
	// frame is the shape of the answer as a stream.
	frame(a *answer) *frame
	// document is the answer as a whole.
	document(a *answer, thoughts, text string) any
}

func asOpenAI(p *problem) (status int, body any) { return p.status, p }

// serve answers the questions of a dialect.
func (s *Server) serve(d dialect) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := d.question()
		if p := readBody(w, r, q); p != nil {
			d.refuse(w, p)
			return
		}
		o, p := q.order(s.cfg.Models)
		if p != nil {
			d.refuse(w, p)
			return
		}
		a, p := s.start(w.Header(), o)
		if p != nil {
			d.refuse(w, p)
			return
		}
		a.refuse = d.refuse
		defer a.leave()
		if o.stream {
			a.stream(w, r, q.frame(a))
			return
		}
		a.reply(w, r, q)
	}
}

func (d dialect) refuse(w http.ResponseWriter, p *problem) {
	status, body := d.refusal(p)
	writeJSON(w, status, body)
}

// reply sends the whole answer in one body. One that is cut has half of it, where the
// dialect has no other way to say so.
func (a *answer) reply(w http.ResponseWriter, r *http.Request, q question) {
	thoughts, text, err := a.whole(r.Context())
	if err != nil {
		a.refuse(w, overloaded(err)) // to nobody, unless the server is closing
		return
	}
	document := q.document(a, thoughts, text)
	if a.ending == endCut && !finishes(q) {
		writeHalf(w, document)
		return
	}
	writeJSON(w, http.StatusOK, document)
}

// finishes reports whether a document of that dialect says that it is cut by having no
// finish reason.
func finishes(q question) bool {
	switch q.(type) {
	case *chat, *legacy:
		return true
	}
	return false
}

// known checks the name of a model.
func known(model string, models []string) *problem {
	switch {
	case model == "":
		return badRequest("model", "you must provide a model parameter")
	case !slices.Contains(models, model):
		p := badRequest("model", fmt.Sprintf("the model %q does not exist: this endpoint serves %s", model, strings.Join(models, ", ")))
		p.status, p.code = http.StatusNotFound, "model_not_found"
		return p
	}
	return nil
}

// bound checks the most output tokens that were asked for under a name; 0: none were.
func bound(name string, n *int) (int, *problem) {
	switch {
	case n == nil:
		return 0, nil
	case *n < 1:
		return 0, badRequest(name, fmt.Sprintf("%s is %d: want at least 1", name, *n))
	}
	return min(*n, contextLength+1), nil
}

// fits counts the prompt of an order, unless it is counted, and checks that it has room in
// the context; name is that of its prompt.
func (o order) fits(name string) (order, *problem) {
	if o.prompt == 0 {
		o.prompt = o.reads.tokens()
	}
	if o.prompt+o.limit > contextLength {
		p := badRequest(name, fmt.Sprintf("this model's context holds %d tokens, and you asked for %d (%d in the prompt, %d in the completion)",
			contextLength, o.prompt+o.limit, o.prompt, o.limit))
		p.code = "context_length_exceeded"
		return order{}, p
	}
	return o, nil
}

// turns adds the messages of a chat to what is read before them.
func (p prompt) turns(name string, messages []message) (prompt, *problem) {
	if len(messages) == 0 {
		return nil, badRequest(name, "want at least one message")
	}
	for i, m := range messages {
		if m.Role == "" {
			return nil, badRequest(fmt.Sprintf("%s[%d].role", name, i), "want a role")
		}
		p = p.add(string(m.Content)).add(string(m.Calls))
	}
	return p, nil
}
