package queue

import (
	"slices"
	"time"

	"github.com/gomodule/redigo/redis"

	"flashwave/client/queue/spec"
)

// late are the tasks that a worker has had for too long.
func (r *reader) late(now time.Duration) (list []*task) {
	for t := range r.book.running {
		if now-t.since > r.config.Timeout {
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
