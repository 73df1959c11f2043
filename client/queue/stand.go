package queue

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/gomodule/redigo/redis"

	"flashwave/client/queue/spec"
)

// A stand is how one queue, that of one priority, stands at a look.
type stand struct {
	priority int
	looked   bool  // at all
	err      error // it could not be seen
	depth    *int64
	head     place // of what waits; of a stream, what was delivered last. Zero of an empty queue
	tail     place
	ties     int64  // tasks at the score of the tail, of sorted sets
	word     string // why something is not known

	behind, beside *int64 // that lie behind the tail of the look before, and at its score
	added, read    *int64 // of a stream, since it began
	pending        *int64

	doubled bool // the tail may have others at its score
	created any  // what the head, or its task, says of when it was created: a number or a text; nil: nothing
}

// A fault is what went wrong with a key.
type fault struct {
	key string
	err error
}

// Error names the key where that is what is wrong.
func (f fault) Error() string {
	_, text := outcomeOf(f.err)
	switch {
	case hasWord(f.err, "WRONGTYPE"):
		return "key " + f.key + " holds something else: " + text
	case isDenied(f.err):
		return "key " + f.key + ": " + text
	}
	return text
}

func (f fault) Unwrap() error { return f.err }

// ask asks how a queue stands.
func (s *stand) ask(p *asking, l *Layout, before *stand) {
	s.looked = true
	key := l.QueueKey(s.priority)
	failed := func(err error) {
		if s.err == nil {
			s.err = fault{key, err}
		}
	}
	var list []query
	put := func(then func(reply any) error, command string, args ...any) {
		list = append(list, query{func(reply any, err error) {
			if err == nil {
				err = then(reply)
			}
			if err != nil {
				failed(err)
			}
		}, command, args})
	}
	switch l.Kind {
	case spec.SortedSet:
		put(number(&s.depth), "ZCARD", key)
		put(s.takeHead, "ZRANGE", key, 0, 0, "WITHSCORES")
		put(s.takeTail, "ZRANGE", key, -2, -1, "WITHSCORES")
		if before.looked && *before.depth > 0 {
			put(number(&s.behind), "ZCOUNT", key, "("+exactly(before.tail.score), "+inf")
			put(number(&s.beside), "ZCOUNT", key, exactly(before.tail.score), exactly(before.tail.score))
		}
	case spec.BullMQ: // one set holds all priorities
		from, to := strconv.Itoa(s.priority*priorityStep), "("+strconv.Itoa((s.priority+1)*priorityStep)
		put(number(&s.depth), "ZCOUNT", key, from, to)
		put(s.takeHead, "ZRANGEBYSCORE", key, from, to, "WITHSCORES", "LIMIT", 0, 1)
		put(s.takeTail, "ZREVRANGEBYSCORE", key, to, from, "WITHSCORES", "LIMIT", 0, 2)
		if before.looked && *before.depth > 0 {
			put(number(&s.behind), "ZCOUNT", key, "("+exactly(before.tail.score), to)
			put(number(&s.beside), "ZCOUNT", key, exactly(before.tail.score), exactly(before.tail.score))
		}
	case spec.List:
		put(number(&s.depth), "LLEN", key)
		put(func(reply any) error {
			b, err := redis.Bytes(reply, nil)
			if errors.Is(err, redis.ErrNil) {
				return nil
			}
			s.head.id = string(b)
			return err
		}, "LINDEX", key, -1)
	case spec.Stream:
		s.askStream(p, l, failed)
		return
	}
	p.atOnce(list, failed)
}

// number takes in a number.
func number(into **int64) func(reply any) error {
	return func(reply any) error {
		n, err := redis.Int64(reply, nil)
		*into = &n
		return err
	}
}

// exactly is a score as Redis reads it back.
func exactly(score float64) string { return strconv.FormatFloat(score, 'g', -1, 64) }

// scored are members and their scores.
func scored(reply any) (list []place, err error) {
	texts, err := redis.Strings(reply, nil)
	for i := 0; i+1 < len(texts) && err == nil; i += 2 {
		p := place{id: texts[i]}
		p.score, err = strconv.ParseFloat(texts[i+1], 64)
		list = append(list, p)
	}
	return list, err
}

func (s *stand) takeHead(reply any) error {
	list, err := scored(reply)
	if len(list) > 0 {
		s.head = list[0]
	}
	return err
}

// takeTail takes in the last two, in either order.
func (s *stand) takeTail(reply any) error {
	list, err := scored(reply)
	for _, p := range list {
		if s.tail.id == "" || s.tail.less(p) {
			s.tail = p
		}
	}
	s.ties = 1
	s.doubled = len(list) == 2 && list[0].score == list[1].score
	return err
}

// askStream asks how a stream stands with its group.
func (s *stand) askStream(p *asking, l *Layout, failed func(error)) {
	key := l.QueueKey(s.priority)
	s.depth = new(int64(0)) // of one that is not there
	var there, grouped bool
	var lag, length *int64
	var generated string
	p.atOnce([]query{{func(reply any, err error) {
		switch {
		case err == nil:
			there = true
		case isMissing(err): // nothing ever came
			s.added, s.read, s.pending = new(int64(0)), new(int64(0)), new(int64(0))
			return
		default:
			failed(err)
			return
		}
		for word, v := range pairs(reply) {
			switch word {
			case "length":
				length = whole64(v)
			case "entries-added":
				s.added = whole64(v)
			case "last-generated-id":
				generated, _ = redis.String(v, nil)
			}
		}
	}, "XINFO", []any{"STREAM", key}}, {func(reply any, err error) {
		if err != nil {
			if !isMissing(err) {
				failed(err)
			}
			return
		}
		groups, _ := redis.Values(reply, nil)
		for _, g := range groups {
			of := map[string]any{}
			for word, v := range pairs(g) {
				of[word] = v
			}
			if name, _ := redis.String(of["name"], nil); name != l.Group {
				continue
			}
			grouped = true
			last, _ := redis.String(of["last-delivered-id"], nil)
			s.head = streamPlace(last)
			s.read, s.pending, lag = whole64(of["entries-read"]), whole64(of["pending"]), whole64(of["lag"])
			if s.read == nil && s.head.score == 0 {
				s.read = new(int64(0))
			}
		}
		if there {
			s.depth = unread(lag, s.read, length, s.head, streamPlace(generated))
		}
		switch {
		case there && !grouped:
			s.depth, s.word = nil, fmt.Sprintf("stream %s has no group %s yet", key, l.Group)
		case s.depth == nil:
			s.word = "this Redis does not say how much of a stream its group has not read: 7.0 and later do"
		}
	}, "XINFO", []any{"GROUPS", key}}}, failed)
}

// unread is how many entries of a stream its group was not given yet. Older servers say it
// only of a group that was given all, or none.
func unread(lag, read, length *int64, delivered, generated place) *int64 {
	switch {
	case lag != nil && read != nil:
		return lag
	case delivered.score == generated.score && delivered.seq == generated.seq:
		return new(int64(0))
	case delivered.score == 0:
		return length
	}
	return nil
}

// isMissing reports whether there is no such key.
func isMissing(err error) bool { return err.Error() == "ERR no such key" }

// pairs are words and what they say.
func pairs(reply any) map[string]any {
	m := map[string]any{}
	list, _ := redis.Values(reply, nil)
	for i := 0; i+1 < len(list); i += 2 {
		if word, err := redis.String(list[i], nil); err == nil {
			m[word] = list[i+1]
		}
	}
	return m
}

// whole64 is a number that Redis may not know.
func whole64(v any) *int64 {
	n, err := redis.Int64(v, nil)
	if err != nil {
		return nil
	}
	return &n
}

// askAgain asks what the first answers leave open: when the head was created, where it does
// not say so and is not the one of before, and how many share the place of the tail.
func (s *stand) askAgain(p *asking, l *Layout, before *stand) {
	if s.err != nil || s.depth == nil || *s.depth == 0 {
		return
	}
	key := l.QueueKey(s.priority)
	if s.doubled {
		p.ask(func(reply any, err error) {
			if n, err := redis.Int64(reply, err); err == nil {
				s.ties = n
			}
		}, "ZCOUNT", key, exactly(s.tail.score), exactly(s.tail.score))
	}
	if before.created != nil && before.head == s.head && *before.depth > 0 {
		s.created, s.word = before.created, before.word
		return
	}
	told := func(reply any, err error) {
		b, err := redis.Bytes(reply, err)
		switch {
		case err == nil && l.Kind == spec.BullMQ:
			s.created = string(b)
		case err == nil:
			s.created = l.Payload.Created(b)
		case errors.Is(err, redis.ErrNil): // it was taken meanwhile, or its data is gone
		default:
			_, text := outcomeOf(err)
			s.word = "the age of the oldest is not known: " + text
		}
	}
	switch {
	case l.Kind == spec.SortedSet:
		s.created = s.head.score
	case l.Kind == spec.BullMQ:
		p.ask(told, "HGET", l.TaskKey(s.head.id), "timestamp")
	case l.Kind == spec.Stream:
		p.ask(func(reply any, err error) {
			entries, err := redis.Values(reply, err)
			if err != nil || len(entries) == 0 {
				return
			}
			entry, err := redis.Values(entries[0], nil)
			if err == nil && len(entry) > 0 {
				id, _ := redis.String(entry[0], nil)
				s.created = streamPlace(id).score
			}
		}, "XRANGE", key, "("+s.head.id, "+", "COUNT", 1)
	case l.Task != "":
		p.ask(told, "GET", l.TaskKey(s.head.id))
	default:
		s.created = l.Payload.Created([]byte(s.head.id))
	}
}
