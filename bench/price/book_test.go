package price_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"flashwave/bench/price"
)

func TestBuiltinHoldsTheReferencePrices(t *testing.T) {
	tests := []struct {
		model         string
		input, output float64
	}{
		{"deepseek-v3.2", 0.42, 0.42},
		{"gemini-2.5-flash", 2.50, 2.50},
		{"claude-sonnet-4.5", 15, 15},
		{"gpt-4.1", 8, 24},
	}
	book := price.Builtin()
	for _, host := range []string{"api.holysheep.ai", "mock"} {
		for _, tt := range tests {
			p, ok := book.Lookup(host, tt.model)
			if !ok || p.Input != tt.input || p.Output != tt.output || p.Host != "api.holysheep.ai" {
				t.Errorf("%s at %s: %+v, %v", tt.model, host, p, ok)
			}
			if tt.input == tt.output && !strings.Contains(p.Note, "one figure") {
				t.Errorf("%s: the note %q does not say that one figure is stated", tt.model, p.Note)
			}
		}
	}
}

func TestBuiltinSaysWhereFromAndWhen(t *testing.T) {
	for _, p := range price.Builtin().Entries() {
		if p.Host == "" || p.Source == "" {
			t.Errorf("%+v", p)
		}
		if _, err := time.Parse(time.DateOnly, p.Date); err != nil && p.Note == "" {
			t.Errorf("%s at %s: neither a date nor a note", p.Model, p.Host)
		}
		if p.Cached > p.Input {
			t.Errorf("%s at %s: cached tokens cost more than others", p.Model, p.Host)
		}
	}
}

func TestLookup(t *testing.T) {
	book := load(t, `
prices:
  - {host: api.example.com, model: small, input: 1, output: 1}
  - {host: api.example.com, model: dated-2026-01-31, input: 2, output: 2}
  - {host: api.example.com, model: dated, input: 3, output: 3}
  - {host: "gateway:8080", model: small, input: 4, output: 4}
  - {model: small, input: 5, output: 5}
  - {model: any, input: 6, output: 6}
  - {host: api.holysheep.ai, model: small, input: 7, output: 7}
  - {host: api.holysheep.ai, model: sheep, input: 8, output: 8}
  - {host: mock, model: sheep-2, input: 9, output: 9}
`)
	tests := []struct {
		why, host, model string
		input            float64 // 0: unknown
	}{
		{"the host's own", "api.example.com", "small", 1},
		{"case does not count", "API.Example.COM", "Small", 1},
		{"with the port that the URL had", "api.example.com:443", "small", 1},
		{"a port may be part of the host", "gateway:8080", "small", 4},
		{"another port of it is another host: any host's price", "gateway:9090", "small", 5},
		{"no such host: any host's price", "other.example.com", "small", 5},
		{"the id with its date, if listed", "api.example.com", "dated-2026-01-31", 2},
		{"another date falls back to the base", "api.example.com", "dated-2026-02-28", 3},
		{"a date without dashes", "api.example.com", "small-20260131", 1},
		{"a date after an at sign", "api.example.com", "small@20260131", 1},
		{"any host's price of the base", "other.example.com", "any-2025-04-14", 6},
		{"the host's base before any host's", "api.example.com", "small-2025-04-14", 1},
		{"no date: month 13", "api.example.com", "small-2025-13-14", 0},
		{"no date: part of the version", "api.example.com", "small-2501", 0},
		{"a date alone is no model", "api.example.com", "-20260131", 0},
		{"the built-in endpoint stands in", "mock", "sheep", 8},
		{"and so before any host's price", "mock", "small", 7},
		{"unless it has a price of its own", "mock", "sheep-2", 9},
		{"an unknown model", "api.example.com", "large", 0},
		{"a known model elsewhere", "other.example.com", "sheep", 0},
		{"no model", "api.example.com", "", 0},
		{"nothing", "", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			p, ok := book.Lookup(tt.host, tt.model)
			if p.Input != tt.input || ok != (tt.input > 0) {
				t.Errorf("Lookup(%q, %q) = %+v, %v, want %v", tt.host, tt.model, p, ok, tt.input)
			}
		})
	}
}

func TestOverlay(t *testing.T) {
	book := price.Builtin()
	before := len(book.Entries())
	book.Overlay(load(t, `
prices:
  - {host: api.holysheep.ai, model: DeepSeek-V3.2, input: 0.1, output: 0.2}
  - {host: llm.example.com, model: own, input: 0, output: 0}
`))
	book.Overlay(nil)
	if got := len(book.Entries()); got != before+1 {
		t.Errorf("%d entries, want %d", got, before+1)
	}
	if p, ok := book.Lookup("mock", "deepseek-v3.2"); !ok || p.Input != 0.1 {
		t.Errorf("the newer price does not count: %+v, %v", p, ok)
	}
	if p, ok := book.Lookup("llm.example.com", "own"); !ok || p.Input != 0 {
		t.Errorf("free is a price, too: %+v, %v", p, ok)
	}
	if p, _ := price.Builtin().Lookup("mock", "deepseek-v3.2"); p.Input != 0.42 {
		t.Errorf("the built-in book has changed: %+v", p)
	}

	var empty price.Book
	if _, ok := empty.Lookup("mock", "deepseek-v3.2"); ok || len(empty.Entries()) != 0 {
		t.Error("the zero book knows a price")
	}
	empty.Overlay(book)
	if !slices.Equal(empty.Entries(), book.Entries()) {
		t.Error("a book over an empty one is not that book")
	}
}

func TestEntriesAreSorted(t *testing.T) {
	book := load(t, `
prices:
  - {host: b.example.com, model: x, input: 1, output: 1}
  - {host: a.example.com, model: y, input: 1, output: 1}
  - {host: a.example.com, model: x, input: 1, output: 1}
  - {model: z, input: 1, output: 1}
`)
	var got []string
	for _, p := range book.Entries() {
		got = append(got, p.Host+" "+p.Model)
	}
	want := []string{" z", "a.example.com x", "a.example.com y", "b.example.com x"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
