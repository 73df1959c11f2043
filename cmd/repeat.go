package cmd

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"flashwave/bench"
)

// settleFor is the pause between two runs of --repeat: the endpoint ends what the
// last one left behind.
const settleFor = 2 * time.Second

// severity orders exit codes, the one that counts most first.
var severity = []int{bench.ExitUsage, bench.ExitInterrupted, bench.ExitStopped, bench.ExitBroken, bench.ExitInconclusive, bench.ExitFailed, bench.ExitPass}

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
	labels, asJSON := f.labels, f.json
	worst := error(nil)
	for k := 1; k <= f.times; k++ {
		last := k == f.times
		f.labels = append(slices.Clone(labels), fmt.Sprintf("repeat=%d/%d", k, f.times))
		f.json, f.silent = asJSON && last, asJSON && !last
		if k > 1 {
			f.yes = true // it was asked before the first
			time.Sleep(settleFor)
		}
		err := p.once(ctx, f, fs, file, outs.numbered(k))
		if rank(err) < rank(worst) {
			worst = err
		}
		if rank(err) <= slices.Index(severity, bench.ExitStopped) {
			break
		}
	}
	return worst
}

// rank is the place of an error among the severities.
func rank(err error) int {
	code := bench.ExitPass
	if err != nil {
		code = bench.ExitBroken
	}
	var f *failure
	if errors.As(err, &f) {
		code = f.code
	}
	return slices.Index(severity, code)
}

// numbered puts the number of a run before the endings of the files: run.json becomes
// run-1.json.
func (o outs) numbered(k int) outs {
	list := slices.Clone(o)
	for i, out := range list {
		dir, name := filepath.Split(out.path)
		stem, ending, dotted := strings.Cut(name, ".")
		if dotted {
			ending = "." + ending
		}
		list[i].path = filepath.Join(dir, fmt.Sprintf("%s-%d%s", stem, k, ending))
	}
	return list
}
