package ledger

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/client/outcome"
)

// A stuck is a place that takes nothing more: a pipe whose reader sleeps.
type stuck struct {
	free chan struct{}
	slow time.Duration // how long a write takes that does not get stuck; 0: it gets stuck
}

var errNoSpace = errors.New("no space left")

func (s stuck) Write(b []byte) (int, error) {
	if s.slow > 0 {
		time.Sleep(s.slow)
		return len(b), nil
	}
	<-s.free
	return 0, errNoSpace
}

// A log that takes nothing more is given up in the end; one that is only slow is not.
func TestAStuckLogOfRequests(t *testing.T) {
	for _, slow := range []time.Duration{0, 8 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			w := stuck{make(chan struct{}), slow}
			l := newRequestLog(w)
			for range 3000 {
				l.write(RequestLine{Outcome: outcome.OK})
			}
			began := time.Now()
			_, err := l.close()
			switch took := time.Since(began); {
			case slow == 0 && (!errors.Is(err, errLogStuck) || took > 3*logPatience):
				t.Errorf("stuck: %v after %v", err, took)
			case slow > 0 && (err != nil || took < 2*logPatience):
				t.Errorf("slow: %v after %v", err, took)
			}
			close(w.free)
			synctest.Wait()
		})
	}
}
