package client

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// formSeeds are documents whose text may stand anywhere that a token comes from.
var formSeeds = []string{
	`{"id":"a","object":"chat.completion.chunk","created":1,"choices":[{"index":0,"delta":{"content":"%s"},"logprobs":null,"finish_reason":null}]}`,
	`{"choices":[{"delta":{"role":"assistant","content":"%s"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":5}}`,
	`{"choices":[{"delta":{"content":"","reasoning_content":"%s"}},{"index":1,"delta":{"tool_calls":[{}]}}]}`,
	`{"choices":[{"delta":{"reasoning":"%s","reasoning_content":"%s"}}]}`,
	`{"choices":[{"delta":{"content":[{"text":"%s","type":"thinking"}]}}]}`,
	`{"choices":[{"delta":{"content":[{"type":"text","text":{"value":"%s"}}]}}]}`,
	`{"choices":[{"text":"%s","finish_reason":""}],"object":"text_completion"}`,
	`{"choices":[{"delta":"%s"}]}`,
	`{"choices":[{"delta":{"text":"%s"},"message":{"content":"so far"}}]}`,
	`{"choices":[{"message":{"content":"%s","refusal":null}}]}`,
	`{"choices":[{"message":"%s","finish_reason":"error"}],"error":null}`,
	`{"message":"%s","choices":[{"delta":{"content":"x"}}]}`,
	`{"choices":[{"index":0,"delta":{"content":"%s"},"finish_reason":null}],"usage":null,"obfuscation":"Xy1"}`,
	`{"obfuscation":"Xy1","choices":[{"index":0,"delta":{"content":"%s"},"finish_reason":null}]}`,
	` {"choices" : [ {"delta":{"content" : "%s" , "content":"twice"}} ] } `,
}

// formTexts are texts and what is none.
var formTexts = []string{`a`, ` hello`, ``, `"`, `\"`, `\`, `\u00e9`, `\u00`, "\n", "\xff", `a","role":"b`, `"},"finish_reason":"error","x":{"y":"`, `\\`, `[DONE]`}

// A document says the same whether it was read in full or by the form of the one
// before it.
func FuzzForm(f *testing.F) {
	for _, seed := range formSeeds {
		for _, text := range formTexts {
			f.Add([]byte(strings.ReplaceAll(seed, "%s", "a")), []byte(strings.ReplaceAll(seed, "%s", text)), []byte(text))
		}
	}
	for _, c := range wireCases(f) {
		for i := 1; i < len(c.Parts); i++ {
			data := func(i int) []byte {
				return bytes.TrimSpace(bytes.TrimPrefix([]byte(c.Parts[i].Text), []byte("data: ")))
			}
			f.Add(data(i-1), data(i), []byte("a"))
		}
	}
	f.Fuzz(func(t *testing.T, first, second, text []byte) {
		var c chunk
		sameAsAlone(t, &c, first)
		if holes := c.form.holes; len(holes) > 0 {
			alike := slices.Concat(first[:holes[0].from], text, first[holes[0].to:])
			if len(holes) > 1 {
				alike = slices.Concat(first[:holes[0].from], text, first[holes[0].to:holes[1].from], text, first[holes[1].to:])
			}
			sameAsAlone(t, &c, alike)
			sameAsAlone(t, &c, first)
			sameAsAlone(t, &c, alike[:len(alike)-1])
		}
		sameAsAlone(t, &c, second)
		sameAsAlone(t, &c, first)
	})
}

// sameAsAlone holds what c reads in a document against what one that has read nothing
// before reads.
func sameAsAlone(t *testing.T, c *chunk, doc []byte) {
	t.Helper()
	var alone chunk
	want := alone.read(doc, false)
	if got := c.read(bytes.Clone(doc), false); got != want {
		t.Fatalf("%q: %t, alone %t", doc, got, want)
	}
	if want && (!reflect.DeepEqual(c.said, alone.said) || !slices.Equal(c.tokens, alone.tokens)) {
		t.Fatalf("%q:\n  got %v %+v\nalone %v %+v", doc, c.tokens, c.said, alone.tokens, alone.said)
	}
}

// The pieces of a stream have one form, wherever their text stands; ones that say
// something else have another.
func TestForms(t *testing.T) {
	for i, seed := range formSeeds {
		var c chunk
		with := func(text string) []byte { return []byte(strings.ReplaceAll(seed, "%s", text)) }
		if !c.read(with("one"), false) {
			t.Fatalf("%s is no JSON", seed)
		}
		if fits, one := c.form.fits(with(`tw\"o `)), strings.Count(seed, "%s") == 1 && !strings.Contains(seed, "twice") && i != 11; fits != one {
			t.Errorf("%s: fits %t, want %t", seed, fits, one)
		}
		for _, other := range []string{``, `"`, `\`, "\n", `a","role":"b`} {
			if c.form.fits(with(other)) {
				t.Errorf("%s: %q fits", seed, other)
			}
		}
	}
	var c chunk
	for n := range 5 { // how long it is is hidden by as much that means nothing
		doc := fmt.Appendf(nil, `{"choices":[{"delta":{"content":"%s"}}],"obfuscation":"%s"}`, strings.Repeat("a", n+1), strings.Repeat("z", 4-n))
		if c.form.fits(doc) != (n > 0) || !c.read(doc, false) {
			t.Errorf("%s", doc)
		}
	}
	for n := range 5 { // a clock that goes on is another form, and then that one fits
		doc := func(text string) []byte {
			return fmt.Appendf(nil, `{"created":%d,"choices":[{"delta":{"content":"%s"}}]}`, 1000+n, text)
		}
		if c.form.fits(doc("a")) || !c.read(doc("a"), false) || !c.form.fits(doc("b")) {
			t.Errorf("after %d seconds", n)
		}
	}
}
