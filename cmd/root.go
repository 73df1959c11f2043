// Package cmd is flashwave's command line: it turns flags and files into a
// scenario, runs what was asked for, and answers with an exit code. What it does
// not do is measure: that is package bench.
package cmd

import (
	"errors"
	"io"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"

	"flashwave/bench/export"
	"flashwave/bench/result"
)

// A program is one call of the binary: its streams and its environment.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            func(string) string
	args           []string
	failed         error // what the command answered
	stops          *stops
	voice          voice
	page           *export.Page // nil: no metrics were asked for
}

// Main runs flashwave and returns its exit code.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ignoreBrokenPipes()
	log.SetOutput(io.Discard) // net/http logs, word for word, what servers send unasked
	p := &program{stdin: stdin, stdout: stdout, stderr: stderr, env: os.Getenv, args: args, stops: listenForStops()}
	defer p.stops.close()
	ended := make(chan int, 1)
	go func() { ended <- p.run() }()
	select {
	case code := <-ended:
		return code
	case <-p.stops.tooLate:
		return p.abandon()
	}
}

// run runs the command to its end.
func (p *program) run() int {
	root := p.root()
	root.SetArgs(p.command())
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	p.keepErrors(root)
	err := fang.Execute(p.stops.ctx, root,
		fang.WithVersion(version()), fang.WithErrorHandler(p.explain))
	if err == nil && p.failed != nil {
		err = p.failed
		p.explain(p.stderr, fang.Styles{}, err)
	}
	return p.exit(err)
}

// keepErrors keeps what commands answer with from fang: before it shows an error it
// asks the terminal for its colours, and waits seconds where that does not answer.
func (p *program) keepErrors(cmd *cobra.Command) {
	if act := cmd.RunE; act != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			p.failed = act(cmd, args)
			return nil
		}
	}
	for _, c := range cmd.Commands() {
		p.keepErrors(c)
	}
}

// command is the arguments with the command spelt out: flags alone mean run.
func (p *program) command() []string {
	switch {
	case len(p.args) == 0:
		return p.args
	case p.args[0] == "compare":
		return parted(p.args)
	case !strings.HasPrefix(p.args[0], "-"):
		return p.args
	}
	switch p.args[0] {
	case "-h", "--help", "-v", "--version":
		return p.args
	}
	return append([]string{"run"}, p.args...)
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "flashwave",
		Short: "Will the completions endpoint hold, what will customers feel, what will it cost?",
		Long: `flashwave loads an LLM completions endpoint with waves of requests and shows what
comes back, live: latency percentiles, throughput, errors and cost.

Alone, on a terminal, it opens the home screen: set a run up, watch it, look at
earlier runs. Without a target it loads an endpoint of its own, so that the first run
needs neither a server nor a key:  flashwave run

Flags without a command mean run:  flashwave -c 50 -n 1000 --json`,
		Example: `flashwave
flashwave run
flashwave run --url http://127.0.0.1:8000/v1 --rate 200/m --for 1m
flashwave run --wave calm:200/m:30s --wave surge:200/m..12000/m:10s --wave rush:12000/m:1m
flashwave run sale.yaml --json > run.json`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage(suggest(cmd, args[0]), "flashwave --help lists the commands; flashwave run FILE.yaml runs a scenario")
			}
			if p.welcomes() {
				return p.home(cmd.Context())
			}
			return cmd.Help()
		},
	}
	root.AddCommand(p.runCommand(), p.capacityCommand(), p.monitorCommand(), p.compareCommand(), p.reportCommand(), p.runsCommand(), p.doctorCommand(), p.mockCommand(), p.tapCommand(), p.pricesCommand(), p.schemaCommand(), p.guardCommand())
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		hint := hintOf(err)
		if letter, _, ok := strings.Cut(err.Error(), " in -"); ok && strings.HasPrefix(letter, "unknown shorthand") {
			err = errors.New(letter) // what follows the letter may be a key
		}
		return usage(err, hint)
	})
	return root
}

// version is that of the module, or what it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "dev"
	}
	return info.Main.Version
}

// tool says what makes a document.
func tool() result.Tool {
	return result.Tool{Version: version(), Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
}

// wantsJSON reports whether the call asks for one JSON document, even if its
// flags could not all be read.
func (p *program) wantsJSON() bool {
	return slices.ContainsFunc(p.args, func(a string) bool { return a == "--json" || a == "--json=true" })
}
