package client

import (
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func bodyOf(t testing.TB, cfg Config, req *Request) (string, error) {
	t.Helper()
	cfg.URL = "http://127.0.0.1/v1"
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.encode(req, c.manner(req))
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), p.Close()
}

func TestBodies(t *testing.T) {
	t.Parallel()
	half := 0.5
	talk := []Message{{Role: "system", Content: "be brief"}, {Role: "user", Content: "say \"hi\"\n"}}
	shop := map[string]any{"product_name": `An "A" <phone>`, "features": []string{"x", "y"}}
	for _, test := range []struct {
		name string
		cfg  Config
		req  Request
		want string
	}{
		{
			"chat, streamed",
			Config{},
			Request{Model: "m", Messages: talk, MaxTokens: 7, Temperature: &half, Stream: true},
			`{"model":"m","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"say \"hi\"\n"}],"max_tokens":7,"temperature":0.5,"stream_options":{"include_usage":true},"stream":true}`,
		},
		{
			"chat, a document, no limits",
			Config{},
			Request{Model: "m"},
			`{"model":"m","messages":[],"stream":false}`,
		},
		{
			"completions",
			Config{API: Completions},
			Request{Model: "m", Messages: talk},
			`{"model":"m","prompt":"be brief\n\nsay \"hi\"\n","stream":false}`,
		},
		{
			"extra keys win, but for stream",
			Config{},
			Request{Model: "m", MaxTokens: 7, Stream: true, Extra: json.RawMessage(` { "stream" : false, "max_tokens": 9 , "top_p":1e-1,"stream_options":null}`)},
			`{"model":"m","messages":[],"stream":true,"max_tokens":9,"top_p":1e-1,"stream_options":null}`,
		},
		{
			"two names for one limit",
			Config{},
			Request{Model: "m", MaxTokens: 7, Extra: json.RawMessage(`{"max_completion_tokens":9}`)},
			`{"model":"m","messages":[],"stream":false,"max_completion_tokens":9}`,
		},
		{
			"messages that are more than text go as they are wired",
			Config{API: Responses},
			Request{Model: "m", Messages: append(talk[:1:1], Message{Role: "tool", Content: "x", Wire: json.RawMessage(`{"type":"a"},{"type":"b"}`)}), MaxTokens: 7, Tools: json.RawMessage(`[{"name":"f"}]`)},
			`{"model":"m","input":[{"role":"system","content":"be brief"},{"type":"a"},{"type":"b"}],"max_output_tokens":7,"stream":false,"tools":[{"name":"f"}]}`,
		},
		{
			"tools that the extra body has",
			Config{},
			Request{Model: "m", Tools: json.RawMessage(`[1]`), Extra: json.RawMessage(`{"tools":[2]}`)},
			`{"model":"m","messages":[],"stream":false,"tools":[2]}`,
		},
		{
			"Anthropic's system",
			Config{API: Messages},
			Request{Model: "m", Messages: append(talk[:2:2], Message{Role: "developer", Content: "and kind"})},
			`{"model":"m","system":"be brief\n\nand kind","messages":[{"role":"user","content":"say \"hi\"\n"}],"max_tokens":4096,"stream":false}`,
		},
		{
			"and in blocks",
			Config{API: Messages},
			Request{Model: "m", Messages: []Message{{Role: "system", Content: "a"}, {Role: "system", Content: "b", Wire: json.RawMessage(`{"type":"text","text":"b"}`)}}, MaxTokens: 7},
			`{"model":"m","system":[{"type":"text","text":"a"},{"type":"text","text":"b"}],"messages":[],"max_tokens":7,"stream":false}`,
		},
		{
			"a question to Ollama",
			Config{API: Generate},
			Request{Model: "m", Messages: talk, MaxTokens: 7, Temperature: &half, Stream: true},
			`{"model":"m","system":"be brief","prompt":"say \"hi\"\n","options":{"num_predict":7,"temperature":0.5},"stream":true}`,
		},
		{
			"a conversation with Ollama",
			Config{API: Generate},
			Request{Model: "m", Messages: append(talk[:2:2], Message{Role: "assistant", Content: "hi"}, Message{Role: "user", Content: "bye"}), MaxTokens: 7},
			`{"model":"m","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"say \"hi\"\n"},{"role":"assistant","content":"hi"},{"role":"user","content":"bye"}],"options":{"num_predict":7},"stream":false}`,
		},
		{
			"a body of one's own",
			Config{API: HTTP, Body: `{"n":{{json .product_name}},"f":{{json .features}},"m":{{json .model}},"p":{{json .prompt}},"s":{{json .system}},"t":{{.max_tokens}},"stream":{{.stream}}}`},
			Request{Model: "m", Messages: talk, MaxTokens: 7, Fields: shop},
			`{"n":"An \"A\" <phone>","f":["x","y"],"m":"m","p":"say \"hi\"\n","s":"be brief","t":7,"stream":false}`,
		},
	} {
		got, err := bodyOf(t, test.cfg, &test.req)
		if err != nil || got != test.want {
			t.Errorf("%s:\n got %s, %v\nwant %s", test.name, got, err, test.want)
		}
	}
}

func TestBodiesThatCannotBeMade(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, want string
		cfg        Config
		req        Request
	}{
		{"the extra body is no object", "must be a JSON object", Config{}, Request{Extra: json.RawMessage(`[1]`)}},
		{"or not JSON", "must be a JSON object", Config{}, Request{Extra: json.RawMessage(`{"a":}`)}},
		{"or more than one", "must be a JSON object", Config{}, Request{Extra: json.RawMessage(`{} {}`)}},
		{"a field is missing", "no entry for key", Config{API: HTTP, Body: `{{json .product}}`}, Request{}},
		{"quotes around json", "does not make JSON", Config{API: HTTP, Body: `{"p":"{{json .prompt}}"}`}, Request{}},
	} {
		test.cfg.URL = "http://127.0.0.1:1/v1"
		c, err := New(test.cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Validate(&test.req); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		var sink recorder
		got := c.Do(t.Context(), &test.req, &sink)
		if got.Outcome != BadRequest || sink.sent != 1 || got.Status != 0 || !strings.Contains(got.Err, test.want) {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

// Any request makes JSON, and encoding/json reads out of it what was put in.
func TestBodyIsJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
		req := Request{
			Model:     text.Draw(t, "model"),
			Messages:  []Message{{Role: text.Draw(t, "role"), Content: text.Draw(t, "content")}},
			MaxTokens: rapid.IntMin(1).Draw(t, "max"),
			Stream:    rapid.Bool().Draw(t, "stream"),
		}
		body, err := appendBody(nil, chat{}, &req, manner{limit: maxTokens})
		if err != nil || !validJSON(body) {
			t.Fatalf("%q, %v", body, err)
		}
		var got struct {
			Model     string
			Messages  []Message
			MaxTokens int `json:"max_tokens"`
			Stream    bool
		}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatal(err)
		}
		want := got
		want.Model, want.MaxTokens, want.Stream = roundTrip(req.Model), req.MaxTokens, req.Stream
		want.Messages = []Message{{Role: roundTrip(req.Messages[0].Role), Content: roundTrip(req.Messages[0].Content)}}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

// Messages that become one prompt are the same as a text of their own.
func TestJoinedMessages(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var messages []Message
		var contents []string
		for _, content := range rapid.SliceOf(rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("a\"\\\n\x01\x7f\u00e9"))))).Draw(t, "contents") {
			messages = append(messages, Message{Content: content})
			contents = append(contents, content)
		}
		var got string
		if err := json.Unmarshal(appendJoined(nil, messages), &got); err != nil || got != strings.Join(contents, "\n\n") {
			t.Fatalf("%q, %v, of %q", got, err, contents)
		}
	})
}

// roundTrip is what encoding/json makes of a text: bytes that are not UTF-8 are
// replaced.
func roundTrip(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	var back string
	if err := json.Unmarshal(b, &back); err != nil {
		panic(err)
	}
	return back
}

// The buffer of a body goes back when the transport closes it; nobody can read
// another request's body through it.
func TestPayloadIsReleased(t *testing.T) {
	t.Parallel()
	p := newPayload()
	*p.buf = append(*p.buf, "text"...)
	for range 2 {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
	if n, err := p.Read(make([]byte, 9)); n != 0 || err == nil || err == io.EOF {
		t.Errorf("read %d bytes, %v, of a closed body", n, err)
	}
}
