package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
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
	var own *Error
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
