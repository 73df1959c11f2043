package queue

import (
	"slices"
	"time"

	"github.com/gomodule/redigo/redis"

	"flashwave/client/queue/spec"
)

// chunk is how many results are asked for by one command.
const chunk = 500

// patience: a task is looked for less and less often, so that tasks that never end cost
// little; the gap in which its end lies is longer by a hundredth of its age at most.
const patience = 100

// due are the tasks whose results are to be asked for: those that are running, the ones that
// are late before they are given up, and some of those that wait.
func (r *reader) due(now time.Duration) (list []*task) {
	for t := range r.book.running {
		if late := now-t.since > r.config.Timeout; late || now-t.polled >= (now-t.since)/patience {
			t.polled = now
			list = append(list, t)
		}
	}
	return append(list, r.strays()...)
}

// straying is how many tasks that wait are looked at, at most, each time.
const straying = 32

// strays are some of the tasks that wait, others each time: one that was not taken from the
// head is done while it still seems to wait.
func (r *reader) strays() (list []*task) {
	l := r.book.lines[r.line]
	from, to := min(r.from, len(l)), min(r.from+straying, len(l))
	list = l[from:to]
	if r.from = to; to == len(l) {
		r.line, r.from = (r.line+1)%len(r.book.lines), 0
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

// ended takes in the results and the dead letters that came with a look, from when it began
// until it was over.
func (r *reader) ended(list []*task, n *news, began, over time.Duration) {
	for _, t := range list {
		if t.state != running && t.state != waiting {
			continue
		}
		text, came := n.results[t]
		letter, dead := n.dead[t]
		at := r.unseen(t, over).instant(max(t.Enqueued, t.Taken))
		switch {
		case came:
			a := ReadAnswer([]byte(text))
			a.Retries = max(a.Retries, n.retries[t])
			since, awaits := t.awaits(a, at, over)
			if awaits {
				continue
			}
			t.content = text
			if a.Failed || dead {
				r.book.end(t, Dead, a, since)
			} else {
				r.book.end(t, Done, a, since)
			}
		case dead:
			a := ReadAnswer([]byte(letter))
			a.Failed = true
			r.book.end(t, Dead, a, at)
		default:
			t.absent = began
		}
	}
}

// unseen is the gap in which a result came that was there when a look was over.
func (r *reader) unseen(t *task, over time.Duration) gap {
	g := gap{t.absent, over, usualGap * r.config.Poll}
	if t.state == running { // it is asked for less and less often
		g.usual += (over - t.since) / patience
	}
	return g
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
