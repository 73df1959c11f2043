//go:build linux

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
)

// A measure is taken of each tool that by names, once a round. It yields one figure for
// each of its rows; NaN is none.
type measure struct {
	name     string // of --only
	rows     []string
	by       func(t *tool) bool
	take     func(ctx context.Context, b *bench, t *tool) ([]float64, error)
	together bool // the tools do next to nothing: they are measured at the same time
}

// A bench is what measures share.
type bench struct {
	flashwave string // the program
	dir       string // for files of the tools
	quick     bool
	held      map[string]int // the last rate that was valid, by search and tool; see ladder
}

// callAtMost is how long a tool may take for one load.
const callAtMost = 90 * time.Second

// The loads.
const (
	streams      = 500
	heavyStreams = 50 // of a heavy tool, which would take minutes
	tokens       = 100
	tokenGap     = 20 * time.Millisecond
	firstToken   = 100 * time.Millisecond
	unaryAtOnce  = 50
	unary        = 20_000
	long         = 2_000
	longAtOnce   = 10
	fewStreams   = 500
	manyStreams  = 10_000
	idle         = 3 * time.Second
	ttftTokens   = 8
	overload     = 20_000
	loadLasts    = 2 * time.Second
	searchLasts  = 1500 * time.Millisecond
	searchTokens = 8
	arrivedShare = 0.98 // of the requests of a load that must have come
)

func everybody(*tool) bool   { return true }
func light(t *tool) bool     { return !t.heavy }
func scheduled(t *tool) bool { return t.open != nil }
func ours(t *tool) bool      { return strings.HasPrefix(t.name, "flashwave") }
func stamping(t *tool) bool  { return ours(t) || t.name == "k6" }

// start is taken in every round, for others are net of it.
var start = &measure{name: "start", rows: []string{"ms CPU to start, ask once and end"}, by: everybody, take: takeStart}

// measures are all there are, in the order of the table.
func measures() []*measure {
	all := []*measure{
		start,
		{name: "tokens", rows: []string{
			fmt.Sprintf("µs CPU a streamed token (%d streams × %d tokens at 50/s), net of the start", streams, tokens),
			"… with the start",
		}, by: everybody, take: takeTokens},
		{name: "unary", rows: []string{fmt.Sprintf("µs CPU a unary request, %d at once", unaryAtOnce)}, by: light, take: takeUnary},
		{name: "memory", rows: []string{"KiB a stream (10,000 − 500 streams)"}, by: light, take: takeMemory},
		{name: "prompt", rows: []string{"µs CPU a request with a prompt of 100 KB"}, by: light, take: takePrompt},
		{name: "idle", rows: []string{"ms CPU a second with one idle stream"}, by: light, take: takeIdle, together: true},
	}
	for _, rate := range []int{500, 2000, 5000} {
		all = append(all, &measure{name: fmt.Sprintf("open-%d", rate), rows: []string{
			"µs CPU a request of an open load of " + perSecond(rate),
			"ms lag p99 at " + perSecond(rate) + ", by the target's stamps",
			"… as the tool says",
		}, by: scheduled, take: takeOpen(rate)})
	}
	for _, rate := range []int{150, 700} {
		all = append(all, &measure{name: fmt.Sprintf("ttft-%d", rate), rows: []string{
			"µs TTFT error p50 at " + perSecond(rate) + " of streams, by the target's stamps",
			"… p99",
		}, by: stamping, take: takeTTFT(rate)})
	}
	return append(
		all,
		&measure{name: "highest-streams", rows: []string{"streams/s, the highest rate still valid (mock)"}, by: ours, take: takeHighest(true)},
		&measure{name: "highest-unary", rows: []string{"unary requests/s, the highest rate still valid"}, by: ours, take: takeHighest(false)},
		&measure{name: "overload", rows: []string{"peak MiB at 20,000/s unary"}, by: scheduled, take: takeOverload},
	)
}

func perSecond(rate int) string { return units.Bound(float64(rate), units.EachSecond) }

// less is a load's size, smaller where a quick look is enough.
func (b *bench) less(n int) int {
	if b.quick {
		return n / 4
	}
	return n
}

// drive has a tool put a load on a target of its own.
func (b *bench) drive(ctx context.Context, t *tool, s serving, l load) (cost, stamps, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, callAtMost, errors.New("it took too long"))
	defer cancel()
	dir, err := os.MkdirTemp(b.dir, "")
	if err != nil {
		return cost{}, stamps{}, err
	}
	defer os.RemoveAll(dir)
	target, err := startTarget(ctx, s)
	if err != nil {
		return cost{}, stamps{}, err
	}
	l.at, l.dir, l.stream, l.tokens = target.at, dir, s.Tokens > 0, s.Tokens
	how := t.closed
	if l.rate > 0 {
		how = t.open
	}
	spent, err := run(ctx, how(t.exe, l))
	seen, stopped := target.stamps()
	if ours(t) && slices.Contains([]int{verdict.ExitInconclusive, verdict.ExitFailed}, spent.exit) {
		err = nil // it measured all the same
	}
	if l.stamped && err == nil {
		spent.stdout, err = stamped(t, spent, l)
	}
	return spent, seen, cmp.Or(err, stopped)
}

// each is CPU for each of n, in µs.
func each(cpu time.Duration, n int) float64 {
	return float64(cpu) / float64(n) / float64(time.Microsecond)
}

// came says whether so many came as were to.
func came(n int, of float64) error {
	if float64(n) < of*arrivedShare {
		return fmt.Errorf("%s of %s came", units.Count(n), units.Count(of))
	}
	return nil
}

func takeStart(ctx context.Context, b *bench, t *tool) ([]float64, error) {
	s := serving{}
	if t.heavy {
		s.Tokens = 1
	}
	if t.timed {
		s.First = 2 * time.Second // so that it asks once
	}
	spent, seen, err := b.drive(ctx, t, s, load{atOnce: 1, requests: 1, lasts: time.Second})
	if err := cmp.Or(err, came(len(seen.Arrivals), 1)); err != nil {
		return nil, err
	}
	t.start = spent.cpu
	return []float64{result.Millis(spent.cpu)}, nil
}

func takeTokens(ctx context.Context, b *bench, t *tool) ([]float64, error) {
	n := b.less(streams)
	if t.heavy {
		n = b.less(heavyStreams)
	}
	spent, seen, err := b.drive(ctx, t, serving{Tokens: tokens, First: firstToken, Gap: tokenGap},
		load{atOnce: n, requests: n, lasts: 2 * time.Second})
	want := float64(n * tokens)
	if t.timed {
		want /= 2
	}
	if err := cmp.Or(err, came(seen.Tokens, want)); err != nil {
		return nil, err
	}
	return []float64{each(spent.cpu-t.start, seen.Tokens), each(spent.cpu, seen.Tokens)}, nil
}

func takeUnary(ctx context.Context, b *bench, t *tool) ([]float64, error) {
	return b.requests(ctx, t, load{atOnce: unaryAtOnce, requests: b.less(unary), lasts: time.Second})
}

func takePrompt(ctx context.Context, b *bench, t *tool) ([]float64, error) {
	return b.requests(ctx, t, load{atOnce: longAtOnce, requests: b.less(long), lasts: time.Second, long: true})
}

// requests is CPU for each request of a closed load, net of the start.
func (b *bench) requests(ctx context.Context, t *tool, l load) ([]float64, error) {
	spent, seen, err := b.drive(ctx, t, serving{}, l)
	want := l.requests
	if t.timed {
		want = 1
	}
	if err := cmp.Or(err, came(len(seen.Arrivals), float64(want))); err != nil {
		return nil, err
	}
	return []float64{each(spent.cpu-t.start, len(seen.Arrivals))}, nil
}

func takeMemory(ctx context.Context, b *bench, t *tool) ([]float64, error) {
	var peak, open []float64
	for _, n := range []int{fewStreams, b.less(manyStreams)} {
		spent, seen, err := b.drive(ctx, t, serving{Tokens: 1000, Gap: 250 * time.Millisecond, Gather: n},
			load{atOnce: n, requests: n, lasts: 2 * time.Second})
		if err := cmp.Or(err, came(seen.Most, float64(n)/2)); err != nil { // what is open is divided by
			return nil, err
		}
		peak, open = append(peak, float64(spent.peak)), append(open, float64(seen.Most))
	}
	return []float64{(peak[1] - peak[0]) / (open[1] - open[0]) / 1024}, nil
}

func takeIdle(ctx context.Context, b *bench, t *tool) ([]float64, error) {
	spent, _, err := b.drive(ctx, t, serving{Tokens: 2, Gap: idle}, load{atOnce: 1, requests: 1, lasts: idle})
	if err != nil {
		return nil, err
	}
	return []float64{result.Millis(spent.cpu-t.start) / idle.Seconds()}, nil
}

func takeOverload(ctx context.Context, b *bench, t *tool) ([]float64, error) {
	spent, seen, err := b.drive(ctx, t, serving{}, load{rate: overload, atOnce: 1000, lasts: loadLasts})
	if err := cmp.Or(err, came(len(seen.Arrivals), 1)); err != nil {
		return nil, err
	}
	return []float64{float64(spent.peak) / (1 << 20)}, nil
}
