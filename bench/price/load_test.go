package price_test

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"flashwave/bench/price"
)

// write puts text into a file and returns its path.
func write(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "prices")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t testing.TB, text string) *price.Book {
	t.Helper()
	book, err := price.Load(write(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestLoadYAML(t *testing.T) {
	want := []price.Price{
		{Model: "5", Input: 1, Output: 2},
		{
			Host: "llm.example.com", Model: "Own", Input: 0.1, Cached: 0.01, CacheWritten: 0.125, Output: 0.2,
			Date: "2026-11-05", Source: "https://example.com/prices", Note: "until spring",
		},
	}
	tests := []struct{ why, text string }{
		{"as people write it", `
# ours -----------------------------------------------------------------------
prices:
  - host: LLM.example.com
    model: Own
    input: 0.1
    cached: 0.01
    cache_written: 0.125
    output: 0.2
    date: 2026-11-05
    source: https://example.com/prices
    note: until spring
  - {model: 5, input: 1, output: 2}
`},
		{"with a byte order mark, as JSON", "\ufeff" + `{"prices": [{"host": "llm.example.com", "model": "Own", "input": 0.1, "cached": 0.01, "cache_written": 0.125, "output": 0.2,
"date": "2026-11-05", "source": "https://example.com/prices", "note": "until spring"}, {"model": "5", "input": 1, "output": 2}]}`},
		{"in flow style, with an anchor", `{prices: [&a {host: llm.example.com, model: Own, input: 0.1, cached: 0.01, cache_written: 0.125, output: 0.2,
  date: 2026-11-05, source: "https://example.com/prices", note: until spring}, {model: "5", input: 1, output: 2}]}`},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			if diff := cmp.Diff(want, load(t, tt.text).Entries()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestLoadErrors(t *testing.T) {
	tests := []struct{ why, text, want string }{
		{"nothing", "", ": no prices in it"},
		{"only a comment", "# prices\n", ": no prices in it"},
		{"an empty list", "prices: []\n", ": no prices in it"},
		{"no list", "prices: 5\n", ":1:9: int was used where sequence is expected"},
		{"a list at the top", "- {model: x, input: 1, output: 1}\n", ":1:1: sequence was used where mapping is expected"},
		{"an unknown key", "prices:\n  - {model: x, input: 1, outptu: 2}\n", `:2:26: unknown field "outptu"`},
		{"an unknown key at the top", "price:\n  - {model: x, input: 1, output: 2}\n", `:1:1: unknown field "price"`},
		{"a key twice", "prices:\n  - {model: x, model: y}\n", `:2:16: mapping key "model" already defined at [2:6]`},
		{"an empty entry", "prices:\n  - {model: x, input: 1, output: 2}\n  -\n", ":3:5: an empty entry"},
		{"no model", "prices:\n  - input: 1\n    output: 2\n", ":2:10: model is missing"},
		{"an empty model", "prices:\n  - {input: 1, model: '', output: 2}\n", ":2:23: model is missing"},
		{"no input", "prices:\n  - {model: x, output: 2}\n", ":2:5: input is missing: the price of prompt tokens, in USD per million"},
		{"no output", "prices:\n  - {model: x, input: 2}\n", ":2:5: output is missing: the price of output tokens, in USD per million"},
		{"a price in words", "prices:\n  - {model: x, input: much, output: 2}\n", ":2:23: want a number, not text"},
		{"a list for a model", "prices:\n  - {model: [x], input: 1, output: 2}\n", ":2:13: want text, not a list"},
		{"a negative price", "prices:\n  - {model: x, input: 1, output: -2}\n", ":2:34: output must be 0 or more USD per million tokens, not -2"},
		{"an infinite price", "prices:\n  - model: x\n    input: 1\n    cached: .inf\n    output: 2\n", ":4:13: cached must be 0 or more USD per million tokens, not +Inf"},
		{"a negative price of writing", "prices:\n  - {model: x, input: 1, cache_written: -1, output: 2}\n", ":2:41: cache_written must be 0 or more USD per million tokens, not -1"},
		{"no number", "prices:\n  - {model: x, input: .nan, output: 2}\n", ":2:23: input must be 0 or more USD per million tokens, not NaN"},
		{"a URL for a host", "prices:\n  - {host: 'https://api.example.com/v1', model: x, input: 1, output: 2}\n", `:2:12: host "https://api.example.com/v1": write the host alone, such as api.example.com`},
		{"a date in another order", "prices:\n  - {model: x, input: 1, output: 2, date: 5.11.2026}\n", `:2:43: date "5.11.2026": want YYYY-MM-DD`},
		{"the same twice", "prices:\n  - {host: a.b, model: x, input: 1, output: 2}\n  - {host: A.b, model: X, input: 1, output: 2}\n", ":3:24: X at a.b is priced twice"},
		{"the same twice, for any host", "prices:\n  - {model: x, input: 1, output: 2}\n  - {model: x, input: 1, output: 2}\n", ":3:13: x is priced twice"},
		{"two documents", "prices:\n  - {model: x, input: 1, output: 2}\n---\nprices: []\n", ":3:1: a second document; a price file has one"},
		{"a tab", "prices:\n\t- x\n", ":2:1: found character '\t' that cannot start any token"},
		{"a tag that the YAML library stumbles over", "prices: !!x {model: x}\n", ": cannot be read as YAML"},
		{"brackets without end", strings.Repeat("[", 1<<20), ": nested too deeply for a price file"},
		{"dashes without end", strings.Repeat("- ", 1<<20), ": nested too deeply for a price file"},
		{"some other JSON", `{"name": "x", "dependencies": {"y": "1"}}`, ": no prices in it"},
		{"prices by name", `{"prices": {"x": {"input": 1}}}`, ": no prices in it"},
		{"LiteLLM's file, cut off", "{\n  \"x\": {\n    \"input_cost_per_token\": 1e-06,\n", ":3:35: unexpected end of JSON input"},
		{"LiteLLM's file, a comma too much", "{\n  \"x\": {\n    \"input_cost_per_token\": 1e-06,}}\n", ":3:35: invalid character '}' looking for beginning of object key string"},
		{"LiteLLM's file, a cost in words", `{"x": {"input_cost_per_token": "1e-06", "output_cost_per_token": 1}}`, ": x: input_cost_per_token is a string"},
		{"LiteLLM's file, a negative cost", `{"x": {"input_cost_per_token": -1, "output_cost_per_token": 1}}`, ": x: a cost must be 0 or more USD per token"},
		{"LiteLLM's file, a cost past all bounds", `{"x": {"input_cost_per_token": 1e305, "output_cost_per_token": 1}}`, ": x: a cost must be 0 or more USD per token"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			path := write(t, tt.text)
			book, err := price.Load(path)
			var problem *price.Error
			if !errors.As(err, &problem) {
				t.Fatalf("Load = %v, %v, want an Error", book, err)
			}
			if err.Error() != path+tt.want {
				t.Errorf("got  %s\nwant %s%s", err, path, tt.want)
			}
		})
	}
}

func TestLoadSaysWhatItExpects(t *testing.T) {
	_, err := price.Load(write(t, `{"name": "x"}`))
	var problem *price.Error
	if !errors.As(err, &problem) || !strings.Contains(problem.Hint, "model_prices_and_context_window.json") {
		t.Errorf("got %v", err)
	}
}

func TestLoadRefusesFiles(t *testing.T) {
	if _, err := price.Load(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := price.Load(t.TempDir()); err == nil {
		t.Error("a directory was read")
	}
	big := write(t, "")
	if err := os.Truncate(big, 16<<20+1); err != nil {
		t.Fatal(err)
	}
	if _, err := price.Load(big); err == nil || !strings.HasSuffix(err.Error(), "larger than 16 MiB") {
		t.Errorf("a large file: %v", err)
	}
}

// liteLLM has an entry of every sort that counts.
const liteLLM = `{
  "sample_spec": {"litellm_provider": "one of …", "input_cost_per_token": 0.0, "output_cost_per_token": 0.0, "max_tokens": "prose", "mode": "one of: chat"},
  "last_updated": "2026-07-24T18:23:43Z",
  "gpt-x": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 3e-07, "cache_read_input_token_cost": 3e-08, "cache_creation_input_token_cost": 3.75e-07, "output_cost_per_token": 2.5e-06, "supports_vision": true},
  "gemini/flash": {"litellm_provider": "gemini", "mode": "chat", "input_cost_per_token": 1e-07, "output_cost_per_token": 4e-07, "source": "https://example.com"},
  "azure/gpt-x": {"litellm_provider": "azure", "mode": "responses", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06},
  "openrouter/maker/model": {"litellm_provider": "openrouter", "input_cost_per_token": 0, "output_cost_per_token": 1e-06},
  "openrouter/maker/free": {"litellm_provider": "openrouter", "mode": "chat", "input_cost_per_token": 0, "output_cost_per_token": 0},
  "text-embedding": {"litellm_provider": "openai", "mode": "embedding", "input_cost_per_token": 1e-08, "output_cost_per_token": 1e-08},
  "image": {"litellm_provider": "openai", "mode": "chat", "output_cost_per_image": 0.04},
  "half": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-06}
}`

func TestLoadLiteLLM(t *testing.T) {
	const source = "LiteLLM model_prices_and_context_window.json"
	want := []price.Price{
		{Model: "azure/gpt-x", Input: 1, Output: 2, Source: source, Note: "as sold by azure"},
		{Host: "api.openai.com", Model: "gpt-x", Input: 0.3, Cached: 0.03, CacheWritten: 0.375, Output: 2.5, Source: source},
		{Host: "generativelanguage.googleapis.com", Model: "flash", Input: 0.1, Output: 0.4, Source: "https://example.com"},
		{Host: "openrouter.ai", Model: "maker/model", Output: 1, Source: source},
	}
	if diff := cmp.Diff(want, load(t, liteLLM).Entries()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func FuzzLoad(f *testing.F) {
	for _, s := range []string{
		"prices:\n  - {model: x, input: 1, cached: 0.5, output: 2, date: 2026-11-05}\n",
		"prices:\n  - &a {host: a.b, model: x, input: 1, output: 2}\n  - *a\n",
		`{"prices": [{"model": "x", "input": 1, "output": 2}]}`,
		liteLLM, "{", "prices:", "- - -", "? x", "prices: [{model: x, <<: {input: 1}}]", "---\n---\n",
	} {
		f.Add([]byte(s))
	}
	path := filepath.Join(f.TempDir(), "prices")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		book, err := price.Load(path)
		if err != nil {
			var problem *price.Error
			if !errors.As(err, &problem) || problem.Message == "" || problem.Line < 0 || problem.Column < 0 {
				t.Fatalf("%#v", err)
			}
			return
		}
		if len(book.Entries()) == 0 {
			t.Fatal("an empty book is no book")
		}
		for _, p := range book.Entries() {
			if found, ok := book.Lookup(p.Host, p.Model); !ok || found != p {
				t.Fatalf("%+v is listed, but looked up it is %+v, %v", p, found, ok)
			}
			for _, v := range []float64{p.Input, p.Cached, p.CacheWritten, p.Output} {
				if v < 0 || math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%+v", p)
				}
			}
		}
	})
}
