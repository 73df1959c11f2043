package prompt

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// open opens a source that must open.
func open(t testing.TB, spec, text, system string, seed uint64) Source {
	t.Helper()
	s, err := Open(spec, text, system, seed)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fields opens a source for a body template.
func fields(t testing.TB, spec, system string, seed uint64) Source {
	t.Helper()
	s, err := Workload{Prompts: spec, System: system, Seed: seed, Template: true, Turns: 1}.Open()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestOpenErrors(t *testing.T) {
	for _, c := range []struct{ spec, err string }{
		{"", "nothing to ask: give a prompt, builtin:NAME, synthetic:N or a file"},
		{"builtin:", "there is no workload builtin:: take one of builtin:product-copy-en, builtin:product-copy-vi"},
		{"builtin:poems", "there is no workload builtin:poems: take one of builtin:product-copy-en, builtin:product-copy-vi"},
		{"builtin:../catalogue/product-copy-vi", "there is no workload builtin:../catalogue/product-copy-vi: take one of builtin:product-copy-en, builtin:product-copy-vi"},
		{"synthetic:", `"" is not a number of tokens: write synthetic:512, synthetic:100..2000 or synthetic:in=2000±500,out=300±100,prefix=1500x20`},
		{"synthetic:many", `"many" is not a number of tokens: write synthetic:512, synthetic:100..2000 or synthetic:in=2000±500,out=300±100,prefix=1500x20`},
		{"synthetic:100..", `"" is not a number of tokens: write synthetic:512, synthetic:100..2000 or synthetic:in=2000±500,out=300±100,prefix=1500x20`},
		{"synthetic:15", "15 tokens are not possible: give 16 to 1000000"},
		{"synthetic:2000..100", "2000..100 goes from much to little: write 100..2000"},
		{"synthetic:out=100", "the prompts have no length: " + shapeHint},
		{"synthetic:in=100,in=200", "in stands twice: keep one of them"},
		{"synthetic:in=100,length=5", `"length" is none of in, out and prefix: ` + shapeHint},
		{"synthetic:in=100±200", "100±200 goes from -100 to 300, beyond the 1 to 1000000 that are possible"},
		{"synthetic:in=15", "15 tokens are not possible: give 16 to 1000000"},
		{"synthetic:in=100,out=0", "0 tokens are not possible: give 1 to 10000000"},
		{"synthetic:in=1500,prefix=1500x20", "in=1500 leaves less than 16 tokens beside a prefix of 1500: in counts the prefix, too"},
		{"synthetic:in=1500,prefix=150", `prefix "150" is not LENGTHxNUMBER: write prefix=1500x20 for 20 prefixes of 1500 tokens, of 100000 at most`},
		{"synthetic:in=1500,prefix=15x2", "15 tokens are not possible: give 16 to 1000000"},
		{"testdata/absent.jsonl", "opening the prompts: open testdata/absent.jsonl: no such file or directory"},
	} {
		if s, err := Open(c.spec, "", "", 1); errText(err) != c.err || s != nil {
			t.Errorf("Open(%q): %v, %q; want %q", c.spec, s, errText(err), c.err)
		}
	}
}

func TestFixedText(t *testing.T) {
	s := open(t, "builtin:product-copy-vi", "Xin chào", "Be brief.", 1)
	want := Prompt{System: "Be brief.", Text: "Xin chào", Fields: map[string]any{"prompt": "Xin chào"}}
	for i := range uint64(3) {
		if got := s.At(i, i*i); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v", got)
		}
	}
	if s.Len() != 1 || s.Name() != "text" || s.MeanTokens() != 5 {
		t.Errorf("%d prompts, name %q, %d tokens", s.Len(), s.Name(), s.MeanTokens())
	}
}

func TestSourcesArePure(t *testing.T) {
	for _, spec := range append(Builtins(), "synthetic:64", "synthetic:20..300", "testdata/prompts.jsonl") {
		a, b := fields(t, spec, "", 9), fields(t, spec, "", 9)
		other := fields(t, spec, "", 10)
		differs := 0
		for i := range uint64(200) {
			lane := i % 3
			if !reflect.DeepEqual(a.At(lane, i), b.At(lane, i)) {
				t.Fatalf("%s: prompt %d of lane %d changes", spec, i, lane)
			}
			if !reflect.DeepEqual(a.At(lane, i), other.At(lane, i)) {
				differs++
			}
		}
		if differs == 0 {
			t.Errorf("%s: another seed gives the same order", spec)
		}
		if a.Name() != spec {
			t.Errorf("%s calls itself %s", spec, a.Name())
		}
	}
}

func TestSourcesAreSafeForConcurrentUse(t *testing.T) {
	for _, spec := range append(Builtins(), "synthetic:64", "testdata/prompts.jsonl") {
		s := fields(t, spec, "", 1)
		var wg sync.WaitGroup
		for lane := range uint64(4) {
			wg.Go(func() {
				for i := range uint64(200) {
					if s.At(lane, i).Fields == nil {
						t.Error("no fields")
					}
				}
			})
		}
		wg.Wait()
	}
}

func TestBuiltins(t *testing.T) {
	if want := []string{"builtin:product-copy-en", "builtin:product-copy-vi"}; !slices.Equal(Builtins(), want) {
		t.Fatalf("got %v", Builtins())
	}
	for _, spec := range Builtins() {
		t.Run(spec, func(t *testing.T) {
			s := open(t, spec, "", "", 1)
			seen, products, categories, tones := map[string]bool{}, map[any]bool{}, map[any]bool{}, map[any]bool{}
			for i := range uint64(s.Len()) {
				p := s.At(0, i)
				seen[p.Text] = true
				if n := p.Tokens(); n < 100 || n > 200 {
					t.Errorf("%d tokens: %s", n, p.Text)
				}
				if strings.ContainsAny(p.Text, "{}") || !utf8.ValidString(p.Text) || p.System == "" {
					t.Errorf("not filled in: %q, %q", p.System, p.Text)
				}
				products[p.Fields["product_name"]] = true
				categories[p.Fields["category"]] = true
				tones[p.Fields["tone"]] = true
				list, ok := p.Fields["features"].([]string)
				if !ok || len(list) != features || len(slices.Compact(slices.Sorted(slices.Values(list)))) != features {
					t.Errorf("features %v", p.Fields["features"])
				}
				for _, part := range append(list, p.Fields["product_name"].(string), p.Fields["tone"].(string)) {
					if !strings.Contains(p.Text, part) {
						t.Errorf("%q is not in %q", part, p.Text)
					}
				}
			}
			if len(seen) != s.Len() {
				t.Errorf("%d prompts of %d differ", len(seen), s.Len())
			}
			if len(products) < 60 || len(categories) < 8 || len(tones) < 5 {
				t.Errorf("%d products, %d categories, %d tones", len(products), len(categories), len(tones))
			}
			if n := s.MeanTokens(); n < 100 || n > 200 {
				t.Errorf("%d tokens on average", n)
			}
			if own := open(t, spec, "", "Viết thơ.", 1).At(0, 0).System; own != "Viết thơ." {
				t.Errorf("the system prompt given is not taken: %q", own)
			}
		})
	}
}

func TestEveryPromptOncePerPass(t *testing.T) {
	s := fields(t, "testdata/prompts.jsonl", "", 3)
	n := uint64(s.Len())
	orders := map[string]bool{}
	for lane := range uint64(3) {
		for pass := range uint64(5) {
			seen := map[string]bool{}
			order := ""
			for i := range n {
				key := words(s.At(lane, pass*n+i))
				seen[key] = true
				order += key + "\n"
			}
			if len(seen) != int(n) {
				t.Errorf("pass %d of lane %d has %d of %d prompts", pass, lane, len(seen), n)
			}
			orders[order] = true
		}
	}
	if len(orders) < 12 {
		t.Errorf("15 passes have only %d orders", len(orders))
	}
}

// words is all that a prompt says.
func words(p Prompt) string {
	s := p.System + p.Text
	for _, m := range p.Messages {
		s += m.Role + m.Content
	}
	return s
}

func TestPermute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(1, 2000).Draw(t, "n")
		key := rapid.Uint64().Draw(t, "key")
		seen := make([]bool, n)
		for i := range n {
			at := permute(n, key, i)
			if at >= n || seen[at] {
				t.Fatalf("permute(%d, %d, %d) = %d leaves the range or comes twice", n, key, i, at)
			}
			seen[at] = true
		}
	})
}

// Over many passes each of a few prompts leads about as often as the others.
func TestPermuteIsFair(t *testing.T) {
	const passes = 24_000
	for _, n := range []uint64{2, 3, 4, 5, 6, 12} {
		first := make([]int, n)
		for pass := range uint64(passes) {
			first[permute(n, hash(1, 0, pass), 0)]++
		}
		for i, count := range first {
			if want := passes / int(n); count < want*9/10 || count > want*11/10 {
				t.Errorf("of %d prompts number %d leads %d times, want about %d", n, i, count, want)
			}
		}
	}
}

func TestSynthetic(t *testing.T) {
	for _, c := range []struct {
		spec      string
		low, high int
	}{{"synthetic:16", 16, 16}, {"synthetic:512", 512, 512}, {"synthetic:100..2000", 100, 2000}} {
		s := open(t, c.spec, "", "", 5)
		seen := map[string]bool{}
		sum, low, high := 0, 1<<30, 0
		const n = 4000
		for i := range uint64(n) {
			p := s.At(i%4, i)
			tokens := p.Tokens()
			sum += tokens
			low, high = min(low, tokens), max(high, tokens)
			seen[p.Text[:8*3]] = true // not even the beginnings are alike
			if strings.HasPrefix(p.Text, " ") || strings.Contains(p.Text, "  ") || p.Fields["prompt"] != p.Text {
				t.Fatalf("%s: %q", c.spec, p.Text)
			}
		}
		if len(seen) != n || s.Len() != 0 {
			t.Errorf("%s: %d of %d prompts begin differently", c.spec, len(seen), n)
		}
		if low < c.low || high > c.high || low > c.low*102/100+10 || high < c.high*98/100 {
			t.Errorf("%s: %d to %d tokens", c.spec, low, high)
		}
		if mean := s.MeanTokens(); mean < sum/n*97/100 || mean > sum/n*103/100 {
			t.Errorf("%s: mean %d, seen %d", c.spec, mean, sum/n)
		}
	}
	if n := open(t, "synthetic:100", "", "Be brief.", 5).MeanTokens(); n != 103 {
		t.Errorf("with a system prompt of 3 tokens: %d", n)
	}
	if p := open(t, "synthetic:1000000", "", "", 5).At(0, 7); p.Tokens() != 1_000_000 {
		t.Errorf("the longest has %d tokens", p.Tokens())
	}
}

func TestDictionary(t *testing.T) {
	if n := len(slices.Compact(slices.Sorted(slices.Values(dictionary)))); n != 256 || len(dictionary) != 256 {
		t.Errorf("%d words, %d of them distinct", len(dictionary), n)
	}
}

func TestOpenFile(t *testing.T) {
	s := fields(t, "testdata/prompts.jsonl", "You are a shop.", 1)
	if s.Len() != 5 {
		t.Fatalf("%d prompts", s.Len())
	}
	got := map[string]Prompt{}
	for i := range uint64(5) {
		p := s.At(0, i)
		got[words(p)] = p
	}
	keys := slices.Sorted(maps.Keys(got))
	want := []string{
		"You are a poet.Áo dài lụa",
		"You are a shop.A red kettle",
		"You are a shop.Một ấm đun nước màu đỏ",
		"systemBe brief.userHi",
		"systemYou are a shop.userHiuserHello!userA lamp?",
	}
	if !slices.Equal(keys, want) {
		t.Fatalf("got %q", keys)
	}
	kettle := got["You are a shop.A red kettle"]
	if f := kettle.Fields; f["prompt"] != "A red kettle" || f["id"].(interface{ String() string }).String() != "12345678901234567890" {
		t.Errorf("fields %v", f)
	}
	if f := got["systemBe brief.userHi"].Fields; !reflect.DeepEqual(f, map[string]any{"tone": "dry"}) {
		t.Errorf("fields %v", f)
	}
}

func TestOpenFileNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.jsonl")
	if err := os.WriteFile(path, []byte("{\"prompt\": \"a\"}\n\n{\"prompt\": 1}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, "", "", 1); errText(err) != path+":3: prompt is not a text" {
		t.Errorf("got %v", err)
	}
}

func BenchmarkAt(b *testing.B) {
	for _, spec := range []string{"builtin:product-copy-vi", "synthetic:512", "testdata/prompts.jsonl"} {
		s := fields(b, spec, "", 1)
		b.Run(spec, func(b *testing.B) {
			b.ReportAllocs()
			for i := uint64(0); b.Loop(); i++ {
				s.At(1, i)
			}
		})
	}
}

func BenchmarkOpenCatalogue(b *testing.B) {
	for b.Loop() {
		open(b, "builtin:product-copy-vi", "", "", 1)
	}
}
