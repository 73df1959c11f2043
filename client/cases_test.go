package client

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// caseFiles hold answers as endpoints really send them: what they document, what
// was met in the field, and the neighbours of that; then the other dialects.
var caseFiles = []string{
	"cases", "field", "neighbours", "kinds",
	"chat", "responses", "messages", "generate", "embeddings", "http",
}

// A wireCase is one answer, and what the client must make of it.
type wireCase struct {
	Name    string
	Why     string
	API     API
	Token   []string
	Usage   string
	FailIf  []string `json:"fail_if"`
	End     []string
	Unary   bool // no stream is asked for
	Status  int
	Headers map[string]string
	Parts   []wirePart
	Close   string
	Want    wireWant
}

// A wireWant is what is checked: the keys that are there, but in the first file
// all of them.
type wireWant struct {
	keys map[string]json.RawMessage // nil: all

	Outcome         Outcome
	TTFT            *bool // there is a first token
	Events          int
	FirstTokenPart  *int `json:"first_token_part"`
	FirstAnswerPart *int `json:"first_answer_part"`
	Text, Reasoning *string
	Finish          string
	Err             string // a part of the error's text
	PromptTokens    int    `json:"prompt_tokens"`
	OutputTokens    int    `json:"output_tokens"`
	CachedTokens    int    `json:"cached_tokens"`
	ReasoningTokens int    `json:"reasoning_tokens"`
	CacheWritten    int    `json:"cache_written_tokens"`
	Items           int
	TokensFrom      UsageSource `json:"tokens_from"`
	RetryAfterS     *float64    `json:"retry_after_s"`
	LimitRequests   *int64      `json:"limit_requests"`
}

// A wirePart is a text and the delay before it.
type wirePart struct {
	Delay time.Duration
	Text  string
}

func (p *wirePart) UnmarshalJSON(b []byte) error {
	var ms float64
	if err := json.Unmarshal(b, &[]any{&ms, &p.Text}); err != nil {
		return err
	}
	p.Delay = time.Duration(ms * float64(time.Millisecond))
	return nil
}

func (w *wireWant) UnmarshalJSON(b []byte) error {
	type plain wireWant
	if err := json.Unmarshal(b, (*plain)(w)); err != nil {
		return err
	}
	return json.Unmarshal(b, &w.keys)
}

// config is how a client is set up for a case.
func (c *wireCase) config() Config {
	cfg := Config{API: c.API, Token: c.Token, Usage: c.Usage, End: c.End, FailIf: c.FailIf}
	if c.API == HTTP {
		cfg.Body = "{}"
	}
	return cfg
}

// checks reports whether a key is checked.
func (w *wireWant) checks(key string) bool {
	_, named := w.keys[key]
	return named || w.keys == nil
}

// wireCases reads all files of cases.
func wireCases(tb testing.TB) (all []wireCase) {
	tb.Helper()
	for _, name := range caseFiles {
		all = append(all, casesOf(tb, name)...)
	}
	return all
}

func casesOf(tb testing.TB, name string) []wireCase {
	tb.Helper()
	b, err := os.ReadFile("testdata/" + name + ".jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	var cases []wireCase
	for line := range bytes.Lines(b) {
		var c wireCase
		if err := json.Unmarshal(line, &c); err != nil {
			tb.Fatal(err)
		}
		if name == caseFiles[0] {
			c.Want.keys = nil
		}
		cases = append(cases, c)
	}
	return cases
}

// gate serves a case over a real socket, part by part: the next part is not
// written before the client has read the last one. So it is certain which part
// brought what.
type gate struct {
	wireCase
	wrote []time.Duration // when each part was about to be written
	epoch time.Time
	read  chan struct{} // the client read something
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for k, v := range g.Headers {
		w.Header().Set(k, v)
	}
	rc := http.NewResponseController(w)
	w.WriteHeader(g.Status)
	g.send(r, func() { _ = rc.Flush() })
	for _, part := range g.Parts {
		g.send(r, func() {
			g.wrote = append(g.wrote, time.Since(g.epoch))
			_, _ = w.Write([]byte(part.Text))
			_ = rc.Flush()
		})
	}
	if g.Close == "reset" {
		c, _, err := rc.Hijack()
		if err == nil {
			_ = c.(*net.TCPConn).SetLinger(0)
			_ = c.Close()
		}
	}
}

// send writes and waits until the client has read.
func (g *gate) send(r *http.Request, write func()) {
	select {
	case <-g.read:
	default:
	}
	write()
	select {
	case <-g.read:
	case <-r.Context().Done(): // the client wants no more
	case <-time.After(2 * time.Second):
	}
}

// tapped reports a read when the next one begins: by then its stamp is taken, and what it
// brought has been looked at.
type tapped struct {
	net.Conn
	read    chan struct{}
	brought bool // by the last read
}

func (c *tapped) Read(p []byte) (int, error) {
	if c.brought {
		select {
		case c.read <- struct{}{}:
		default:
		}
	}
	n, err := c.Conn.Read(p)
	c.brought = n > 0
	return n, err
}

// TestCases serves every case over a loopback socket in HTTP/1.1 chunks and
// checks all of what is wanted of it.
func TestCases(t *testing.T) {
	overEach(t, testCases)
}

func testCases(t *testing.T, transport Transport) {
	for _, c := range wireCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			g := &gate{wireCase: c, epoch: time.Now(), read: make(chan struct{}, 1)}
			server := httptest.NewServer(g)
			defer server.Close()
			cfg := c.config()
			cfg.URL, cfg.Transport, cfg.Epoch = server.URL+"/v1", transport, g.epoch
			cfg.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
				conn, err := new(net.Dialer).DialContext(ctx, network, addr)
				return &tapped{Conn: conn, read: g.read}, err
			}
			cl, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer cl.Close()
			var sink recorder
			req := question()
			req.Stream = !c.Unary
			got := cl.Do(t.Context(), req, &sink)
			server.Close() // waits for the handler
			checkCase(t, g, got, &sink)
		})
	}
}

func checkCase(t *testing.T, g *gate, got Result, sink *recorder) {
	t.Helper()
	want := &g.Want
	if got.Outcome != want.Outcome || !strings.Contains(got.Err, want.Err) {
		t.Errorf("outcome %s (%q), want %s (%q)", got.Outcome, got.Err, want.Outcome, want.Err)
	}
	if (got.Err == "") != (got.Outcome == OK) {
		t.Errorf("outcome %s with the text %q", got.Outcome, got.Err)
	}
	if got.Status != g.Status {
		t.Errorf("status %d, want %d", got.Status, g.Status)
	}
	if want.checks("events") && got.Events != want.Events {
		t.Errorf("%d events, want %d", got.Events, want.Events)
	}
	if want.checks("finish") && got.Finish != want.Finish {
		t.Errorf("finish reason %q, want %q", got.Finish, want.Finish)
	}
	if want.TTFT != nil && *want.TTFT != (got.FirstToken != Never) {
		t.Errorf("first token at %v, want one: %v", got.FirstToken, *want.TTFT)
	}
	if want.Text != nil && got.Text != *want.Text {
		t.Errorf("text %q, want %q", got.Text, *want.Text)
	}
	if want.Reasoning != nil && got.Reasoning != *want.Reasoning {
		t.Errorf("reasoning %q, want %q", got.Reasoning, *want.Reasoning)
	}
	if want.checks("items") && got.Items != want.Items {
		t.Errorf("%d items, want %d", got.Items, want.Items)
	}
	checkTokens(t, want, got.Usage)
	if want.RetryAfterS != nil && got.Limits.RetryAfter.Seconds() != *want.RetryAfterS {
		t.Errorf("retry after %v, want %v s", got.Limits.RetryAfter, *want.RetryAfterS)
	}
	if want.LimitRequests != nil && got.Limits.LimitRequests != *want.LimitRequests {
		t.Errorf("limit of requests %d, want %d", got.Limits.LimitRequests, *want.LimitRequests)
	}
	checkParts(t, g, got)
	if sink.sent != 1 || len(sink.tokens) != got.Events || !slices.IsSorted(sink.tokens) {
		t.Errorf("the sink was told of %d sendings and the tokens %v", sink.sent, sink.tokens)
	}
}

func checkTokens(t *testing.T, want *wireWant, got Usage) {
	t.Helper()
	if want.TokensFrom == "" && want.keys == nil {
		return
	}
	if want.checks("tokens_from") && got.From != want.TokensFrom {
		t.Errorf("tokens from %q, want %q", got.From, want.TokensFrom)
	}
	if want.keys == nil && got.StreamedReasoning != (want.Reasoning != nil) {
		t.Errorf("streamed reasoning: %v", got.StreamedReasoning)
	}
	for _, count := range []struct {
		key       string
		got, want int
	}{
		{"prompt_tokens", got.Prompt, want.PromptTokens},
		{"output_tokens", got.Output, want.OutputTokens},
		{"cached_tokens", got.Cached, want.CachedTokens},
		{"reasoning_tokens", got.Reasoning, want.ReasoningTokens},
		{"cache_written_tokens", got.CacheWritten, want.CacheWritten},
	} {
		if want.checks(count.key) && count.got != count.want {
			t.Errorf("%s: %d, want %d", count.key, count.got, count.want)
		}
	}
}

func checkParts(t *testing.T, g *gate, got Result) {
	t.Helper()
	want := &g.Want
	if want.checks("first_token_part") {
		checkPart(t, g, "first token", got.FirstToken, want.FirstTokenPart)
	}
	answer := want.FirstAnswerPart
	if answer == nil && want.Reasoning == nil {
		answer = want.FirstTokenPart
	}
	if want.checks("first_answer_part") {
		checkPart(t, g, "first answer", got.FirstAnswer, answer)
	}
}

// checkPart checks that an instant lies between the writing of a part and that
// of the next one.
func checkPart(t *testing.T, g *gate, what string, at time.Duration, part *int) {
	t.Helper()
	if part == nil {
		if at != Never {
			t.Errorf("%s at %v, want never", what, at)
		}
		return
	}
	if at < g.wrote[*part] || *part+1 < len(g.wrote) && at > g.wrote[*part+1] {
		t.Errorf("%s at %v, want it in part %d; parts were written at %v", what, at, *part, g.wrote)
	}
}

// recorder is a sink that remembers.
type recorder struct {
	sent   int
	tokens []time.Duration
	kinds  []Kind
}

func (r *recorder) Sent(time.Duration) { r.sent++ }

func (r *recorder) Token(at time.Duration, kind Kind) {
	r.tokens = append(r.tokens, at)
	r.kinds = append(r.kinds, kind)
}

// question is a streamed request that keeps its texts.
func question() *Request {
	return &Request{
		Model:    "m",
		Messages: []Message{{Role: "user", Content: "describe this phone"}},
		Stream:   true, KeepText: true,
	}
}
