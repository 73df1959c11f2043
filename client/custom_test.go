package client

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// What is no expression is none from the beginning: as the path of a value that never is
// there it would make nothing an error.
func TestWhatIsNoExpression(t *testing.T) {
	t.Parallel()
	for expr, valid := range map[string]bool{
		"success == false": true, "success==false": true, "code >= 400": true, "problems": true, "a[0].b != 'x'": true,
		"status == not ok": true, `text == "a && b"`: true, "text == '=x'": true, "$.code>400": true,
		"success=false": false, "success = false": false, "success===false": false, "!success": false, "code=>400": false,
		"success == false && code > 0": false, "success == false || code > 0": false, "a|b": false, "code>>400": false, "code > ": false, "": false,
	} {
		if _, err := parseCondition(expr); (err == nil) != valid {
			t.Errorf("%q: %v, valid: %v", expr, err, valid)
		}
	}
}

// What the user says of answers that no answer held is said in the end: a mistake in a
// path is not taken for an endpoint without errors.
func TestWhatNoAnswerHeld(t *testing.T) {
	t.Parallel()
	const doc = `{"success": true, "copy": "a", "meta": {"usage": {"output_tokens": 3}}}`
	for _, test := range []struct {
		name  string
		cfg   Config
		says  string
		calls int
		want  []string // what the sentences hold
	}{
		{"all is there", Config{FailIf: []string{"success == false"}, Usage: "meta.usage"}, doc, 1, nil},
		{"a mistake in a path", Config{FailIf: []string{"sucess == false"}}, doc, 2, []string{"sucess == false"}},
		{"a text for what is none", Config{FailIf: []string{`success == "false"`}}, doc, 1, []string{`success == "false"`}},
		{"a number for a text", Config{FailIf: []string{"copy >= 400"}}, doc, 1, []string{"copy >= 400"}},
		{"another language's word", Config{FailIf: []string{"success == False"}}, doc, 1, []string{"success == False"}},
		{"a word for a text", Config{FailIf: []string{"copy == error", `copy == "error"`, "copy != a"}}, doc, 1, nil},
		{"what is null while all is well", Config{FailIf: []string{`error == "E1"`, "error == 7", "error > 1"}}, `{"error": null}`, 1, nil},
		{"one of two", Config{FailIf: []string{"success == false", "meta.code >= 400"}}, doc, 1, []string{"meta.code >= 400"}},
		{"what must not be there", Config{FailIf: []string{"problems"}}, doc, 1, nil},
		{"a usage", Config{Usage: "usage"}, doc, 1, []string{"usage"}},
		{"in a stream", Config{FailIf: []string{"ok == false"}}, "data: " + doc + "\n\n", 1, []string{"ok == false"}},
		{"somewhere in a stream", Config{FailIf: []string{"ok == false"}}, "data: " + doc + "\n\ndata: {\"ok\": true}\n\n", 1, nil},
		{"no answer", Config{FailIf: []string{"ok == false"}, Usage: "u"}, doc, 0, nil},
		{"no document", Config{FailIf: []string{"ok == false"}}, "oops", 1, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, test.says) }))
			defer server.Close()
			test.cfg.API, test.cfg.URL, test.cfg.Body = HTTP, server.URL, "{}"
			c, err := New(test.cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			for range test.calls {
				c.Do(t.Context(), question(), nil)
			}
			if got := c.Adapted(); !slices.EqualFunc(got, test.want, strings.Contains) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
