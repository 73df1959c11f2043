package cmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"flashwave/bench/units"
	"flashwave/client/tap"
)

func (p *program) tapCommand() *cobra.Command {
	var c tap.Config
	var addr, task string
	cmd := &cobra.Command{
		Use:   "tap --upstream URL",
		Short: "Stand before an endpoint, and tell runs what workers ask of it and when",
		Long: `Stand before a completions endpoint as a reverse proxy, and tell runs of
--api queue what the workers ask of it: exact instants, tokens and TTFT of each task.

Workers are given the tap's address in the place of the endpoint's host; paths stay as they
are. Everything is passed on byte for byte and at once: streams, errors, keys. Which
task a call is made for tells the first of these that is there: the header X-Task-ID,
metadata.task_id in the body, the header X-Request-ID, user in the body; or what --task-id
names.

Under /_flashwave/tap it tells its records, which flashwave run --tap reads: the last 65,536,
in memory, without keys, prompts and answers.`,
		Example: `flashwave tap --upstream http://127.0.0.1:8000/v1
flashwave tap --upstream https://api.example.com/v1 --task-id header:X-Job,body:metadata.job
flashwave run --api queue --url redis://127.0.0.1:6379 --tap http://127.0.0.1:8090
curl 'http://127.0.0.1:8090/_flashwave/tap/calls?after=0'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.Upstream == "" {
				return usage(errors.New("nothing says which endpoint the tap stands before"), "for example --upstream http://127.0.0.1:8000/v1")
			}
			var err error
			if task != "" {
				if c.Sources, err = tap.ParseSources(task); err != nil {
					return usage(fmt.Errorf("--task-id: %w", err), "for example --task-id header:X-Task-ID,body:metadata.task_id")
				}
			}
			t, err := tap.New(c)
			if err != nil {
				return usage(fmt.Errorf("--upstream: %w", err), "for example --upstream http://127.0.0.1:8000/v1")
			}
			return p.serveTap(cmd.Context(), addr, c.Upstream, t)
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVar(&c.Upstream, "upstream", "", "URL of the endpoint; its scheme and host count")
	fs.StringVar(&addr, "addr", "127.0.0.1:8090", "address to listen on, HOST:PORT")
	fs.BoolVar(&c.Plain, "uncompressed", false, "ask the endpoint not to compress its answers, whatever workers would take: compressed ones are passed on and not read")
	fs.StringVar(&task, "task-id", "", "where calls say their task: header:NAME or body:PATH, and several with commas, the first that says one counts (default header:X-Task-ID,body:metadata.task_id,header:X-Request-ID,body:user)")
	return p.profiled(cmd)
}

// tapPatience is how long calls that are under way may go on when a tap is interrupted.
const tapPatience = 30 * time.Second

// serveTap serves until it is interrupted.
func (p *program) serveTap(ctx context.Context, addr, upstream string, t *tap.Tap) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return usage(fmt.Errorf("cannot listen on %s: %w", addr, err), "does another program listen there? choose one with --addr")
	}
	at := *listener.Addr().(*net.TCPAddr)
	public := at.IP.IsUnspecified()
	if public {
		at.IP = net.IPv4(127, 0, 0, 1)
	}
	to, err := url.Parse(upstream)
	if err != nil {
		return usage(err, "")
	}
	fmt.Fprintf(p.stderr, "workers ask http://%s%s in the place of %s · flashwave run --api queue --url redis://HOST:PORT --tap http://%s\n", &at, to.EscapedPath(), to.Redacted(), &at)
	if public {
		p.warn("it listens on every interface: whoever reaches this machine can use it, and read its records")
		fmt.Fprintf(p.stderr, "hint: --addr 127.0.0.1:%d serves this machine alone\n", at.Port)
	}
	defer p.stops.under(func(int, bool) {})() // the first ends ctx
	served := make(chan error, 1)
	go func() { served <- t.Serve(listener) }()
	go p.tapStatus(ctx, t)
	select {
	case <-ctx.Done():
		if n := t.Stats().Open; n > 0 {
			fmt.Fprintf(p.stderr, "%s under way, for %s at most; Ctrl-C again cuts what is left\n", units.Of(int(n), "call is", "calls are"), units.Duration(tapPatience))
		}
		closed := make(chan struct{})
		go func() {
			defer close(closed)
			t.Close(tapPatience)
		}()
		select {
		case <-closed:
		case <-p.stops.insisted:
			t.Close(0)
			<-closed
		}
		return <-served
	case err = <-served:
		t.Close(0)
	}
	return err
}

// tapStatus prints a line every ten seconds in which something happened.
func (p *program) tapStatus(ctx context.Context, t *tap.Tap) {
	ticker := time.NewTicker(progressEvery)
	defer ticker.Stop()
	var before tap.Stats
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if s := t.Stats(); s != before {
			fmt.Fprintf(p.stderr, "calls %s, open %s, without a task %s, compressed %s, other requests %s\n",
				units.Count(s.Calls), units.Count(s.Open), units.Count(s.Strange), units.Count(s.Coded), units.Count(s.Others))
			before = s
		}
	}
}
