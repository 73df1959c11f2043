package prompt

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"flashwave/bench/items"
)

// promptFile writes a file of so many prompts, some of them conversations, with blank lines
// and line ends of both kinds between them.
func promptFile(t testing.TB, lines int, more string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("\ufeff")
	for i := range lines {
		switch i % 4 {
		case 0:
			fmt.Fprintf(&b, `{"prompt": "what is %d? %s", "id": %d}`+"\r\n", i, more, i)
		case 1:
			fmt.Fprintf(&b, `{"messages": [{"role": "user", "content": "and %d?"}]}`+"\n\n \n", i)
		default:
			fmt.Fprintf(&b, `{"prompt": "tell of %d", "system": "be number %d"}`+"\n", i, i%7)
		}
	}
	b.WriteString(`{"prompt": "the last, without an end of its line"}`)
	path := filepath.Join(t.TempDir(), "prompts.jsonl")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A file that is read on demand gives what it gives in memory, under the same fingerprint.
func TestALargeFileIsTheSame(t *testing.T) {
	const lines = 2000
	path := promptFile(t, lines, strings.Repeat("long ", 500))
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	source, err := Workload{Prompts: path, System: "be brief", Seed: 3, Turns: 1, Template: true}.openRegular(file, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	large := source.(*deck)
	if c, ok := large.cards.(inFile); !ok || len(c.held) < lines/100 || len(c.held) > lines/2 {
		t.Fatalf("%d of them are held", len(c.held))
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	held, err := Workload{Prompts: path, System: "be brief", Seed: 3, Turns: 1, Template: true}.openStream(f)
	if err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	small := held.(*deck)
	if large.Len() != lines+1 || large.Len() != small.Len() || large.MeanTokens() != small.MeanTokens() || large.Fingerprint(2) != small.Fingerprint(2) {
		t.Errorf("%d prompts of %d tokens, %v; want %d of %d, %v", large.Len(), large.MeanTokens(), large.Fingerprint(2), small.Len(), small.MeanTokens(), small.Fingerprint(2))
	}
	var lanes sync.WaitGroup
	for lane := range uint64(4) {
		lanes.Go(func() {
			for i := range uint64(1000) {
				if a, b := large.At(lane, i), small.At(lane, i); !reflect.DeepEqual(a, b) {
					t.Errorf("lane %d, %d: %+v, want %+v", lane, i, a, b)
					return
				}
			}
		})
	}
	lanes.Wait()
	// Another file of that name changes nothing; one that was cut off is no crash, and told.
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	last := uint64(lines)
	if !reflect.DeepEqual(large.cards.card(last), small.cards.card(last)) || large.Failed() > 0 {
		t.Error("the source depends on the file's name")
	}
	if err := os.Truncate(path+".old", 100); err != nil {
		t.Fatal(err)
	}
	if p := large.cards.card(last); p.Tokens() == 0 || large.Failed() != 1 {
		t.Errorf("%+v, %d failed", p, large.Failed())
	}
}

// What is wrong in a large file is said with its line before anything is sent.
func TestALargeFileIsLookedThrough(t *testing.T) {
	path := promptFile(t, 60_000, "")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString("\n{\"prompt\": 7}\n")
	if err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, "", "", 1); err == nil || !strings.HasPrefix(err.Error(), path+":90002: prompt is not a text") {
		t.Errorf("%v", err)
	}
}

// Of a large file there are some bytes a line in memory, and of the text no more than is
// set aside for it; of one whose every line is large at least the first.
func TestALargeFileTakesLittleMemory(t *testing.T) {
	const lines = 100_000
	path := promptFile(t, lines, "")
	before := inUse()
	source := open(t, path, "", "", 1)
	if grown := inUse() - before; grown > inMemory+16*lines {
		t.Errorf("%d lines take %d bytes", lines, grown)
	}
	runtime.KeepAlive(source)
	huge := promptFile(t, 2, strings.Repeat("x", items.MaxItem-100))
	if c := open(t, huge, "", "", 1).(*deck).cards.(inFile); len(c.held) != 1 {
		t.Errorf("%d are held", len(c.held))
	}
}

func inUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// However many lanes ask, a workload is opened once; a file that has changed is another.
func TestALibraryOpensOnce(t *testing.T) {
	var l Library
	path := promptFile(t, 10, "")
	for _, spec := range []string{"builtin:product-copy-vi", "synthetic:16", path} {
		first, err := l.Open(Workload{Prompts: spec, System: "s", Seed: 1, Turns: 1})
		if err != nil {
			t.Fatal(err)
		}
		for range 300 {
			if again, err := l.Open(Workload{Prompts: spec, System: "s", Seed: 1, Turns: 1}); err != nil || again != first {
				t.Fatalf("%s was opened again, %v", spec, err)
			}
		}
		if other, err := l.Open(Workload{Prompts: spec, System: "s", Seed: 2, Turns: 1}); err != nil || other == first {
			t.Errorf("%s of another seed is the same, %v", spec, err)
		}
		if other, err := l.Open(Workload{Prompts: spec, System: "t", Seed: 1, Turns: 1}); err != nil || other == first {
			t.Errorf("%s with another system prompt is the same, %v", spec, err)
		}
	}
	if err := os.WriteFile(path, []byte(`{"prompt": "another"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := l.Open(Workload{Prompts: path, System: "s", Seed: 1, Turns: 1}); err != nil || s.Len() != 1 {
		t.Errorf("a file that has changed is not read again: %v", err)
	}
	if _, err := l.Open(Workload{Prompts: "nosuch.jsonl", Turns: 1}); err == nil {
		t.Error("what is not there was opened")
	}
}

func BenchmarkAtLarge(b *testing.B) {
	source, err := Open(promptFile(b, 40_000, ""), "", "", 1)
	if err != nil {
		b.Fatal(err)
	}
	for i := uint64(0); b.Loop(); i++ {
		_ = source.At(0, i)
	}
}
