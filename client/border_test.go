package client

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

const shortValue = "k9q"

// evil is what a hostile endpoint says: escape sequences (a title, the clipboard,
// a cleared screen), in both forms, what turns the direction of writing, what is
// not seen, line ends, commands to build servers, and the secrets, in several
// spellings.
var evil = strings.Join([]string{
	"\x1b]0;owned\x07", "\x1b]52;c;b3duZWQ=\x1b\\", "\x1b[2J\x1b[31mred", "\u009b31m", "\u009d0;owned\u009c", "\x1bP1;2|x\x1b\\",
	"\u202eright\u2066\u200fleft", "in\u200bvis\u2060ible\ufeff\u00ad\u034f\ufe0f\u3164", "tag\U000e0041",
	"\r\n::error::pwned", "\n::set-output name=a::b", "\u2028::stop-commands::x", "\x85::add-mask::y", "##[error]pwned", "##vso[task.complete]", "##teamcity[x]",
	testKey, strings.ToUpper(testKey), "sk-very\x00-secret-key", "sk-very\u200b-secret\x1b[0m-key", testKey[:10] + "\u202e" + testKey[10:],
	"another-secret", "third-secret", shortValue, "<" + shortValue + ">",
	"\x00\x08\x7f\xff\xc0\xaf",
}, " ")

// unfit says what is wrong with a text behind the border, "" if nothing is.
func unfit(text string, limit int) string {
	lower := strings.ToLower(text)
	for _, secret := range []string{testKey, "another-secret", "third-secret", "c2VjcmV0OnBhc3M"} {
		for n := 8; n <= len(secret); n++ {
			if strings.Contains(lower, strings.ToLower(secret[:n])) {
				return "holds " + secret[:n]
			}
		}
	}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if word == shortValue {
			return "holds a short header value"
		}
	}
	for _, command := range []string{"::error", "::set-output", "::stop-commands", "::add-mask", "##[", "##vso[", "##teamcity["} {
		if strings.Contains(lower, command) {
			return "holds " + command
		}
	}
	for _, r := range text {
		if r != '\n' && (!unicode.IsPrint(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r)) || strings.ContainsRune(unseen, r) {
			return fmt.Sprintf("holds %U", r)
		}
	}
	if len(text) > limit {
		return "is too long"
	}
	return ""
}

// fit holds every text of a record to the border.
func fit(t *testing.T, got Result) {
	t.Helper()
	v := reflect.ValueOf(got)
	for i := range v.NumField() {
		field, limit := v.Type().Field(i), textLimit
		if v.Field(i).Kind() != reflect.String {
			continue
		}
		text := v.Field(i).String()
		if field.Name == "Text" || field.Name == "Reasoning" {
			limit = proseLimit
		} else if strings.Contains(text, "\n") {
			t.Errorf("%s is more than a line: %q", field.Name, text)
		}
		if wrong := unfit(text, limit); wrong != "" {
			t.Errorf("%s %s: %q", field.Name, wrong, text)
		}
	}
}

func hostileConfig(cfg *Config) {
	cfg.Key = testKey
	cfg.Header = http.Header{
		"X-Api-Key": {"another-secret"}, "X-Short": {shortValue}, "X-Auth": {"Token third-secret"}, "Cookie": {"a=b; session=" + "third-secret"},
	}
}

// Every field that an endpoint can fill is cleaned where it enters.
func TestBorder(t *testing.T) {
	t.Parallel()
	quoted := string(appendString(nil, evil)) // JSON
	header := strings.Map(func(r rune) rune { // what net/http lets through
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ReplaceAll(evil, "\x1b[0m", ""))
	head := "HTTP/1.1 200 OK\r\nX-Request-Id: " + header + "\r\n\r\n"
	event := func(text string) string { return "data: " + text + "\n\n" }
	for name, answer := range map[string]string{
		"a finish reason":     head + event(`{"id":`+quoted+`,"choices":[{"delta":{"content":`+quoted+`,"reasoning_content":`+quoted+`},"finish_reason":`+quoted+`}]}`) + doneEvent,
		"an id":               "HTTP/1.1 200 OK\r\n\r\n" + event(`{"id":`+quoted+`,"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}`) + doneEvent,
		"a document":          head + `{"id":` + quoted + `,"choices":[{"message":{"content":` + quoted + `,"tool_calls":[{"function":{"name":` + quoted + `}}]},"finish_reason":` + quoted + `}]}`,
		"an error document":   head + `{"error":{"message":` + quoted + `,"type":` + quoted + `,"code":` + quoted + `}}`,
		"an error as a text":  head + `{"error":` + quoted + `}`,
		"an error event":      head + "event: error\ndata: " + strings.ReplaceAll(evil, "\n", " ") + "\n\n",
		"an event of no JSON": head + event(strings.ReplaceAll(evil, "\n", " ")),
		"a page":              head + "<html><title>" + evil + "</title>",
		"a status":            "HTTP/1.1 500 " + header + "\r\n\r\n" + evil,
		"a bare status":       "HTTP/1.1 418 " + header + "\r\nContent-Length: 0\r\n\r\n",
		"a refusal":           "HTTP/1.1 401 X\r\n\r\n" + `{"detail":` + quoted + `}`,
		"a redirect":          "HTTP/1.1 302 X\r\nLocation: http://elsewhere/" + header + "\r\n\r\n",
		"a coding":            "HTTP/1.1 200 OK\r\nContent-Encoding: " + header + "\r\n\r\n",
		"a coding of errors":  "HTTP/1.1 500 X\r\nContent-Encoding: " + header + "\r\n\r\n",
		"a bad length":        "HTTP/1.1 200 OK\r\nContent-Length: " + header + "\r\n\r\n",
		"a bad transfer":      "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + header + "\r\n\r\n",
		"a bad header":        "HTTP/1.1 200 OK\r\n" + header + "\r\n\r\n",
		"a forbidden header":  "HTTP/1.1 200 OK\r\nX-Request-Id: " + evil + "\r\n\r\n",
		"a bad protocol":      header + "\r\n\r\n",
		"a bad chunk":         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + header + "\r\n",
		"limits":              "HTTP/1.1 429 X\r\nRetry-After: " + header + "\r\nX-Ratelimit-Limit-Requests: " + header + "\r\n\r\n",
		"a key that was cut":  "HTTP/1.1 500 X\r\n\r\n" + strings.Repeat(" ", rawLimit-11) + testKey,
		"a key at the end":    head + event(strings.Repeat("x", 80-13)+testKey),
		"only the key":        head + event(`{"id":"`+testKey+`","choices":[{"delta":{"content":"`+testKey+`"},"finish_reason":"`+testKey+`"}]}`) + doneEvent,
		"a long word":         head + event(`{"choices":[{"delta":{"content":"a"},"finish_reason":"`+strings.Repeat("y", wordLimit-9)+testKey+`"}]}`) + doneEvent,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			serve := func(_ int, c net.Conn, r *bufio.Reader) {
				readRequest(r)
				send(c, answer)
			}
			onConns(t, serve, hostileConfig, func(t *testing.T, c *Client) {
				req := question()
				req.KeepText = true
				got := c.Do(t.Context(), req, nil)
				fit(t, got)
				req.Stream = false
				fit(t, c.Do(t.Context(), req, nil))
				ids, err := c.Models(t.Context())
				if len(ids) > 0 {
					t.Errorf("models %q", ids)
				}
				if err == nil {
					return
				}
				if wrong := unfit(err.Error(), 2*textLimit); wrong != "" {
					t.Errorf("models %s: %q", wrong, err)
				}
			})
		})
	}
}

// An id under which a model could not be asked for, once it is cleaned, is not
// taken for one.
func TestHostileModels(t *testing.T) {
	t.Parallel()
	for _, id := range []string{evil, "m\x1b[2J", " m", "m\u200b", testKey, "models/" + testKey, "a\n::error::b", strings.Repeat("m", 1000)} {
		serve := func(_ int, c net.Conn, r *bufio.Reader) {
			readRequest(r)
			send(c, "HTTP/1.1 200 OK\r\n\r\n"+`{"data":[{"id":"fine/model-1:q4"},{"id":`+string(appendString(nil, id))+`}]}`)
		}
		onConns(t, serve, hostileConfig, func(t *testing.T, c *Client) {
			ids, err := c.Models(t.Context())
			if err == nil {
				t.Fatalf("models %q", ids)
			}
			if wrong := unfit(err.Error(), 2*textLimit); wrong != "" || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %q", wrong, err)
			}
		})
	}
}

// What is no secret is left as it is.
func TestBorderLeavesTheRest(t *testing.T) {
	t.Parallel()
	c, err := New(Config{URL: "http://127.0.0.1/v1", Key: "1", Header: http.Header{"X-A": {"2", "the"}, "X-B": {"Bearer abc"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, text, want string }{
		{"figures", "HTTP 111: 21 of 12, 1.5 s, v1, 1", "HTTP 111: 21 of 12, ***.5 s, v1, ***"},
		{"words", "there is the other, then", "there is *** other, then"},
		{"a token behind its scheme", "abc, abcd, Bearer abc", "***, abcd, ***"},
		{"other letters", "thé 東京 đẹp the", "thé 東京 đẹp ***"},
		{"addresses and paths", "dial tcp [::1]:8000: std::vector at http://a/b", "dial tcp [::***]:8000: std::vector at http://a/b"},
		{"nothing", "", ""},
		{"hashes", "## heading #[x]", "## heading #[x]"},
	} {
		if got := c.clean(test.text, nil); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	prose := "Xin chào,\n\n  café 東京\tok\r\n— 1 sao"
	if got, want := c.prose(prose), "Xin chào,\n\n  café 東京 ok \n— *** sao"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// However a key is mixed with what is not seen, it does not come back.
func TestBorderFindsKeys(t *testing.T) {
	t.Parallel()
	c := scrubber(t)
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		b.WriteString(rapid.StringN(0, 20, -1).Draw(t, "before"))
		for _, r := range testKey {
			b.WriteString(rapid.SampledFrom([]string{"", "", "", "\x00", "\u200b", "\x1b[1m", "\u202e", "\x1b]0;a\a"}).Draw(t, "noise"))
			if rapid.Bool().Draw(t, "upper") {
				r = unicode.ToUpper(r)
			}
			b.WriteRune(r)
		}
		b.WriteString(rapid.StringN(0, 20, -1).Draw(t, "after"))
		for _, got := range []string{c.clean(b.String(), nil), c.line(b.String(), wordLimit), c.prose(b.String())} {
			if strings.Contains(strings.ToLower(got), testKey) || strings.ContainsAny(got, "\x00\x1b\u200b\u202e") {
				t.Fatalf("%q of %q", got, b.String())
			}
		}
	})
}
