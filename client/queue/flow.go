package queue

import (
	"strconv"
	"strings"
	"time"

	"github.com/gomodule/redigo/redis"

	"flashwave/client/queue/spec"
)

// A flow is what came and went of one queue between two looks.
type flow struct {
	arrived, taken, done *Count
	moved                bool // something was taken
}

// between is the flow from how a queue stood to how it stands.
func between(l *Layout, before, now *stand) (f flow) {
	if !before.looked || now.err != nil || now.depth == nil || before.depth == nil {
		return f
	}
	switch l.Kind {
	case spec.List:
		f.moved = *before.depth > 0 && now.head != before.head
	case spec.Stream:
		f.moved = before.head.less(now.head)
		if f.arrived, f.taken = grown(before.added, now.added), grown(before.read, now.read); f.taken != nil && before.pending != nil && now.pending != nil {
			f.done = &Count{N: max(f.taken.N-(*now.pending-*before.pending), 0)}
		}
	default:
		f.ofSet(before, now)
	}
	return f
}

// ofSet is the flow of a set, of which all that lies behind the tail of before has come since.
func (f *flow) ofSet(before, now *stand) {
	f.arrived = &Count{N: *now.depth, AtLeast: true}
	if *before.depth > 0 && now.behind != nil && now.beside != nil {
		f.arrived.N = *now.behind + max(*now.beside-before.ties, 0)
		passed := *now.depth == 0 || before.tail.less(now.head)
		f.arrived.AtLeast = passed || before.doubled
	}
	f.taken = &Count{N: *before.depth + f.arrived.N - *now.depth, AtLeast: f.arrived.AtLeast}
	f.moved = f.taken.N > 0 || *before.depth > 0 && before.head.less(now.head)
}

// yearsBack is how old the oldest task there may be is: what is older is no time.
const yearsBack = 10 * 365 * 24 * time.Hour

// ahead is how far a creation may lie in the future for clocks that are nearly alike.
const aheadBy = time.Second

// age is how long ago the head was created; nil: there is none, or it is not known, and why.
func (s *stand) age(clock *time.Time) (age *time.Duration, word string) {
	if s.err != nil || s.depth == nil || *s.depth == 0 || clock == nil || s.word != "" {
		return nil, ""
	}
	if s.created == nil {
		return nil, ""
	}
	born, ok := timeOf(s.created, *clock)
	if !ok {
		return nil, "the age of the oldest is not known: what stands at the head says no time at which it was created"
	}
	d := clock.Sub(born)
	if d < -aheadBy {
		return nil, "the age of the oldest is not known: it was created in the future, for the clock of whoever enqueues is ahead of that of Redis"
	}
	return new(max(d, 0)), ""
}

// timeOf is the instant that a number says, in seconds, ms, µs or ns since 1970, or a text.
func timeOf(said any, now time.Time) (at time.Time, ok bool) {
	switch of := said.(type) {
	case float64:
		for unit := float64(time.Second); unit >= 1; unit /= 1000 {
			seconds := of * unit / 1e9
			if far := float64(now.Unix()) - seconds; far < yearsBack.Seconds() && far > -yearsBack.Seconds() {
				// In whole seconds and the rest of them, or a float's 53 bits are too few.
				return time.Unix(int64(seconds), int64((seconds-float64(int64(seconds)))*1e9)), true
			}
		}
	case string:
		if n, err := strconv.ParseFloat(of, 64); err == nil {
			return timeOf(n, now)
		}
		if at, err := time.Parse(time.RFC3339Nano, of); err == nil {
			return at, true
		}
	}
	return at, false
}

// counters are what the layout counts of the queue as a whole.
type counters struct {
	looked                      bool // at the hash: it was told what is in it
	enqueued, completed, failed *int64
	dead                        *int64
	depth                       *int64   // of all classes
	words                       []string // why something is not known
	done                        stand    // of BullMQ: the set of jobs that are done
}

// deadCommands are those that say how much lies among the dead letters.
var deadCommands = map[string]string{"hash": "HLEN", "zset": "ZCARD", "set": "SCARD"}

func (w *counters) ask(p *asking, l *Layout, before *counters) {
	kind, dead := l.DeadLetters()
	if l.Kind == spec.BullMQ {
		kind, dead = "zset", bull(l, "failed")
		w.askDone(p, bull(l, "completed"), before)
	}
	refused := func(what, key string, err error) {
		if err != nil {
			w.words = append(w.words, what+" not known: "+fault{key, err}.Error())
		}
	}
	if l.Stats != "" {
		p.ask(func(reply any, err error) {
			of, err := redis.Values(reply, err)
			refused("what is counted is", l.Stats, err)
			w.looked = err == nil
			for i, into := range []**int64{&w.enqueued, &w.completed, &w.failed} {
				if i < len(of) {
					*into = whole64(of[i])
				}
			}
		}, "HMGET", l.Stats, "enqueued", "completed", "failed")
	}
	if command := deadCommands[kind]; command != "" {
		p.ask(func(reply any, err error) {
			if n, err := redis.Int64(reply, err); err == nil {
				w.dead = &n
			} else {
				refused("dead letters are", dead, err)
			}
		}, command, dead)
	}
}

// askDone asks how many jobs of BullMQ are done since the look before, by their set.
func (w *counters) askDone(p *asking, key string, before *counters) {
	s := &w.done
	list := []query{{func(reply any, _ error) { s.depth = whole64(reply) }, "ZCARD", []any{key}}, {func(reply any, err error) {
		if err == nil {
			s.err = s.takeTail(reply)
		}
	}, "ZRANGE", []any{key, -2, -1, "WITHSCORES"}}}
	if b := &before.done; b.depth != nil && *b.depth > 0 {
		list = append(list, query{func(reply any, _ error) { s.behind = whole64(reply) }, "ZCOUNT", []any{key, "(" + exactly(b.tail.score), "+inf"}},
			query{func(reply any, _ error) { s.beside = whole64(reply) }, "ZCOUNT", []any{key, exactly(b.tail.score), exactly(b.tail.score)}})
	}
	p.atOnce(list, func(err error) { s.err = err })
}

// askAgain asks how many share the place of the job that was done last.
func (w *counters) askAgain(p *asking, l *Layout) {
	if s := &w.done; s.doubled {
		p.ask(func(reply any, err error) {
			if n, err := redis.Int64(reply, err); err == nil {
				s.ties = n
			}
		}, "ZCOUNT", bull(l, "completed"), exactly(s.tail.score), exactly(s.tail.score))
	}
}

// tell says what the counters say of the queue as a whole. Where they say how much was
// enqueued, that is what arrived anew, and at least what does not wait of it any more was
// taken.
func (w *counters) tell(s *Sight, l *Layout, before *counters) {
	s.Enqueued, s.Completed, s.Dead = w.enqueued, w.completed, w.dead
	s.Words = append(s.Words, w.words...)
	for _, c := range s.Classes {
		for _, word := range c.Words {
			if !strings.Contains(strings.Join(s.Words, "\n"), word) {
				s.Words = append(s.Words, word)
			}
		}
	}
	if anew := since(before.enqueued, w.enqueued, before.looked); anew != nil {
		s.Arrived = anew
		if exact := s.Taken != nil && !s.Taken.AtLeast; !exact && before.depth != nil && s.Depth != nil {
			gone := *before.depth + anew.N - *s.Depth
			if s.Taken != nil {
				gone = max(gone, s.Taken.N)
			}
			s.Taken = telling(&Count{N: max(gone, 0), AtLeast: true})
		}
	}
	s.Failed = since(before.failed, w.failed, before.looked)
	if s.Done == nil {
		s.Done = since(before.completed, w.completed, before.looked)
	}
	if b, now := &before.done, &w.done; l.Kind == spec.BullMQ && now.err == nil && b.depth != nil && now.depth != nil && *now.depth > 0 {
		s.Done = &Count{N: *now.depth, AtLeast: true} // what is done may be removed at once
		if *b.depth > 0 && now.behind != nil && now.beside != nil {
			s.Done.N = *now.behind + max(*now.beside-b.ties, 0)
		}
	}
}
