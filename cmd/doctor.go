package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flashwave/bench/doctor"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
)

// doctorFlags are the flags of doctor that are no part of the scenario.
type doctorFlags struct {
	scenarioFlags
	json, noSelfTest bool
	step             string
	tokens           int
}

func (p *program) doctorCommand() *cobra.Command {
	f := &doctorFlags{}
	cmd := &cobra.Command{
		Use:   "doctor [SCENARIO.yaml]",
		Short: "Can this machine drive that load?",
		Long: `Check before a sale whether this machine can drive a scenario: open files, ports,
cores, clock, memory and the way to the target. Then drive its peak against the
built-in endpoint on loopback, and more, step by step, to see how much there is in
reserve. The target gets a connection and no request.

--for is the length of the scenario's load, as in run: no step of the self-test lasts
longer, or longer than --step-for. Exit codes: 0 all is well, 104 usage, 105
interrupted, 120 this machine cannot drive it.`,
		Example: `flashwave doctor sale.yaml
flashwave doctor --rate 12000/m --for 5m
flashwave doctor -c 500 --no-self-test
flashwave doctor sale.yaml --json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := ""
			if len(args) == 1 {
				file = args[0]
			}
			return p.doctor(cmd.Context(), f, cmd.Flags(), file)
		},
	}
	f.define(cmd, f.selfTest)
	return cmd
}

// selfTest are the flags of the self-test and of its output.
func (f *doctorFlags) selfTest(fs *pflag.FlagSet) {
	fs.StringVar(&f.step, "step-for", "5s", "most `TIME` that one step of the self-test lasts")
	fs.IntVar(&f.tokens, "tokens", 0, "mean length of its answers in tokens (default 64, or max-tokens if that is less)")
	fs.BoolVar(&f.noSelfTest, "no-self-test", false, "look, and drive nothing")
	fs.BoolVar(&f.json, "json", false, "print one JSON document on standard output")
}

// doctor examines this machine and answers with the exit code.
func (p *program) doctor(ctx context.Context, f *doctorFlags, fs *pflag.FlagSet, file string) error {
	options, err := f.options(p)
	if err != nil {
		return err
	}
	sc, _, err := f.settled(fs, file)
	if err != nil {
		return err
	}
	if err := asksItself(sc, "doctor"); err != nil {
		return err
	}
	if p.env("GOGC") == "" {
		debug.SetGCPercent(50) // as in run, or the self-test would be of another program
	}
	report, err := doctor.Examine(ctx, sc, options)
	switch {
	case errors.Is(err, context.Canceled):
		return &failure{code: verdict.ExitInterrupted, err: errors.New("the examination was interrupted")}
	case err != nil:
		return &failure{code: verdict.ExitBroken, err: err, hint: hintOf(err)}
	}
	write := report.WriteText
	if f.json {
		write = report.WriteJSON
	}
	if err := p.tell(func() error { return write(p.stdout) }); err != nil {
		return err
	}
	return ended(report.ExitCode)
}

// options are how to examine.
func (f *doctorFlags) options(p *program) (doctor.Options, error) {
	o := doctor.Options{Tool: tool(), Tokens: f.tokens, Progress: func(line string) { fmt.Fprintln(p.stderr, line) }}
	step, err := scenario.ParseDuration(f.step)
	switch {
	case err != nil:
		return o, usage(fmt.Errorf("--step-for %s: %w", f.step, err), hintOf(err))
	case step.D() < 100*time.Millisecond:
		return o, usage(fmt.Errorf("--step-for %s: a step lasts 100ms or more", f.step), "--no-self-test leaves the self-test out")
	case f.tokens < 0 || f.tokens > 10_000:
		return o, usage(fmt.Errorf("--tokens %d: an answer has 1 to 10000", f.tokens), "")
	}
	if !f.noSelfTest {
		o.For = step.D()
	}
	if o.Executable, err = os.Executable(); err != nil {
		o.Executable = ""
	}
	return o, nil
}
