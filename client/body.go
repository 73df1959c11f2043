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
	"text/template"
	"unicode/utf8"
)

// Validate reports whether a request can be made into a body: with [HTTP],
// whether the template finds its fields and renders JSON. [Client.Do] ends such
// a request as [BadRequest].
func (c *Client) Validate(req *Request) error {
	p, err := c.encode(req)
	if err != nil {
		return errors.New(c.clean(err.Error(), req))
	}
	return p.Close()
}

// encode makes the body of a request.
func (c *Client) encode(req *Request) (*payload, error) {
	p := newPayload()
	var err error
	if c.cfg.API == HTTP {
		*p.buf, err = c.render(*p.buf, req)
	} else {
		*p.buf, err = appendBody(slices.Grow(*p.buf, req.bodySize()), c.cfg.API, req)
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
	n := frame + len(r.Extra)
	for _, m := range r.Messages {
		n += len(m.Content) + len(m.Content)/16 + frame/4
	}
	return n
}

// appendBody appends the body of a chat or completions request. Keys of Extra
// win over ours, but for stream: how the answer is read depends on it.
func appendBody(b []byte, api API, req *Request) ([]byte, error) {
	extra, err := keysOf(req.Extra)
	if err != nil {
		return b, err
	}
	w := objectWriter{b: append(b, '{'), taken: extra}
	if w.key("model") {
		w.b = appendString(w.b, req.Model)
	}
	if api == Chat {
		if w.key("messages") {
			w.b = appendMessages(w.b, req.Messages)
		}
	} else if w.key("prompt") {
		w.b = appendJoined(w.b, req.Messages)
	}
	if req.MaxTokens > 0 && !extra["max_completion_tokens"] && w.key("max_tokens") {
		w.b = strconv.AppendInt(w.b, int64(req.MaxTokens), 10)
	}
	if req.Temperature != nil && w.key("temperature") {
		w.b = strconv.AppendFloat(w.b, *req.Temperature, 'g', -1, 64)
	}
	if req.Stream && w.key("stream_options") {
		w.b = append(w.b, `{"include_usage":true}`...)
	}
	delete(extra, "stream")
	if w.key("stream") {
		w.b = strconv.AppendBool(w.b, req.Stream)
	}
	w.extra(req.Extra)
	return append(w.b, '}'), nil
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

func appendMessages(b []byte, messages []Message) []byte {
	b = append(b, '[')
	for i, m := range messages {
		if i > 0 {
			b = append(b, ',')
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

// joined joins the contents of the messages of a role.
func joined(messages []Message, role string) string {
	var parts []string
	for _, m := range messages {
		if m.Role == role {
			parts = append(parts, m.Content)
		}
	}
	return strings.Join(parts, separator)
}

// bodyTemplate parses the template of an [HTTP] body.
func bodyTemplate(text string) (*template.Template, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New(`api http needs a body template, such as {"prompt": {{json .prompt}}}`)
	}
	t, err := template.New("body").Option("missingkey=error").Funcs(template.FuncMap{"json": toJSON}).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("bad body template: %w", err)
	}
	return t, nil
}

func toJSON(v any) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// render appends the body the template makes of a request. Its own fields win
// over those that every request has.
func (c *Client) render(b []byte, req *Request) ([]byte, error) {
	fields := map[string]any{
		"model":      req.Model,
		"prompt":     joined(req.Messages, "user"),
		"system":     joined(req.Messages, "system"),
		"max_tokens": req.MaxTokens,
		"stream":     req.Stream,
	}
	maps.Copy(fields, req.Fields)
	buf := bytes.NewBuffer(b)
	if err := c.body.Execute(buf, fields); err != nil {
		return b, fmt.Errorf("body template: %w", err)
	}
	if !validJSON(buf.Bytes()) {
		return buf.Bytes(), errors.New("the body template does not make JSON: write values as {{json .name}}, without quotes around")
	}
	return buf.Bytes(), nil
}
