package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flashwave/bench"
	"flashwave/bench/report"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/store"
	"flashwave/bench/verdict"
	"flashwave/tui"
)

// runFlags are the flags of run that are no part of the scenario.
type runFlags struct {
	scenarioFlags
	json, forceTUI, noTUI, quiet, noSave, yes, ascii bool
	name                                             string
	labels                                           []string
	out                                              []string
	times                                            int
	silent                                           bool     // a run of several that --json prints only if it ends them all
	firstPrompts                                     []uint64 // where the one before it left off
	gone                                             bool     // so is the endpoint of the one before it: it was the built-in one
}

func (p *program) runCommand() *cobra.Command {
	f := &runFlags{}
	cmd := &cobra.Command{
		Use:   "run [SCENARIO.yaml]",
		Short: "Load an endpoint and show what comes back, live",
		Long: `Load an endpoint and show what comes back: live on a terminal, plain lines
elsewhere, one JSON document with --json.

Without any load it keeps 50 requests in flight until 1000 are done.

` + verdict.Help(),
		Example: `flashwave run
flashwave run --url http://127.0.0.1:8000/v1 -c 20 -n 500
flashwave run --rate 12000/m --for 5m --slo 'ttft.p95 < 800ms' --budget 5
flashwave run --wave calm:200/m:30s --wave surge:200/m..12000/m:10s --wave rush:12000/m:1m
flashwave run --api queue --rate 20/s --for 30s --slo 'wait.p95 < 2s in urgent'
flashwave run sale.yaml --json > run.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := ""
			if len(args) == 1 {
				file = args[0]
			}
			return p.repeat(cmd.Context(), f, cmd.Flags(), file)
		},
	}
	f.define(cmd, f.output)
	return p.profiled(p.exported(cmd))
}

func (f *runFlags) output(fs *pflag.FlagSet) {
	fs.BoolVar(&f.json, "json", false, "print one JSON document on standard output, everything else on standard error")
	fs.StringArrayVar(&f.out, "out", nil, "write a report too, FMT=PATH, repeatable; requests=PATH.jsonl is a line per request")
	fs.IntVar(&f.times, "repeat", 1, "run so many times, each with the prompts that follow those of the one before, and kept by itself with a label repeat=K/N; --out FMT=run.json writes run-1.json …, --json prints the last one, the worst exit code counts")
	fs.BoolVar(&f.forceTUI, "tui", false, "show the live screen even in CI")
	fs.BoolVar(&f.noTUI, "no-tui", false, "plain lines instead of the live screen")
	fs.BoolVar(&f.ascii, "ascii", false, "draw the live screen with ASCII characters alone")
	fs.BoolVar(&f.quiet, "quiet", false, "no progress lines")
	fs.StringVar(&f.name, "name", "", "name of the run")
	fs.StringArrayVar(&f.labels, "label", nil, "label to keep with the run, k=v, repeatable")
	fs.BoolVar(&f.noSave, "no-save", false, "do not keep the run on disk")
	fs.BoolVar(&f.yes, "yes", false, "do not ask before loading a target that is not on this machine")
}

// once is one run from the flags to the exit code.
func (p *program) once(ctx context.Context, f *runFlags, fs *pflag.FlagSet, file string, places places) error {
	sc, settled, err := f.settled(fs, file)
	if err != nil {
		return err
	}
	if err := f.identify(sc); err != nil {
		return err
	}
	tuneCollector(p.env)
	p.voice.begins()
	setup, err := p.prepare(ctx, sc, func(s *bench.Setup) fmt.Stringer { return s.Estimate() }, f.yes)
	if err != nil {
		return err
	}
	defer setup.Close()
	setup.FirstPrompts, f.gone = f.firstPrompts, setup.InProcessMock
	requests, err := places.requests()
	if err != nil {
		return err
	}
	if requests != nil {
		setup.Requests = requests
	}
	if ctx.Err() != nil {
		return unsent()
	}
	d := &backend{p: p, targets: settled.Targets, noSave: f.noSave}
	first, err := d.begin(setup)
	d.tellNotices()
	if err != nil {
		return invalid(err)
	}
	end := p.actions().group("flashwave run " + sc.Name)
	p.watch(d, f, settled)
	f.firstPrompts = first.Wait().NextPrompts()
	d.newest().Wait()
	d.tellNotices()
	end()
	var incomplete error
	if requests != nil {
		incomplete = p.logged(first, requests.Close())
	}
	return p.conclude(d.newest(), places, f, incomplete)
}

// logged says what is missing in the log of requests, and answers with what broke it.
func (p *program) logged(s *session, closing error) error {
	lost, err := s.RequestLog()
	if err = errors.Join(err, closing); err != nil {
		return fmt.Errorf("the log of requests is incomplete: %w", err)
	}
	if lost > 0 {
		p.warn("the log of requests lacks %d lines: the disk could not keep up", lost)
	}
	return nil
}

// tuneCollector trades time that nobody misses for memory: ten thousand streams live
// mostly on stacks, which the collector adds to what it lets the heap grow by, and
// tokens allocate nothing. Half its default saves a quarter of the memory and costs
// no measurable time, except where the heap is small: there it would collect at every
// two megabytes, a third of the CPU of a run with long prompts. A floor makes it
// wait for sixteen.
func tuneCollector(env func(string) string) {
	if env("GOGC") != "" {
		return
	}
	debug.SetGCPercent(50)
	if heapFloor == nil {
		heapFloor = make([]byte, 32<<20)
	}
}

// heapFloor is never touched, so that it is memory to the collector alone.
var heapFloor []byte

// identify gives the run its name and labels.
func (f *runFlags) identify(sc *scenario.Scenario) error {
	if f.name != "" {
		sc.Name = f.name
	}
	for _, label := range f.labels {
		k, v, ok := strings.Cut(label, "=")
		if !ok || k == "" {
			return usage(fmt.Errorf("--label %s: want k=v", label), "")
		}
		if sc.Labels == nil {
			sc.Labels = map[string]string{}
		}
		sc.Labels[k] = v
	}
	return nil
}

// keep opens a place for the run on disk; without one the run goes on unsaved.
func (p *program) keep(s *bench.Setup, off bool, warn func(string, ...any)) *store.Journal {
	s.Tool = tool()
	s.Machine = true
	s.ID = time.Now().UTC().Format("20060102-150405")
	if off {
		return nil
	}
	runs, err := store.Open("")
	if err == nil {
		var j *store.Journal
		if j, err = runs.Create(time.Now()); err == nil {
			s.Journal, s.ID = j, j.ID()
			return j
		}
	}
	warn("the run will not be saved: %v", err)
	return nil
}

// watch shows the run until it is over: the live screen on a terminal, plain lines
// elsewhere. An interrupt stops the run, a second one at once. From the screen
// further runs may be started; all are over when watch returns.
func (p *program) watch(d *backend, f *runFlags, c scenario.Config) {
	screen, leave := context.WithCancel(context.Background())
	defer leave()
	defer d.heedStops(leave)()
	if f.screen(p) {
		d.leaveStuck(leave)
		options := p.screenOptions(c, f.ascii, d)
		options.Command = commandLine(p.args)
		err := p.onScreen(d.newest().Done(), func() error { return tui.Run(screen, d.newest(), options) })
		switch {
		case err != nil && !errors.Is(err, context.Canceled):
			p.warn("the live screen ended: %v", err)
		case screen.Err() == nil && !isClosed(d.newest().Done()):
			p.stops.insist() // whoever leaves the screen has stopped the run already
		}
		d.tellNotices()
	}
	run := d.newest()
	if f.quiet {
		<-run.Done()
		return
	}
	p.stops.finished(func() { progress(p.stderr, run.Run) }, run.Done())
}

// onScreen shows something on the terminal, which is in order afterwards. A screen that
// is stuck is left behind once the user insists and besides is done: whoever looks after
// the terminal puts it right then.
func (p *program) onScreen(besides <-chan struct{}, show func() error) error {
	release := p.guard()
	ended := make(chan error, 1)
	if !p.stops.finished(func() { ended <- show() }, besides) {
		return errors.New("it did not end")
	}
	release()
	return <-ended
}

// screen reports whether the live screen is wanted and possible.
func (f *runFlags) screen(p *program) bool {
	if f.json || f.noTUI || f.quiet {
		return false
	}
	if !isTerminal(p.stdin) || !isTerminal(p.stdout) {
		return false
	}
	return f.forceTUI || p.env("CI") == "" && p.env("TERM") != "dumb"
}

// conclude waits for a run, writes its reports and answers with the verdict's exit
// code. The run itself is kept by then, whatever becomes of them; incomplete is what
// broke one that was written meanwhile.
func (p *program) conclude(s *session, places places, f *runFlags, incomplete error) error {
	doc := s.Wait()
	known := *doc
	p.voice.comesTo(doc.Verdict.ExitCode, func(code int) error {
		known.Verdict.ExitCode = code
		return p.print(&known, f)
	})
	if err := s.JournalError(); err != nil {
		p.warn("the run was not saved: %v", err)
		s.journal = nil
	}
	p.reportFailure(errors.Join(incomplete, places.write(func(w io.Writer, format string) error {
		return report.Runs.Write(w, format, doc, report.Options{Width: 100})
	})), &doc.Verdict.ExitCode)
	p.summariseRun(doc)
	if err := p.printed(doc, f); err != nil {
		p.warn("the report could not be written: %v", err)
		if doc.Verdict.ExitCode == verdict.ExitPass {
			return &failure{code: verdict.ExitBroken}
		}
	}
	if s.journal != nil {
		fmt.Fprintf(p.stderr, "saved as %s: flashwave report %s\n", doc.ID, doc.ID)
	}
	if code := doc.Verdict.ExitCode; code != verdict.ExitPass {
		if code == verdict.ExitUsage {
			fmt.Fprintf(p.stderr, "error: %s\nhint: %s nothing more was sent\n", oneLine(doc.Verdict.Reasons[0]), refusedHint(doc.Total.Outcomes))
		}
		f := &failure{code: code}
		if _, rests := verdict.Decide(doc.Verdict.Ground); rests == code {
			f.ground = doc.Verdict.Ground
		}
		return f
	}
	return nil
}

// reportFailure warns of what could not be written. A pass is none any more then.
func (p *program) reportFailure(failed error, code *int) {
	if failed == nil {
		return
	}
	list := []error{failed}
	for i := 0; i < len(list); i++ { // joined errors may hold joined ones
		if many, ok := list[i].(interface{ Unwrap() []error }); ok {
			list = append(list, many.Unwrap()...)
			continue
		}
		p.warn("%s", oneLine(list[i].Error()))
		if hint := hintOf(list[i]); hint != "" {
			fmt.Fprintln(p.stderr, "hint:", hint)
		}
	}
	if *code == verdict.ExitPass {
		*code = verdict.ExitBroken
	}
}

// printed writes the run to standard output, unless several share one document.
func (p *program) printed(doc *result.Run, f *runFlags) error {
	if f.silent && !verdict.Aborts(doc.Verdict.ExitCode) {
		return nil
	}
	return p.tell(func() error { return p.print(doc, f) })
}

func (p *program) print(doc *result.Run, f *runFlags) error {
	format := "text"
	if f.json {
		format = "json"
	}
	if closedFromStart(p.stdout) {
		p.warn("standard output is closed: the report is shown to nobody")
	}
	if err := report.Runs.Write(p.stdout, format, doc, p.reportOptions()); !brokenPipe(err) {
		return err
	}
	return nil
}

// reportOptions fit a report to the terminal.
func (p *program) reportOptions() report.Options {
	o := report.Options{Width: 100}
	o.Color = p.colours(isTerminal(p.stdout))
	if file, ok := p.stdout.(*os.File); ok && term.IsTerminal(file.Fd()) {
		if w, _, err := term.GetSize(file.Fd()); err == nil && w > 0 {
			o.Width = w
		}
	}
	return o
}

// colours reports whether text is coloured: on a terminal, and elsewhere where
// CLICOLOR_FORCE or FORCE_COLOR asks for it; never against NO_COLOR.
func (p *program) colours(terminal bool) bool {
	if p.env("NO_COLOR") != "" {
		return false
	}
	asked := func(name string) bool { v := p.env(name); return v != "" && v != "0" && v != "false" }
	return terminal || asked("CLICOLOR_FORCE") || asked("FORCE_COLOR")
}

func (p *program) warn(format string, args ...any) {
	fmt.Fprintf(p.stderr, "warning: "+format+"\n", args...)
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(file.Fd())
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
