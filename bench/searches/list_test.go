package searches

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flashwave/bench/archive"
	"flashwave/bench/capacity"
)

func TestListedAndRemoved(t *testing.T) {
	s := openTemp(t)
	if list, err := s.List(); err != nil || len(list) != 0 {
		t.Fatalf("%v, %v", list, err)
	}
	cutOff := cut(t, s)
	ended, err := s.Create(began)
	check(t, err)
	check(t, ended.Begin(begun(ended.ID())))
	check(t, ended.End(&capacity.Document{Schema: capacity.Schema, ID: ended.ID(), Name: "ended"}, false))
	broken, err := s.Create(began)
	check(t, err)

	list, err := s.List()
	check(t, err)
	if len(list) != 3 || list[0].ID != broken.ID() || list[0].Broken == nil || list[0].Complete ||
		list[1].Document.Name != "ended" || !list[1].Complete ||
		list[2].Complete || !strings.HasPrefix(list[2].Document.Verdict.Headline, "cut off after 2 steps") {
		t.Errorf("%+v", list)
	}

	var own *archive.Error
	if err := s.Remove(cutOff.ID()); !errors.As(err, &own) || !strings.Contains(err.Error(), "still goes on") {
		t.Errorf("one that goes on was removed: %v", err)
	}
	cutOff.Close()
	for _, no := range []string{"", "latest", "capacity-2026", "..", "../searches", filepath.Join(s.Dir(), ended.ID())} {
		if err := s.Remove(no); !errors.As(err, &own) || own.Hint == "" {
			t.Errorf("%q: %v", no, err)
		}
	}
	for _, id := range []string{cutOff.ID(), ended.ID(), broken.ID()} {
		check(t, s.Remove(id))
		if _, err := os.Stat(filepath.Join(s.Dir(), id)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there: %v", id, err)
		}
		if err := s.Remove(id); err == nil {
			t.Errorf("%s was removed twice", id)
		}
	}
}

// A search is named by the file of its document, too; an id wins over a file of its name.
func TestSearchesByTheirFiles(t *testing.T) {
	s := openTemp(t)
	j, err := s.Create(began)
	check(t, err)
	check(t, j.Begin(begun(j.ID())))
	check(t, j.End(&capacity.Document{Schema: capacity.Schema, ID: j.ID(), Name: "kept"}, false))
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"found.json": `{"schema": "flashwave.capacity/v1", "name": "a file"}`,
		j.ID():       `{"schema": "flashwave.capacity/v1", "name": "of that name"}`,
		"run.json":   `{"schema": "flashwave.run/v1"}`,
		"latest":     `{"schema": "flashwave.capacity/v1", "name": "latest"}`,
	} {
		check(t, os.WriteFile(name, []byte(text), 0o600))
	}
	for ref, want := range map[string]string{"found.json": "a file", j.ID(): "kept", "./" + j.ID(): "of that name", "latest": "kept"} {
		if doc, err := s.Load(ref); err != nil || doc.Name != want {
			t.Errorf("%s: %+v, %v", ref, doc, err)
		}
	}
	var own *archive.Error
	if _, err := s.Load("run.json"); !errors.As(err, &own) || !strings.Contains(own.Hint, "it is a run") {
		t.Errorf("%v", err)
	}
}
