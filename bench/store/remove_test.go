package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"flashwave/bench/archive"
)

func TestRemove(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "runs"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	going, err := s.Create(now)
	if err != nil {
		t.Fatal(err)
	}
	ended, err := s.Create(now)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(ended.Dir(), runFile), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	var own *archive.Error
	for _, no := range []string{"", "latest", going.ID()[:8], "..", "../runs", ended.Dir()} {
		if err := s.Remove(no, now); !errors.As(err, &own) || own.Hint == "" {
			t.Errorf("%q: %v", no, err)
		}
	}
	if err := s.Remove(going.ID(), now); !errors.As(err, &own) {
		t.Errorf("what goes on was removed: %v", err)
	}
	for id, at := range map[string]time.Time{ended.ID(): now, going.ID(): now.Add(time.Minute)} {
		if err := s.Remove(id, at); err != nil {
			t.Error(err)
		}
		if err := s.Has(id); err == nil {
			t.Errorf("%s is still there", id)
		}
	}
}

// A run whose log is open goes on, however long ago something was written: its process may be
// stopped. Once it is gone, killed or not, the run can be removed.
func TestAStoppedRunIsNotRemoved(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "runs"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	j, err := s.Create(now)
	if err != nil {
		t.Fatal(err)
	}
	log, err := j.open(eventsFile)
	if err != nil {
		t.Fatal(err)
	}
	var own *archive.Error
	if err := s.Remove(j.ID(), now.Add(time.Hour)); !errors.As(err, &own) {
		t.Errorf("what goes on was removed: %v", err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(j.ID(), now.Add(time.Hour)); err != nil {
		t.Error(err)
	}
}
