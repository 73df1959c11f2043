package queue

import (
	"time"

	"github.com/gomodule/redigo/redis"
)

// batch is how many tasks are written at once, at most.
const batch = 64

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

// end waits for the replies to what was written, but not for ever.
func (p *pipe) end() {
	close(p.replies)
	late := time.AfterFunc(dialTimeout, func() { _ = p.conn.Close() })
	<-p.done
	late.Stop()
	_ = p.conn.Close()
}

// write enqueues what there is to do, until the client is closed. Each task that it takes is
// answered here, or handed on: to whoever receives the replies, and from there to the reader.
func (q *Client) write() {
	var p *pipe
	defer func() {
		if p != nil {
			p.end()
		}
	}()
	for {
		var list []*task
		select {
		case t := <-q.todo:
			list = q.gather([]*task{t}, batch)
		case <-q.ctx.Done():
			return // whoever waits for what is left hears it too
		}
		if p != nil && p.conn.Err() != nil {
			p.end()
			p = nil
		}
		if p == nil {
			conn, err := q.dial(q.ctx)
			if err != nil {
				q.unreached(q.gather(list, cap(q.todo)), err)
				continue
			}
			p = &pipe{conn: conn, replies: make(chan written, inFlight), done: make(chan struct{})}
			go q.receive(p)
		}
		q.send(p, list)
	}
}

// gather adds what waits to be written to a list of at most so many.
func (q *Client) gather(list []*task, most int) []*task {
	for len(list) < most {
		select {
		case t := <-q.todo:
			list = append(list, t)
		default:
			return list
		}
	}
	return list
}

// unreached: tasks are not written, for there is no connection.
func (q *Client) unreached(list []*task, err error) {
	if q.ctx.Err() != nil {
		return // the client is closed, and whoever waits hears it
	}
	for _, t := range list {
		if q.depart(t) {
			q.book.refused(t, err)
		}
	}
}

// depart hands a task over; false: nobody waits for it any more.
func (q *Client) depart(t *task) bool {
	q.book.mu.Lock()
	defer q.book.mu.Unlock()
	if t.over || t.ctx.Err() != nil {
		return false
	}
	t.result.Sent, t.state = q.now(), asked
	if t.sink != nil {
		t.sink.Sent(t.result.Sent) // under the lock: whoever gives the task up waits for it
	}
	return true
}

// send writes tasks. The one at which the connection breaks is not in Redis, for its EXEC was
// not written, and those behind it are not either; what became of those before it is found out
// by whoever receives.
func (q *Client) send(p *pipe, list []*task) {
	var sent []written
	for i, t := range list {
		if !q.depart(t) {
			continue
		}
		w, err := q.enqueue(p.conn, t)
		if err != nil {
			q.book.refused(t, err)
			q.unreached(list[i+1:], err)
			break
		}
		sent = append(sent, w)
	}
	_ = p.conn.Flush() // whoever receives meets the error
	for _, w := range sent {
		p.replies <- w
	}
}
