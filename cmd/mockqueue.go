package cmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/gomodule/redigo/redis"
	"github.com/spf13/pflag"

	"flashwave/bench/scenario"
	"flashwave/bench/units"
	"flashwave/client"
	"flashwave/client/queue"
	"flashwave/client/queue/spec"
	"flashwave/client/queue/worker"
)

// mockQueue is the queue of the built-in endpoint, and its workers.
type mockQueue struct {
	worker.Config
	redis           string
	layout, faults  string
	through         string
	stats           worker.Stats
	stop, stopRedis func()
	client          *client.Client
}

func (q *mockQueue) flags(fs *pflag.FlagSet) {
	q.Config = worker.Default()
	fs.IntVar(&q.Workers, "workers", 0, "workers that take tasks from a Redis queue, each a batch of its own, and ask this endpoint")
	fs.StringVar(&q.redis, "redis", "", "Redis they take from, redis://HOST:PORT (default: one of its own, on a free loopback port)")
	fs.StringVar(&q.layout, "layout", "", "how tasks lie in Redis, as in run's --queue (default shop)")
	fs.IntVar(&q.Batch, "take", q.Batch, "tasks that a worker takes at once")
	fs.DurationVar(&q.Pause, "pause", q.Pause, "time a worker rests between two batches")
	fs.IntVar(&q.Retries, "task-retries", q.Retries, "how often a task that fails is tried again")
	fs.IntVar(&q.High, "priorities", q.High, "least urgent priority; 1 is the most urgent")
	fs.StringVar(&q.through, "through", "", "tap of this machine that workers ask in the place of this endpoint, as http://127.0.0.1:8090 (flashwave tap)")
	fs.StringVar(&q.faults, "faults", "", "what workers do wrong: die=0.01,starve=7-10,lose=7-10,duplicate=0.05,invert=0.1,fail=0.2")
}

// startQueue starts the workers, if they are asked for.
func (p *program) startQueue(ctx context.Context, fs *pflag.FlagSet, q *mockQueue, addr, model string) (err error) {
	if q.Workers == 0 {
		for _, word := range []string{"redis", "layout", "take", "pause", "task-retries", "priorities", "through", "faults"} {
			if fs.Changed(word) {
				return usage(fmt.Errorf("--%s is of workers, and there are none", word), "add --workers 1")
			}
		}
		return nil
	}
	q.Model = model
	if q.Layout, err = spec.ParseLayout(q.layout); err != nil {
		return usage(fmt.Errorf("--layout %s: %w", q.layout, err), "")
	}
	if q.Faults, err = worker.ParseFaults(q.faults); err != nil {
		return usage(fmt.Errorf("--faults %s: %w", q.faults, err), "")
	}
	at := spec.Address{}
	if q.redis == "" {
		at.Host, q.stopRedis, err = worker.Embed()
	} else if at, err = spec.ParseAddress(q.redis); err != nil {
		err = usage(err, "for example redis://127.0.0.1:6379")
	}
	if err != nil {
		return err
	}
	if at.User == "" {
		at.User = p.env("FLASHWAVE_REDIS_USER")
	}
	password := p.env("FLASHWAVE_REDIS_PASSWORD")
	q.Dial = func(ctx context.Context) (redis.Conn, error) { return queue.Dial(ctx, at, password, nil) }
	asked, err := q.asked(addr)
	if err != nil {
		return err
	}
	q.client, err = client.New(client.Config{
		URL: asked, API: client.Chat, Key: p.env("FLASHWAVE_MOCK_KEY"),
		Timeout: 2 * time.Minute, IdleTimeout: time.Minute, ConnectTimeout: 10 * time.Second, Epoch: time.Now(),
	})
	if err != nil {
		return err
	}
	if err := q.work(ctx); err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "%s for queue %s · flashwave run --api queue --url %s\n", units.Of(q.Workers, "worker", "workers"), at, at)
	go p.queueStatus(ctx, &q.stats)
	return nil
}

// asked is the URL that workers ask: that of the endpoint at an address, or of a tap.
func (q *mockQueue) asked(addr string) (string, error) {
	if q.through != "" {
		u, err := client.ParseURL(q.through)
		if err != nil || u.Hostname() != "localhost" && !net.ParseIP(u.Hostname()).IsLoopback() {
			return "", usage(errors.New("--through is not the URL of a tap of this machine"), "for example --through http://127.0.0.1:8090")
		}
		return u.Scheme + "://" + u.Host + "/v1", nil
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", usage(err, "")
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port) + "/v1", nil
}

// work starts the workers.
func (q *mockQueue) work(ctx context.Context) error {
	if q.Layout.Kind != spec.SortedSet || q.Workers < 1 || q.Batch < 1 || q.High < q.Low {
		return usage(errors.New("workers take one task at least, from sorted sets, and there is one at least"), "")
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	q.Ask, q.Stats = q.client, &q.stats
	go func() {
		defer close(ended)
		_ = worker.Run(ctx, q.Config) // its layout was looked at
	}()
	q.stop = func() {
		cancel()
		<-ended
	}
	return nil
}

// end ends the workers, and the Redis of their own.
func (q *mockQueue) end() {
	if q.stop != nil {
		q.stop()
	}
	if q.client != nil {
		q.client.Close()
	}
	if q.stopRedis != nil {
		q.stopRedis()
	}
}

// queueStatus prints a line every ten seconds in which something happened.
func (p *program) queueStatus(ctx context.Context, s *worker.Stats) {
	ticker := time.NewTicker(progressEvery)
	defer ticker.Stop()
	before := int64(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if taken := s.Taken.Load(); taken != before {
			before = taken
			fmt.Fprintf(p.stderr, "tasks taken %s, completed %s, retried %s, failed for good %s, workers that died %s\n",
				units.Count(taken), units.Count(s.Completed.Load()), units.Count(s.Retried.Load()), units.Count(s.Failed.Load()), units.Count(s.Died.Load()))
		}
	}
}

// asksItself refuses a queue where a command knows only endpoints.
func asksItself(sc *scenario.Scenario, command string) error {
	if sc.Target.API != scenario.QueueAPI {
		return nil
	}
	return usage(fmt.Errorf("%s does not know queues", command), "flashwave run --api queue loads one; aim "+command+" at the endpoint that its workers ask")
}
