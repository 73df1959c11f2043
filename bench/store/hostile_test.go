package store

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"flashwave/bench/archive"
	"flashwave/bench/files"
	"flashwave/bench/result"
)

// allocated is how many bytes were allocated so far, given back or not.
func allocated() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.TotalAlloc)
}

// A list reads the beginning of each document and no more, however large it is.
func TestAListReadsLittle(t *testing.T) {
	s := openTemp(t)
	doc := finished(t, s, began, "usual")
	path := filepath.Join(s.Dir(), doc.ID, runFile)
	good, err := os.ReadFile(path)
	check(t, err)
	whole := filepath.Join(s.Dir(), "20261122-000000")
	check(t, os.Mkdir(whole, 0o700))
	at := strings.Index(string(good), "\n  \"waves\"")
	large := func(name, head, filler, tail string) {
		f, err := os.Create(filepath.Join(whole, name))
		check(t, err)
		_, err = io.WriteString(f, head)
		check(t, err)
		for range 100 {
			_, err = io.WriteString(f, filler)
			check(t, err)
		}
		_, err = io.WriteString(f, tail)
		check(t, errors.Join(err, f.Close()))
	}
	filler := strings.Repeat("x", 1<<20)
	for name, c := range map[string]struct{ head, tail, want string }{
		"a key of 100 MB":          {`{"schema":"flashwave.run/v1","`, `":1,"waves":[]}`, "more than 16 MiB before its waves"},
		"a text of 100 MB":         {`{"schema":"flashwave.run/v1","name":"`, `","waves":[]}`, "more than 16 MiB before its waves"},
		"100 MB without a schema":  {`{"`, `":1}`, "more than 16 MiB before its waves"},
		"100 MB behind what it is": {string(good[:at]) + `"waves":[],"x":"`, `"}`, ""},
	} {
		large(runFile, c.head, filler, c.tail)
		before := allocated()
		list, err := s.List()
		check(t, err)
		if used := allocated() - before; used > 120<<20 {
			t.Errorf("%s: %d MB were allocated", name, used>>20)
		}
		e := list[1]
		switch {
		case c.want == "" && (e.Broken != nil || e.Headline != "held"):
			t.Errorf("%s: %+v", name, e)
		case c.want != "" && (e.Broken == nil || !strings.Contains(e.Broken.Error(), c.want)):
			t.Errorf("%s: %v", name, e.Broken)
		}
	}
}

func TestATimelineIsBounded(t *testing.T) {
	_, err := parse([]byte(`{"schema":"flashwave.run/v1","timeline":[` + strings.Repeat("{},", 10_000_000) + `{}]}`))
	if err == nil || !strings.Contains(err.Error(), `entries in "timeline"`) {
		t.Errorf("%v", err)
	}
}

// What is no file is refused in place of any file of a run, at once.
func TestPipesAreNoRuns(t *testing.T) {
	for _, name := range []string{runFile, beginFile, eventsFile, intervalsFile, tailFile} {
		s := openTemp(t)
		j, _ := record(t, s, newSynthetic(1, 1, 1), 1)
		abandon(j)
		path := filepath.Join(s.Dir(), j.ID(), name)
		if err := os.Remove(path); err != nil && name != runFile {
			t.Fatal(err)
		}
		mkfifo(t, path)
		over := make(chan error, 1)
		go func() {
			_, err := s.Load(j.ID())
			_, listErr := s.List()
			over <- errors.Join(err, listErr)
		}()
		select {
		case err := <-over:
			if name != runFile && err == nil {
				t.Errorf("a pipe in place of %s is read as nothing", name)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("a pipe in place of %s is waited for", name)
		}
	}
}

// sparse keeps a run with a line of each kind in every log, and few histograms: they are
// what takes time.
func sparse(t *testing.T, s *Store) (*Journal, *result.Run) {
	j, err := s.Create(began)
	check(t, err)
	doc := begun(j.ID())
	check(t, j.Begin(doc))
	check(t, j.Event(waveBegan(0, rush)))
	for i := range 3 {
		start := secondsOnly + time.Duration(i-1)*time.Second
		p := result.NewPart()
		p.Requests = result.Requests{Scheduled: 3, Sent: 3, Succeeded: 2, Failed: 1}
		p.Outcomes["ok"], p.Outcomes["timeout"] = 2, 1
		p.Errors.Add("timeout", "no token within 60 s")
		p.Record(result.TTFTResponse, 100*time.Millisecond)
		check(t, j.Interval(result.Interval{Start: start, End: start + time.Second, Parts: map[int]*result.Part{1: p}}, result.Row{Waves: []string{"sale/rush"}}))
	}
	waitForDisk(t, j)
	abandon(j)
	return j, doc
}

// Hundreds of random changes of each file of a run: reading ends, in a document or an
// error, and takes no more memory than the file may ask for.
func TestMutatedFiles(t *testing.T) {
	s := openTemp(t)
	j, doc := sparse(t, s)
	dir := filepath.Join(s.Dir(), j.ID())
	check(t, files.WriteJSON(filepath.Join(dir, runFile), doc))
	const mutations = 150
	random := rand.New(rand.NewPCG(8, 8))
	for _, name := range []string{runFile, beginFile, eventsFile, intervalsFile, tailFile} {
		path := filepath.Join(dir, name)
		good, err := os.ReadFile(path)
		check(t, err)
		if name != runFile { // so that the logs are read
			check(t, os.Remove(filepath.Join(dir, runFile)))
		}
		shown, most := 0, int64(0)
		for i := range mutations {
			check(t, os.WriteFile(path, mutated(random, good), 0o600))
			before := allocated()
			run, err := s.Load(j.ID())
			most = max(most, allocated()-before)
			var own *archive.Error
			if (run == nil) == (err == nil) || err != nil && !errors.As(err, &own) {
				t.Fatalf("%s, mutation %d: %v, %v", name, i, run, err)
			}
			if err == nil {
				shown++
			}
			if err == nil && i%20 == 0 {
				check(t, files.Encode(io.Discard, run))
			}
			if i%20 == 0 {
				_, err = s.List()
				check(t, err)
			}
		}
		if most > 200<<20 {
			t.Errorf("%s: reading a mutation of %d bytes allocated %d MB", name, len(good), most>>20)
		}
		t.Logf("%-14s %d of %d could be shown, %d MB at most", name, shown, mutations, most>>20)
		check(t, os.WriteFile(path, good, 0o600))
		check(t, files.WriteJSON(filepath.Join(dir, runFile), doc))
	}
}

// mutated is a text with some bytes changed, left out, doubled, put elsewhere or cut off.
func mutated(random *rand.Rand, good []byte) []byte {
	b := append([]byte(nil), good...)
	for range 1 + random.IntN(4) {
		if len(b) == 0 {
			return b
		}
		at := random.IntN(len(b))
		to := min(at+1+random.IntN(40), len(b))
		switch random.IntN(6) {
		case 0:
			b[at] ^= 1 << random.IntN(8)
		case 1:
			b = append(b[:at:at], b[to:]...)
		case 2:
			b = append(b[:to:to], b[at:]...)
		case 3:
			b = b[:at]
		case 4:
			b = append(append(b[:at:at], fmt.Sprint(random.Uint64(), "e", random.IntN(400))...), b[at:]...)
		case 5: // a number becomes another
			for i := at; i < len(b); i++ {
				if b[i] >= '0' && b[i] <= '9' {
					b = append(append(b[:i:i], []string{"-1", "1e308", "9223372036854775807", "0", "null"}[random.IntN(5)]...), b[i+1:]...)
					break
				}
			}
		}
	}
	return b
}
