package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/template"
	"unicode/utf8"

	"flashwave/client/api"
)

// Validate reports whether a request can be made into a body: with [HTTP],
// whether the template finds its fields and renders JSON. [Client.Do] ends such
// a request as [BadRequest].
func (c *Client) Validate(req *Request) error {
	p, err := c.encode(req, c.manner(req))
	if err != nil {
		return errors.New(c.clean(err.Error(), req))
	}
	return p.Close()
}

// encode makes the body of a request.
func (c *Client) encode(req *Request, m manner) (*payload, error) {
	p := newPayload()
	var err error
	if own, isOwn := c.dialect.(*custom); isOwn {
		*p.buf, err = render(own.template, *p.buf, req)
	} else {
		*p.buf, err = appendBody(slices.Grow(*p.buf, req.bodySize()), c.dialect, req, m)
	}
	if err != nil {
		_ = p.Close() // never fails
		return nil, err
	}
	return p, nil
}

// bodySize is about how long a body becomes, so that it grows but once: a sixteenth of
// a usual text is escapes.
func (r *Request) bodySize() int {
	const frame = 256 // of the object, and more than that of a message
	n := frame + len(r.Extra) + len(r.Tools)
	for _, m := range r.Messages {
		n += max(len(m.Content)+len(m.Content)/16, len(m.Wire)) + frame/4
	}
	return n
}

// writers are the memory of those that write bodies.
var writers = sync.Pool{New: func() any { return new(objectWriter) }}

// appendBody appends the body of a request: the model, what the dialect asks, and the
// keys of Extra. These win over ours, but for stream: how the answer is read depends on
// it.
func appendBody(b []byte, d dialect, req *Request, m manner) ([]byte, error) {
	extra, err := keysOf(req.Extra)
	if err != nil {
		return b, err
	}
	delete(extra, "stream")
	w := writers.Get().(*objectWriter)
	defer writers.Put(w)
	*w = objectWriter{b: append(b, '{'), taken: extra}
	if w.key("model") {
		w.b = appendString(w.b, req.Model)
	}
	d.ask(w, req, m)
	if req.Tools != nil && w.key("tools") {
		w.b = append(w.b, req.Tools...)
	}
	w.extra(req.Extra)
	b = append(w.b, '}')
	*w = objectWriter{}
	return b, nil
}

// keysOf lists the keys of a JSON object; none of none.
func keysOf(object json.RawMessage) (map[string]bool, error) {
	if len(object) == 0 {
		return nil, nil
	}
	keys := map[string]bool{}
	s := scanner{b: object}
	isObject := s.peek() == '{'
	ok := s.object(func(key []byte) bool {
		keys[string(key)] = true
		return s.skip()
	})
	if !ok || !isObject || !s.end() {
		return nil, errors.New(`the extra body must be a JSON object, such as {"top_p": 0.9}`)
	}
	return keys, nil
}

// objectWriter appends the members of a JSON object.
type objectWriter struct {
	b       []byte
	taken   map[string]bool // keys that somebody else writes
	written bool
}

// key begins a member, unless somebody else writes it.
func (w *objectWriter) key(name string) bool {
	if w.taken[name] {
		return false
	}
	if w.written {
		w.b = append(w.b, ',')
	}
	w.written = true
	w.b = append(appendString(w.b, name), ':')
	return true
}

// extra copies the members of a valid object, but for stream.
func (w *objectWriter) extra(object json.RawMessage) {
	if len(object) == 0 {
		return
	}
	w.taken = map[string]bool{"stream": true}
	s := scanner{b: object}
	s.object(func(key []byte) bool {
		value, ok := s.raw()
		if w.key(string(key)) {
			w.b = append(w.b, value...)
		}
		return ok
	})
}

// stream says whether a stream is asked for.
func (w *objectWriter) stream(asked bool) {
	if w.key("stream") {
		w.b = strconv.AppendBool(w.b, asked)
	}
}

// settings writes the settings of a request: the limit of tokens under a key of the
// dialect's own, the temperature, and whether a stream is asked for, and with it its usage.
func (w *objectWriter) settings(req *Request, limit string, usage bool) {
	w.count(limit, req.MaxTokens)
	w.number("temperature", req.Temperature)
	if usage && req.Stream && w.key("stream_options") {
		w.b = append(w.b, `{"include_usage":true}`...)
	}
	w.stream(req.Stream)
}

// count writes a bound, if there is one, and a key for it.
func (w *objectWriter) count(key string, n int) {
	if n > 0 && key != "" && w.key(key) {
		w.b = strconv.AppendInt(w.b, int64(n), 10)
	}
}

// number writes a number, if there is one.
func (w *objectWriter) number(key string, n *float64) {
	if n != nil && w.key(key) {
		w.b = strconv.AppendFloat(w.b, *n, 'g', -1, 64)
	}
}

// text writes a text, if there is one.
func (w *objectWriter) text(key, s string) {
	if s != "" && w.key(key) {
		w.b = appendString(w.b, s)
	}
}

func appendMessages(b []byte, messages []Message) []byte {
	b = append(b, '[')
	for i, m := range messages {
		if i > 0 {
			b = append(b, ',')
		}
		if m.Wire != nil {
			b = append(b, m.Wire...)
			continue
		}
		b = appendString(append(b, `{"role":`...), m.Role)
		b = appendString(append(b, `,"content":`...), m.Content)
		b = append(b, '}')
	}
	return append(b, ']')
}

// appendJoined appends the contents of all messages as one JSON string.
func appendJoined(b []byte, messages []Message) []byte {
	b = append(b, '"')
	for i, m := range messages {
		if i > 0 {
			b = appendEscaped(b, separator)
		}
		b = appendEscaped(b, m.Content)
	}
	return append(b, '"')
}

// appendString appends a JSON string.
func appendString(b []byte, s string) []byte {
	return append(appendEscaped(append(b, '"'), s), '"')
}

// appendEscaped appends a text as it stands between quotes. Bytes that are not UTF-8
// become U+FFFD. What needs no escape is copied in runs: prompts are long.
func appendEscaped(b []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	from := 0
	for i := range len(s) {
		if c := s[i]; escapes[c] {
			b = appendEscape(append(b, s[from:i]...), c)
			from = i + 1
		}
	}
	return append(b, s[from:]...)
}

func appendEscape(b []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	}
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

// escapes marks the bytes that are escaped: those that must be, and DEL.
var escapes = func() (set [256]bool) {
	set = special
	set[0x7f] = true
	return set
}()

// separator stands between messages that become one prompt.
const separator = "\n\n"

func ofSystem(m Message) bool { return api.OfSystem(m.Role) }

// questions are the messages but those of the system.
func questions(messages []Message) []Message {
	if !slices.ContainsFunc(messages, ofSystem) {
		return messages
	}
	return slices.DeleteFunc(slices.Clone(messages), ofSystem)
}

// joined joins the contents of the messages that are wanted.
func joined(messages []Message, wanted func(Message) bool) string {
	var texts []string
	for _, m := range messages {
		if wanted(m) {
			texts = append(texts, m.Content)
		}
	}
	return strings.Join(texts, separator)
}

func toJSON(v any) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// render appends the body that a template makes of a request. Its own fields win
// over those that every request has.
func render(t *template.Template, b []byte, req *Request) ([]byte, error) {
	fields := map[string]any{
		"model":      req.Model,
		"prompt":     joined(req.Messages, func(m Message) bool { return m.Role == "user" }),
		"system":     joined(req.Messages, ofSystem),
		"max_tokens": req.MaxTokens,
		"stream":     req.Stream,
	}
	maps.Copy(fields, req.Fields)
	buf := bytes.NewBuffer(b)
	if err := t.Execute(buf, fields); err != nil {
		return b, fmt.Errorf("body template: %w", err)
	}
	if !validJSON(buf.Bytes()) {
		return buf.Bytes(), errors.New("the body template does not make JSON: write values as {{json .name}}, without quotes around")
	}
	return buf.Bytes(), nil
}
