package history

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"flashwave/bench/files"
)

// The files of a history.
const (
	historyFile = "history.jsonl"
	freshFile   = "history.jsonl.new" // takes the place of the other
	lockFile    = "lock"
)

// The bounds of a log.
const (
	mostPending = 4 << 20 // bytes that wait for a disk which takes nothing
	leastGrown  = 4 << 20 // bytes below which nothing old is thrown away
	retryFirst  = time.Second
	retryMost   = 30 * time.Second
	closeWithin = 2 * time.Second
)

// A disk is what a log writes to.
type disk interface {
	io.Writer
	io.Closer
	Truncate(size int64) error
}

// A Log writes a history as it happens. Nothing that is appended waits for the disk: one
// that is full, or hangs, loses what there is no room for in the end, and [Log.Trouble]
// says so. A Log is safe for concurrent use.
type Log struct {
	dir  string
	lock *os.File

	mu      sync.Mutex
	pending []byte
	wake    chan struct{} // one, when there is something to do
	lost    int64         // records that found no room
	failed  error         // of the last try to write; nil: it succeeded
	since   time.Time     // of failed, or of the write that is under way; zero: neither
	newest  time.Time     // instant of the last record
	closing bool

	file  disk  // the writer's own, as all below
	size  int64 // of the file, up to the last write that succeeded
	kept  int64 // size after what was old was thrown away
	ended chan struct{}
}

// Open opens the history in a directory, which is made if need be, at an instant. Another
// process that has it open is an [*Error], and so is a file that cannot be read.
func Open(dir string, now time.Time) (*Log, *Past, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, unusable(dir, err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, nil, unusable(dir, err)
	}
	l := &Log{dir: dir, lock: lock, wake: make(chan struct{}, 1), ended: make(chan struct{}), newest: now}
	if err := files.Lock(lock); err != nil {
		_ = lock.Close()
		return nil, nil, &Error{
			Message: "another monitor has the history in " + dir,
			Hint:    "end it first, or give this one another history with --name NAME or --history DIR",
		}
	}
	past, err := l.open(now)
	if err != nil {
		_ = lock.Close()
		return nil, nil, err
	}
	go l.write()
	return l, past, nil
}

func unusable(dir string, err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		err = of.Err
	}
	return &Error{
		Message: "the history cannot be kept in " + dir,
		Hint:    "make it writable, set XDG_STATE_HOME to a place that is, or monitor with --no-save",
		cause:   err,
	}
}

// open reads the file, cuts off what was torn, and leaves it ready to be written to. One
// without a whole line is begun anew.
func (l *Log) open(now time.Time) (*Past, error) {
	file, err := os.OpenFile(filepath.Join(l.dir, historyFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, unusable(l.dir, err)
	}
	past, err := Read(file, now)
	if errors.Is(err, errEmpty) {
		past, err = &Past{Series: map[string]*Series{}}, begin(file)
	}
	if err == nil {
		l.size, err = whole(file)
	}
	var own *Error
	if err != nil {
		_ = file.Close()
		if errors.As(err, &own) {
			return nil, err
		}
		return nil, unusable(l.dir, err)
	}
	l.file, l.kept = file, l.size
	return past, nil
}

// begin writes the header into a file in which nothing counts.
func begin(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := file.Write(firstLine())
	return err
}

func firstLine() []byte {
	return fmt.Appendf(nil, `{"flashwave":"history","version":%d}`+"\n", Version)
}

// whole cuts off what stands behind the last line end, and goes there.
func whole(file *os.File) (size int64, err error) {
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	room := make([]byte, 4<<10)
	for end > 0 {
		n := min(int64(len(room)), end)
		if _, err := file.ReadAt(room[:n], end-n); err != nil {
			return 0, err
		}
		for n > 0 && room[n-1] != '\n' {
			n, end = n-1, end-1
		}
		if n > 0 {
			break
		}
	}
	if err := file.Truncate(end); err != nil {
		return 0, err
	}
	return file.Seek(end, io.SeekStart)
}

// Append adds a record, which is of an instant. It does not wait. A nil log keeps nothing.
func (l *Log) Append(at time.Time, r Record) {
	if l == nil {
		return
	}
	text, err := line(r)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil || l.closing || len(l.pending)+len(text) > mostPending {
		l.lost++
		return
	}
	l.pending = append(l.pending, text...)
	if at.After(l.newest) {
		l.newest = at
	}
	l.nudge()
}

// nudge has the writer look. l.mu is held.
func (l *Log) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// A Trouble is why a history is not written as it should be.
type Trouble struct {
	Err   error     // nil: the disk is slow to answer
	Since time.Time // when it began
	Lost  int64     // records that are lost for good
}

// slow is how long a write may take before it is worth a word.
const slow = 5 * time.Second

// Trouble says what is wrong; ok is false when nothing is.
func (l *Log) Trouble() (t Trouble, ok bool) {
	if l == nil {
		return Trouble{}, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	t = Trouble{Err: l.failed, Since: l.since, Lost: l.lost}
	hangs := l.failed == nil && !l.since.IsZero() && time.Since(l.since) > slow
	return t, l.failed != nil || hangs
}

// Lost is how many records found no room.
func (l *Log) Lost() int64 {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// Close writes what is left, if the disk takes it soon, and lets go of the history. The
// error says what is not written.
func (l *Log) Close() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	l.closing = true
	l.nudge()
	l.mu.Unlock()
	deadline := time.NewTimer(closeWithin)
	defer deadline.Stop()
	select {
	case <-l.ended:
	case <-deadline.C:
		return errors.New("the end of the history is not written: the disk does not answer")
	}
	err := l.lock.Close()
	if l.failed != nil {
		err = fmt.Errorf("the end of the history is not written: %w", l.failed)
	}
	return err
}

// write is the goroutine that writes. It ends with Close. What is written outlives this
// process at once, and the machine as soon as the system has put it on the disk, which it
// does by itself.
func (l *Log) write() {
	defer close(l.ended)
	wait := retryFirst
	for {
		<-l.wake
		for {
			text, last := l.take()
			if len(text) > 0 {
				err := l.put(text)
				if l.settle(err, text); err != nil && !last {
					wait = l.rest(wait)
					continue
				}
				wait = retryFirst
			}
			if last {
				_ = l.file.Close() // nothing is left that could fail
				return
			}
			l.renew()
			break
		}
	}
}

// take takes what is to be written; last: nothing will follow.
func (l *Log) take() (text []byte, last bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text, l.pending = l.pending, nil
	if len(text) > 0 && l.failed == nil {
		l.since = time.Now()
	}
	return text, l.closing
}

// settle notes what came of a write. What failed is written again, before what came
// meanwhile.
func (l *Log) settle(err error, text []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		l.failed, l.since = nil, time.Time{}
		return
	}
	var of *fs.PathError
	if errors.As(err, &of) {
		err = of.Err
	}
	l.failed = err
	l.pending = append(text, l.pending...)
}

// rest waits before another try, or for the end, and says how long to wait next time.
func (l *Log) rest(wait time.Duration) time.Duration {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return min(2*wait, retryMost)
		case <-l.wake:
			l.mu.Lock()
			closing := l.closing
			l.mu.Unlock()
			if closing {
				return wait
			}
		}
	}
}

// put writes text whole, or nothing of it.
func (l *Log) put(text []byte) error {
	n, err := l.file.Write(text)
	if err == nil {
		l.size += int64(n)
		return nil
	}
	if n > 0 {
		l.untear(n)
	}
	return err
}

// untear takes back what a write began, or at least ends its line: nothing that follows
// is to become part of it.
func (l *Log) untear(n int) {
	if l.file.Truncate(l.size) == nil {
		if f, ok := l.file.(io.Seeker); ok {
			_, _ = f.Seek(l.size, io.SeekStart) // the next write shows what is wrong
		}
		return
	}
	l.size += int64(n)
	if m, err := l.file.Write([]byte{'\n'}); err == nil {
		l.size += int64(m)
	}
}

// renew throws away what is old, once the file has grown enough. Where that fails the old
// file goes on.
func (l *Log) renew() {
	if l.size < max(2*l.kept, leastGrown) {
		return
	}
	l.mu.Lock()
	now := l.newest
	l.mu.Unlock()
	fresh, size, err := l.rewrite(now)
	if err != nil {
		l.kept = l.size // not at every record
		_ = os.Remove(filepath.Join(l.dir, freshFile))
		return
	}
	_ = l.file.Close() // all of it was written, and its name is another's
	l.file, l.size, l.kept = fresh, size, size
}

// rewrite writes what is not old into a new file, and puts it in place of the old one.
func (l *Log) rewrite(now time.Time) (fresh *os.File, size int64, err error) {
	old, err := os.Open(filepath.Join(l.dir, historyFile))
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = old.Close() }() // it was only read
	path := filepath.Join(l.dir, freshFile)
	fresh, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, 0, err
	}
	if size, err = sift(old, fresh, now); err == nil {
		err = fresh.Sync()
	}
	if err == nil {
		err = os.Rename(path, filepath.Join(l.dir, historyFile))
	}
	if err != nil {
		_ = fresh.Close() // it is of no use
		return nil, 0, err
	}
	return fresh, size, nil
}
