package client

import (
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

const testKey = "sk-very-secret-key"

func scrubber(t testing.TB) *Client {
	t.Helper()
	c, err := New(Config{
		URL: "http://127.0.0.1/v1", Key: testKey,
		Header: http.Header{"X-Api-Key": {"another-secret"}, "X-Env": {"prod"}, "X-Auth": {"Token third-secret"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClean(t *testing.T) {
	t.Parallel()
	c := scrubber(t)
	prompt := "Write a product description for the Galaxy phone, in Vietnamese, in three sentences."
	req := &Request{
		Messages: []Message{{Role: "user", Content: prompt}, {Role: "user", Content: "hi"}},
		Fields:   map[string]any{"name": "Galaxy S Ultra", "list": []any{"a unique feature"}, "more": map[string]any{"x": []string{"deeply hidden"}}},
	}
	for _, test := range []struct{ name, text, want string }{
		{"the key", "bad key " + testKey + "!", "bad key ***!"},
		{"secret headers", "another-secret and Token third-secret and third-secret", "*** and *** and ***"},
		{"short headers are redacted as words", "prod is down: no product, prod-1, reprod", "*** is down: no product, ***-1, reprod"},
		{"the whole prompt", "cannot answer '" + prompt + "'", "cannot answer '…'"},
		{"a part of it", "near " + prompt[5:60] + ": no", "near …: no"},
		{"fields", "Galaxy S Ultra has a unique feature, deeply hidden", "… has …, …"},
		{"short prompts are words", "hi there", "hi there"},
		{"control characters", "a\x1b[31mred\r\n\tb\x00", "ared b"},
		{"not UTF-8", "a\xffb", "a\ufffdb"},
	} {
		if got := c.clean(test.text, req); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// Whatever a server says: bounded, one line, without the key.
func TestCleanIsBounded(t *testing.T) {
	t.Parallel()
	c := scrubber(t)
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.OneOf(rapid.String(), rapid.Just(testKey), rapid.Just(strings.Repeat("đ", 200)))).Draw(t, "pieces")
		got := c.clean(strings.Join(pieces, ""), nil)
		if len(got) > textLimit || !utf8.ValidString(got) || strings.Contains(got, testKey) || strings.ContainsAny(got, "\n\r\x1b") {
			t.Fatalf("%q", got)
		}
	})
}

// The key goes to the endpoint, and into no text, whatever the server echoes.
func TestKeyIsNotEchoed(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+testKey {
			t.Errorf("sent %q", r.Header.Get("Authorization"))
		}
		w.Header().Set("Location", "http://elsewhere.test/"+testKey)
		if r.Method == http.MethodGet {
			w.WriteHeader(http.StatusUnauthorized)
		} else {
			w.WriteHeader(http.StatusFound)
		}
		send(w, `{"error":{"message":"wrong key `+testKey+` for describe this phone"}}`)
	}
	inBubble(t, handler, func(cfg *Config) { cfg.Key = testKey }, func(t *testing.T, c *Client) {
		got := c.Do(t.Context(), question(), nil)
		wantOutcome(t, got, Malformed)
		_, err := c.Models(t.Context())
		if strings.Contains(got.Err, testKey) || err == nil || !strings.Contains(err.Error(), "HTTP 401: wrong key ***") {
			t.Errorf("%q, %v", got.Err, err)
		}
	})
}

func TestStatusOutcomes(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]Outcome{
		301: Malformed, 400: BadRequest, 401: Auth, 403: Auth, 404: BadRequest, 408: BadRequest, 422: BadRequest,
		429: RateLimited, 500: ServerError, 502: ServerError, 503: Overloaded, 504: ServerError, 529: Overloaded, 600: Malformed,
	} {
		if got := statusOutcome(status); got != want {
			t.Errorf("%d is %s, want %s", status, got, want)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"2": 2 * time.Second, "0.5": 500 * ms, "0": 0, "120ms": 120 * ms, "6m0s": 6 * time.Minute, "1s": time.Second, " 3 ": 3 * time.Second,
		"Fri, 27 Nov 2026 00:00:30 GMT": 30 * time.Second, "Fri, 27 Nov 2026 00:00:00 GMT": 0, "Thu, 26 Nov 2026 00:00:00 GMT": 0,
		"2026-11-27T00:01:00Z": time.Minute, "": Never, "soon": Never, "-1": Never, "1700000000": Never, "1e400": Never,
		"Fri, 31 Dec 9999 23:59:59 GMT": LongestWait, "Friday, 31-Dec-99 23:59:59 GMT": 0, "Fri Dec 31 23:59:59 9999": LongestWait,
		"9999-12-31T23:59:59Z": LongestWait, "0001-01-01T00:00:00Z": 0, "599": 599 * time.Second, "601": LongestWait,
		"99999999": LongestWait, "9223372036": LongestWait, "9223372037": LongestWait, "99999999999999999999": LongestWait,
		strings.Repeat("9", 400): LongestWait, "99999999999h": LongestWait, "10m0.5s": LongestWait, "9m59s": 599 * time.Second,
		"-9223372036854775808": Never, "-1h": Never, "NaN": Never, "Inf": Never, "+Inf": Never, "0x1p10": Never, "5, 10": Never, "1.5.5": Never,
		"1795737605": 5 * time.Second, "1795737605000": 5 * time.Second, "1795741200": LongestWait, "1h1": Never, "2e1": Never, ".5": Never,
	} {
		if got := waitOf(text, now, LongestWait); got != want {
			t.Errorf("wait %q is %v, want %v", text, got, want)
		}
	}
	if got := limitsOf(http.Header{}, now); got != noLimits {
		t.Errorf("no headers say %+v", got)
	}
	got := limitsOf(http.Header{
		"Retry-After": {"9"}, "Retry-After-Ms": {"250"},
		"X-Ratelimit-Limit-Requests": {"500"}, "X-Ratelimit-Remaining-Requests": {"0"}, "X-Ratelimit-Reset-Requests": {"120ms"},
		"X-Ratelimit-Limit-Tokens": {"many"}, "X-Ratelimit-Remaining-Tokens": {" 7 "}, "X-Ratelimit-Reset-Tokens": {"6m0s"},
	}, now)
	want := Limits{RetryAfter: 250 * ms, LimitRequests: 500, LimitTokens: -1, RemainingTokens: 7, ResetRequests: 120 * ms, ResetTokens: 6 * time.Minute}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
