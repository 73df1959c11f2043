package searches

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flashwave/bench/archive"
	"flashwave/bench/capacity"
	"flashwave/bench/capacity/search"
	"flashwave/bench/price"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

var began = time.Date(2026, 11, 23, 22, 26, 1, 0, time.UTC)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func begun(id string) capacity.Begun {
	sc := scenario.Default()
	sc.Name, sc.Target.Model = "sale", "m"
	sc.AddWave("", scenario.Wave{Name: "calm", Rate: &scenario.Rate{From: 2, To: 2}, For: scenario.Duration(time.Minute)})
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		panic(err)
	}
	return capacity.Begun{
		Document: &capacity.Document{
			Schema: capacity.Schema, ID: id, Name: "sale", StartedAt: began, Scenario: sc,
			Plan: capacity.Plan{MinRateRPS: 0.1, MaxRateRPS: 100, Precision: 0.05, StepForS: 20, SoakS: 60, ForS: 1800},
		},
		Headroom: 1, Utilisation: 0.7, Price: &price.Price{Input: 1, Output: 2}, Prompts: []string{"p"},
	}
}

// ramp is a step of so many requests in flight that held.
func ramp(n int, rps float64) capacity.Note {
	return capacity.Note{
		Kept: &capacity.Kept{Step: capacity.Step{
			Kind: capacity.Ramp, Concurrency: &n, SucceededRPS: &rps, Verdict: capacity.Held, Why: "every SLO held, as far as seen",
			DurationS: 20, GeneratorValid: true, GeneratorWarnings: []string{}, SLOs: []capacity.Judged{},
		}},
		State: capacity.State{ElapsedS: float64(20 * n), Sent: uint64(100 * n), Runs: uint64(n), SpentUSD: float64(n)},
	}
}

// cut keeps a search of two steps and something spent after them, as a process that is
// killed leaves it.
func cut(t *testing.T, s *Store) *Journal {
	t.Helper()
	j, err := s.Create(began)
	check(t, err)
	check(t, j.Begin(begun(j.ID())))
	check(t, j.Note(ramp(1, 10)))
	recovery := 2.5
	check(t, j.Note(capacity.Note{State: capacity.State{ElapsedS: 25, Sent: 101, Runs: 2, SpentUSD: 1.5}, RecoveryS: &recovery}))
	check(t, j.Note(ramp(4, 20)))
	check(t, j.Note(capacity.Note{State: capacity.State{ElapsedS: 81, Sent: 410, Runs: 5, SpentUSD: 4.5}}))
	check(t, j.Note(capacity.Note{State: capacity.State{ElapsedS: 82, Sent: 420, Runs: 5, SpentUSD: 4.75}}))
	return j
}

func openTemp(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "searches"))
	check(t, err)
	return s
}

func TestACutSearchIsShownAndResumed(t *testing.T) {
	s := openTemp(t)
	j := cut(t, s)
	if _, _, err := s.Resume(j.ID()); err == nil || !strings.Contains(err.Error(), "still goes on") {
		t.Errorf("a search that goes on can be resumed: %v", err)
	}
	j.Close()
	doc, err := s.Load("capacity-2026")
	check(t, err)
	if len(doc.Steps) != 2 || doc.Verdict.Status != result.Inconclusive || !strings.HasPrefix(doc.Verdict.Headline, "cut off after 2 steps") ||
		*doc.CostUSD != 4.75 || doc.DurationS != 82 || *doc.Steps[0].RecoveryS != 2.5 {
		t.Errorf("%+v, %d steps, %v USD, %v s", doc.Verdict, len(doc.Steps), *doc.CostUSD, doc.DurationS)
	}

	// A line that was torn is left out, and what comes next follows the last whole one.
	log := filepath.Join(s.Dir(), j.ID(), stepsFile)
	f, err := os.OpenFile(log, os.O_WRONLY|os.O_APPEND, 0)
	check(t, err)
	_, err = f.WriteString(`{"step":{"kind":"bra`)
	check(t, errors.Join(err, f.Close()))
	past, again, err := s.Resume("latest")
	check(t, err)
	if past.Steps() != 2 || past.State().Sent != 420 || past.Over {
		t.Errorf("%d steps, %+v", past.Steps(), past.State())
	}
	check(t, again.Continue())
	check(t, again.Note(ramp(16, 30)))
	again.Close()
	past, again, err = s.Resume(j.ID())
	check(t, err)
	if past.Steps() != 3 {
		t.Errorf("%d steps after it went on", past.Steps())
	}

	// Interrupted it has a document and can still go on; at its end it cannot.
	check(t, again.End(&capacity.Document{Schema: capacity.Schema, ID: j.ID(), Name: "interrupted"}, true))
	if doc, err = s.Load(j.ID()); err != nil || doc.Name != "interrupted" {
		t.Errorf("%+v, %v", doc, err)
	}
	_, again, err = s.Resume(j.ID())
	check(t, err)
	check(t, again.Continue())
	if doc, err = s.Load(j.ID()); err != nil || len(doc.Steps) != 3 {
		t.Errorf("while it goes on it is shown as it was: %v", err)
	}
	check(t, again.End(&capacity.Document{Schema: capacity.Schema, ID: j.ID(), Name: "ended"}, false))
	var own *archive.Error
	if _, _, err = s.Resume(j.ID()); !errors.As(err, &own) || !strings.Contains(err.Error(), "come to its end") || own.Hint == "" {
		t.Errorf("a search that has ended goes on: %v", err)
	}
}

// What is no search is not gone on with, and nothing is written there.
func TestOtherDirectoriesAreLeftAlone(t *testing.T) {
	s, dir := openTemp(t), t.TempDir()
	file := filepath.Join(dir, "notes.json")
	check(t, os.WriteFile(file, nil, 0o600))
	for _, ref := range []string{dir, file} {
		var own *archive.Error
		if _, _, err := s.Resume(ref); !errors.As(err, &own) || own.Hint == "" {
			t.Errorf("%s: %v", ref, err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestSearchesByWhateverTheyAreCalled(t *testing.T) {
	s := openTemp(t)
	var own *archive.Error
	if _, err := s.Load("capacity-x"); !errors.As(err, &own) || !strings.Contains(own.Hint, "no search has been kept") {
		t.Errorf("%v", err)
	}
	var ids []string
	for range 11 { // -10 is later than -9
		j, err := s.Create(began)
		check(t, err)
		check(t, j.Begin(begun(j.ID())))
		j.Close()
		ids = append(ids, j.ID())
	}
	for ref, want := range map[string]string{
		ids[0]: ids[0], ids[10]: ids[10], "latest": ids[10], "latest~1": ids[9], ids[0] + "-11": ids[10],
		filepath.Join(s.Dir(), ids[2]): ids[2],
	} {
		if doc, err := s.Load(ref); err != nil || doc.ID != want {
			t.Errorf("%s: %v, %v; want %s", ref, doc, err, want)
		}
	}
	for ref, want := range map[string]string{
		"capacity-2026": "11 searches begin with", "capacity-2027": "there is no search", "": "no search was named", "latest~11": "there is no search",
	} {
		if _, err := s.Load(ref); !errors.As(err, &own) || !strings.Contains(err.Error(), want) || own.Hint == "" {
			t.Errorf("%q: %v", ref, err)
		}
	}
	for ref, want := range map[string]bool{
		ids[0]: true, "capacity-": true, filepath.Join(s.Dir(), ids[1]): true, "20261123-222601": false, "latest": false, "capacity.json": false,
	} {
		if got := s.Means(ref); got != want {
			t.Errorf("Means(%q) = %v", ref, got)
		}
	}
}

// Whatever became of the files of a search, reading them ends, with an error or a
// document.
func TestMutatedFiles(t *testing.T) {
	s := openTemp(t)
	j := cut(t, s)
	j.Close()
	random := rand.New(rand.NewPCG(11, 4))
	for _, name := range []string{beginFile, stepsFile} {
		path := filepath.Join(s.Dir(), j.ID(), name)
		good, err := os.ReadFile(path)
		check(t, err)
		shown := 0
		for i := range 1000 {
			check(t, os.WriteFile(path, mutated(random, good), 0o600))
			doc, err := s.Load(j.ID())
			var own *archive.Error
			if (doc == nil) == (err == nil) || err != nil && !errors.As(err, &own) {
				t.Fatalf("%s, mutation %d: %v, %v", name, i, doc, err)
			}
			if err == nil {
				shown++
			}
			if past, again, err := s.Resume(j.ID()); err == nil {
				again.Close()
				_ = search.ConfigOf(past)
			}
		}
		check(t, os.WriteFile(path, good, 0o600))
		t.Logf("%s: %d of 1000 could be shown", name, shown)
	}
}

// mutated is a text with some bytes changed, left out, doubled or cut off.
func mutated(random *rand.Rand, good []byte) []byte {
	b := append([]byte(nil), good...)
	for range 1 + random.IntN(4) {
		if len(b) == 0 {
			return b
		}
		at := random.IntN(len(b))
		to := min(at+1+random.IntN(30), len(b))
		switch random.IntN(5) {
		case 0:
			b[at] = byte(random.IntN(256))
		case 1:
			b = append(b[:at:at], b[to:]...)
		case 2:
			b = append(b[:to:to], b[at:]...)
		case 3:
			b = b[:at]
		case 4:
			b = append(append(b[:at:at], fmt.Sprint(random.Uint64(), "e", random.IntN(400))...), b[at:]...)
		}
	}
	return b
}
