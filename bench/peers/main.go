//go:build linux

// Peers measures flashwave beside other load generators and beside a floor, in turn and
// in one go, and prints the table that stands in the README:
//
//	go run ./bench/peers                   everything, 5 rounds, in less than 15 minutes
//	go run ./bench/peers -only tokens      one measure; -only open is all that begin so
//	go run ./bench/peers -runs 9           more rounds
//	go run ./bench/peers -quick            one round of smaller loads: does it work?
//	go run ./bench/peers -markdown         the table as the README has it
//
// It needs Linux and Go. The peers are got at pinned versions the first time, each by the
// client of its registry and into a folder of its own under the user's cache, which takes
// a while; one that cannot be had is told of in the table, with the reason.
//
// # What is compared
//
// In each round every measure is taken of each tool in turn, so that what else the machine
// does meets all of them alike. A figure is the median of its rounds. Behind it stands
// flashwave's as a multiple of it, the median of the ratios within the rounds: ×0.50 is
// half of that tool's. Absolute figures are of one machine; ratios travel better.
//
// CPU is user and system time of the tool's process and of those it waited for; the
// target's is not in it. It is divided by what the target counted, tokens or requests, so
// no tool is taken at its word. Unless a row says otherwise the CPU of starting, asking
// once and ending is subtracted, as measured in the same round. Memory is the process's
// own resident peak, seen every 50 ms.
//
// The floor is what cannot be left out: one thread that writes requests, waits in epoll,
// reads what came and looks for tokens. net/http is a goroutine for each stream that
// counts lines. Flashwave is called as a user calls it; "flashwave std" is the same with
// --transport std.
//
// # The target
//
// One thread answers every request with the same bytes. Streams are spread evenly over the
// gap between two tokens, whoever starts them. In the x-request-id it says when the
// request had come whole and when it began the answer, by the clock that all processes
// share: a tool's TTFT less that wait is the tool's error, the way through loopback
// included. The instants at which requests came, held against an even schedule, are its
// lag.
//
// The clients in Python take seconds to start and longer for a token. They are held
// against fewer streams, and at the same time as one another after the others; the figures
// net of their start are small differences of large ones.
//
// The highest rate still valid is the last rung of a ladder, each a tenth above the one
// before, at which a run of 1.5 s passes; the target shares the machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"flashwave/bench/units"
)

// atMost is how long measuring may take. What was not measured by then is left out.
const atMost = 14*time.Minute + 30*time.Second

// roles are what this program does as a process of its own.
var roles = map[string]func(args []string) error{"serve": serve, "floor": floor, "bare": bare}

func main() {
	if len(os.Args) > 1 {
		if role := roles[os.Args[1]]; role != nil {
			end(role(os.Args[2:]))
			return
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	end(peers(ctx, os.Args[1:]))
}

// end ends the program if something went wrong.
func end(err error) {
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// tell writes a line of progress.
func tell(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s  "+format+"\n", append([]any{time.Now().Format("15:04:05")}, args...)...)
}

// peers measures what was asked for and prints the table.
func peers(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("peers", flag.ContinueOnError)
	only := fs.String("only", "", "take only this measure, or all that begin so")
	runs := fs.Int("runs", 5, "rounds")
	quick := fs.Bool("quick", false, "one round of smaller loads")
	asMarkdown := fs.Bool("markdown", false, "print the table in Markdown")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *runs < 1 || fs.NArg() > 0 {
		return errors.New("-runs is 1 at least, and there are no arguments but flags")
	}
	if *quick {
		*runs = 1
	}
	wanted, err := choose(measures(), *only)
	if err != nil {
		return err
	}
	if err := raiseFiles(); err != nil {
		return err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	cache = filepath.Join(cache, "flashwave-peers")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "peers")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	b := &bench{dir: dir, quick: *quick, held: map[string]int{}}
	if b.flashwave, err = tree(ctx, cache); err != nil {
		return err
	}
	t := &table{measures: wanted, figures: map[place][]float64{}}
	for _, tool := range tools() {
		if !slices.ContainsFunc(wanted, func(m *measure) bool { return m.by(tool) }) {
			continue
		}
		t.tools = append(t.tools, tool)
		if tool.ready(ctx, cache, b.flashwave); tool.missing != nil {
			tell("%s %s could not be had: %v", tool.name, tool.version, tool.missing)
		}
	}
	if ctx.Err() == nil {
		b.rounds(ctx, t, *runs)
	}
	t.print(*asMarkdown)
	return context.Cause(ctx)
}

// choose is the measure of that name, or all whose names begin so.
func choose(all []*measure, only string) ([]*measure, error) {
	var chosen []*measure
	var names []string
	for _, m := range all {
		if m.name == only {
			return []*measure{m}, nil
		}
		names = append(names, m.name)
		if strings.HasPrefix(m.name, only) {
			chosen = append(chosen, m)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("there is no measure %q: there are %s", only, strings.Join(names, ", "))
	}
	return chosen, nil
}

// raiseFiles lets the tools open as many files as may be; ten thousand streams need them.
func raiseFiles() error {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return err
	}
	files.Cur = files.Max
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &files)
}

// rounds fills the table, until its rounds or the time are over.
func (b *bench) rounds(ctx context.Context, t *table, n int) {
	ctx, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	begun := time.Now()
	for t.rounds = 1; t.rounds <= n; t.rounds++ {
		if t.measures[0].name != start.name {
			b.round(ctx, t, start) // others are net of it
		}
		for _, m := range t.measures {
			b.round(ctx, t, m)
		}
		if ctx.Err() != nil {
			tell("it ended in round %d", t.rounds)
			t.cut = true
			return
		}
		tell("round %d of %d is over after %s", t.rounds, n, units.Duration(time.Since(begun)))
	}
	t.rounds = n
}

var errNoStart = errors.New("what its start takes could not be measured")

// round takes a measure of every tool in turn, in each round from another one on; of the
// heavy ones after that at the same time, which in turn would take most of the time there is.
func (b *bench) round(ctx context.Context, t *table, m *measure) {
	for _, heavy := range []bool{false, true} {
		var all sync.WaitGroup
		for i := range t.tools {
			tool := t.tools[(i+t.rounds-1)%len(t.tools)]
			switch {
			case tool.heavy != heavy || tool.missing != nil || !m.by(tool) || t.hopeless(m, tool):
			case heavy || m.together:
				all.Go(func() { b.once(ctx, t, m, tool) })
			default:
				b.once(ctx, t, m, tool)
			}
		}
		all.Wait()
	}
}

// once takes a measure of one tool.
func (b *bench) once(ctx context.Context, t *table, m *measure, of *tool) {
	var figures []float64
	err := errNoStart
	if m == start || of.start > 0 {
		figures, err = m.take(ctx, b, of)
	}
	if ctx.Err() != nil {
		return // it was ended
	}
	t.add(m, of, figures, err)
	if err != nil {
		tell("%d  %-16s %-15s %s", t.rounds, m.name, of.name, oneLine(err))
		return
	}
	var texts []string
	for _, v := range figures {
		texts = append(texts, figure(v))
	}
	tell("%d  %-16s %-15s %s", t.rounds, m.name, of.name, strings.Join(texts, "  "))
}

// print prints the table, and what to know of it.
func (t *table) print(asMarkdown bool) {
	write := text
	if asMarkdown {
		write = markdown
	}
	fmt.Print(write(t.lines()))
	rounds := units.Of(t.rounds, "round", "rounds")
	if t.cut {
		rounds = "up to " + rounds
	}
	fmt.Printf("\nMedians of %s in turn, %s, %s. ×: flashwave's figure as a multiple of this one.\n", rounds, units.Of(runtime.NumCPU(), "core", "cores"), runtime.Version())
	var heavy []string
	for _, tool := range t.tools {
		if tool.heavy && tool.missing == nil {
			heavy = append(heavy, tool.name)
		}
	}
	if len(heavy) > 0 {
		fmt.Printf("%s: %d streams, all of them at the same time.\n", strings.Join(heavy, ", "), heavyStreams)
	}
	for _, note := range t.notes() {
		fmt.Println("\n" + note)
	}
}
