package history

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
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
