package spec

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Kind is what holds a queue.
type Kind string

// The kinds.
const (
	SortedSet Kind = "zset"   // a sorted set per priority; the least score is the head
	List      Kind = "list"   // pushed on the left, taken from the right
	Stream    Kind = "stream" // read by a consumer group
	BullMQ    Kind = "bullmq" // the set of BullMQ's jobs that have a priority, all in one
)

// A Layout is how tasks lie in Redis. Its keys are templates: {priority} is put in the
// queue's, {id} in those of a task.
type Layout struct {
	Name    string
	Kind    Kind
	Queue   string  // key of a queue
	Task    string  // key of a task's data; "": the payload itself stands in the queue
	Payload Payload // what a task says
	Result  string  // key of a task's result, a string
	Dead    string  // KIND:KEY of the dead letters, by id: hash, zset or set; "": results say it
	Stats   string  // key of the hash of counters; "": none
	Group   string  // consumer group of a stream
	TTL     time.Duration
}

// shopPayload is what the shop's tasks say.
const shopPayload = `{"id": "{id}", "priority": "{priority}", "class": "{class}", "prompt": "{prompt}", "system": "{system}", "model": "{model}", "max_tokens": "{max_tokens}", "created_at": "{created}", "retries": 0}`

// day is how long the data of a task is kept.
const day = 24 * time.Hour

// builtin are the layouts by their names.
func builtin() []Layout {
	payload, err := ParsePayload(shopPayload)
	if err != nil {
		panic(err) // a constant
	}
	return []Layout{
		{Name: "shop", Kind: SortedSet, Queue: "copy:queue:{priority}", Task: "copy:task:{id}", Payload: payload, Result: "copy:result:{id}", Dead: "hash:copy:dead", Stats: "copy:stats", TTL: day},
		{Name: "list", Kind: List, Queue: "copy:list:{priority}", Payload: payload, Result: "copy:result:{id}", Dead: "hash:copy:dead", Stats: "copy:stats", TTL: day},
		{Name: "stream", Kind: Stream, Queue: "copy:stream:{priority}", Payload: payload, Result: "copy:result:{id}", Dead: "hash:copy:dead", Stats: "copy:stats", Group: "workers", TTL: day},
		{Name: "bullmq", Kind: BullMQ, Queue: "bull:copy:prioritized", Task: "bull:copy:{id}", Payload: payload, Result: "bull:copy:{id}"},
	}
}

// Shop is the layout of the shop's background copy, the default.
func Shop() Layout { return builtin()[0] }

// ParseLayout reads NAME[,WORD=VALUE]…: a layout of those built in (shop, list, stream, bullmq),
// with words of one's own: queue, task, result, dead, stats and group, which are keys, ttl,
// and payload, which is JSON, takes the rest of the text, and stands last. "" is shop.
func ParseLayout(text string) (Layout, error) {
	if text == "" {
		return Shop(), nil
	}
	name, rest, _ := strings.Cut(text, ",")
	var l Layout
	var names []string
	for _, of := range builtin() {
		names = append(names, of.Name)
		if of.Name == name {
			l = of
		}
	}
	if l.Name == "" {
		return l, fmt.Errorf("unknown layout %q: there are %s", name, strings.Join(names, ", "))
	}
	for rest != "" {
		var part string
		if after, ok := strings.CutPrefix(rest, "payload="); ok {
			p, err := ParsePayload(after)
			if err != nil {
				return l, err
			}
			l.Payload, rest = p, ""
			continue
		}
		part, rest, _ = strings.Cut(rest, ",")
		if err := l.set(part); err != nil {
			return l, err
		}
	}
	return l, l.Check()
}

// set takes WORD=VALUE.
func (l *Layout) set(part string) (err error) {
	word, v, found := strings.Cut(part, "=")
	into := map[string]*string{"queue": &l.Queue, "task": &l.Task, "result": &l.Result, "dead": &l.Dead, "stats": &l.Stats, "group": &l.Group}[word]
	switch {
	case !found:
		return fmt.Errorf("%q is not WORD=VALUE", part)
	case word == "ttl":
		if l.TTL, err = time.ParseDuration(v); err == nil && l.TTL < time.Second {
			err = fmt.Errorf("a ttl is 1s at least")
		}
		return err
	case into == nil:
		return fmt.Errorf("unknown word %q: there are queue, task, result, dead, stats, group, ttl and payload", word)
	}
	*into = v
	return nil
}

// deadKinds are what may hold dead letters.
var deadKinds = []string{"hash", "zset", "set"}

// Check says what is wrong with a layout.
func (l *Layout) Check() error {
	kind, key, _ := strings.Cut(l.Dead, ":")
	switch {
	case l.Queue == "":
		return fmt.Errorf("a layout needs the key of its queue")
	case !strings.Contains(l.Result, "{id}"):
		return fmt.Errorf("the key of a result holds {id}")
	case l.Task != "" && !strings.Contains(l.Task, "{id}"):
		return fmt.Errorf("the key of a task holds {id}")
	case l.Dead != "" && (!slices.Contains(deadKinds, kind) || key == ""):
		return fmt.Errorf("dead is KIND:KEY, and KIND is hash, zset or set")
	case l.Kind == BullMQ && (!strings.HasSuffix(l.Queue, ":prioritized") || l.Task != l.Result):
		return fmt.Errorf("the queue of BullMQ ends with :prioritized, and its jobs are both tasks and results")
	case l.Kind == Stream && l.Group == "":
		return fmt.Errorf("a stream needs the name of its consumer group")
	case l.Task == "" && !strings.Contains(l.Payload.text, "{id}"):
		return fmt.Errorf("the payload holds {id}: nothing else says which task it is")
	}
	return nil
}

// QueueKey is the key of the queue of a priority.
func (l *Layout) QueueKey(priority int) string {
	return strings.ReplaceAll(l.Queue, "{priority}", fmt.Sprint(priority))
}

// TaskKey is the key of the data of a task.
func (l *Layout) TaskKey(id string) string { return strings.ReplaceAll(l.Task, "{id}", id) }

// ResultKey is the key of the result of a task.
func (l *Layout) ResultKey(id string) string { return strings.ReplaceAll(l.Result, "{id}", id) }

// DeadLetters is what holds them, and its key; "": nothing does.
func (l *Layout) DeadLetters() (kind, key string) {
	kind, key, _ = strings.Cut(l.Dead, ":")
	return kind, key
}
