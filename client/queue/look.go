package queue

import (
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/gomodule/redigo/redis"

	"flashwave/client/queue/spec"
)

// Stats say how well the reader saw.
type Stats struct {
	Poll       time.Duration // between two looks, as asked for
	Resolution time.Duration // between two looks, on average
	Longest    time.Duration // between two looks, at most: instants within are that late
	Looks      int64
	Broken     int64 // how often the connection of the looks broke
}

type looked struct {
	sync.Mutex
	Stats
	sum time.Duration
}

// Stats are those so far.
func (q *Client) Stats() Stats {
	q.looked.Lock()
	defer q.looked.Unlock()
	s := q.looked.Stats
	s.Poll = q.config.Poll
	if s.Looks > 1 {
		s.Resolution = q.looked.sum / time.Duration(s.Looks-1)
	}
	return s
}

// Waiting and running tasks stay as they are when the client is closed: whoever counted
// them by the [Watcher] has them.

// read looks again and again, until the client is closed.
func (q *Client) read() {
	ticker := time.NewTicker(q.config.Poll)
	defer ticker.Stop()
	r := &reader{Client: q}
	defer r.close()
	for {
		select {
		case <-q.ctx.Done():
			return
		case <-ticker.C:
		}
		if err := r.look(); err != nil {
			r.close()
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
	before time.Duration // when it looked last; 0: never
	second time.Duration // when it asked for depths last
	asks   []func(reply any, err error)
}

func (r *reader) close() {
	if r.conn != nil {
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

// chunk is how many results are asked for by one command.
const chunk = 500

// A head is where that of a queue stands.
type head struct {
	place
	empty, known bool
}

// look asks for everything at once, and takes the answers in.
func (r *reader) look() (err error) {
	if r.conn == nil {
		if r.conn, err = r.dial(r.ctx); err != nil {
			return err
		}
	}
	b := &r.book
	now := r.now()
	b.mu.Lock()
	number := b.beginLook()
	asked := r.due(now)
	unsure := r.lostReplies(now)
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
	there := r.askThere(unsure)
	queued := r.askQueued(union(asked, late))
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
	r.note(at)

	b.mu.Lock()
	defer b.mu.Unlock()
	var taken []*task
	for line, h := range heads {
		if h.known {
			taken = append(taken, b.passed(line, h.place, h.empty, number, at)...)
		}
	}
	b.tell(taken, number, at)
	r.ended(asked, news, at)
	b.changed(again, news, at)
	for t, ok := range there {
		r.settleUnsure(t, *ok)
	}
	r.requeued(queued, at)
	r.lost(late, at)
	if depths != nil {
		b.watch.Depths(at, depths)
	}
	return nil
}

// note counts a look.
func (r *reader) note(at time.Duration) {
	r.looked.Lock()
	defer r.looked.Unlock()
	if r.looked.Looks > 0 {
		gap := at - r.before
		r.looked.sum += gap
		r.looked.Longest = max(r.looked.Longest, gap)
	}
	r.looked.Looks++
	r.before = at
}

// receive reads all replies of a look.
func (r *reader) receive() error {
	if err := r.conn.Flush(); err != nil {
		return err
	}
	for _, then := range r.asks {
		reply, err := r.conn.Receive()
		if fatal(err) {
			return err
		}
		then(reply, err)
	}
	return nil
}

// askHead asks where the head of a queue is.
func (r *reader) askHead(line int, h *head) {
	l := &r.config.Layout
	key := r.key(line)
	switch l.Kind {
	case spec.SortedSet, spec.BullMQ:
		r.ask(func(reply any, err error) {
			list, err := redis.Values(reply, err)
			if err != nil {
				return
			}
			h.known, h.empty = true, len(list) < 2
			if !h.empty {
				h.id, _ = redis.String(list[0], nil)
				h.score, _ = redis.Float64(list[1], nil)
			}
		}, "ZRANGE", key, 0, 0, "WITHSCORES")
	case spec.List:
		r.ask(func(reply any, err error) {
			b, err := redis.Bytes(reply, err)
			if h.known, h.empty = err == nil || errors.Is(err, redis.ErrNil), errors.Is(err, redis.ErrNil); err == nil {
				h.place, h.known = r.book.placeOf(idOf(b)) // that of others says nothing of ours
			}
		}, "LINDEX", key, -1)
	case spec.Stream:
		r.ask(func(reply any, err error) {
			groups, err := redis.Values(reply, err)
			if err != nil {
				return
			}
			for _, g := range groups {
				m, err := redis.Values(g, nil)
				if err != nil {
					continue
				}
				var name, last string
				for i := 0; i+1 < len(m); i += 2 {
					switch word, _ := redis.String(m[i], nil); word {
					case "name":
						name, _ = redis.String(m[i+1], nil)
					case "last-delivered-id":
						last, _ = redis.String(m[i+1], nil)
					}
				}
				if name == l.Group {
					h.place, h.known = streamPlace(last), true
					h.seq++ // the head is what comes after it
					h.id = ""
				}
			}
		}, "XINFO", "GROUPS", key)
	}
}

// idOf is the id in a payload, or the payload itself if it is one.
func idOf(b []byte) string {
	var said struct {
		ID string `json:"id"`
	}
	if len(b) > 0 && b[0] == '{' && json.Unmarshal(b, &said) == nil {
		return said.ID
	}
	return string(b)
}

// patience: a task is looked for less and less often, so that tasks that never end cost
// little; its end is seen late by a fiftieth of its age at most.
const patience = 50

// due are the tasks whose results are to be asked for.
func (r *reader) due(now time.Duration) (list []*task) {
	for t := range r.book.running {
		if now-t.polled >= (now-t.since)/patience {
			t.polled = now
			list = append(list, t)
		}
	}
	return list
}

// news are what a look found out.
type news struct {
	results map[*task]string
	dead    map[*task]string
	retries map[*task]int
}

func newNews() *news { return &news{map[*task]string{}, map[*task]string{}, map[*task]int{}} }

// askResults asks for the results of tasks, and whether they are among the dead letters.
func (r *reader) askResults(list []*task, into *news) {
	l := &r.config.Layout
	if l.Kind == spec.BullMQ {
		r.askJobs(list, into)
		return
	}
	kind, key := l.DeadLetters()
	for part := range slices.Chunk(list, chunk) {
		keys, ids := make([]any, len(part)), []any{key}
		for i, t := range part {
			keys[i] = l.ResultKey(t.ID)
			ids = append(ids, t.ID)
		}
		r.ask(func(reply any, err error) {
			values, err := redis.Values(reply, err)
			for i := range min(len(values), len(part)) {
				if v, ok := values[i].([]byte); ok && err == nil {
					into.results[part[i]] = string(v)
				}
			}
		}, "MGET", keys...)
		if command := map[string]string{"hash": "HMGET", "zset": "ZMSCORE", "set": "SMISMEMBER"}[kind]; command != "" {
			r.ask(func(reply any, err error) {
				values, err := redis.Values(reply, err)
				for i := range min(len(values), len(part)) {
					if err != nil {
						break
					}
					switch v := values[i].(type) {
					case []byte:
						into.dead[part[i]] = string(v)
					case int64:
						if v == 1 {
							into.dead[part[i]] = ""
						}
					}
				}
			}, command, ids...)
		}
	}
}

// askThere asks whether Redis has tasks whose replies were lost.
func (r *reader) askThere(list []*task) map[*task]*bool {
	there := map[*task]*bool{}
	for _, t := range list {
		ok := new(bool)
		there[t] = ok
		if l := &r.config.Layout; l.Task != "" {
			r.ask(func(reply any, err error) { n, _ := redis.Int(reply, err); *ok = n == 1 }, "EXISTS", l.TaskKey(t.ID))
		}
	}
	return there
}

// lostReplies are tasks that were written, and whose replies will not come any more.
func (r *reader) lostReplies(now time.Duration) (list []*task) {
	for t := range r.book.unsure {
		if now-t.result.Sent > replyTimeout+dialTimeout || t.state == asked && now-t.result.Sent > time.Second && r.broken(t) {
			list = append(list, t)
		}
	}
	return list
}

// broken reports whether the connection on which a task was written is gone.
func (r *reader) broken(t *task) bool { return t.pipe == nil || t.pipe.Err() != nil }

// settleUnsure: a task whose reply was lost is in Redis, or not.
func (r *reader) settleUnsure(t *task, there bool) {
	b := &r.book
	if !b.unsure[t] {
		return
	}
	if there {
		b.accept(t, t.place)
		return
	}
	delete(b.unsure, t)
	t.state = ended
	of, text := outcomeOf(errBroken)
	b.answer(t, of, text, r.now())
}

var errBroken = errors.New("it is not known to have the task")

// ended takes in the results and the dead letters that came.
func (r *reader) ended(list []*task, n *news, at time.Duration) {
	for _, t := range list {
		if t.state != running && t.state != waiting {
			continue
		}
		text, came := n.results[t]
		letter, dead := n.dead[t]
		switch {
		case came:
			a := ReadAnswer([]byte(text))
			a.Retries = max(a.Retries, n.retries[t])
			t.content = text
			if a.Failed || dead {
				r.book.end(t, Dead, a, at)
			} else {
				r.book.end(t, Done, a, at)
			}
		case dead:
			a := ReadAnswer([]byte(letter))
			a.Failed = true
			r.book.end(t, Dead, a, at)
		}
	}
}

// late are the tasks that a worker has had for too long.
func (r *reader) late(now time.Duration) (list []*task) {
	for t := range r.book.running {
		if now-t.since > r.config.Timeout {
			list = append(list, t)
		}
	}
	return list
}

// union is two lists as one, without what stands twice.
func union(a, b []*task) []*task {
	list := slices.Clone(a)
	for _, t := range b {
		if !slices.Contains(a, t) {
			list = append(list, t)
		}
	}
	return list
}

// askQueued asks whether tasks that were taken are in their queues again, where a retry puts
// them. Redis before 6.2 does not say so of many at once, and their retries are not seen.
func (r *reader) askQueued(list []*task) map[*task]float64 {
	scores := map[*task]float64{}
	if k := r.config.Layout.Kind; k != spec.SortedSet && k != spec.BullMQ {
		return scores
	}
	lines := map[int][]*task{}
	for _, t := range list {
		lines[t.line] = append(lines[t.line], t)
	}
	for line, all := range lines {
		for part := range slices.Chunk(all, chunk) {
			args := []any{r.key(line)}
			for _, t := range part {
				args = append(args, t.place.id)
			}
			r.ask(func(reply any, err error) {
				values, err := redis.Values(reply, err)
				for i := range min(len(values), len(part)) {
					if v, wrong := redis.Float64(values[i], err); wrong == nil {
						scores[part[i]] = v
					}
				}
			}, "ZMSCORE", args...)
		}
	}
	return scores
}

// requeued takes in which tasks wait again.
func (r *reader) requeued(scores map[*task]float64, at time.Duration) {
	for t, score := range scores {
		if t.state == running {
			r.book.requeue(t, place{score: score, id: t.place.id}, at)
		}
	}
}

// lost gives up the tasks that neither came nor are in their queues.
func (r *reader) lost(late []*task, at time.Duration) {
	for _, t := range late {
		if t.state == running && at-t.since > r.config.Timeout {
			r.book.end(t, Lost, Answer{}, at)
		}
	}
}

// askDepths asks how deep the queues of each class are.
func (r *reader) askDepths() []int64 {
	depths := make([]int64, len(r.config.Classes))
	for line := range r.book.lines {
		command, args := sizes[r.config.Layout.Kind], []any{r.key(line)}
		if r.config.Layout.Kind == spec.BullMQ { // one set holds all priorities
			from := int64(r.priority(line)) * priorityStep
			command, args = "ZCOUNT", append(args, from, from+priorityStep-1)
		}
		r.ask(func(reply any, err error) {
			n, _ := redis.Int64(reply, err)
			depths[r.book.of[line]] += n
		}, command, args...)
	}
	return depths
}

// recheckAfter is when the result of a task that was done is looked at again: a worker that
// works on it a second time is about as fast as the first.
const recheckAfter = 2 * time.Second

// recheck are tasks that were done a while ago, and whose results may have changed.
func (b *book) recheck(now time.Duration) (list []*task) {
	n := 0
	for n < len(b.again) && n < chunk && now-b.again[n].Done >= recheckAfter {
		n++
	}
	list = b.again[:n:n]
	b.again = b.again[n:]
	return list
}

// changed finds the results that are not what they were.
func (b *book) changed(list []*task, n *news, at time.Duration) {
	for _, t := range list {
		if now, ok := n.results[t]; ok && now != t.content {
			b.watch.Duplicate(t.Task, at)
		}
		t.content = ""
	}
}
