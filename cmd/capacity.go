package cmd

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/capacity/search"
	"flashwave/bench/report"
	"flashwave/bench/searches"
	"flashwave/bench/verdict"
)

func (p *program) capacityCommand() *cobra.Command {
	f := &capacityFlags{}
	cmd := &cobra.Command{
		Use:   "capacity [SCENARIO.yaml]",
		Short: "Find the highest rate at which every SLO holds",
		Long: `Find the highest rate of arrivals at which an endpoint meets every SLO: bracket it,
halve the bracket, and hold the answer for minutes. Rates, not concurrency: customers
come whether or not others are still being served. What is in flight at each rate is
shown, so that a concurrency can be read off. --by concurrency searches for that: the
most requests in flight at which every SLO holds, each followed by another when it ends.
A demand is a rate: it is not held against such an answer.

A short ramp of 1, 4, 16 … requests in flight says where to begin. Then each step sends
at one rate and is judged by its confidence interval at two looks fixed beforehand; a
rate that builds a backlog, or fails beyond doubt, ends early. Between two steps the
endpoint gets time to be itself again. The answer is the highest rate that lasted the
soak, which is put where all steps together say that the edge is. A rate that failed is
tried once more in the end, for the endpoint may have warmed up.

A limit that x-ratelimit-* headers tell is believed, and tested a little above and at
itself. One that nothing tells is counted: what passes from one 429 to the next, or in a
minute. Such a rate is soaked for a window of it.

A rate that held at first is run again after the soak. If it is slower then, the endpoint
drifts: the answer is of its time, and the exit code 120. With --hold-for a failing rate
is held that long, and the search goes on above it if the endpoint scales out.

Of several SLOs it says which breaks first, and goes on for four steps at most to where
the next one would. An SLO in a wave is held against all requests or, where lanes have
workloads of their own, against those of the wave's lane.

--slo 'good_fraction >= 95%' beside SLOs of single requests ('ttft < 400ms', 'e2e < 4s')
finds the highest rate at which so many meet them all; it is assumed where these are
given alone. --slo 'goodput >= 20/s' holds where so many a second are good, or 95 % of
those that arrive if that is less, and fails where the answer does not come to it.

Without --slo 'ttft.p95 < 800ms' is assumed. The scenario's own waves, a trace among them (--wave night:trace=FILE.csv), are the demand that the
capacity is held against: headroom, quota, replicas, the backlog if it is too much, and
the price. --rehearse runs that demand in the end, whole or in another shape, and puts
what came beside what was forecast; where less of it broke an SLO, it is not said to fit.

A search is kept step by step: one that was cut off, whatever it was by, is shown by
flashwave report ID as far as it came, and goes on with --resume ID.

--what-if CAPACITY answers another night from a search that took place: its waves are
those of --wave, or of the scenario file. Nothing is sent. It says how old the search is,
and where it asked something else than the night does.

A queue (--api queue) is searched for the highest rate of tasks at which every SLO of every
class holds ('wait.p95 < 2s in urgent', 'starved < 60s in bulk', 'lost <= 0', 'dead <= 0')
and no class piles up; between two steps the queue is emptied of the search's own tasks.
It says how long each class waits, what fails first and which class starves first. Steps
are to last some twenty polls of the workers, and the soak longer than what may starve.
With waves it foretells the night of each class, the most urgent first, and with --workers
how many workers it takes.

A search passes (0) when a rate held and the demand fits; it has failed (99) when no rate
held, a goodput was out of reach or the demand does not fit; it is inconclusive (120) when it ran out of time, the
endpoint drifts, or no soak lasted, too.

` + verdict.Help(),
		Example: `flashwave capacity --url http://127.0.0.1:8000/v1
flashwave capacity --url https://api.example.com/v1 --slo 'ttft.p95 < 800ms' --max-rate 300/s --budget 5
flashwave capacity sale.yaml --precision 2% --soak 5m --headroom 1.2
flashwave capacity --by concurrency --slo 'ttft.p95 < 400ms' --slo 'e2e.p99 < 5s'
flashwave capacity --slo 'ttft < 400ms' --slo 'e2e < 4s' --slo 'good_fraction >= 95%'
flashwave capacity sale.yaml --hold-for 3m --for 1h
flashwave capacity sale.yaml --rehearse --scale 0.1
flashwave capacity --wave night:trace=night.csv --rehearse --speed 60 --scale 0.01
flashwave capacity sale.yaml --json > capacity.json
flashwave capacity --api queue --url redis://127.0.0.1:6379 --workers 4 --slo 'wait.p95 < 2s in urgent' --slo 'starved < 60s in bulk'
flashwave capacity --resume latest --for 1h
flashwave capacity --what-if latest --wave sale:200/m..24000/m:10m --headroom 1.2`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := ""
			if len(args) == 1 {
				file = args[0]
			}
			return p.capacity(cmd.Context(), f, cmd.Flags(), file)
		},
	}
	cmd.Flags().SortFlags = false
	grouped(cmd,
		flagGroup{"search", f.search}, flagGroup{"target", f.target},
		flagGroup{"load", func(fs *pflag.FlagSet) { f.wavesOf(fs); f.arriving(fs) }},
		flagGroup{"workload", f.workload}, flagGroup{"judgement", f.judgement}, flagGroup{"output", f.output})
	for _, name := range ofRuns {
		_ = cmd.Flags().MarkHidden(name) // it is there
	}
	return p.profiled(p.exported(cmd))
}

// ofRuns are flags of a target that say nothing to a search.
var ofRuns = []string{"server-metrics", "server-metric"}

// output are the flags of what a search shows and keeps.
func (f *capacityFlags) output(fs *pflag.FlagSet) {
	fs.BoolVar(&f.json, "json", false, "print one JSON document on standard output, everything else on standard error")
	fs.StringArrayVar(&f.out, "out", nil, "write a report too, FMT=PATH, repeatable: "+strings.Join(report.Searches.Names(), ", "))
	fs.BoolVar(&f.forceTUI, "tui", false, "show the screen even in CI")
	fs.BoolVar(&f.noTUI, "no-tui", false, "plain lines instead of the screen")
	fs.BoolVar(&f.ascii, "ascii", false, "draw the screen with ASCII characters alone")
	fs.BoolVar(&f.quiet, "quiet", false, "no progress lines")
	fs.BoolVar(&f.noSave, "no-save", false, "do not keep the search on disk")
	fs.StringVar(&f.resumed, "resume", "", "go on with a search that was cut off, from its last step: its `ID`, the beginning of one, latest or latest~1")
	fs.StringVar(&f.found, "what-if", "", "answer another night from a search that took place, `CAPACITY`: its file, its ID, the beginning of one, latest or latest~1; nothing is sent")
	fs.BoolVar(&f.yes, "yes", false, "do not ask before loading a target that is not on this machine")
}

// capacity is one search from the flags to the exit code.
func (p *program) capacity(ctx context.Context, f *capacityFlags, fs *pflag.FlagSet, file string) error {
	for _, name := range ofRuns {
		if fs.Changed(name) {
			return usage(fmt.Errorf("--%s is of a run: a search does not ask the server for its own metrics", name), "flashwave run at the rate in question does")
		}
	}
	places, done, err := openOuts(f.out, report.Searches.Names(), f.json)
	if err != nil {
		return err
	}
	defer done()
	if f.found != "" {
		return p.whatIf(f, fs, file, places)
	}
	h, err := f.hunt(fs, file)
	if err != nil {
		return err
	}
	defer h.letGo()
	tuneCollector(p.env)
	var estimate search.Estimate
	setup, err := p.prepare(ctx, h.scenario, func(s *bench.Setup) fmt.Stringer {
		h.config.Options = s.Options
		estimate = h.config.Estimate()
		return estimate
	}, f.yes)
	if err != nil {
		return err
	}
	defer release(setup, p.warn)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	setup.Tool, setup.Machine = tool(), true
	p.shown(&setup.Options)
	if err := p.keepSearch(h, setup, f.noSave, p.warn); err != nil {
		return err
	}
	watched := f.screen(p)
	var looking *search.Search
	if !f.quiet && !watched {
		h.config.Progress = func(line string) { fmt.Fprintln(p.stderr, line+outlook(looking.Snapshot())) }
	}
	if looking, err = search.New(h.config); err != nil {
		return invalid(err)
	}
	if setup.Loopback && h.config.Progress != nil { // of any other the question told it
		fmt.Fprintf(p.stderr, "%s\n", estimate)
	}
	if id := h.config.Options.ID; h.journal != nil && h.config.Progress != nil {
		fmt.Fprintf(p.stderr, "kept step by step as %s; if it is cut off: flashwave capacity --resume %s\n", id, id)
	}
	end := p.actions().group("flashwave capacity " + h.scenario.Name)
	h.began = true
	options := p.screenOptions(h.settled, f.ascii, &backend{p: p, noSave: true})
	options.Command = commandLine(p.args)
	doc := p.searching(ctx, cancel, looking, watched, subjectOf(h.scenario, setup), options)
	end()
	return p.concludeCapacity(doc, looking, h.journal, places, f)
}

// concludeCapacity writes and prints the answer, which is kept by then whatever becomes
// of that, and answers with the verdict's exit code.
func (p *program) concludeCapacity(doc *capacity.Document, looking *search.Search, journal *searches.Journal, places places, f *capacityFlags) error {
	kept := journal != nil
	if err := looking.JournalError(); err != nil {
		p.warn("the search was not saved: %v", err)
		kept = false
	}
	p.answer(doc, places, f)
	if kept {
		fmt.Fprintf(p.stderr, "saved as %s: flashwave report %s\n", doc.ID, doc.ID)
	}
	if doc.Verdict.ExitCode == verdict.ExitUsage {
		fmt.Fprintf(p.stderr, "error: %s\nhint: %s nothing more was sent\n", oneLine(doc.Verdict.Reasons[0]), refusedHint(refusedIn(doc)))
	}
	return ended(doc.Verdict.ExitCode)
}

// answer writes and prints what was found.
func (p *program) answer(doc *capacity.Document, places places, f *capacityFlags) {
	conclude(p, "answer", doc, func(d *capacity.Document) *int { return &d.Verdict.ExitCode }, report.Searches.Write, places, f.json)
	p.actions().capacity(doc)
	p.summarise(func(w io.Writer) error { return report.Searches.Write(w, "md", doc, report.Options{}) })
}
