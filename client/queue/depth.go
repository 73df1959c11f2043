package queue

import (
	"github.com/gomodule/redigo/redis"

	"flashwave/client/queue/spec"
)

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
