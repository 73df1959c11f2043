package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"flashwave/bench/verdict"
)

// settleFor is the pause between two runs of --repeat: the endpoint ends what the
// last one left behind.
const settleFor = 2 * time.Second

// repeat runs the same scenario several times, one after the other, and answers with
// the exit code that counts most. What ends one before its time ends them all.
func (p *program) repeat(ctx context.Context, f *runFlags, fs *pflag.FlagSet, file string) error {
	outs, err := parseOuts(f.out)
	if err != nil {
		return err
	}
	if f.times < 1 {
		return usage(fmt.Errorf("--repeat %d: a run takes place once at least", f.times), "")
	}
	if f.times == 1 {
		return p.once(ctx, f, fs, file, outs)
	}
	if f.forceTUI {
		return usage(errors.New("--repeat and --tui exclude each other"), "each run has its own screen: leave --repeat out, or watch the progress lines")
	}
	f.noTUI = true
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	labels := f.labels
	worst := error(nil)
	for k := 1; k <= f.times; k++ {
		f.labels = append(slices.Clone(labels), fmt.Sprintf("repeat=%d/%d", k, f.times))
		f.silent = f.json && k < f.times
		if k > 1 {
			f.yes = true // it was asked before the first
			if !settle(ctx) {
				return &failure{code: verdict.ExitInterrupted, err: errors.New("interrupted between two runs")}
			}
		}
		err := p.once(ctx, f, fs, file, outs.numbered(k))
		if verdict.Outranks(codeOf(err), codeOf(worst)) {
			worst = err
		}
		if verdict.Aborts(codeOf(err)) {
			break // whatever was asked for
		}
	}
	return worst
}

// settle waits between two runs, and reports whether nobody interrupted it.
func settle(ctx context.Context) bool {
	select {
	case <-time.After(settleFor):
		return true
	case <-ctx.Done():
		return false
	}
}

// codeOf is the exit code that an error leads to.
func codeOf(err error) int {
	var f *failure
	switch {
	case err == nil:
		return verdict.ExitPass
	case errors.As(err, &f):
		return f.code
	}
	return verdict.ExitBroken
}

// numbered puts the number of a run before the endings of the files: run.json becomes
// run-1.json.
func (o outs) numbered(k int) outs {
	list := slices.Clone(o)
	for i, out := range list {
		dir, name := filepath.Split(out.path)
		ending := filepath.Ext(name)
		list[i].path = filepath.Join(dir, fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ending), k, ending))
	}
	return list
}
