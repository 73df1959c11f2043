package mock

import (
	"bytes"
	"net/http/httptest"
	"testing"
)

// Whatever a body holds, it is refused with a 4xx or makes an order that the
// engine can carry out.
func FuzzCompletionBody(f *testing.F) {
	for _, body := range []string{
		`{"model":"deepseek-v3.2","messages":[{"role":"user","content":"hi"}],"max_tokens":3,"stream":true,"stream_options":{"include_usage":true}}`,
		`{"model":"deepseek-v3.2","messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}],"max_completion_tokens":9223372036854775807}`,
		`{"model":"deepseek-v3.2","messages":[{"role":"user","content":null}],"ignore_eos":true,"n":1}`,
		`{"model":"deepseek-v3.2","prompt":"hi"}`,
		`{"model":"deepseek-v3.2","prompt":[1,2,3],"max_tokens":-1}`,
		`{"model":"deepseek-v3.2","system":"s","tools":[{"name":"f"}],"max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f","input":{"a":1}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"x"}]}]}]}`,
		`{"model":"deepseek-v3.2","input":[{"type":"function_call","call_id":"1","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"1","output":"x"}]}`,
		`{"model":"deepseek-v3.2","think":true,"messages":[{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{}}}]},{"role":"tool","tool_name":"f","content":null}],"options":{"num_predict":3}}`,
		`{"prompt":[[]]}`, `[]`, `null`, ``, `{"stream_options":null}`, "\xff",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, d := range dialects {
			q := d.question()
			r := httptest.NewRequest("POST", "/", bytes.NewReader(body))
			p := readBody(httptest.NewRecorder(), r, q)
			var o order
			if p == nil {
				o, p = q.order([]string{DefaultModel})
			}
			switch {
			case p != nil && (p.status < 400 || p.status > 499 || p.message == ""):
				t.Errorf("refused with %+v", p)
			case p == nil && (o.prompt < 1 || o.limit < 0 || o.prompt+o.limit > contextLength || o.exact && o.limit == 0):
				t.Errorf("accepted as %+v", o)
			}
		}
	})
}

// Whatever a body holds, the shop either finds a flaw or a product with a name.
func FuzzProductBody(f *testing.F) {
	for _, body := range []string{
		`{"product_name":"Trà","category":"Đồ uống","features":["thơm"],"tone":"vui"}`,
		`{"product_name":null,"category":[],"features":[null]}`,
		`{}`, `null`, ``, `[1]`, "\xff",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, flaws := readProduct(bytes.NewReader(body))
		if len(flaws) == 0 && (p.Name == "" || p.promptTokens() < 1) {
			t.Errorf("accepted as %+v", p)
		}
	})
}
