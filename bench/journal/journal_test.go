package journal

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/timetable"
)

var errFull = errors.New("no space left")

// A keeper writes down what it is asked, takes its time, and fails from one call on.
type keeper struct {
	takes  time.Duration
	failAt string // "": never

	mu     sync.Mutex
	calls  []string
	inside int
}

func (k *keeper) does(what string) error {
	k.mu.Lock()
	k.inside++
	together := k.inside
	k.calls = append(k.calls, what)
	k.mu.Unlock()
	time.Sleep(k.takes)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.inside--
	if together > 1 {
		return errors.New("two calls at once")
	}
	if what == k.failAt {
		return errFull
	}
	return nil
}

func (k *keeper) Begin(*result.Run) error    { return k.does("begin") }
func (k *keeper) Event(e result.Event) error { return k.does(e.Text) }
func (k *keeper) End(*result.Run) error      { return k.does("end") }
func (k *keeper) Interval(in result.Interval, _ result.Row) error {
	return k.does(fmt.Sprint("second ", in.Start.Seconds()))
}

// kept is a run of three seconds, each of which something is noted in.
func kept(j *Journal) {
	j.Begin(&result.Run{})
	for s := range 3 {
		j.Note(fmt.Sprint("note ", s))
		j.Second(result.Interval{Start: time.Duration(s) * time.Second}, result.Row{})
	}
	j.Note("last")
	j.Settle()
	j.End(&result.Run{})
}

// A keeper is told everything in its order, one thing at a time, and nobody waits for it
// before the end. One that fails is not asked again, but for the document.
func TestAKeeperIsTold(t *testing.T) {
	all := []string{"begin", "second 0", "note 0", "second 1", "note 1", "second 2", "note 2", "last", "end"}
	for _, c := range []struct {
		failAt string
		want   []string
		err    error
		noted  bool // as an event
	}{
		{"", all, nil, false},
		{"begin", []string{"begin", "end"}, errFull, true},
		{"second 1", []string{"begin", "second 0", "note 0", "second 1", "end"}, errFull, true},
		{"note 1", []string{"begin", "second 0", "note 0", "second 1", "note 1", "end"}, errFull, true},
		{"end", all, errFull, false},
	} {
		t.Run(c.failAt, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := &keeper{takes: time.Second, failAt: c.failAt}
				j := New(&timetable.Clock{Epoch: time.Now()}, k)
				kept(j)
				if !slices.Equal(k.calls, c.want) || !errors.Is(j.Failure(), c.err) {
					t.Errorf("%q, %v", k.calls, j.Failure())
				}
				said := slices.ContainsFunc(j.Events(), func(e result.Event) bool { return strings.HasSuffix(e.Text, errFull.Error()) })
				if said != c.noted {
					t.Errorf("noted: %t, %v", said, j.Events())
				}
			})
		})
	}
}

// A second does not wait for a keeper who is stuck, and a run that nobody keeps has a
// journal all the same.
func TestASecondDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		k := &keeper{failAt: "second 0"}
		j := New(&timetable.Clock{Epoch: began}, k)
		j.Begin(&result.Run{})
		k.takes = time.Hour
		seconds := 0
		for ; j.Failure() == nil && seconds < 2*mayWait; seconds++ {
			j.Second(result.Interval{}, result.Row{})
			synctest.Wait()
		}
		if !time.Now().Equal(began) || seconds < mayWait || !errors.Is(j.Failure(), errSlow) {
			t.Errorf("%d seconds took %v: %v", seconds, time.Since(began), j.Failure())
		}
		j.GiveUp()
		if !errors.Is(j.Failure(), errSlow) {
			t.Errorf("%v is forgotten", errSlow)
		}
		j.End(&result.Run{}) // the first reason is not that it is stuck: there may be room for the document
		if last := k.calls[len(k.calls)-1]; last != "end" {
			t.Errorf("%q is the last", last)
		}

		nobody := New(&timetable.Clock{Epoch: began}, nil)
		kept(nobody)
		if list, n := nobody.Newest(2); n != 4 || len(list) != 2 || list[1].Text != "last" || nobody.Failure() != nil {
			t.Errorf("%d: %v, %v", n, list, nobody.Failure())
		}
	})
}

// One that was given up is not asked for the document either, and goes when it is let go.
func TestAKeeperThatWasGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{}
		j := New(&timetable.Clock{Epoch: time.Now()}, k)
		j.Begin(&result.Run{})
		k.takes = time.Hour
		j.Second(result.Interval{}, result.Row{})
		settled := make(chan struct{})
		go func() { defer close(settled); j.Settle() }()
		synctest.Wait()
		j.GiveUp()
		j.End(&result.Run{})
		<-settled
		if want := []string{"begin", "second 0"}; !slices.Equal(k.calls, want) || !errors.Is(j.Failure(), ErrStuck) {
			t.Errorf("%q, %v", k.calls, j.Failure())
		}
	})
}
