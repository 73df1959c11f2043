package queue

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/gomodule/redigo/redis"

	"flashwave/client/queue/spec"
)

// addJob puts a job into BullMQ's set of those that have a priority, as its own script does:
// the score is the priority and a counter, and the marker wakes a worker that waits. KEYS are
// the job, the set, the counter, the marker, the meta data and the events; ARGV the id, the
// priority, the data, the instant in ms and the options.
const addJob = `
local n = redis.call('INCR', KEYS[3])
local score = tonumber(ARGV[2]) * 4294967296 + n % 4294967296
redis.call('HSET', KEYS[1], 'name', 'copy', 'data', ARGV[3], 'opts', ARGV[5], 'timestamp', ARGV[4], 'delay', '0', 'priority', ARGV[2])
redis.call('ZADD', KEYS[2], string.format('%.0f', score), ARGV[1])
if redis.call('HEXISTS', KEYS[5], 'paused') == 0 then redis.call('ZADD', KEYS[4], 0, '0') end
redis.call('XADD', KEYS[6], 'MAXLEN', '~', '10000', '*', 'event', 'waiting', 'jobId', ARGV[1])
return string.format('%.0f', score)`

// bull is the key of a thing of BullMQ's beside the set of jobs that have a priority.
func bull(l *spec.Layout, thing string) string {
	return strings.TrimSuffix(l.Queue, "prioritized") + thing
}

// jobArgs are those of the script that adds a job.
func jobArgs(l *spec.Layout, t *task, payload []byte, ms int64) []any {
	return []any{
		addJob, 6, l.TaskKey(t.ID), l.Queue, bull(l, "pc"), bull(l, "marker"), bull(l, "meta"), bull(l, "events"),
		t.ID, t.Priority, payload, ms, fmt.Sprintf(`{"priority":%d,"attempts":3}`, t.Priority),
	}
}

// priorityStep is the score between two priorities.
const priorityStep = 1 << 32

// askJobs asks what became of jobs, whose results are fields of their own. One that is gone was
// done, and removed by whoever does not keep such.
func (r *reader) askJobs(list []*task, into *news) {
	for _, t := range list {
		r.ask(func(reply any, err error) {
			of, err := redis.Values(reply, err)
			if err != nil || len(of) < 5 {
				return
			}
			text := func(i int) string {
				b, _ := of[i].([]byte)
				return string(b)
			}
			if of[1] == nil && of[4] != nil {
				return // it is not finished
			}
			into.results[t] = text(3)
			if of[2] != nil && of[3] == nil {
				b, err := json.Marshal(map[string]string{"status": "failed", "error": text(2)})
				if err == nil {
					into.results[t] = string(b)
				}
			}
			if tries, err := redis.Int(of[0], nil); err == nil && tries > 1 {
				into.retries[t] = tries - 1
			}
		}, "HMGET", r.config.Layout.TaskKey(t.ID), "atm", "finishedOn", "failedReason", "returnvalue", "name")
	}
}

// jobPlace is that of a job, by its score.
func jobPlace(id, text string) (p place, err error) {
	p.id = id
	if p.score, err = strconv.ParseFloat(text, 64); err != nil {
		return p, errUndone
	}
	return p, nil
}
