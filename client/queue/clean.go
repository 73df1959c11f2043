package queue

import (
	"context"
	"slices"
	"strconv"

	"github.com/gomodule/redigo/redis"

	"flashwave/client"
	"flashwave/client/queue/spec"
)

// clean takes back what was enqueued: places in the queues of tasks that nobody took, and then
// the data of those whose places were there still, or that have ended. Who took one meanwhile
// finds its data.
func (q *Client) clean() error {
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	defer cancel()
	conn, err := q.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // what was to be said was said
	q.book.mu.Lock()
	defer q.book.mu.Unlock()
	var free []string
	var placed []*task
	for _, t := range q.book.all {
		switch {
		case t.state == running:
		case t.Done == client.Never: // of those that were refused none should have a place, and none is to be left
			placed = append(placed, t)
		default:
			free = append(free, t.ID)
		}
	}
	for part := range slices.Chunk(placed, chunk) {
		gone, err := q.unplace(conn, part)
		if err != nil {
			return err
		}
		free = append(free, gone...)
	}
	for _, n := range q.book.ended {
		free = append(free, q.id(n))
	}
	for part := range slices.Chunk(free, chunk) {
		if err := q.drop(conn, part); err != nil {
			return err
		}
	}
	return nil
}

// unplace takes tasks out of their queues. gone are those that are in none and in nobody's
// hands.
func (q *Client) unplace(conn redis.Conn, list []*task) (gone []string, err error) {
	for _, t := range list {
		if err := q.sendUnplace(conn, t); err != nil {
			return nil, err
		}
	}
	if err := conn.Flush(); err != nil {
		return nil, err
	}
	for _, t := range list {
		n, err := redis.Int(redis.ReceiveWithTimeout(conn, dialTimeout))
		if fatal(err) || refuses(err) {
			return nil, err
		}
		if n > 0 || t.state == ended {
			gone = append(gone, t.ID)
		}
	}
	return gone, nil
}

// sendUnplace writes the command that takes a task out of its queue.
func (q *Client) sendUnplace(conn redis.Conn, t *task) error {
	key := q.config.Layout.QueueKey(t.Priority)
	switch q.config.Layout.Kind {
	case spec.List:
		return conn.Send("LREM", key, 1, t.member)
	case spec.Stream:
		return conn.Send("XDEL", key, t.place.id)
	}
	return conn.Send("ZREM", key, t.place.id)
}

// drop deletes the data of tasks.
func (q *Client) drop(conn redis.Conn, ids []string) error {
	l := &q.config.Layout
	if l.Task == "" {
		return nil
	}
	members, keys := make([]any, 0, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		keys[i], members = l.TaskKey(id), append(members, id)
	}
	commands := 1
	if l.Kind == spec.BullMQ {
		for _, set := range []string{"completed", "failed"} {
			if err := conn.Send("ZREM", append([]any{bull(l, set)}, members...)...); err != nil {
				return err
			}
			commands++
		}
	}
	if err := conn.Send("DEL", keys...); err != nil {
		return err
	}
	if err := conn.Flush(); err != nil {
		return err
	}
	for range commands {
		if _, err := redis.ReceiveWithTimeout(conn, dialTimeout); fatal(err) || refuses(err) {
			return err
		}
	}
	return nil
}

// id is that of the task with a number.
func (q *Client) id(n uint64) string { return q.prefix + strconv.FormatUint(n, 10) }
