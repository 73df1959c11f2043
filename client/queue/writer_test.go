package queue

import (
	"errors"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/gomodule/redigo/redis"

	"flashwave/client"
	"flashwave/client/outcome"
	"flashwave/client/queue/spec"
)

// mute is a connection that breaks after so many commands.
type mute struct {
	redis.Conn
	left int
}

var errMute = errors.New("broken pipe")

func (m *mute) Send(string, ...any) error {
	if m.left--; m.left < 0 {
		return errMute
	}
	return nil
}
func (*mute) Flush() error { return errMute }
func (m *mute) Err() error {
	if m.left < 0 {
		return errMute
	}
	return nil
}

// opened is a client of one class at a Redis that the test has in hand.
func opened(t *testing.T, m *miniredis.Miniredis, layout string, timeout time.Duration, watch Watcher) *Client {
	t.Helper()
	of, err := spec.ParseLayout(layout)
	if err != nil {
		t.Fatal(err)
	}
	q, err := Open(t.Context(), Config{
		Address: Address{Host: m.Addr()}, Layout: of, Classes: []Class{{Name: "all", Low: 1, High: 1}},
		Timeout: timeout, Poll: 100 * time.Millisecond, Epoch: time.Now(), Watch: watch,
	})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// A connection that breaks in the middle of a batch leaves nobody waiting whose task was not
// written any more.
func TestBatchThatBreaksIsAnswered(t *testing.T) {
	q := opened(t, miniredis.RunT(t), "shop", time.Minute, &takings{})
	defer q.Close() //nolint:errcheck // it is not what is tested
	var list []*task
	for range 5 {
		list = append(list, q.task(t.Context(), &client.Request{}, nil))
	}
	if waits, runs := q.Unfinished(); waits+runs != 0 {
		t.Errorf("%d wait and %d run that were not written", waits, runs)
	}
	q.send(&pipe{conn: &mute{left: 7}, replies: make(chan written, len(list))}, list) // of a task there are five commands
	if waits, runs := q.Unfinished(); waits != 1 || runs != 0 {
		t.Errorf("%d wait and %d run, want the one that was written and not confirmed", waits, runs)
	}
	for i, of := range list[2:] {
		select {
		case <-of.ready:
			if of.result.Outcome != outcome.Reset {
				t.Errorf("task %d: %s, want %s", i+2, of.result.Outcome, outcome.Reset)
			}
		default:
			t.Errorf("task %d waits for ever", i+2)
		}
	}
}
