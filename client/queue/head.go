package queue

import (
	"encoding/json"
	"errors"

	"github.com/gomodule/redigo/redis"

	"flashwave/client/queue/spec"
)

// A head is where that of a queue stands.
type head struct {
	place
	empty, known bool
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
