package store

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"flashwave/bench/archive"
	"flashwave/bench/files"
	"flashwave/bench/result"
)

const (
	// queueLength is how much may wait for the disk: about a minute of seconds.
	queueLength = 64
	// endPatience is how long the end of a run waits for a disk that hangs.
	endPatience = 30 * time.Second
)

var (
	// errSlow is the error of a queue that is full.
	errSlow = errors.New("the disk cannot keep up")
	// errNotOpen is the error of a call before Begin or after End.
	errNotOpen = errors.New("the run's log is not open")
)

// A Journal keeps one run while it goes on. Begin is called first, End last, each
// once, and all methods from one goroutine at a time. Begin and End write; between
// them the methods only hand over to a goroutine that does. Its first error is what
// the next call, and all after it, return: nothing more is logged then, and the
// log ends where it broke.
type Journal struct {
	id, dir string
	open    func(name string) (file, error)

	jobs    chan func(*writer) error // nil until Begin and after the end
	written chan struct{}            // closed: the writer has come to its end

	mu  sync.Mutex
	err error
}

func newJournal(id, dir string) *Journal {
	return &Journal{id: id, dir: dir, open: func(name string) (file, error) {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err == nil && name == eventsFile {
			err = files.Lock(f) // as long as the run goes on
		}
		if err != nil {
			return nil, err
		}
		return f, nil
	}}
}

// ID is the run's id.
func (j *Journal) ID() string { return j.id }

// Dir is the run's directory.
func (j *Journal) Dir() string { return j.dir }

// Discard removes the directory of a run that never began.
func (j *Journal) Discard() error { return os.Remove(j.dir) }

// Begin writes down the document as it is known when the run begins.
func (j *Journal) Begin(run *result.Run) error {
	w, err := newWriter(j.open, run)
	if err == nil {
		err = files.WriteJSON(filepath.Join(j.dir, beginFile), run)
	}
	if err != nil {
		return j.fail(errors.Join(err, w.close()))
	}
	j.jobs, j.written = make(chan func(*writer) error, queueLength), make(chan struct{})
	go j.write(w, j.jobs)
	return nil
}

// Interval logs a second. Neither it nor its parts may be changed afterwards.
func (j *Journal) Interval(in result.Interval, row result.Row) error {
	return j.hand(func(w *writer) error { return w.second(in, row) })
}

// Event logs an event.
func (j *Journal) Event(e result.Event) error {
	return j.hand(func(w *writer) error { return w.event(e) })
}

// End writes the run's document, even if the log broke, and waits until all is on
// disk; half a minute at most. The document must not be changed afterwards.
func (j *Journal) End(run *result.Run) error {
	ended := make(chan error, 1)
	go func(jobs chan<- func(*writer) error) {
		if jobs != nil {
			select {
			case jobs <- (*writer).finish:
			case <-j.written:
			}
			close(jobs)
		}
		if j.written != nil {
			<-j.written
		}
		if err := files.WriteJSON(filepath.Join(j.dir, runFile), run); err != nil {
			_ = j.fail(err)
		}
		ended <- j.failure()
	}(j.jobs)
	j.jobs = nil
	patience := time.NewTimer(endPatience)
	defer patience.Stop()
	select {
	case err := <-ended:
		return err
	case <-patience.C:
		return j.fail(errSlow)
	}
}

// hand gives the writer something to do, without waiting for it.
func (j *Journal) hand(do func(*writer) error) error {
	if err := j.failure(); err != nil {
		return err
	}
	if j.jobs == nil {
		return errNotOpen
	}
	select {
	case j.jobs <- do:
		return nil
	default:
		// What is queued will be written: the log has no gap up to its end.
		close(j.jobs)
		j.jobs = nil
		return j.fail(errSlow)
	}
}

// write does what is handed over until the end, or the first error.
func (j *Journal) write(w *writer, jobs <-chan func(*writer) error) {
	defer close(j.written)
	var err error
	for do := range jobs {
		if err = do(w); err != nil {
			break
		}
	}
	if err = errors.Join(err, w.close()); err != nil {
		_ = j.fail(err)
	}
}

func (j *Journal) failure() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

// fail remembers the first error and returns it.
func (j *Journal) fail(err error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err == nil {
		j.err = &archive.Error{Message: "the run's log in " + j.dir + " is incomplete", Hint: "free some space, or run with --no-save", Cause: err}
	}
	return j.err
}
