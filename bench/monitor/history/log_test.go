package history

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

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
