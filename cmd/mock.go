package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"flashwave/bench/units"
	"flashwave/client/mock"
)

func (p *program) mockCommand() *cobra.Command {
	c := mock.Default()
	var addr string
	var leashed bool
	var tasks mockQueue
	cmd := &cobra.Command{
		Use:   "mock",
		Short: "Serve the built-in completions endpoint",
		Long: `Serve a completions endpoint that behaves like a continuous-batching server: time to
first token and between tokens rise with load, and past a knee requests queue.

It speaks every dialect of --api, from one engine: POST /v1/chat/completions,
/v1/completions, /v1/responses, /v1/messages, /v1/embeddings, /api/generate and
/api/chat; and /api/v1/copy/generate, a shop's own. Reasoning, a quarter of an answer, comes where
reasoning_effort, reasoning, thinking or think ask for it. With FLASHWAVE_MOCK_KEY in
its environment it asks for that key, sent in any of the ways of --auth.

With --prefix-cache it keeps so many tokens of prompts and answers, as vLLM does: what a
prompt begins with and it knows is not read again, and the usage says how much that was.

With --workers a shop's workers are there, too: they take up to ten tasks of the most urgent
priority from a Redis queue, of its own or --redis, and ask this endpoint.

A decode step takes STEP × (1 + b ÷ 64) for b sequences in the batch, so the
ceiling is BATCH ÷ that many tokens a second.`,
		Example: `flashwave mock
flashwave mock --rpm 3000
flashwave mock --prefix-cache 1000000
flashwave mock --workers 4 --faults die=0.01,starve=7-10
flashwave run --url http://127.0.0.1:8000/v1 --api responses
flashwave mock --batch 10000 --error-rate 0.01`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.Key = p.env("FLASHWAVE_MOCK_KEY")
			ctx, cancel := context.WithCancel(cmd.Context())
			defer cancel()
			if leashed {
				go func() {
					_, _ = io.Copy(io.Discard, p.stdin) // its end is what matters
					cancel()
				}()
			}
			if err := p.startQueue(ctx, cmd.Flags(), &tasks, addr, c.Models[0]); err != nil {
				return err
			}
			defer tasks.end()
			return p.serveMock(ctx, addr, c)
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVar(&addr, "addr", "127.0.0.1:8000", "address to listen on, HOST:PORT")
	fs.IntVar(&c.Batch, "batch", c.Batch, "sequences decoded at once")
	fs.DurationVar(&c.Step, "step", c.Step, "time of a decode step with an empty batch")
	fs.Float64Var(&c.PrefillTPS, "prefill-tps", c.PrefillTPS, "prompt tokens read per second")
	fs.IntVar(&c.Queue, "queue", c.Queue, "requests that may wait; more get 503")
	fs.IntVar(&c.Tokens, "tokens", c.Tokens, "mean length of an answer in tokens")
	fs.IntVar(&c.PrefixCache, "prefix-cache", 0, "prompt tokens that are kept for prompts that begin with them")
	fs.Float64Var(&c.RPM, "rpm", 0, "limit of requests a minute (429 beyond)")
	fs.Float64Var(&c.TPM, "tpm", 0, "limit of tokens a minute (429 beyond)")
	fs.IntVar(&c.Burst, "burst", 0, "what may pass at once within the limit (default max(2, limit/600))")
	fs.DurationVar(&c.RateWindow, "rate-window", 0, "count the limits in fixed windows of this length")
	fs.Float64Var(&c.ErrorRate, "error-rate", 0, "share of requests that fail")
	fs.Float64Var(&c.StallRate, "stall-rate", 0, "share of answers that stop for 10 s")
	fs.Float64Var(&c.TruncateRate, "truncate-rate", 0, "share of answers that are cut off")
	tasks.flags(fs)
	fs.BoolVar(&leashed, "until-stdin-ends", false, "end with standard input: whoever started it holds the other end")
	_ = fs.MarkHidden("until-stdin-ends") // it is there
	fs.Uint64Var(&c.Seed, "seed", c.Seed, "seed of lengths, texts and faults")
	return p.profiled(cmd)
}

// serveMock serves until it is interrupted.
func (p *program) serveMock(ctx context.Context, addr string, c mock.Config) error {
	server, err := mock.New(c)
	if err != nil {
		return usage(err, "")
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		_ = server.Close()
		return usage(fmt.Errorf("cannot listen on %s: %w", addr, err), "is another endpoint running there? choose one with --addr")
	}
	rps, tps := c.Capacity(150, c.Tokens)
	fmt.Fprintf(p.stderr, "serving http://%s/v1 · ceiling about %s requests/s, %s (prompts of 150 tokens, answers of %d)\n",
		listener.Addr(), units.Count(rps), units.TokensPerSecond(math.Round(tps)), c.Tokens)
	if at := listener.Addr().(*net.TCPAddr); at.IP.IsUnspecified() {
		p.warn("it listens on every interface: whoever reaches this machine can use it")
		fmt.Fprintf(p.stderr, "hint: --addr 127.0.0.1:%d serves this machine alone\n", at.Port)
	}
	defer p.stops.under(func(int, bool) {})() // the first ends ctx
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	go p.mockStatus(ctx, server)
	select {
	case <-ctx.Done():
		err = server.Close()
	case err = <-served:
		_ = server.Close()
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// mockStatus prints a line every ten seconds in which something happened.
func (p *program) mockStatus(ctx context.Context, server *mock.Server) {
	ticker := time.NewTicker(progressEvery)
	defer ticker.Stop()
	var before mock.Stats
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		s := server.Stats()
		if s != before {
			fmt.Fprintf(p.stderr, "running %s, queued %s, served %s, tokens %s, 429 %s, 503 %s\n",
				units.Count(s.Running), units.Count(s.Queued), units.Count(s.Served), units.Count(s.Tokens), units.Count(s.RateLimited), units.Count(s.Overloaded))
		}
		before = s
	}
}
