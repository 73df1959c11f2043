package queue

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/gomodule/redigo/redis"
)

// Waiting and running tasks stay as they are when the client is closed: whoever counted
// them by the [Watcher] has them.

// read looks again and again, until the client is closed.
func (q *Client) read() {
	ticker := time.NewTicker(q.config.Poll)
	defer ticker.Stop()
	r := &reader{Client: q}
	defer r.close()
	began := q.now()
	for {
		select {
		case <-q.ctx.Done():
			return
		case <-ticker.C:
		}
		if err := r.look(); err != nil {
			r.close()
			if q.ctx.Err() != nil {
				return
			}
			q.book.blind(max(r.before, began), q.config.Timeout, err)
			q.looked.Lock()
			q.looked.Broken++
			q.looked.Unlock()
			select {
			case <-q.ctx.Done():
				return
			case <-time.After(again):
			}
		}
	}
}

// again is how long the reader waits before it dials again.
const again = 100 * time.Millisecond

// A reader looks.
type reader struct {
	*Client
	conn   redis.Conn
	unhook func() bool   // the connection from the end of the client, which breaks it
	before time.Duration // when its last look began; 0: there was none
	second time.Duration // when it asked for depths last
	line   int           // where it looks for strays
	from   int           // behind so many of it
	asks   []func(reply any, err error)
}

func (r *reader) close() {
	if r.conn != nil {
		r.unhook()
		_ = r.conn.Close()
		r.conn = nil
	}
}

// ask puts a command into the look, and says what to do with its reply.
func (r *reader) ask(then func(reply any, err error), command string, args ...any) {
	if r.conn.Send(command, args...) != nil {
		return // whoever receives meets the error
	}
	r.asks = append(r.asks, then)
}

// look asks for everything at once, and takes the answers in.
func (r *reader) look() (err error) {
	if r.conn == nil {
		conn, err := r.dial(r.ctx)
		if err != nil {
			return err
		}
		r.conn = conn
		r.unhook = context.AfterFunc(r.ctx, func() { _ = conn.Close() })
	}
	b := &r.book
	now := r.now()
	b.mu.Lock()
	number := b.beginLook()
	asked := r.due(now)
	doubted := slices.Collect(maps.Keys(b.doubted))
	again := b.recheck(now)
	late := r.late(now)
	b.mu.Unlock()

	r.asks = r.asks[:0]
	heads := make([]head, len(b.lines))
	// The least urgent first: what is still there in the queue of a more urgent class, which
	// is read later, was there when the less urgent one was taken.
	for line := len(heads) - 1; line >= 0; line-- {
		r.askHead(line, &heads[line])
	}
	news := newNews()
	r.askResults(asked, news)
	r.askResults(again, news)
	traces := r.askDoubted(doubted)
	queued := r.askQueued(asked)
	var depths []int64
	if now-r.second >= time.Second {
		r.second, depths = now, r.askDepths()
	}
	if err := r.receive(); err != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.again = append(again, b.again...)
		return err
	}
	at := r.now()
	g := r.note(now, at)

	b.mu.Lock()
	defer b.mu.Unlock()
	var taken []*task
	for line, h := range heads {
		if h.known {
			taken = append(taken, b.passed(line, h.place, h.empty, number, at)...)
		}
	}
	b.tell(taken, number, g)
	r.ended(asked, news, now, at)
	b.changed(again, news, at)
	b.resolve(traces, at)
	r.requeued(queued, at)
	r.lost(late, at)
	if depths != nil {
		b.watch.Depths(at, depths)
	}
	return nil
}

// receive reads all replies of a look. One in which Redis refuses to say what it has is none:
// what was not seen is not gone.
func (r *reader) receive() error {
	if err := r.conn.Flush(); err != nil {
		return err
	}
	for _, then := range r.asks {
		reply, err := r.conn.Receive()
		if fatal(err) || refuses(err) {
			return err
		}
		then(reply, err)
	}
	return nil
}
