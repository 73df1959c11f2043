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
	"testing"
	"time"
)

// A wireCase is one answer as endpoints really send them, and what the client
// must make of it (testdata/cases.jsonl).
type wireCase struct {
	Name    string
	Why     string
	Status  int
	Headers map[string]string
	Parts   []wirePart
	Close   string
	Want    wireWant
}

type wireWant struct {
	Outcome         Outcome
	Events          int
	FirstTokenPart  *int `json:"first_token_part"`
	FirstAnswerPart *int `json:"first_answer_part"`
	Text, Reasoning *string
	Finish          string
	PromptTokens    int         `json:"prompt_tokens"`
	OutputTokens    int         `json:"output_tokens"`
	CachedTokens    int         `json:"cached_tokens"`
	ReasoningTokens int         `json:"reasoning_tokens"`
	TokensFrom      UsageSource `json:"tokens_from"`
	TTFT            bool        `json:"ttft"` // there is one
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

func wireCases(tb testing.TB, file string) []wireCase {
	tb.Helper()
	b, err := os.ReadFile("testdata/" + file)
	if err != nil {
		tb.Fatal(err)
	}
	var cases []wireCase
	for line := range bytes.Lines(b) {
		var c wireCase
		if err := json.Unmarshal(line, &c); err != nil {
			tb.Fatal(err)
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

// tapped reports reads.
type tapped struct {
	net.Conn
	read chan struct{}
}

func (c tapped) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		// Reported a little late, so that the stamp is taken first.
		time.AfterFunc(time.Millisecond, func() {
			select {
			case c.read <- struct{}{}:
			default:
			}
		})
	}
	return n, err
}

// TestCases serves every case over a loopback socket in HTTP/1.1 chunks and
// checks all of what is wanted of it.
func TestCases(t *testing.T) {
	for _, c := range wireCases(t, "cases.jsonl") {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			g, got, sink := serve(t, c)
			checkCase(t, g, got, sink)
		})
	}
}

// TestField holds the client to what people reported of real engines, gateways and
// proxies (testdata/field.jsonl), and to others of the same kinds (kinds.jsonl). Of each
// what its case names is checked.
func TestField(t *testing.T) {
	for _, file := range []string{"field.jsonl", "kinds.jsonl"} {
		for _, c := range wireCases(t, file) {
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				_, got, _ := serve(t, c)
				want := c.Want
				if got.Outcome != want.Outcome || (got.Err == "") != (got.Outcome == OK) {
					t.Errorf("outcome %q, want %q (err %q)", got.Outcome, want.Outcome, got.Err)
				}
				if want.Events > 0 && got.Events != want.Events {
					t.Errorf("%d token events, want %d", got.Events, want.Events)
				}
				if (want.TTFT || want.Events > 0) && got.FirstToken == Never {
					t.Error("no first token")
				}
				if want.Text != nil && got.Text != *want.Text || want.Reasoning != nil && got.Reasoning != *want.Reasoning {
					t.Errorf("text %q, reasoning %q", got.Text, got.Reasoning)
				}
				if want.Finish != "" && got.Finish != want.Finish {
					t.Errorf("finish %q, want %q", got.Finish, want.Finish)
				}
				if u := got.Usage; want.TokensFrom != "" && (u.From != want.TokensFrom || u.Output != want.OutputTokens || u.Prompt < want.PromptTokens || u.Reasoning < want.ReasoningTokens) {
					t.Errorf("usage %+v, want %+v", u, want)
				}
			})
		}
	}
}

// serve asks a server that answers as a case says.
func serve(t *testing.T, c wireCase) (*gate, Result, *recorder) {
	t.Helper()
	g := &gate{wireCase: c, epoch: time.Now(), read: make(chan struct{}, 1)}
	server := httptest.NewServer(g)
	defer server.Close()
	cl, err := New(Config{URL: server.URL + "/v1", Epoch: g.epoch, DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		return tapped{conn, g.read}, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	var sink recorder
	got := cl.Do(t.Context(), question(), &sink)
	server.Close() // waits for the handler
	return g, got, &sink
}

func checkCase(t *testing.T, g *gate, got Result, sink *recorder) {
	t.Helper()
	want := g.Want
	if got.Outcome != want.Outcome || got.Events != want.Events || got.Finish != want.Finish {
		t.Errorf("outcome %q events %d finish %q, want %q %d %q (err %q)",
			got.Outcome, got.Events, got.Finish, want.Outcome, want.Events, want.Finish, got.Err)
	}
	if got.Status != g.Status {
		t.Errorf("status %d, want %d", got.Status, g.Status)
	}
	if want.Text != nil && got.Text != *want.Text {
		t.Errorf("text %q, want %q", got.Text, *want.Text)
	}
	if want.Reasoning != nil && got.Reasoning != *want.Reasoning {
		t.Errorf("reasoning %q, want %q", got.Reasoning, *want.Reasoning)
	}
	if want.TokensFrom != "" {
		u := Usage{
			Prompt: want.PromptTokens, Cached: want.CachedTokens, Output: want.OutputTokens,
			Reasoning: want.ReasoningTokens, From: want.TokensFrom, StreamedReasoning: want.Reasoning != nil,
		}
		if got.Usage != u {
			t.Errorf("usage %+v, want %+v", got.Usage, u)
		}
	}
	if want.RetryAfterS != nil && got.Limits.RetryAfter.Seconds() != *want.RetryAfterS {
		t.Errorf("retry after %v, want %v s", got.Limits.RetryAfter, *want.RetryAfterS)
	}
	if want.LimitRequests != nil && got.Limits.LimitRequests != *want.LimitRequests {
		t.Errorf("limit of requests %d, want %d", got.Limits.LimitRequests, *want.LimitRequests)
	}
	checkPart(t, g, "first token", got.FirstToken, want.FirstTokenPart)
	answer := want.FirstAnswerPart
	if answer == nil && want.Reasoning == nil {
		answer = want.FirstTokenPart
	}
	checkPart(t, g, "first answer", got.FirstAnswer, answer)
	if (got.Err == "") != (got.Outcome == OK) {
		t.Errorf("outcome %s with the text %q", got.Outcome, got.Err)
	}
	if sink.sent != 1 || len(sink.tokens) != want.Events || !slices.IsSorted(sink.tokens) {
		t.Errorf("the sink was told of %d sendings and the tokens %v", sink.sent, sink.tokens)
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

// allCases are those of every file.
func allCases(tb testing.TB) []wireCase {
	tb.Helper()
	return slices.Concat(wireCases(tb, "cases.jsonl"), wireCases(tb, "field.jsonl"), wireCases(tb, "kinds.jsonl"))
}
