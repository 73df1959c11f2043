package queue

import (
	"errors"
	"slices"
	"time"

	"github.com/gomodule/redigo/redis"

	"flashwave/client/queue/spec"
)

// certain is for how long Redis must be seen not to have a task: what was on its way when the
// connection broke has come by then.
const certain = time.Second

// newest is how many entries of a stream are searched for a task.
const newest = 1000

// A trace is what was found of a task in doubt.
type trace struct {
	found bool
	place place
}

// askDoubted looks for tasks in doubt: for their data, or for their places and results where
// there is none.
func (r *reader) askDoubted(list []*task) map[*task]*trace {
	traces := map[*task]*trace{}
	lines := map[int][]*task{}
	for _, t := range list {
		at := &trace{place: t.place}
		traces[t] = at
		lines[t.line] = append(lines[t.line], t)
		l := &r.config.Layout
		if l.Task != "" {
			r.ask(func(reply any, err error) { n, _ := redis.Int(reply, err); at.found = at.found || n == 1 }, "EXISTS", l.TaskKey(t.ID))
		}
		switch key := r.key(t.line); {
		case l.Kind == spec.BullMQ: // of one that is not there any more nothing is known but that it was
			r.ask(func(reply any, err error) { at.place.score, _ = redis.Float64(reply, err) }, "ZSCORE", key, t.ID)
		case l.Kind == spec.SortedSet && l.Task == "":
			r.ask(at.answered, "ZSCORE", key, t.place.id)
		case l.Kind == spec.List && l.Task == "":
			r.ask(at.answered, "LPOS", key, t.member)
		}
		if l.Kind != spec.BullMQ && l.Task == "" {
			r.ask(at.answered, "GET", l.ResultKey(t.ID))
		}
	}
	if r.config.Layout.Kind == spec.Stream {
		for line, all := range lines {
			r.ask(func(reply any, err error) { entered(reply, err, all, traces) }, "XREVRANGE", r.key(line), "+", "-", "COUNT", newest)
		}
	}
	return traces
}

// answered takes in what says by being there that the task is.
func (t *trace) answered(reply any, err error) { t.found = t.found || reply != nil && err == nil }

// entered finds tasks among the entries of a stream.
func entered(reply any, err error, list []*task, traces map[*task]*trace) {
	entries, _ := redis.Values(reply, err)
	for _, e := range entries {
		entry, _ := redis.Values(e, nil)
		if len(entry) < 2 {
			continue
		}
		id, _ := redis.String(entry[0], nil)
		fields, _ := redis.StringMap(entry[1], nil)
		if i := slices.IndexFunc(list, func(t *task) bool { return t.ID == fields["id"] }); i >= 0 {
			*traces[list[i]] = trace{found: true, place: streamPlace(id)}
		}
	}
}

// errDoubted is that of a task that is nowhere to be found.
var errDoubted = errors.New("it is not known to have the task")

// resolve takes in whether Redis has the tasks in doubt.
func (b *book) resolve(traces map[*task]*trace, at time.Duration) {
	for t, found := range traces {
		switch since := b.doubted[t]; {
		case found.found:
			delete(b.doubted, t)
			b.accept(t, found.place)
		case since == 0:
			b.doubted[t] = at
		case at-since >= certain:
			delete(b.doubted, t)
			t.state = ended
			of, text := outcomeOf(errDoubted)
			b.answer(t, of, text, at)
		}
	}
}
