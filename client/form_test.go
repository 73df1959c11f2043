package client

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"flashwave/client/api"
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

// otherSeeds are likewise of other dialects.
var otherSeeds = []string{
	`{"type":"response.output_text.delta","sequence_number":4,"item_id":"i","output_index":0,"content_index":0,"delta":"%s","logprobs":[],"obfuscation":"Xy1"}`,
	`{"obfuscation":"Xy1","sequence_number":4,"delta":"%s","type":"response.function_call_arguments.delta"}`,
	`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"%s"}}`,
	`{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"%s"}}`,
	`{"model":"m","created_at":"2026-01-01T00:00:00Z","response":"%s","done":false}`,
	`{"t":"%s","sequence_number":1,"usage":{"output_tokens":1}}`,
	`{"delta":"%s","ok":true}`,
}

// formTexts are texts and what is none.
var formTexts = []string{`a`, ` hello`, ``, `"`, `\"`, `\`, `\u00e9`, `\u00`, "\n", "\xff", `a","role":"b`, `"},"finish_reason":"error","x":{"y":"`, `\\`, `[DONE]`}

// A document says the same whether it was read in full or by the form of the one
// before it.
func FuzzForm(f *testing.F) {
	for _, seed := range slices.Concat(formSeeds, otherSeeds) {
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
	all := dialects(f)
	f.Fuzz(func(t *testing.T, first, second, text []byte) {
		for _, d := range all {
			alikeForms(t, d, first, second, text)
		}
	})
}

// dialects are all of them, and an endpoint of one's own whose tokens stand at a path.
func dialects(tb testing.TB) (list []dialect) {
	tb.Helper()
	for _, api := range api.All() {
		list = append(list, anyClient(tb, api).dialect)
	}
	own, err := newCustom(Config{Body: "{}", Token: []string{"delta", "t", "choices.*.delta.content"}, Usage: "usage", FailIf: []string{"delta == STOP", "choices.0.delta"}})
	if err != nil {
		tb.Fatal(err)
	}
	return append(list, own)
}

func alikeForms(t *testing.T, d dialect, first, second, text []byte) {
	t.Helper()
	c := chunk{of: d}
	sameAsAlone(t, &c, first)
	if holes := c.form.holes; len(holes) > 0 {
		alike, at := []byte(nil), 0
		for _, hole := range holes {
			alike = append(append(alike, first[at:hole.from]...), text...)
			at = hole.to
		}
		alike = append(alike, first[at:]...)
		sameAsAlone(t, &c, alike)
		sameAsAlone(t, &c, first)
		sameAsAlone(t, &c, alike[:len(alike)-1])
	}
	sameAsAlone(t, &c, second)
	sameAsAlone(t, &c, first)
}

// sameAsAlone holds what c reads in a document against what one that has read nothing
// before reads.
func sameAsAlone(t *testing.T, c *chunk, doc []byte) {
	t.Helper()
	alone := chunk{of: c.of}
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
		c := chunk{of: chat{}}
		with := func(text string) []byte { return []byte(strings.ReplaceAll(seed, "%s", text)) }
		if !c.read(with("one"), false) {
			t.Fatalf("%s is no JSON", seed)
		}
		if fits, one := c.form.fits(nil, with(`tw\"o `)), strings.Count(seed, "%s") == 1 && !strings.Contains(seed, "twice") && i != 11; fits != one {
			t.Errorf("%s: fits %t, want %t", seed, fits, one)
		}
		for _, other := range []string{``, `"`, `\`, "\n", `a","role":"b`} {
			if c.form.fits(nil, with(other)) {
				t.Errorf("%s: %q fits", seed, other)
			}
		}
	}
	c := chunk{of: chat{}}
	for n := range 5 { // how long it is is hidden by as much that means nothing
		doc := fmt.Appendf(nil, `{"choices":[{"delta":{"content":"%s"}}],"obfuscation":"%s"}`, strings.Repeat("a", n+1), strings.Repeat("z", 4-n))
		if c.form.fits(nil, doc) != (n > 0) || !c.read(doc, false) {
			t.Errorf("%s", doc)
		}
	}
	for n := range 5 { // a clock that goes on is another form, and then that one fits
		doc := func(text string) []byte {
			return fmt.Appendf(nil, `{"created":%d,"choices":[{"delta":{"content":"%s"}}]}`, 1000+n, text)
		}
		if c.form.fits(nil, doc("a")) || !c.read(doc("a"), false) || !c.form.fits(nil, doc("b")) {
			t.Errorf("after %d seconds", n)
		}
	}
}

// A token costs no memory in any dialect: what differs from one piece to the next and
// means nothing does not make another form of it.
func TestFormsOfDialects(t *testing.T) {
	for _, test := range []struct {
		d    dialect
		name string
		doc  string
	}{
		{chat{}, "", `{"id":"c","choices":[{"index":0,"delta":{"content":"TEXT"}}],"obfuscation":"PAD"}`},
		{completions{}, "", `{"id":"c","choices":[{"index":0,"text":"TEXT"}]}`},
		{responses{}, "response.output_text.delta", `{"type":"response.output_text.delta","sequence_number":NUMBER,"item_id":"i","delta":"TEXT","obfuscation":"PAD"}`},
		{responses{}, "response.reasoning_text.delta", `{"delta":"TEXT","sequence_number":NUMBER}`},
		{messages{}, "content_block_delta", `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"TEXT"}}`},
		{messages{}, "content_block_delta", `{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"TEXT"}}`},
		{generate{}, "", `{"model":"m","created_at":"PAD","response":"TEXT","done":false}`},
		{dialects(t)[len(api.All())], "", `{"type":"word","t":"TEXT"}`},
	} {
		piece := func(n int) []byte {
			return []byte(strings.NewReplacer("TEXT", strings.Repeat("a", n), "PAD", strings.Repeat("z", n), "NUMBER", fmt.Sprint(n*n*n)).Replace(test.doc))
		}
		c := chunk{of: test.d, name: []byte(test.name)}
		if !c.read(piece(1), false) || len(c.tokens) != 1 {
			t.Errorf("%T: no token in %s", test.d, piece(1))
		}
		for n := 2; n < 9; n++ {
			if !c.form.fits(c.name, piece(n)) || !c.read(piece(n), false) || len(c.tokens) != 1 {
				t.Errorf("%T: %s is of another form", test.d, piece(n))
			}
		}
		last := piece(9)
		if n := testing.AllocsPerRun(100, func() { c.read(last, false) }); n != 0 {
			t.Errorf("%T: %v allocations a token", test.d, n)
		}
		c.name = []byte("other")
		if c.form.fits(c.name, last) {
			t.Errorf("%T: another event has the same form", test.d)
		}
	}
}
