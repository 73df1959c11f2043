package queue

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gomodule/redigo/redis"

	"flashwave/client"
	"flashwave/client/queue/spec"
)

// Config is what a client needs.
type Config struct {
	Address  Address
	Password string      // "": none is asked for
	TLS      *tls.Config // nil: the system's; only where the address says rediss
	Layout   Layout
	Classes  []Class       // the most urgent first
	Timeout  time.Duration // how long a worker may have a task before it is lost
	Poll     time.Duration // between two looks; 0: 10 ms
	Join     bool          // the queue may hold tasks of others
	Keep     bool          // leave what was enqueued
	Epoch    time.Time     // what instants count from
	Watch    Watcher
}

// usualPoll is the time between two looks.
const usualPoll = 10 * time.Millisecond

// A Client enqueues tasks and waits for them. It is safe for concurrent use. Its goroutines,
// for which Close waits: one writes, one reads what Redis says to that, one looks.
type Client struct {
	config Config
	book   book
	prefix string // of the ids of its tasks
	number atomic.Uint64
	dealt  []atomic.Uint64 // how many tasks of each class there were
	todo   chan *task
	ctx    context.Context
	cancel context.CancelFunc
	wait   sync.WaitGroup
	looked looked

	written int64 // when the last task was written, in µs since 1970; only the writer has it
}

// Open connects to Redis and looks at the queue, which must be empty unless the
// configuration says that it may be joined. Its errors hold no password; those over rights are
// [ErrDenied].
func Open(ctx context.Context, c Config) (*Client, error) {
	if c.Poll <= 0 {
		c.Poll = usualPoll
	}
	if err := spec.CheckClasses(c.Classes); err != nil {
		return nil, err
	}
	if err := c.Layout.Check(); err != nil {
		return nil, err
	}
	var id [5]byte
	if _, err := rand.Read(id[:]); err != nil {
		return nil, err
	}
	q := &Client{config: c, prefix: "fw-" + hex.EncodeToString(id[:]) + "-", todo: make(chan *task, 1<<12), dealt: make([]atomic.Uint64, len(c.Classes))}
	q.book = book{watch: c.Watch, classes: c.Classes, all: map[string]*task{}, running: map[*task]bool{}, doubted: map[*task]time.Duration{}, now: q.now}
	for i, of := range c.Classes {
		for range of.High - of.Low + 1 {
			q.book.of = append(q.book.of, i)
		}
	}
	q.book.lines = make([]line, len(q.book.of))
	conn, err := q.dial(ctx)
	if err != nil {
		return nil, told(err)
	}
	defer conn.Close() //nolint:errcheck // it was only looked at
	if err := q.inspect(conn); err != nil {
		return nil, err
	}
	q.ctx, q.cancel = context.WithCancel(context.Background())
	q.wait.Add(2)
	go func() { defer q.wait.Done(); q.write() }()
	go func() { defer q.wait.Done(); q.read() }()
	return q, nil
}

func (q *Client) now() time.Duration { return time.Since(q.config.Epoch) }

func (q *Client) dial(ctx context.Context) (redis.Conn, error) {
	return Dial(ctx, q.config.Address, q.config.Password, q.config.TLS)
}

// priority is that of a queue.
func (q *Client) priority(line int) int {
	for _, of := range q.config.Classes {
		n := of.High - of.Low + 1
		if line < n {
			return of.Low + line
		}
		line -= n
	}
	return 0
}

// key is that of a queue.
func (q *Client) key(line int) string { return q.config.Layout.QueueKey(q.priority(line)) }

// Do enqueues one task and waits until it has ended, or for the context. In its result
// FirstByte is the instant at which the task was taken; no token has one.
func (q *Client) Do(ctx context.Context, req *client.Request, sink client.Sink) client.Result {
	t := q.task(ctx, req, sink)
	select {
	case q.todo <- t:
	case <-ctx.Done():
		return q.book.abandon(t)
	case <-q.ctx.Done():
		return q.book.abandon(t)
	}
	select {
	case <-t.ready:
	case <-ctx.Done():
		return q.book.abandon(t)
	case <-q.ctx.Done():
		return q.book.abandon(t)
	}
	q.book.mu.Lock()
	defer q.book.mu.Unlock()
	return t.result
}

// task is what a request asks.
func (q *Client) task(ctx context.Context, req *client.Request, sink client.Sink) *task {
	class := min(max(req.Class, 0), len(q.config.Classes)-1)
	of := q.config.Classes[class]
	line := int((q.dealt[class].Add(1) - 1) % uint64(of.High-of.Low+1))
	number := q.number.Add(1)
	t := &task{
		Task: Task{
			ID: q.id(number), Class: class, Priority: of.Low + line,
			Enqueued: client.Never, Taken: client.Never, Done: client.Never,
		},
		number: number, ctx: ctx, sink: sink, ready: make(chan struct{}), index: -1,
	}
	for i := range class {
		line += q.config.Classes[i].High - q.config.Classes[i].Low + 1
	}
	t.line = line
	t.result = client.Result{
		Sent: client.Never, FirstByte: client.Never, FirstToken: client.Never, FirstAnswer: client.Never, LastToken: client.Never, Done: client.Never,
		Limits: client.Limits{RetryAfter: client.Never, LimitRequests: -1, RemainingRequests: -1, LimitTokens: -1, RemainingTokens: -1, ResetRequests: client.Never, ResetTokens: client.Never},
	}
	t.result.RequestID = t.ID
	t.values = map[string]any{
		"id": t.ID, "priority": t.Priority, "class": of.Name, "model": req.Model, "max_tokens": req.MaxTokens, "temperature": req.Temperature,
		"prompt": "", "system": "",
	}
	var messages []map[string]string
	for _, m := range req.Messages {
		messages = append(messages, map[string]string{"role": m.Role, "content": m.Content})
		switch m.Role {
		case "system":
			t.values["system"] = m.Content
		case "user":
			t.values["prompt"] = m.Content
		}
	}
	t.values["messages"] = messages
	return t
}

// Close ends the looking, and takes back what was enqueued and no worker has in hand. Its
// error says why tasks may be left behind.
func (q *Client) Close() error {
	q.cancel()
	q.wait.Wait()
	if q.config.Keep {
		return nil
	}
	if err := q.clean(); err != nil {
		return fmt.Errorf("tasks that begin with %s may be left in Redis: %w", q.prefix, told(err))
	}
	return nil
}
