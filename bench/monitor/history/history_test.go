package history

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"flashwave/bench/monitor/objective"
	"flashwave/bench/result"
	"flashwave/client/outcome"
)

var start = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

// probe is the i-th probe of a target, 15 seconds apart; every seventh is bad.
func probe(target string, i int) Probe {
	p := Probe{Target: target, At: InMillis(start.Add(time.Duration(i) * 15 * time.Second)), Outcome: outcome.OK, Good: i%7 != 0}
	p.TTFT = new(time.Duration(200+i%50) * time.Millisecond)
	p.E2E = new(time.Duration(900+i%90) * time.Millisecond)
	p.CostUSD = new(0.25)
	h := result.NewHist()
	for gap := range 5 {
		h.Record(time.Duration(10+gap+i%3) * time.Millisecond)
	}
	p.ITL = Pack(h)
	if !p.Good {
		p.Outcome, p.TTFT, p.E2E, p.ITL, p.Why = outcome.Timeout, nil, nil, nil, "timeout: it took too long"
	}
	return p
}

func after(i int) time.Time { return start.Add(time.Duration(i) * 15 * time.Second) }

// feed appends probes as a monitor does.
func feed(l *Log, s *Series, from, to int) {
	for i := from; i < to; i++ {
		p := probe(s.Target, i)
		if over := s.Add(p); over != nil {
			l.Append(after(i), Record{Minute: over})
		}
		l.Append(after(i), Record{Probe: &p})
	}
}

func opened(t testing.TB, dir string, now time.Time) (*Log, *Past) {
	t.Helper()
	l, past, err := Open(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	return l, past
}

func closed(t testing.TB, l *Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// same fails unless both series know the same of every window, latency and cost.
func same(t testing.TB, got, want *Series, now time.Time) {
	t.Helper()
	for _, last := range []time.Duration{time.Minute, 5 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour, 72 * time.Hour} {
		if g, w := got.Over(now, last), want.Over(now, last); g != w {
			t.Fatalf("over %v: %+v, want %+v", last, g, w)
		}
		for m := range numMetrics {
			g, w := got.Latency(m, now, last), want.Latency(m, now, last)
			if g.Totals() != w.Totals() || g.Encode() != w.Encode() {
				t.Fatalf("latency %d over %v: %+v, want %+v", m, last, g.Totals(), w.Totals())
			}
		}
	}
	if g, w := got.Spent(start), want.Spent(start); g != w {
		t.Fatalf("spent %v, want %v", g, w)
	}
}

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
	feed(l, s, 0, 6)
	i := Incident{ID: "a@1", Target: "a", Opened: InMillis(start), Rate: 6, Why: "down"}
	l.Append(after(6), Record{Incident: &i})
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
		l, past := opened(t, cutDir, after(6))
		probes := bytes.Count(text[:bytes.LastIndexByte(text[:cut], '\n')+1], []byte(`{"p":`))
		want := NewSeries("a")
		for i := range probes {
			want.Add(probe("a", i))
		}
		same(t, past.Of("a"), want, after(6))
		if past.Broken != 0 {
			t.Fatalf("cut at %d: %d lines are broken", cut, past.Broken)
		}
		feed(l, past.Of("a"), probes, probes+1)
		want.Add(probe("a", probes))
		closed(t, l)
		l, past = opened(t, cutDir, after(6))
		same(t, past.Of("a"), want, after(6))
		if past.Broken != 0 {
			t.Fatalf("cut at %d and gone on with: %d lines are broken", cut, past.Broken)
		}
		closed(t, l)
	}
}

// A window holds the sum of its minutes, however they were merged, and so do its
// latencies: exactly.
func TestMergesExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewSeries("a")
		at, last := start, time.Duration(rapid.IntRange(1, 300).Draw(t, "minutes"))*time.Minute
		var all []Probe
		for range rapid.IntRange(1, 200).Draw(t, "probes") {
			at = at.Add(time.Duration(rapid.IntRange(1, 200_000).Draw(t, "gap")) * time.Millisecond)
			d := time.Duration(rapid.Int64Range(0, int64(90*time.Second)).Draw(t, "ttft"))
			p := Probe{
				Target: "a", At: InMillis(at), Outcome: outcome.OK, TTFT: &d,
				Good: rapid.Bool().Draw(t, "good"), Unjudged: rapid.IntRange(0, 9).Draw(t, "unjudged") == 0,
			}
			all = append(all, p)
			s.Add(p)
		}
		var want objective.Tally
		hist := result.NewHist()
		from := InMillis(at.Add(-last)).Minute()
		for _, p := range all {
			if p.At.Minute() < from {
				continue
			}
			want = want.Add(minuteOf(&p).Tally())
			hist.Record(*p.TTFT)
		}
		if got := s.Over(at, last); got != want {
			t.Fatalf("over %v: %+v, want %+v", last, got, want)
		}
		got := s.Latency(TTFT, at, last)
		if got.Totals() != hist.Totals() || got.Encode() != hist.Encode() {
			t.Fatalf("latency over %v: %+v, want %+v", last, got.Totals(), hist.Totals())
		}
	})
}

var full = flag.Bool("full", false, "write a history of three months")

// Two months take the memory and the disk of one: probes of a day, minutes of a month.
func TestBounded(t *testing.T) {
	if !*full {
		t.Skip("it writes three months: ask for it with -full")
	}
	dir := t.TempDir()
	l, past := opened(t, dir, start)
	s := past.Of("a")
	size := func() int64 {
		info, err := os.Stat(filepath.Join(dir, historyFile))
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	const day = 24 * 60 * 4 // probes 15 seconds apart, of which one in eight is sent
	var most [3]int64
	for month := range 3 {
		for d := range 31 {
			for i := (month*31 + d) * day; i < (month*31+d+1)*day; i += 8 {
				feed(l, s, i, i+1)
			}
			for waits := 0; waits < 1e6; waits++ { // for the writer, as a monitor would that takes a day for this
				l.mu.Lock()
				idle := len(l.pending) == 0 && l.since.IsZero()
				l.mu.Unlock()
				if idle {
					break
				}
				time.Sleep(100 * time.Microsecond)
			}
			most[month] = max(most[month], size())
		}
	}
	if most[2] > most[1]*11/10 || len(s.minutes) > int(KeepMinutes/time.Minute)+1001 {
		t.Errorf("the file grew to %v bytes, and there are %d minutes", most, len(s.minutes))
	}
	packed := 0
	for _, m := range s.minutes {
		if m.packed != nil {
			packed++
		}
	}
	if packed > int(KeepProbes/time.Minute)+1 || len(s.probes) > 2*RecentProbes {
		t.Errorf("%d minutes have histograms, %d probes are remembered", packed, len(s.probes))
	}
	if l.Lost() != 0 {
		t.Errorf("%d records are lost", l.Lost())
	}
	closed(t, l)
	l, past = opened(t, dir, after(93*day))
	got, want := past.Of("a").Over(after(93*day), 30*24*time.Hour), s.Over(after(93*day), 30*24*time.Hour)
	if got != want {
		t.Errorf("a month: %+v, want %+v", got, want)
	}
	closed(t, l)
}

// Sifting keeps what is young, each target's last probes, and incidents that are open.
func TestSift(t *testing.T) {
	var b bytes.Buffer
	b.Write(firstLine())
	now := start.Add(100 * 24 * time.Hour)
	put := func(r Record) {
		text, err := line(r)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	for i := range MostProbes + 5 {
		put(Record{Probe: &Probe{Target: "fast", At: InMillis(now.Add(time.Duration(i-MostProbes-5) * time.Second))}})
	}
	put(Record{Probe: &Probe{Target: "slow", At: InMillis(now.Add(-25 * time.Hour))}})
	put(Record{Probe: &Probe{Target: "slow", At: InMillis(now.Add(-23 * time.Hour))}})
	put(Record{Minute: &Minute{Target: "slow", Minute: InMillis(now.Add(-32 * 24 * time.Hour)).Minute(), All: 4}})
	put(Record{Minute: &Minute{Target: "slow", Minute: InMillis(now.Add(-30 * 24 * time.Hour)).Minute(), All: 4}})
	put(Record{Incident: &Incident{ID: "old", Target: "slow", Opened: InMillis(start)}})
	put(Record{Incident: &Incident{ID: "old", Target: "slow", Opened: InMillis(start), Closed: InMillis(start.Add(time.Hour))}})
	put(Record{Incident: &Incident{ID: "open", Target: "slow", Opened: InMillis(start)}})
	b.WriteString("this is torn\n")
	var kept bytes.Buffer
	size, err := sift(bytes.NewReader(b.Bytes()), &kept, now)
	if err != nil || size != int64(kept.Len()) {
		t.Fatalf("%d of %d bytes: %v", size, kept.Len(), err)
	}
	past, err := Read(bytes.NewReader(kept.Bytes()), now)
	if err != nil {
		t.Fatal(err)
	}
	fast, slow := bytes.Count(kept.Bytes(), []byte(`"fast"`)), past.Of("slow").Over(now, 40*24*time.Hour)
	if fast != MostProbes || slow.All != 5 || len(past.Incidents) != 1 || past.Incidents[0].ID != "open" || past.Broken != 0 {
		t.Errorf("%d probes of fast, %+v of slow, %+v, %d broken", fast, slow, past.Incidents, past.Broken)
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

// A second monitor on the same history is refused, with a word; when the first has ended
// it is not.
func TestOneAtATime(t *testing.T) {
	dir := t.TempDir()
	l, _ := opened(t, dir, start)
	_, _, err := Open(dir, start)
	var told *Error
	if !errors.As(err, &told) || !strings.Contains(told.Message, "another monitor") || told.Hint == "" {
		t.Errorf("%v", err)
	}
	closed(t, l)
	l, _ = opened(t, dir, start)
	closed(t, l)
}

// What stands in the future was written while the clock was wrong.
func TestFuture(t *testing.T) {
	dir := t.TempDir()
	l, past := opened(t, dir, start)
	feed(l, past.Of("a"), 0, 1000)
	closed(t, l)
	l, past = opened(t, dir, after(500))
	want := NewSeries("a")
	for i := range 504 { // the minute that has begun
		want.Add(probe("a", i))
	}
	same(t, past.Of("a"), want, after(500))
	closed(t, l)
}

// A failing disk is a file that has room for so many bytes, tears what does not fit, and
// may hang.
type failing struct {
	mu    sync.Mutex
	text  []byte
	room  int
	stuck bool // nothing can be taken back either
	hang  chan struct{}
}

func (f *failing) Write(p []byte) (int, error) {
	if f.hang != nil {
		<-f.hang
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	n := min(len(p), f.room-len(f.text))
	f.text = append(f.text, p[:n]...)
	if n < len(p) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

func (f *failing) Truncate(size int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stuck {
		return syscall.EIO
	}
	f.text = f.text[:size]
	return nil
}

func (f *failing) Close() error { return nil }

func onDisk(t *testing.T, d *failing) *Log {
	t.Helper()
	l := &Log{wake: make(chan struct{}, 1), ended: make(chan struct{}), newest: start, file: d, kept: 1 << 40}
	var err error
	if l.lock, err = os.CreateTemp(t.TempDir(), ""); err != nil {
		t.Fatal(err)
	}
	d.text = firstLine()
	l.size = int64(len(d.text))
	go l.write()
	return l
}

// A full disk delays nothing, is said, and loses nothing once there is room again, whether
// what was torn can be taken back or not.
func TestFullDisk(t *testing.T) {
	for _, stuck := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			d := &failing{room: 500, stuck: stuck}
			l := onDisk(t, d)
			s := NewSeries("a")
			began := time.Now()
			feed(l, s, 0, 50)
			if time.Since(began) != 0 {
				t.Error("the disk delays")
			}
			time.Sleep(10 * time.Second)
			if trouble, ok := l.Trouble(); !ok || !errors.Is(trouble.Err, syscall.ENOSPC) {
				t.Errorf("it is not said: %+v", trouble)
			}
			d.mu.Lock()
			d.room = 1 << 20
			d.mu.Unlock()
			time.Sleep(time.Minute)
			if trouble, ok := l.Trouble(); ok {
				t.Errorf("there is room again: %+v", trouble)
			}
			closed(t, l)
			past, err := Read(bytes.NewReader(d.text), after(50))
			if err != nil {
				t.Fatal(err)
			}
			same(t, past.Of("a"), s, after(50))
			if past.Broken > 0 && !stuck {
				t.Errorf("%d lines are broken", past.Broken)
			}
		})
	}
}

// A disk that hangs delays nothing, is said, and takes a bounded memory.
func TestHangingDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &failing{room: 1 << 30, hang: make(chan struct{})}
		l := onDisk(t, d)
		s := NewSeries("a")
		feed(l, s, 0, 40_000)
		time.Sleep(10 * time.Second)
		trouble, ok := l.Trouble()
		if !ok || trouble.Err != nil || trouble.Lost == 0 || len(l.pending) > mostPending {
			t.Errorf("%+v, %d bytes wait", trouble, len(l.pending))
		}
		began := time.Now()
		if err := l.Close(); err == nil || time.Since(began) > closeWithin {
			t.Errorf("closed after %v: %v", time.Since(began), err)
		}
		close(d.hang)
		synctest.Wait()
	})
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
