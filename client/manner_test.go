package client

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// fussy is an endpoint that refuses keys by name, and remembers the bodies it got.
type fussy struct {
	refuses map[string]string // key: what is said of it
	status  int

	mu     sync.Mutex
	bodies []map[string]json.RawMessage
}

func (f *fussy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body map[string]json.RawMessage
	b, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(b, &body)
	f.mu.Lock()
	f.bodies = append(f.bodies, body)
	f.mu.Unlock()
	for key, said := range f.refuses {
		if _, there := body[key]; there {
			w.WriteHeader(f.status)
			_, _ = fmt.Fprintf(w, `{"error":{"message":%q}}`, said)
			return
		}
	}
	send(w, tokenEvent("a"), stopEvent, doneEvent)
}

// What an endpoint refuses by its name is left out from then on: a request that was
// refused for it is sent again, and none fails.
func TestWhatIsRefusedIsLeftOut(t *testing.T) {
	t.Parallel()
	const usage, limit = "Unrecognized request argument supplied: stream_options", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
	for _, test := range []struct {
		name    string
		cfg     Config
		refuses map[string]string
		status  int
		extra   string
		want    Outcome
		bodies  int // of three requests, one after the other
		adapted int
	}{
		{"usage", Config{}, map[string]string{"stream_options": usage}, 400, "", OK, 4, 1},
		{"usage, as FastAPI refuses", Config{}, map[string]string{"stream_options": usage}, 422, "", OK, 4, 1},
		{"usage of completions", Config{API: Completions}, map[string]string{"stream_options": usage}, 400, "", OK, 4, 1},
		{"the limit", Config{}, map[string]string{"max_tokens": limit}, 400, "", OK, 4, 1},
		{"both", Config{}, map[string]string{"max_tokens": limit, "stream_options": usage}, 400, "", OK, 5, 2},
		{"usage that is not asked for", Config{NoUsage: true}, map[string]string{"stream_options": usage}, 400, "", OK, 3, 0},
		{"a limit under the key that was given", Config{MaxTokensKey: "max_tokens"}, map[string]string{"max_tokens": limit}, 400, "", BadRequest, 3, 0},
		{"a limit under another key", Config{MaxTokensKey: "max_output"}, map[string]string{"max_tokens": limit}, 400, "", OK, 3, 0},
		{"what the user adds", Config{}, map[string]string{"stream_options": usage}, 400, `{"stream_options":{}}`, BadRequest, 3, 0},
		{"another status", Config{}, map[string]string{"stream_options": usage}, 500, "", ServerError, 3, 0},
		{"another reason", Config{}, map[string]string{"stream_options": "no"}, 400, "", BadRequest, 3, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := &fussy{refuses: test.refuses, status: test.status}
			server := httptest.NewServer(f)
			defer server.Close()
			test.cfg.URL = server.URL + "/v1"
			c, err := New(test.cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			req := question()
			req.MaxTokens = 9
			if test.extra != "" {
				req.Extra = json.RawMessage(test.extra)
			}
			for range 3 {
				var sink recorder
				got := c.Do(t.Context(), req, &sink)
				if got.Outcome != test.want || got.Retries != 0 || sink.sent != 1 {
					t.Errorf("%s: %s; %d retries, sent %d times", got.Outcome, got.Err, got.Retries, sink.sent)
				}
			}
			if len(f.bodies) != test.bodies || len(c.Adapted()) != test.adapted {
				t.Errorf("%d bodies, want %d; %q", len(f.bodies), test.bodies, c.Adapted())
			}
			for _, body := range f.bodies { // bounded in any case
				if body["max_tokens"] == nil && body["max_completion_tokens"] == nil && body["max_output"] == nil {
					t.Errorf("without a limit: %s", body)
				}
			}
		})
	}
}

// Many requests at once that are refused for the same thing are all sent again.
func TestWhatIsRefusedByMany(t *testing.T) {
	t.Parallel()
	f := &fussy{refuses: map[string]string{"stream_options": "stream_options: extra inputs are not permitted"}, status: 400}
	server := httptest.NewServer(f)
	defer server.Close()
	c, err := New(Config{URL: server.URL + "/v1"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var calls sync.WaitGroup
	for range 50 {
		calls.Go(func() {
			if got := c.Do(t.Context(), question(), nil); got.Outcome != OK || got.Usage.From != FromEvents {
				t.Errorf("%s: %s", got.Outcome, got.Err)
			}
		})
	}
	calls.Wait()
}

func TestModelsThatWantAnotherLimit(t *testing.T) {
	t.Parallel()
	c := anyClient(t, Chat)
	for model, want := range map[string]string{
		"o1": maxCompletionTokens, "o3-mini": maxCompletionTokens, "o4-mini-2025-04-16": maxCompletionTokens,
		"gpt-5": maxCompletionTokens, "gpt-5-nano": maxCompletionTokens, "gpt-5.1": maxCompletionTokens, "openai/gpt-5-mini": maxCompletionTokens, "gpt-10": maxCompletionTokens,
		"gpt-4o": maxTokens, "gpt-4.1": maxTokens, "gpt-oss-120b": maxTokens, "o1ive": maxTokens, "ollama": maxTokens, "deepseek-v3.2": maxTokens, "gpt-50x": maxTokens, "": maxTokens,
	} {
		if got := c.manner(&Request{Model: model}).limit; got != want {
			t.Errorf("%s: %s, want %s", model, got, want)
		}
	}
	if got := anyClient(t, Completions).manner(&Request{Model: "o1"}).limit; got != maxTokens {
		t.Errorf("completions: %s", got)
	}
}

// A key goes where the dialect and the host want it, or where it is told to.
func TestWhereKeysGo(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		cfg         Config
		name, value string
	}{
		{Config{}, "Authorization", "Bearer a:key"},
		{Config{API: Messages}, "X-Api-Key", "a:key"},
		{Config{API: Messages, Auth: Bearer}, "Authorization", "Bearer a:key"},
		{Config{URL: "https://shop.openai.azure.com/openai/deployments/d/chat/completions?api-version=1"}, "Api-Key", "a:key"},
		{Config{URL: "https://shop.openai.azure.com/openai/v1", Auth: Bearer}, "Authorization", "Bearer a:key"},
		{Config{Auth: Basic}, "Authorization", "Basic YTprZXk="},
		{Config{Auth: APIKey}, "Api-Key", "a:key"},
		{Config{Auth: NoAuth}, "", ""},
		{Config{Auth: XAPIKey, Header: http.Header{"Authorization": {"Basic Zzpn"}}}, "X-Api-Key", "a:key"},
	} {
		if test.cfg.URL == "" {
			test.cfg.URL = "http://endpoint.test/v1"
		}
		test.cfg.Key = "a:key"
		c, err := New(test.cfg)
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for name, values := range c.plain {
			if slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, "key") || strings.Contains(v, "YTpr") }) {
				found = append(found, name+": "+values[0])
			}
		}
		if want := test.name + ": " + test.value; !slices.Equal(found, []string{want}) && (test.name != "" || len(found) > 0) {
			t.Errorf("%+v: %q, want %q", test.cfg, found, want)
		}
		for _, text := range []string{"a:key", "YTprZXk="} {
			if got := c.clean("no "+text, nil); test.cfg.Auth == Basic && strings.Contains(got, text) {
				t.Errorf("%s is shown: %s", text, got)
			}
		}
		if got := c.plain.Get("Anthropic-Version"); (got != "") != (test.cfg.API == Messages) {
			t.Errorf("%+v: version %q", test.cfg, got)
		}
		c.Close()
	}
}
