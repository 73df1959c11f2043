package mock_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/client/mock"
	"flashwave/client/pipetest"
)

// An endpoint is a server in virtual time and a client to it.
type endpoint struct {
	*mock.Server
	t      testing.TB
	client *http.Client
}

// inBubble runs f on a fresh endpoint inside a synctest bubble, which also
// proves that closing it leaves no goroutine behind.
func inBubble(t *testing.T, cfg mock.Config, f func(t *testing.T, e *endpoint)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, err := mock.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		l := pipetest.New()
		served := make(chan error)
		go func() { served <- s.Serve(l) }()
		transport := &http.Transport{DialContext: l.DialContext, DisableCompression: true}
		defer func() {
			transport.CloseIdleConnections()
			if err := s.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			if err := <-served; err != nil {
				t.Errorf("Serve after Close: %v, want nil", err)
			}
			time.Sleep(time.Second) // net/http lingers on a connection that it gives up
		}()
		f(t, &endpoint{s, t, &http.Client{Transport: transport}})
	})
}

// config is the default, changed by edit.
func config(edit func(*mock.Config)) mock.Config {
	cfg := mock.Default()
	edit(&cfg)
	return cfg
}

// prompt has exactly so many tokens.
func prompt(tokens int) string { return strings.Repeat("abcd", tokens) }

// chatBody asks for a stream of exactly so many output tokens.
func chatBody(promptTokens, outputTokens int) map[string]any {
	return map[string]any{
		"model":          mock.DefaultModel,
		"messages":       []any{map[string]any{"role": "user", "content": prompt(promptTokens)}},
		"stream":         true,
		"stream_options": map[string]any{"include_usage": true},
		"max_tokens":     outputTokens,
		"ignore_eos":     true,
	}
}

// unaryBody asks for the same in one piece.
func unaryBody(promptTokens, outputTokens int) map[string]any {
	return without(chatBody(promptTokens, outputTokens), "stream", "stream_options")
}

func with(body map[string]any, key string, value any) map[string]any {
	body[key] = value
	return body
}

func without(body map[string]any, keys ...string) map[string]any {
	for _, key := range keys {
		delete(body, key)
	}
	return body
}

// post fails the test if no response comes.
func (e *endpoint) post(ctx context.Context, path string, body any) *http.Response {
	e.t.Helper()
	res, err := e.client.Do(e.request(ctx, path, body))
	if err != nil {
		e.t.Errorf("POST %s: %v", path, err)
		return &http.Response{Body: http.NoBody}
	}
	return res
}

// request is a POST of body: a string as it is, anything else as JSON.
func (e *endpoint) request(ctx context.Context, path string, body any) *http.Request {
	e.t.Helper()
	raw, ok := body.(string)
	if !ok {
		b, err := json.Marshal(body)
		if err != nil {
			e.t.Fatal(err)
		}
		raw = string(b)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://mock"+path, strings.NewReader(raw))
	if err != nil {
		e.t.Fatal(err)
	}
	return req
}

// decode reads the whole body of res as JSON.
func decode(t testing.TB, res *http.Response) map[string]any {
	t.Helper()
	defer res.Body.Close()
	var v map[string]any
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil {
		t.Fatalf("body of HTTP %d: %v", res.StatusCode, err)
	}
	return v
}

// An event is the data of one server-sent event and when it was read.
type event struct {
	at   time.Duration
	data string
}

// events reads a stream to its end. Instants count from start.
func events(res *http.Response, start time.Time) ([]event, error) {
	defer res.Body.Close()
	var out []event
	lines := bufio.NewReader(res.Body)
	for {
		line, err := lines.ReadString('\n')
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			out = append(out, event{time.Since(start), strings.TrimSpace(data)})
		}
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
	}
}

// A chunk is an event of either API, decoded.
type chunk struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Model   string `json:"model"`
	Choices []struct {
		Delta struct {
			Role    string  `json:"role"`
			Content *string `json:"content"`
		} `json:"delta"`
		Text         string  `json:"text"`
		FinishReason *string `json:"finish_reason"`
	} `json:"choices"`
	Usage *struct {
		Prompt     int `json:"prompt_tokens"`
		Completion int `json:"completion_tokens"`
		Total      int `json:"total_tokens"`
		Details    struct {
			Cached *int `json:"cached_tokens"`
		} `json:"prompt_tokens_details"`
	} `json:"usage"`
	Error *struct{ Message, Type string } `json:"error"`
}

// A stream is what a client makes of one streamed answer.
type stream struct {
	status int
	header http.Header
	sent   time.Duration   // since the start of the test
	tokens []time.Duration // when each came, since sent
	end    time.Duration   // of the body, since sent
	text   string
	finish string
	failed bool // an error object came
	done   bool // [DONE] came
	prompt int  // of the usage
	output int  // of the usage
	err    error
}

func (s stream) gaps() []time.Duration {
	var out []time.Duration
	for i := 1; i < len(s.tokens); i++ {
		out = append(out, s.tokens[i]-s.tokens[i-1])
	}
	return out
}

// ask posts body and reads the stream that answers it.
func (e *endpoint) ask(ctx context.Context, path string, body any) stream {
	e.t.Helper()
	start := time.Now()
	res := e.post(ctx, path, body)
	s := stream{status: res.StatusCode, header: res.Header}
	evs, err := events(res, start)
	s.err, s.end = err, time.Since(start)
	for _, ev := range evs {
		s.read(e.t, ev)
	}
	return s
}

func (s *stream) read(t testing.TB, ev event) {
	t.Helper()
	if ev.data == "[DONE]" {
		s.done = true
		return
	}
	var c chunk
	if err := json.Unmarshal([]byte(ev.data), &c); err != nil {
		t.Errorf("event %q: %v", ev.data, err)
		return
	}
	if c.Error != nil {
		s.failed = true
	}
	if c.Usage != nil {
		s.prompt, s.output = c.Usage.Prompt, c.Usage.Completion
	}
	for _, ch := range c.Choices {
		piece := ch.Text
		if ch.Delta.Content != nil {
			piece += *ch.Delta.Content
		}
		if piece != "" {
			s.text += piece
			s.tokens = append(s.tokens, ev.at)
		}
		if ch.FinishReason != nil {
			s.finish = *ch.FinishReason
		}
	}
}

const chatPath = "/v1/chat/completions"
