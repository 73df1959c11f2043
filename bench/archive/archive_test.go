package archive

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	runs     = Kind{One: "run", Many: "runs", Named: "give its id"}
	searches = Kind{One: "search", Many: "searches", Prefix: "capacity-", Named: "give its id"}
	began    = time.Date(2026, 11, 23, 22, 26, 1, 0, time.UTC)
)

func opened(t *testing.T, k Kind) Archive {
	t.Helper()
	a, err := Open(k, filepath.Join(t.TempDir(), k.Many))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Whoever begins in the same second gets an id of its own, and the newest stands first: the
// tenth before the ninth.
func TestIDsOfOneSecond(t *testing.T) {
	for _, k := range []Kind{runs, searches} {
		a := opened(t, k)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				id, dir, err := a.Create(began)
				if err != nil || dir != a.At(id) {
					t.Errorf("%s in %s: %v", id, dir, err)
				}
			})
		}
		wg.Wait()
		if _, _, err := a.Create(began.Add(time.Second)); err != nil {
			t.Error(err)
		}
		if err := os.Mkdir(a.At("notes"), 0o700); err != nil {
			t.Fatal(err)
		}
		ids, err := a.IDs()
		at := k.Prefix + "20261123-222601"
		if err != nil || len(ids) != 22 || ids[0] != k.Prefix+"20261123-222602" || ids[1] != at+"-20" || ids[12] != at+"-9" || ids[20] != at || ids[21] != "notes" {
			t.Errorf("%v, %v", ids, err)
		}
		if len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
			t.Errorf("some share an id: %v", ids)
		}
		for id, want := range map[string]bool{at: true, at + "-7": true, "notes": false, k.Prefix + "20261123-226001": false, at + "-x": false, at + "-0": false} {
			if got, ok := k.Began(id); ok != want || ok && !got.Equal(began) {
				t.Errorf("%s began at %v, %t", id, got, ok)
			}
		}
	}
}

// Everything is found by whatever it may be called, and what is not found says what there is.
func TestPath(t *testing.T) {
	for _, k := range []Kind{runs, searches} {
		a := opened(t, k)
		if _, err := a.Path("latest"); err == nil || hintOf(err) != "no "+k.One+" has been kept in "+a.Dir()+" yet" {
			t.Errorf("of none: %v", err)
		}
		for _, at := range []time.Duration{0, 0, time.Hour} {
			if _, _, err := a.Create(began.Add(at)); err != nil {
				t.Fatal(err)
			}
		}
		elsewhere := t.TempDir()
		t.Chdir(elsewhere)
		older, other := k.Prefix+"20261123-222601", k.Prefix+"20261123-232601"
		for _, file := range []string{other, "a.json", k.Prefix + "20261123-2"} {
			if err := os.WriteFile(file, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for ref, want := range map[string]string{
			"latest": a.At(other), "latest~0": a.At(other), "latest~1": a.At(older + "-2"), "latest~2": a.At(older),
			older: a.At(older), other: a.At(other), k.Prefix + "20261123-23": a.At(other),
			"a.json": "a.json", "./" + other: "./" + other, elsewhere: elsewhere, k.Prefix + "20261123-2": k.Prefix + "20261123-2",
		} {
			if got, err := a.Path(ref); err != nil || got != want {
				t.Errorf("%s is %s, want %s: %v", ref, got, want, err)
			}
			id, err := a.Find(ref)
			if ours := filepath.Dir(want) == a.Dir(); ours != (err == nil) || ours && id != filepath.Base(want) {
				t.Errorf("the id of %s is %q: %v", ref, id, err)
			}
		}
		for ref, hint := range map[string]string{
			"": "give its id", "latest~3": "there are 3", "latest~x": "write latest~1", "latest~-1": "write latest~1",
			k.Prefix + "20261123-22": "write more of it", "nothing": "there are 3", "no/thing": "give its id",
		} {
			if path, err := a.Path(ref); err == nil || !strings.HasPrefix(hintOf(err), hint) {
				t.Errorf("%q is %q: %v, and the hint is %q", ref, path, err, hintOf(err))
			}
		}
		if err := a.Has(older); err != nil {
			t.Error(err)
		}
		for _, part := range []string{"", older[:len(older)-1], "x"} {
			if err := a.Has(part); err == nil || hintOf(err) == "" {
				t.Errorf("%q: %v", part, err)
			}
		}
	}
}

func hintOf(err error) string {
	var own *Error
	errors.As(err, &own)
	if own == nil {
		return ""
	}
	return own.Hint
}
