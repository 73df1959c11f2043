package history

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "flashwave/bench/gctest"
	"flashwave/bench/monitor/objective"
)

// What was written is read again, whether the process ended or was killed, in the same
// minute and later.
func TestRestart(t *testing.T) {
	for _, killed := range []bool{false, true} {
		dir := t.TempDir()
		l, past := opened(t, dir, start)
		s := past.Of("a")
		feed(l, s, 0, 1001) // in the middle of a minute
		if !killed {
			if over := s.End(); over != nil {
				l.Append(after(1001), Record{Minute: over})
			}
		}
		closed(t, l)
		l, past = opened(t, dir, after(1001))
		same(t, past.Of("a"), s, after(1001))
		if got := past.Of("a").Recent(90); len(got) != 90 || got[89].At != probe("a", 1000).At {
			t.Fatalf("%d probes are remembered", len(got))
		}
		s = past.Of("a")
		feed(l, s, 1001, 1500)
		closed(t, l)
		whole := NewSeries("a")
		for i := range 1500 {
			whole.Add(probe("a", i))
		}
		l, past = opened(t, dir, after(1500))
		same(t, past.Of("a"), whole, after(1500))
		if past.Broken != 0 {
			t.Fatalf("%d lines are broken", past.Broken)
		}
		closed(t, l)
	}
}

// A monitor that was killed, and is started again days later, knows the last minute too.
func TestLongAfter(t *testing.T) {
	dir := t.TempDir()
	l, past := opened(t, dir, start)
	s := past.Of("a")
	feed(l, s, 0, 11)
	closed(t, l)
	late := after(11).Add(48 * time.Hour)
	l, past = opened(t, dir, late)
	if got := past.Of("a").Over(late, 72*time.Hour); got.All != 11 {
		t.Errorf("%+v of 11 probes are known", got)
	}
	closed(t, l)
}

// A file that is cut at any byte is read up to there, and goes on.
func TestCut(t *testing.T) {
	dir := t.TempDir()
	l, past := opened(t, dir, start)
	s := past.Of("a")
	feed(l, s, 0, 3)
	i := Incident{ID: "a@1", Target: "a", Opened: InMillis(start), Rate: 6, Why: "down"}
	l.Append(after(3), Record{Incident: &i})
	closed(t, l)
	text, err := os.ReadFile(filepath.Join(dir, historyFile))
	if err != nil {
		t.Fatal(err)
	}
	cutDir := t.TempDir()
	for cut := range len(text) + 1 {
		if err := os.WriteFile(filepath.Join(cutDir, historyFile), text[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		l, past := opened(t, cutDir, after(3))
		probes := bytes.Count(text[:bytes.LastIndexByte(text[:cut], '\n')+1], []byte(`{"p":`))
		want := NewSeries("a")
		for i := range probes {
			want.Add(probe("a", i))
		}
		same(t, past.Of("a"), want, after(3))
		if past.Broken != 0 {
			t.Fatalf("cut at %d: %d lines are broken", cut, past.Broken)
		}
		feed(l, past.Of("a"), probes, probes+1)
		want.Add(probe("a", probes))
		closed(t, l)
		l, past = opened(t, cutDir, after(3))
		same(t, past.Of("a"), want, after(3))
		if past.Broken != 0 {
			t.Fatalf("cut at %d and gone on with: %d lines are broken", cut, past.Broken)
		}
		closed(t, l)
	}
}

// A later format is refused, and so is what is no history; a line that a later program of
// the same format wrote is passed over.
func TestVersions(t *testing.T) {
	for _, c := range []struct{ why, text, want string }{
		{"a later format", `{"flashwave":"history","version":2}` + "\n", "later flashwave"},
		{"a run", `{"schema":"flashwave.run/v1"}` + "\n", "no history"},
		{"bytes", strings.Repeat("\x00", 8<<10), "no history"},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, historyFile)
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := Open(dir, start)
		var told *Error
		if !errors.As(err, &told) || !strings.Contains(told.Message, c.want) || told.Hint == "" {
			t.Errorf("%s: %v", c.why, err)
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != c.text {
			t.Errorf("%s: the file is another one now", c.why)
		}
	}
	text := string(firstLine()) + `{"z":{"new":true}}` + "\n" + `{"m":{"target":"a","minute":1,"good":1,"all":2,"new":3}}` + "\n" + "torn{\n"
	past, err := Read(strings.NewReader(text), start)
	if err != nil || past.Broken != 1 || past.Of("a").minutes[0].tally != (objective.Tally{Good: 1, All: 2}) {
		t.Errorf("%+v, %v", past, err)
	}
}

// Whatever a file holds, it is read to its end, and what comes of it can be used.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	b.Write(firstLine())
	s := NewSeries("a")
	for i := range 9 {
		p := probe("a", i)
		if m := s.Add(p); m != nil {
			text, _ := line(Record{Minute: m})
			b.Write(text)
		}
		text, _ := line(Record{Probe: &p})
		b.Write(text)
	}
	text, _ := line(Record{Incident: &Incident{ID: "x", Target: "a", Opened: 5, Closed: 9, Told: []string{"bell"}}})
	f.Add(append(b.Bytes(), text...))
	f.Add([]byte(`{"flashwave":"history","version":1}` + "\n" + `{"m":{"target":"a","minute":-9223372036854775808,"good":1,"all":1,"ttft":{"hdr":"AAAA","sum":-1}}}` + "\n"))
	f.Add([]byte(`{"flashwave":"history","version":1}` + "\n" + `{"p":{"target":"a","at":9223372036854775807,"itl":{"hdr":""}}}` + "\n"))
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		cut := append([]byte(nil), b.Bytes()...)
		cut[random.IntN(len(cut))] ^= byte(1 << random.IntN(8))
		f.Add(cut)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		past, err := Read(bytes.NewReader(text), after(9))
		if err != nil {
			return
		}
		for target, s := range past.Series {
			for _, last := range []time.Duration{time.Minute, time.Hour, 1000 * time.Hour} {
				if tally := s.Over(after(9), last); tally.Good > tally.All {
					t.Fatalf("%s: %+v", target, tally)
				}
				s.Latency(TTFT, after(9), min(last, time.Hour))
			}
			s.Medians(TTFT, after(9), 60)
			s.Add(probe(target, 10))
			s.End()
		}
		if _, err := sift(bytes.NewReader(text), &bytes.Buffer{}, after(9)); err != nil {
			t.Fatal(err)
		}
	})
}

func Example() {
	s := NewSeries("gateway")
	for i := range 240 {
		s.Add(probe("gateway", i))
	}
	share, _ := s.Over(after(239), time.Hour).Availability()
	fmt.Printf("%.3f\n", share)
	// Output: 0.854
}
