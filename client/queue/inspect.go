package queue

import (
	"errors"
	"fmt"

	"github.com/gomodule/redigo/redis"

	"flashwave/client/queue/spec"
)

// sizes are the commands that say how much is in a queue.
var sizes = map[Kind]string{spec.SortedSet: "ZCARD", spec.BullMQ: "ZCARD", spec.List: "LLEN", spec.Stream: "XLEN"}

// types are what Redis calls the kinds.
var types = map[Kind]string{spec.SortedSet: "zset", spec.BullMQ: "zset", spec.List: "list", spec.Stream: "stream"}

// ErrNotEmpty is wrapped by the error over a queue that holds tasks of others.
var ErrNotEmpty = errors.New("the queue is not empty")

// group makes the consumer group of a stream, where there is none yet.
func (q *Client) group(conn redis.Conn, key string) error {
	_, err := conn.Do("XGROUP", "CREATE", key, q.config.Layout.Group, "$", "MKSTREAM")
	if err != nil && !hasWord(err, "BUSYGROUP") {
		return told(err)
	}
	return nil
}

// inspect looks whether the queue is one, and empty, and whether it may be looked at.
func (q *Client) inspect(conn redis.Conn) error {
	if mode, err := redis.String(conn.Do("INFO", "server")); err == nil {
		if err := unsupportedMode(mode); err != nil {
			return err
		}
	} else if fatal(err) || refuses(err) && !isDenied(err) {
		return told(err)
	}
	l := &q.config.Layout
	for line := range q.book.lines {
		if err := q.inspectQueue(conn, q.key(line)); err != nil {
			return err
		}
	}
	if l.Stats != "" {
		if _, err := holds(conn, "the hash of counters", l.Stats, "hash"); err != nil {
			return err
		}
	}
	if kind, key := l.DeadLetters(); kind != "" {
		if _, err := holds(conn, "the "+kind+" of dead letters", key, kind); err != nil {
			return err
		}
	}
	if err := q.rehearse(conn); err != nil {
		return told(err)
	}
	return nil
}

// inspectQueue looks whether a queue is one, and empty.
func (q *Client) inspectQueue(conn redis.Conn, key string) error {
	l := &q.config.Layout
	exists, err := holds(conn, "the queue", key, types[l.Kind])
	if err != nil {
		return err
	}
	if exists && !q.config.Join {
		n, err := redis.Int64(conn.Do(sizes[l.Kind], key))
		if err != nil {
			return told(err)
		}
		if n > 0 {
			return fmt.Errorf("%w: %s holds %d", ErrNotEmpty, key, n)
		}
	}
	if l.Kind == spec.Stream {
		return q.group(conn, key)
	}
	return nil
}

// holds reports whether there is a key, and fails where it holds something of another type.
func holds(conn redis.Conn, thing, key, want string) (exists bool, err error) {
	kind, err := redis.String(conn.Do("TYPE", key))
	switch {
	case err != nil:
		return false, told(err)
	case kind != "none" && kind != want:
		return true, fmt.Errorf("key %s holds a %s, and %s is a %s", key, kind, thing, want)
	}
	return kind != "none", nil
}

// rehearse looks as the reader will, for a task that there never was, and asks for what puts it
// into its queue and takes it back, in a transaction that is never executed: the connection is
// to be closed. Redis says at once what it does not allow.
func (q *Client) rehearse(conn redis.Conn) error {
	never := &task{Task: Task{ID: q.id(0), Priority: q.priority(0)}, values: map[string]any{}}
	r := &reader{Client: q, conn: conn}
	for line := range q.book.lines {
		r.askHead(line, &head{})
	}
	r.askResults([]*task{never}, newNews())
	r.askDoubted([]*task{never})
	r.askQueued([]*task{never})
	r.askDepths()
	if err := r.receive(); err != nil {
		return err
	}
	if _, err := conn.Do("MULTI"); err != nil {
		return err // what follows would be done
	}
	d := &dress{Conn: conn}
	_, err := q.enqueue(d, never)
	delete(q.book.all, never.ID)
	if !q.config.Keep {
		err = errors.Join(err, q.sendUnplace(d, never))
		if l := &q.config.Layout; l.Task != "" {
			err = errors.Join(err, d.Send("DEL", l.TaskKey(never.ID)))
		}
	}
	if err = errors.Join(err, d.Flush()); err != nil {
		return err
	}
	for range d.sent {
		if _, err := d.Receive(); fatal(err) || refuses(err) {
			return err
		}
	}
	return nil
}

// A dress rehearsal goes on in one transaction, and executes nothing.
type dress struct {
	redis.Conn
	sent int
}

func (d *dress) Send(command string, args ...any) error {
	if command == "MULTI" || command == "EXEC" {
		return nil
	}
	d.sent++
	return d.Conn.Send(command, args...)
}
