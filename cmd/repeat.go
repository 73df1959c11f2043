package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// settleFor is the pause between two runs of --repeat: the endpoint ends what the
// last one left behind. The built-in one has ended with its run.
const settleFor = 2 * time.Second

// maxRepeat is more than anybody waits for.
const maxRepeat = 10_000

// repeat runs the same scenario several times, one after the other, and answers with
// the exit code that counts most. What ends one before its time ends them all.
func (p *program) repeat(ctx context.Context, f *runFlags, fs *pflag.FlagSet, file string) error {
	outs, err := f.outs(p)
	if err != nil {
		return err
	}
	if f.times < 1 || f.times > maxRepeat {
		return usage(fmt.Errorf("--repeat %d: a run takes place once at least, and %d times at most", f.times, maxRepeat), "")
	}
	var outputs outputs
	defer outputs.close()
	if f.times == 1 {
		places, err := outputs.open(outs)
		if err != nil {
			return err
		}
		return p.once(ctx, f, fs, file, places)
	}
	if f.forceTUI {
		return usage(errors.New("--repeat and --tui exclude each other"), "each run has its own screen: leave --repeat out, or watch the progress lines")
	}
	f.noTUI = true
	places := make([]places, f.times)
	for k := range places { // of all, before the first
		if places[k], err = outputs.open(outs.numbered(k + 1)); err != nil {
			return err
		}
	}
	labels := f.labels
	worst := error(nil)
	for k := 1; k <= f.times; k++ {
		f.labels = append(slices.Clone(labels), fmt.Sprintf("repeat=%d/%d", k, f.times))
		f.silent = f.json && k < f.times
		if k > 1 {
			f.yes = true // it was asked before the first
			if !f.settle(ctx) {
				return &failure{code: verdict.ExitInterrupted, err: errors.New("interrupted between two runs")}
			}
		}
		err := p.once(ctx, f, fs, file, places[k-1])
		if verdict.Outranks(groundOf(err), groundOf(worst)) {
			worst = err
		}
		if verdict.Aborts(codeOf(err)) {
			break // whatever was asked for
		}
	}
	return worst
}

// outs are the reports to write beside the one on standard output.
func (f *runFlags) outs(p *program) (outs, error) {
	list, err := documentOuts(f.out, runFormats(), f.json)
	if err != nil {
		return nil, err
	}
	to := list.onStdout()
	logs := slices.ContainsFunc(list, func(o out) bool { return o.format == requestsFormat })
	if to != nil && logs && f.screen(p) {
		return nil, usage(fmt.Errorf("--out %s=%s: standard output shows the screen", to.format, to.path), "give it a path, or add --no-tui")
	}
	return list, nil
}

// settle waits after a run until the next may begin, and reports whether nobody
// interrupted it.
func (f *runFlags) settle(ctx context.Context) bool {
	if f.gone {
		return ctx.Err() == nil
	}
	select {
	case <-time.After(settleFor):
		return true
	case <-ctx.Done():
		return false
	}
}

// groundOf is what the exit code that an error leads to rests on: of two runs that end
// with 120 one may have failed, had its generator not been late, and the other not.
func groundOf(err error) result.Ground {
	var f *failure
	if errors.As(err, &f) && f.ground != "" {
		return f.ground
	}
	return verdict.GroundOf(codeOf(err))
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
