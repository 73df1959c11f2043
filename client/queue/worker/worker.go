// Package worker is the shop's worker, built in: it takes up to ten tasks of the most urgent
// priority that has any, asks a completions endpoint for each, writes the results, counts, and
// rests half a second. What fails is put back, and after so many retries set aside. It can be
// made to do what workers do that customers feel: see [Faults].
package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gomodule/redigo/redis"

	"flashwave/client"
	"flashwave/client/outcome"
	"flashwave/client/queue"
	"flashwave/client/queue/spec"
)

// Asker is the endpoint that a worker asks, as [client.Client] is.
type Asker interface {
	Do(ctx context.Context, req *client.Request, sink client.Sink) client.Result
}

// Config is what workers need.
type Config struct {
	Dial    func(ctx context.Context) (redis.Conn, error)
	Layout  queue.Layout // of sorted sets
	Low     int          // the most urgent priority
	High    int          // the least urgent
	Workers int          // how many there are, each with a batch of its own
	Batch   int          // tasks taken at once, at most
	Pause   time.Duration
	Retries int           // how often a task is tried again
	Keep    time.Duration // how long a result is
	Ask     Asker
	Model   string // asked where a task names none
	Faults  Faults
	Seed    uint64
	Stats   *Stats // nil: nobody asks
}

// Stats count what workers did. They are safe for concurrent use.
type Stats struct {
	Taken, Completed, Retried, Failed, Died atomic.Int64
}

// Faults are what workers do wrong.
type Faults struct {
	Die       float64 // share of the batches after taking which a worker dies; another takes its place a second later
	Starve    string  // priorities that are not looked at: 7-10
	Lose      string  // priorities whose tasks are taken and forgotten
	Duplicate float64 // share of the tasks that are done twice
	Invert    float64 // share of the batches that are taken from the least urgent priority
	Fail      float64 // share of the tries that fail, beside those that the endpoint fails
}

// Default is the shop's worker.
func Default() Config {
	return Config{Layout: spec.Shop(), Low: 1, High: 10, Workers: 1, Batch: 10, Pause: 500 * time.Millisecond, Retries: 3, Keep: time.Hour, Seed: 1}
}

// ParseFaults reads die=0.01,starve=7-10,lose=7-10,duplicate=0.05,invert=0.1,fail=0.2.
func ParseFaults(text string) (f Faults, err error) {
	if text == "" {
		return f, nil
	}
	shares := map[string]*float64{"die": &f.Die, "duplicate": &f.Duplicate, "invert": &f.Invert, "fail": &f.Fail}
	priorities := map[string]*string{"starve": &f.Starve, "lose": &f.Lose}
	for part := range strings.SplitSeq(text, ",") {
		word, v, _ := strings.Cut(part, "=")
		switch {
		case shares[word] != nil:
			n, err := strconv.ParseFloat(v, 64)
			if err != nil || !(n >= 0 && n <= 1) {
				return f, fmt.Errorf("%q is not a share: write %s=0.05", v, word)
			}
			*shares[word] = n
		case priorities[word] != nil:
			if _, _, err := spec.ParsePriorities(v); err != nil {
				return f, err
			}
			*priorities[word] = v
		default:
			return f, fmt.Errorf("unknown fault %q: there are die, starve, lose, duplicate, invert and fail", word)
		}
	}
	return f, nil
}

// Run works until the context ends. A connection that breaks is made again.
func Run(ctx context.Context, c Config) error {
	if c.Layout.Kind != spec.SortedSet || c.Layout.Task == "" {
		return errors.New("the built-in worker takes tasks from sorted sets, with data under keys of their own")
	}
	if c.Stats == nil {
		c.Stats = &Stats{}
	}
	var all sync.WaitGroup
	for i := range max(c.Workers, 1) {
		all.Go(func() {
			w := &worker{Config: c, random: rand.New(rand.NewPCG(c.Seed, uint64(i)))}
			w.run(ctx)
		})
	}
	all.Wait()
	return nil
}

// A worker takes batch after batch.
type worker struct {
	Config
	random *rand.Rand
	conn   redis.Conn
	lock   sync.Mutex // of conn
}

// rebirth is how long it takes until a worker that died is replaced.
const rebirth = time.Second

var errDied = errors.New("the worker died")

func (w *worker) run(ctx context.Context) {
	for ctx.Err() == nil {
		conn, err := w.Dial(ctx)
		if err == nil {
			w.conn = conn
			err = w.work(ctx)
			_ = conn.Close()
		}
		if err != nil {
			rest(ctx, rebirth)
		}
	}
}

// rest waits, or ends with the context.
func rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// work takes batch after batch on one connection.
func (w *worker) work(ctx context.Context) error {
	for ctx.Err() == nil {
		priority, ids, err := w.take()
		if err != nil {
			return err
		}
		at := time.Now()
		w.Stats.Taken.Add(int64(len(ids)))
		if len(ids) > 0 && w.random.Float64() < w.Faults.Die {
			w.Stats.Died.Add(1)
			return errDied
		}
		var batch sync.WaitGroup
		errs := make([]error, len(ids))
		for i, id := range ids {
			twice, fails := w.random.Float64() < w.Faults.Duplicate, w.random.Float64() < w.Faults.Fail
			batch.Go(func() {
				if within(w.Faults.Lose, priority) {
					return
				}
				errs[i] = w.do(ctx, priority, id, at, fails)
				if twice && errs[i] == nil {
					errs[i] = w.do(ctx, priority, id, at, fails)
				}
			})
		}
		batch.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
		rest(ctx, w.Pause)
	}
	return nil
}

// within reports whether a priority is one of some; "" is none.
func within(text string, priority int) bool {
	low, high, err := spec.ParsePriorities(text)
	return err == nil && priority >= low && priority <= high
}

// call asks Redis one thing.
func (w *worker) call(command string, args ...any) (any, error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	return w.conn.Do(command, args...)
}

// take takes a batch of the most urgent priority that has any.
func (w *worker) take() (priority int, ids []string, err error) {
	inverted := w.random.Float64() < w.Faults.Invert
	for i := range w.High - w.Low + 1 {
		priority = w.Low + i
		if inverted {
			priority = w.High - i
		}
		if within(w.Faults.Starve, priority) {
			continue
		}
		list, err := redis.Strings(w.call("ZPOPMIN", w.key(priority), w.Batch))
		if err != nil {
			return 0, nil, err
		}
		for i := 0; i < len(list); i += 2 {
			ids = append(ids, list[i])
		}
		if len(ids) > 0 {
			break
		}
	}
	return priority, ids, nil
}

func (w *worker) key(priority int) string {
	return strings.ReplaceAll(w.Layout.Queue, "{priority}", strconv.Itoa(priority))
}

func (w *worker) of(template, id string) string { return strings.ReplaceAll(template, "{id}", id) }

// A task is what the worker reads of one.
type task struct {
	Prompt    string `json:"prompt"`
	System    string `json:"system"`
	Model     string `json:"model"`
	MaxTokens int    `json:"max_tokens"`
	Retries   int    `json:"retries"`
}

// A result is what it writes.
type written struct {
	ID         string  `json:"id"`
	Status     string  `json:"status"`
	Content    string  `json:"content,omitempty"`
	Error      string  `json:"error,omitempty"`
	Retries    int     `json:"retries"`
	Usage      *tokens `json:"usage,omitempty"`
	TakenAt    string  `json:"taken_at"`
	FinishedAt string  `json:"finished_at"`
}

type tokens struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
}

// do works on one task: its result, another try, or the dead letters.
func (w *worker) do(ctx context.Context, priority int, id string, taken time.Time, fails bool) error {
	data, err := redis.Bytes(w.call("GET", w.of(w.Layout.Task, id)))
	if errors.Is(err, redis.ErrNil) {
		return nil // it is gone, and nobody waits for it
	}
	if err != nil {
		return err
	}
	var t task
	if err := json.Unmarshal(data, &t); err != nil {
		return w.bury(id, data, written{TakenAt: stamp(taken), Error: "the task is not JSON"})
	}
	res := w.ask(ctx, id, t)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if fails && res.Outcome == outcome.OK {
		res.Outcome, res.Err = outcome.ServerError, "made to fail"
	}
	if res.Outcome != outcome.OK {
		if t.Retries < w.Retries {
			return w.retry(priority, id, data, t)
		}
		return w.bury(id, data, written{TakenAt: stamp(taken), Error: string(res.Outcome) + ": " + res.Err, Retries: t.Retries})
	}
	r := written{TakenAt: stamp(taken), Status: "done", Content: res.Text, Retries: t.Retries, Usage: &tokens{res.Usage.Prompt, res.Usage.Output}}
	w.Stats.Completed.Add(1)
	return w.finish(id, r, "completed")
}

// stamp is an instant as results say it.
func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }

// ask asks the endpoint, and tells for which task.
func (w *worker) ask(ctx context.Context, id string, t task) client.Result {
	messages := []client.Message{{Role: "user", Content: t.Prompt}}
	if t.System != "" {
		messages = append([]client.Message{{Role: "system", Content: t.System}}, messages...)
	}
	if t.Model == "" {
		t.Model = w.Model
	}
	return w.Ask.Do(ctx, &client.Request{Model: t.Model, Messages: messages, MaxTokens: t.MaxTokens, Stream: true, TaskID: id, KeepText: true}, deaf{})
}

// deaf hears nothing of a request.
type deaf struct{}

func (deaf) Sent(time.Duration)               {}
func (deaf) Token(time.Duration, client.Kind) {}

// finish writes a result, and counts.
func (w *worker) finish(id string, r written, counter string) error {
	r.ID, r.FinishedAt = id, stamp(time.Now())
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if _, err := w.call("SET", w.of(w.Layout.Result, id), b, "EX", int(w.Keep/time.Second)); err != nil {
		return err
	}
	if w.Layout.Stats == "" {
		return nil
	}
	_, err = w.call("HINCRBY", w.Layout.Stats, counter, 1)
	return err
}

// retry puts a task back, behind those that wait.
func (w *worker) retry(priority int, id string, data []byte, t task) error {
	w.Stats.Retried.Add(1)
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	fields["retries"] = t.Retries + 1
	again, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	if _, err := w.call("SET", w.of(w.Layout.Task, id), again, "EX", int(w.Layout.TTL/time.Second)); err != nil {
		return err
	}
	_, err = w.call("ZADD", w.key(priority), strconv.FormatFloat(float64(time.Now().UnixMicro())/1e6, 'f', 6, 64), id)
	return err
}

// bury sets a task aside for good.
func (w *worker) bury(id string, data []byte, r written) error {
	w.Stats.Failed.Add(1)
	r.Status = "failed"
	if kind, key, _ := strings.Cut(w.Layout.Dead, ":"); kind == "hash" {
		if _, err := w.call("HSET", key, id, data); err != nil {
			return err
		}
	}
	return w.finish(id, r, "failed")
}
