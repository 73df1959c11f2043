package store

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
	"pgregory.net/rapid"

	"flashwave/bench/result"
)

// A run is recorded from the last seconds of which each is kept, through its first
// minute that is kept as one.
func TestFromSecondsToMinutes(t *testing.T) {
	s := openTemp(t)
	run := newSynthetic(6, 1, 2)
	run.at, run.alone = nearMinutes, true
	j, doc := record(t, s, run, 5+59)
	minuteInTail := filesOf(t, j)[tailFile]
	more(t, j, run, 1)
	atMinute, total := filesOf(t, j), run.end(doc).Total
	more(t, j, run, 3)
	killed := filesOf(t, j)
	check(t, j.End(run.end(doc)))

	t.Run("all of it is rebuilt", func(t *testing.T) {
		got := rebuilt(t, s, killed)
		if diff := differ(t, run.end(doc).Total, got.Total); diff != "" {
			t.Error(diff)
		}
		if got.TimelineStepS != 60 || len(got.Timeline) != 3 {
			t.Errorf("%d rows of %v s, want 3 of a minute", len(got.Timeline), got.TimelineStepS)
		}
	})
	// A process that is killed after a minute is written and before the tail is
	// emptied leaves it in both.
	t.Run("a minute in both logs counts once", func(t *testing.T) {
		both := maps.Clone(atMinute)
		both[tailFile] = minuteInTail
		got := rebuilt(t, s, both)
		if diff := differ(t, total, got.Total); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("whatever a cut leaves", func(t *testing.T) { cutAnywhere(t, s, killed) })
	t.Run("the log is readable by its own tools", func(t *testing.T) { ownTools(t, j, run) })
}

// more journals so many seconds more.
func more(t *testing.T, j *Journal, run *synthetic, seconds int) {
	t.Helper()
	for range seconds {
		in, row := run.second()
		check(t, j.Interval(in, row))
	}
	waitForDisk(t, j)
}

func filesOf(t *testing.T, j *Journal) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range []string{beginFile, intervalsFile, tailFile, eventsFile} {
		b, err := os.ReadFile(filepath.Join(j.Dir(), name))
		check(t, err)
		files[name] = b
	}
	return files
}

// rebuilt loads a run whose directory holds these files.
func rebuilt(t rapid.TB, s *Store, files map[string][]byte) *result.Run {
	t.Helper()
	dir, err := os.MkdirTemp(s.Dir(), "cut")
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run, err := s.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// cutAnywhere holds that everything written before a cut is there, and that
// rebuilding neither fails nor makes anything up.
func cutAnywhere(t *testing.T, s *Store, files map[string][]byte) {
	whole := rebuilt(t, s, files)
	rapid.Check(t, func(t *rapid.T) {
		cut := maps.Clone(files)
		for _, name := range []string{intervalsFile, tailFile, eventsFile} {
			cut[name] = cut[name][:rapid.IntRange(0, len(cut[name])).Draw(t, name)]
		}
		kept := func(name, mark string) int64 {
			b := cut[name]
			return int64(bytes.Count(b[:bytes.LastIndexByte(b, '\n')+1], []byte(mark)))
		}
		got := rebuilt(t, s, cut)
		if seconds := kept(eventsFile, `"kind":"second"`); got.Total.Requests.Scheduled != seconds {
			t.Fatalf("%d requests of %d whole seconds with one each", got.Total.Requests.Scheduled, seconds)
		}
		if gaps := kept(intervalsFile, "/itl,"); gaps <= 5 && kept(tailFile, "/itl,") == 0 && count(got.Total.Latency.ITL) != 2*gaps {
			t.Fatalf("%d gaps of %d whole seconds with two each", count(got.Total.Latency.ITL), gaps)
		}
		notMore(t, whole.Total, got.Total)
	})
}

// tokens are the output tokens that are known of.
func tokens(s result.Stats) int64 {
	if s.Tokens.Output == nil {
		return 0
	}
	return *s.Tokens.Output
}

// notMore fails if some count is higher than what was written.
func notMore(t *rapid.T, whole, got result.Stats) {
	for _, c := range []struct {
		name      string
		have, max int64
	}{
		{"sent", got.Requests.Sent, whole.Requests.Sent},
		{"succeeded", got.Requests.Succeeded, whole.Requests.Succeeded},
		{"output tokens", tokens(got), tokens(whole)},
		{"ttft", count(got.Latency.TTFT.Response), count(whole.Latency.TTFT.Response)},
		{"itl", count(got.Latency.ITL), count(whole.Latency.ITL)},
		{"e2e", count(got.Latency.E2E.Service), count(whole.Latency.E2E.Service)},
	} {
		if c.have > c.max {
			t.Fatalf("%s: %d, although only %d were written", c.name, c.have, c.max)
		}
	}
}

func count(l *result.Latency) int64 {
	if l == nil {
		return 0
	}
	return l.Count
}

// ownTools reads the log with the reader of its format: seconds, then a minute,
// then what came after it; they add up to the totals exactly.
func ownTools(t *testing.T, j *Journal, run *synthetic) {
	f, err := os.Open(filepath.Join(j.Dir(), intervalsFile))
	check(t, err)
	defer f.Close()
	reader := hdr.NewHistogramLogReader(f)
	sums, lines := map[string]*hdr.PackedHistogram{}, map[string]int{}
	for {
		h, err := reader.NextIntervalHistogram()
		check(t, err)
		if h == nil {
			break
		}
		lines[h.Tag()]++
		if ms := h.StartTimeMs() - began.Unix()*1000; ms < nearMinutes.Milliseconds() || ms > run.at.Milliseconds() {
			t.Errorf("a line begins %d ms after the run", ms)
		}
		if sums[h.Tag()] == nil {
			sums[h.Tag()] = hdr.NewPacked(h.LowestTrackableValue(), h.HighestTrackableValue(), int(h.SignificantFigures()))
		}
		if dropped := sums[h.Tag()].MergeFrom(h); dropped > 0 {
			t.Fatalf("%d values of %s do not fit", dropped, h.Tag())
		}
	}
	for _, m := range result.Metrics() {
		want, tag := run.totals[2].Hists[m], "sale/after/"+m.String()
		if want.Count() == 0 {
			continue
		}
		got := sums[tag]
		if got == nil || got.TotalCount() != want.Count() {
			t.Fatalf("%s: the log does not add up to %d values", tag, want.Count())
		}
		for value, count := range want.Packed().ForEachBucket {
			if have := got.CountAtValue(value); have != count {
				t.Errorf("%s: %d values at %d ns, want %d", tag, have, value, count)
			}
		}
		if want := 5 + 1 + 1; lines[tag] != want {
			t.Errorf("%s: %d lines, want %d", tag, lines[tag], want)
		}
	}
}

// A line of the log is what the library writes, but for how hard it compresses.
func TestLinesAreTheLibrarys(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		h := result.NewHist()
		for range 1 + random.IntN(300) {
			h.Record(time.Duration(random.ExpFloat64() * float64(time.Second)))
		}
		start := time.Duration(random.Int64N(int64(time.Hour)))
		end := start + time.Duration(random.Int64N(int64(time.Minute)))

		var ours, theirs bytes.Buffer
		writeHists(&ours, start, end, map[string]*result.Hist{"lane/wave/ttft": h})
		line := h.Packed().Clone()
		line.SetTag("lane/wave/ttft")
		line.SetStartTimeMs(start.Milliseconds())
		line.SetEndTimeMs(end.Milliseconds())
		if err := hdr.NewHistogramLogWriter(&theirs).OutputIntervalPackedHistogram(line); err != nil {
			t.Fatal(err)
		}
		_, got, _ := strings.Cut(ours.String(), "\n") // the totals
		want := theirs.String()
		if cut := strings.LastIndexByte(want, ','); !strings.HasPrefix(got, want[:cut+1]) {
			t.Errorf("%s, want %s", got, want)
		}
		if _, s, err := parseHist(strings.TrimSpace(got)); err != nil || s.hist.Quantile(0.5) != h.Quantile(0.5) || s.hist.Count() != h.Count() {
			t.Errorf("%+v, %v", s, err)
		}
	}
}
