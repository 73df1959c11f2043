package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adrg/xdg"

	"flashwave/bench/archive"
	"flashwave/bench/result"
)

func TestRunIsKeptAndLoadedAsItWas(t *testing.T) {
	s := openTemp(t)
	run := newSynthetic(1, 3, 4)
	j, doc := record(t, s, run, 8)
	want := run.end(doc)
	check(t, j.End(want))
	got, err := s.Load(j.ID())
	check(t, err)
	if diff := differ(t, want, got); diff != "" {
		t.Error(diff)
	}
	files, err := os.ReadDir(j.Dir())
	check(t, err)
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	if want := []string{beginFile, eventsFile, intervalsFile, runFile, tailFile}; !slices.Equal(names, want) {
		t.Errorf("the run's directory holds %v, want %v", names, want)
	}
}

func TestDefaultPlace(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_STATE_HOME", home)
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	s, err := Open("")
	check(t, err)
	if want := filepath.Join(home, "flashwave", "runs"); s.Dir() != want {
		t.Errorf("runs are kept in %s, want %s", s.Dir(), want)
	}
	if entries, err := s.List(); err != nil || len(entries) != 0 {
		t.Errorf("a store without a directory lists %v, %v", entries, err)
	}
	if files, _ := os.ReadDir(home); len(files) > 0 {
		t.Error("something was created before there was a run")
	}
	j, err := s.Create(began)
	check(t, err)
	if filepath.Dir(j.Dir()) != s.Dir() {
		t.Errorf("the run is in %s", j.Dir())
	}
	check(t, j.Discard())
	if entries, err := s.List(); err != nil || len(entries) != 0 {
		t.Errorf("after Discard the store lists %v, %v", entries, err)
	}
}

func TestUnwritablePlace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	check(t, os.WriteFile(file, nil, 0o600))
	s, err := Open(filepath.Join(file, "runs"))
	check(t, err)
	_, err = s.Create(began)
	var own *archive.Error
	if !errors.As(err, &own) || !strings.Contains(own.Hint, "--no-save") {
		t.Errorf("got %v, want an error with a hint", err)
	}
}

// A disk is a file that fails or blocks when it is told to.
type disk struct {
	full  bool
	block chan struct{}
}

func (d *disk) Write(b []byte) (int, error) {
	if d.block != nil {
		<-d.block
	}
	if d.full {
		return len(b) / 2, syscall.ENOSPC
	}
	return len(b), nil
}

func (d *disk) Sync() error                    { return nil }
func (d *disk) Truncate(int64) error           { return nil }
func (d *disk) Seek(int64, int) (int64, error) { return 0, nil }

func (d *disk) Close() error { return nil }

func onDisk(t *testing.T, d *disk) *Journal {
	t.Helper()
	j, err := openTemp(t).Create(began)
	check(t, err)
	j.open = func(string) (file, error) { return d, nil }
	return j
}

func TestFullDiskNeverStopsTheLoad(t *testing.T) {
	d := &disk{}
	j := onDisk(t, d)
	doc := begun(j.ID())
	check(t, j.Begin(doc))
	run := newSynthetic(3, 1, 1)
	in, row := run.second()
	check(t, j.Interval(in, row))
	waitForDisk(t, j)
	d.full = true
	in, row = run.second()
	check(t, j.Interval(in, row))
	<-j.written
	for range 3 {
		if err := j.Interval(in, row); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("got %v, want the first error", err)
		}
	}
	if err := j.Event(waveBegan(0, rush)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v, want the first error", err)
	}
	if err := j.End(run.end(doc)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("End says %v, want the first error", err)
	}
	if _, err := ReadFile(filepath.Join(j.Dir(), runFile)); err != nil {
		t.Errorf("the document was not written although there was room for it: %v", err)
	}
}

func TestFullDiskAtTheBeginning(t *testing.T) {
	j := onDisk(t, &disk{full: true})
	if err := j.Begin(begun(j.ID())); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Begin says %v", err)
	}
	if err := j.Event(waveBegan(0, rush)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("then Event says %v", err)
	}
}

func TestSlowDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{}
		j := onDisk(t, d)
		doc := begun(j.ID())
		check(t, j.Begin(doc))
		d.block = make(chan struct{})
		var in result.Interval
		var row result.Row
		began := time.Now()
		accepted := 0
		for j.Interval(in, row) == nil {
			accepted++
			synctest.Wait()
		}
		if accepted != queueLength+1 {
			t.Errorf("%d seconds were taken, want %d: one being written and a full queue", accepted, queueLength+1)
		}
		if err := j.Interval(in, row); !errors.Is(err, errSlow) {
			t.Errorf("got %v, want the first error", err)
		}
		if waited := time.Since(began); waited > 0 {
			t.Errorf("the load waited %v for the disk", waited)
		}
		if err := j.End(doc); !errors.Is(err, errSlow) {
			t.Errorf("End says %v", err)
		}
		if waited := time.Since(began); waited != endPatience {
			t.Errorf("End waited %v, want %v", waited, endPatience)
		}
		close(d.block) // the disk comes back: everything taken is written, and the document
		<-j.written
		synctest.Wait()
		if _, err := ReadFile(filepath.Join(j.Dir(), runFile)); err != nil {
			t.Error(err)
		}
	})
}

func TestCallsOutOfOrder(t *testing.T) {
	j, err := openTemp(t).Create(began)
	check(t, err)
	if err := j.Event(waveBegan(0, rush)); !errors.Is(err, errNotOpen) {
		t.Errorf("before Begin an event gets %v", err)
	}
	doc := begun(j.ID())
	check(t, j.Begin(doc))
	check(t, j.End(doc))
	if err := j.Event(waveBegan(0, rush)); !errors.Is(err, errNotOpen) {
		t.Errorf("after End an event gets %v", err)
	}
}
