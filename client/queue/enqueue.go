package queue

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/gomodule/redigo/redis"

	"flashwave/client/queue/spec"
)

// A written is a task that was written, how many replies there are to it, and which part of
// the last of them says where it stands.
type written struct {
	*task
	replies int
	placing int
}

// enqueue writes the commands that enqueue a task, all or none.
func (q *Client) enqueue(conn redis.Conn, t *task) (w written, err error) {
	l := &q.config.Layout
	wall := q.config.Epoch.Add(t.result.Sent)
	// What is written later stands later, within a microsecond too: ids that sort otherwise
	// would be neither first in, first out, nor seen to be taken.
	q.written = max(wall.UnixMicro(), q.written+1)
	score := strconv.FormatFloat(float64(q.written)/1e6, 'f', 6, 64)
	t.values["created"], t.values["created_ms"] = wall.UTC().Format(time.RFC3339Nano), wall.UnixMilli()
	payload := l.Payload.Write(t.values)
	t.values = nil                                 // prompts are long, and runs too
	apart := l.Task != "" && l.Kind != spec.BullMQ // the data is under a key of its own
	member := string(payload)
	if apart {
		member = t.ID
	}
	at, held := place{id: t.ID}, ""
	switch l.Kind {
	case spec.SortedSet:
		at.score, _ = strconv.ParseFloat(score, 64)
		at.id = member
	case spec.List:
		at.seq = uint64(q.written) // and not its number: tasks that are asked for at once are written in any order
		held = member
	}
	q.book.placed(t, at, held)

	w = written{task: t}
	put := func(command string, args ...any) {
		if err == nil {
			err = conn.Send(command, args...)
			w.replies++
		}
	}
	put("MULTI")
	if apart {
		put("SET", l.TaskKey(t.ID), payload, "EX", int(l.TTL/time.Second))
	}
	w.placing = w.replies - 1 // EXEC says nothing of MULTI
	key := l.QueueKey(t.Priority)
	switch l.Kind {
	case spec.SortedSet:
		put("ZADD", key, score, member)
	case spec.List:
		put("LPUSH", key, member)
	case spec.BullMQ:
		put("EVAL", jobArgs(l, t, payload, wall.UnixMilli())...)
	case spec.Stream:
		put("XADD", key, "*", "id", t.ID, "task", payload)
	}
	if l.Stats != "" {
		put("HINCRBY", l.Stats, "enqueued", 1)
	}
	put("EXEC")
	return w, err
}

// receive takes in what Redis says to the tasks that were written. Where the connection
// broke nobody knows what became of the rest: the look finds out.
func (q *Client) receive(p *pipe) {
	defer close(p.done)
	broken := false
	for w := range p.replies {
		if broken {
			q.book.doubt(w.task)
			continue
		}
		at, err := q.receiveOne(p.conn, w)
		switch {
		case fatal(err):
			broken = true
			q.book.doubt(w.task)
		case err != nil:
			q.book.refused(w.task, err)
		default:
			q.book.enqueued(w.task, at)
		}
	}
}

// errUndone is that of a server that says something else than what it was asked.
var errUndone = redis.Error("ERR it did not do what it was asked")

// receiveOne reads the replies to one task, and says where it stands. What a counter says does
// not matter: the task is there.
func (q *Client) receiveOne(conn redis.Conn, w written) (at place, err error) {
	var first error
	for range w.replies - 1 {
		if _, err := conn.Receive(); fatal(err) {
			return at, err
		} else if first == nil {
			first = err
		}
	}
	reply, err := conn.Receive()
	if fatal(err) {
		return at, err
	}
	if err = cmp.Or(first, err); err != nil {
		return at, err
	}
	list, _ := reply.([]any)
	if w.placing >= len(list) {
		return at, errUndone
	}
	return q.placeIn(w.task, list[w.placing])
}

// placeIn is where a task stands, by what Redis said to the command that put it there.
func (q *Client) placeIn(t *task, reply any) (place, error) {
	if refusal, ok := reply.(redis.Error); ok {
		return place{}, refusal
	}
	text, ok := reply.([]byte)
	switch kind := q.config.Layout.Kind; {
	case kind == spec.Stream && ok:
		return streamPlace(string(text)), nil
	case kind == spec.BullMQ && ok:
		return jobPlace(t.ID, string(text))
	case kind == spec.Stream || kind == spec.BullMQ:
		return place{}, errUndone
	}
	return t.place, nil
}

// streamPlace is that of an entry: its milliseconds and its number.
func streamPlace(id string) place {
	ms, seq, _ := strings.Cut(id, "-")
	p := place{id: id}
	p.score, _ = strconv.ParseFloat(ms, 64)
	p.seq, _ = strconv.ParseUint(seq, 10, 64)
	return p
}
