package queue

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/gomodule/redigo/redis"

	"flashwave/client/queue/spec"
)

// batch is how many tasks are written at once, at most.
const batch = 64

// A written is a task that was written, where it will stand, and how many replies there are
// to it.
type written struct {
	*task
	at      place
	member  string // of a list
	replies int
}

// A pipe is a connection on which tasks are written while replies to those before them are
// still awaited.
type pipe struct {
	conn    redis.Conn
	replies chan written // closed: nothing more is written
	done    chan struct{}
}

// inFlight is how many tasks may await their replies: a server that stands still for ten
// seconds of a sale.
const inFlight = 1 << 16

// write enqueues what there is to do, until the client is closed.
func (q *Client) write() {
	var p *pipe
	end := func() {
		if p != nil {
			close(p.replies)
			<-p.done
			_ = p.conn.Close()
			p = nil
		}
	}
	defer end()
	for {
		var list []*task
		select {
		case t := <-q.todo:
			list = append(list, t)
		case <-q.ctx.Done():
			return
		}
		for len(list) < batch {
			select {
			case t := <-q.todo:
				list = append(list, t)
				continue
			default:
			}
			break
		}
		if p != nil && p.conn.Err() != nil {
			end()
		}
		if p == nil {
			conn, err := q.dial(q.ctx)
			if err != nil {
				q.unreached(list, err)
				continue
			}
			p = &pipe{conn: conn, replies: make(chan written, inFlight), done: make(chan struct{})}
			go q.receive(p)
		}
		q.send(p, list)
	}
}

// unreached: there is no connection to write tasks to.
func (q *Client) unreached(list []*task, err error) {
	for _, t := range list {
		if q.depart(t, nil) {
			q.book.refused(t, err)
		}
	}
}

// depart hands a task over; false: nobody waits for it any more.
func (q *Client) depart(t *task, on redis.Conn) bool {
	q.book.mu.Lock()
	defer q.book.mu.Unlock()
	if t.over || t.ctx.Err() != nil {
		return false
	}
	t.result.Sent, t.state, t.pipe = q.now(), asked, on
	q.book.all[t.ID] = t
	q.book.unsure[t] = true
	if t.sink != nil {
		t.sink.Sent(t.result.Sent) // under the lock: whoever gives the task up waits for it
	}
	return true
}

// send writes tasks.
func (q *Client) send(p *pipe, list []*task) {
	var sent []written
	for _, t := range list {
		if !q.depart(t, p.conn) {
			continue
		}
		w, err := q.enqueue(p.conn, t)
		q.book.placed(t, w.at, w.member)
		if err != nil {
			break // what was not written is unsure, and looked for
		}
		sent = append(sent, w)
	}
	_ = p.conn.Flush() // whoever receives meets the error
	for _, w := range sent {
		p.replies <- w
	}
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
	w = written{task: t, at: place{id: t.ID}}
	put := func(command string, args ...any) {
		if err == nil {
			err = conn.Send(command, args...)
			w.replies++
		}
	}
	put("MULTI")
	member := any(payload)
	if l.Task != "" && l.Kind != spec.BullMQ {
		put("SET", l.TaskKey(t.ID), payload, "EX", int(l.TTL/time.Second))
		member = t.ID
	}
	key := l.QueueKey(t.Priority)
	switch l.Kind {
	case spec.SortedSet:
		put("ZADD", key, score, member)
		w.at.score, _ = strconv.ParseFloat(score, 64)
		if l.Task == "" {
			w.at.id = string(payload)
		}
	case spec.List:
		put("LPUSH", key, member)
		w.at.seq = uint64(q.written) // and not its number: tasks that are asked for at once are written in any order
		w.member = t.ID
		if l.Task == "" {
			w.member = string(payload)
		}
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
			continue
		}
		id, err := receiveOne(p.conn, w.replies)
		switch {
		case fatal(err):
			broken = true
		case err != nil:
			q.book.refused(w.task, err)
		default:
			at := w.at
			switch q.config.Layout.Kind {
			case spec.Stream:
				at = streamPlace(id)
			case spec.BullMQ:
				at, err = score(w.ID, id)
			}
			if err != nil {
				q.book.refused(w.task, err)
				continue
			}
			q.book.enqueued(w.task, at)
		}
	}
}

// receiveOne reads the replies to one task: the first error there is, and the id of an entry
// of a stream.
func receiveOne(conn redis.Conn, n int) (id string, err error) {
	var first error
	for i := range n {
		reply, err := conn.Receive()
		if fatal(err) {
			return "", err
		}
		if err != nil && first == nil {
			first = err
		}
		if i < n-1 || err != nil {
			continue
		}
		list, _ := reply.([]any)
		for _, of := range list {
			switch of := of.(type) {
			case redis.Error:
				if first == nil {
					first = of
				}
			case []byte:
				id = string(of)
			}
		}
		if list == nil && first == nil {
			first = errors.New("redis did not do what it was asked")
		}
	}
	return id, first
}

// streamPlace is that of an entry: its milliseconds and its number.
func streamPlace(id string) place {
	ms, seq, _ := strings.Cut(id, "-")
	p := place{id: id}
	p.score, _ = strconv.ParseFloat(ms, 64)
	p.seq, _ = strconv.ParseUint(seq, 10, 64)
	return p
}

// clean takes back what was enqueued: places in the queues of tasks that wait, and the data of
// all but those that a worker has in hand.
func (q *Client) clean() error {
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	defer cancel()
	conn, err := q.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // what was to be said was said
	l, n := &q.config.Layout, 0
	q.book.mu.Lock()
	defer q.book.mu.Unlock()
	put := func(command string, args ...any) {
		if err == nil {
			err = conn.Send(command, args...)
			n++
		}
		if n == 1000 {
			err = errors.Join(err, settle(conn, n))
			n = 0
		}
	}
	for _, t := range q.book.all {
		if t.state == running {
			continue
		}
		if t.state == waiting {
			key := l.QueueKey(t.Priority)
			switch l.Kind {
			case spec.SortedSet, spec.BullMQ:
				put("ZREM", key, t.place.id)
			case spec.List:
				put("LREM", key, 1, t.member)
			case spec.Stream:
				put("XDEL", key, t.place.id)
			}
		}
		if l.Kind == spec.BullMQ {
			put("ZREM", bull(l, "completed"), t.ID)
			put("ZREM", bull(l, "failed"), t.ID)
		}
		if l.Task != "" {
			put("DEL", l.TaskKey(t.ID))
		}
	}
	return errors.Join(err, settle(conn, n))
}

// settle reads so many replies; what one says does not matter.
func settle(conn redis.Conn, n int) error {
	if err := conn.Flush(); err != nil {
		return err
	}
	for range n {
		if _, err := conn.Receive(); fatal(err) {
			return err
		}
	}
	return nil
}
