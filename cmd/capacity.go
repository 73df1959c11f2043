package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/report"
	"flashwave/bench/scenario"
	"flashwave/bench/searches"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
	"flashwave/tui"
)

// capacityFlags are the flags of capacity that are no part of the scenario.
type capacityFlags struct {
	scenarioFlags
	by                          string
	minRate, maxRate, precision string
	step, soak, total           string
	hold, warm                  string
	utilisation                 string
	headroom, scale, speed      float64
	rehearse                    bool
	json, quiet, yes            bool
	noTUI, forceTUI, ascii      bool
	noSave                      bool
	resumed                     string
	found                       string // a search that answers another night
	out                         []string
}

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
what came beside what was forecast.

A search is kept step by step: one that was cut off, whatever it was by, is shown by
flashwave report ID as far as it came, and goes on with --resume ID.

--what-if CAPACITY answers another night from a search that took place: its waves are
those of --wave, or of the scenario file. Nothing is sent. It says how old the search is,
and where it asked something else than the night does.

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
	return p.profiled(cmd)
}

// output are the flags of what a search shows and keeps.
func (f *capacityFlags) output(fs *pflag.FlagSet) {
	fs.BoolVar(&f.json, "json", false, "print one JSON document on standard output, everything else on standard error")
	fs.StringArrayVar(&f.out, "out", nil, "write a report too, FMT=PATH, repeatable: "+strings.Join(report.CapacityFormats(), ", "))
	fs.BoolVar(&f.forceTUI, "tui", false, "show the screen even in CI")
	fs.BoolVar(&f.noTUI, "no-tui", false, "plain lines instead of the screen")
	fs.BoolVar(&f.ascii, "ascii", false, "draw the screen with ASCII characters alone")
	fs.BoolVar(&f.quiet, "quiet", false, "no progress lines")
	fs.BoolVar(&f.noSave, "no-save", false, "do not keep the search on disk")
	fs.StringVar(&f.resumed, "resume", "", "go on with a search that was cut off, from its last step: its `ID`, the beginning of one, or latest")
	fs.StringVar(&f.found, "what-if", "", "answer another night from a search that took place, `CAPACITY`: its file, its ID, the beginning of one, or latest; nothing is sent")
	fs.BoolVar(&f.yes, "yes", false, "do not ask before loading a target that is not on this machine")
}

// search are the flags that bound the search.
func (f *capacityFlags) search(fs *pflag.FlagSet) {
	fs.StringVar(&f.by, "by", "rate", "raise the rate of arrivals, or the requests in flight: rate or concurrency")
	fs.StringVar(&f.minRate, "min-rate", "0.1/s", "the lowest rate to try")
	fs.StringVar(&f.maxRate, "max-rate", "", "the highest rate to try (default 1000/s, or twice the peak of the scenario's open waves)")
	fs.StringVar(&f.precision, "precision", "5%", "end when the rates that hold and do not are so close, a share")
	fs.StringVar(&f.step, "step-for", "20s", "time of load before a step is first judged; longer where requests are few")
	fs.StringVar(&f.soak, "soak", "2m", "how long to hold the answer for; 0s: not at all")
	fs.StringVar(&f.hold, "hold-for", "0s", "hold a rate that failed for so long, to see whether the endpoint scales out; 0s: do not")
	fs.StringVar(&f.warm, "warmup", "0s", "time of load at a modest rate before the search; 0s: none")
	fs.StringVar(&f.total, "for", "30m", "time that the whole search may take, the rehearsal apart")
	fs.Float64Var(&f.headroom, "headroom", 1, "the capacity must be so many times the peak of the demand")
	fs.StringVar(&f.utilisation, "utilisation", "70%", "share of its capacity that a replica is planned to give at the peak")
	fs.BoolVar(&f.rehearse, "rehearse", false, "run the demand in the end, and hold what comes against what was forecast")
	fs.Float64Var(&f.scale, "scale", 1, "rehearse so many times the requests, such as 0.1")
	fs.Float64Var(&f.speed, "speed", 1, "rehearse so many times as fast")
}

// capacity is one search from the flags to the exit code.
func (p *program) capacity(ctx context.Context, f *capacityFlags, fs *pflag.FlagSet, file string) error {
	outs, err := documentOuts(f.out, report.CapacityFormats(), f.json)
	if err != nil {
		return err
	}
	var outputs outputs
	defer outputs.close()
	places, err := outputs.open(outs)
	if err != nil {
		return err
	}
	if f.found != "" {
		return p.whatIf(f, fs, file, places)
	}
	h, err := f.hunt(fs, file)
	if err != nil {
		return err
	}
	defer h.letGo()
	tuneCollector(p.env)
	var estimate capacity.Estimate
	setup, err := p.prepare(ctx, h.scenario, func(s *bench.Setup) fmt.Stringer {
		h.config.Options = s.Options
		estimate = h.config.Estimate()
		return estimate
	}, f.yes)
	if err != nil {
		return err
	}
	defer setup.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	setup.Tool, setup.Machine = tool(), true
	if err := p.keepSearch(h, setup, f); err != nil {
		return err
	}
	watched := f.screen(p)
	var search *capacity.Search
	if !f.quiet && !watched {
		h.config.Progress = func(line string) { fmt.Fprintln(p.stderr, line+outlook(search.Snapshot())) }
	}
	if search, err = capacity.New(h.config); err != nil {
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
	doc := p.searching(ctx, cancel, search, watched, subjectOf(h.scenario, setup), p.screenOptions(h.settled, f.ascii, nil))
	end()
	return p.concludeCapacity(doc, search, h.journal, places, f)
}

// outlook is what a search will still take, behind a line of its progress.
func outlook(now capacity.Snapshot) string {
	if now.Remaining == 0 {
		return ""
	}
	text := "  (about " + units.About(now.Remaining) + " left"
	if now.MostCost != nil {
		text += ", " + units.USD(*now.MostCost) + " in all at most"
	}
	return text + ")"
}

// A searching is a search on its way from the flags to its beginning.
type searching struct {
	scenario *scenario.Scenario
	settled  scenario.Config
	config   capacity.Config
	journal  *searches.Journal // nil: it is not kept
	began    bool
}

// letGo gives up the place on disk of a search that did not begin.
func (h *searching) letGo() {
	switch {
	case h.journal == nil || h.began:
	case h.config.Past == nil:
		_ = h.journal.Discard() // nothing was kept
	default:
		h.journal.Close()
	}
}

// hunt is what flags and file ask for: a new search, or one that is resumed.
func (f *capacityFlags) hunt(fs *pflag.FlagSet, file string) (h *searching, err error) {
	h = &searching{}
	if f.resumed != "" {
		var past *capacity.Past
		if past, h.journal, h.scenario, err = f.resume(fs, file); err != nil {
			return nil, err
		}
		h.config.Past = past
		if h.config, err = f.bounded(fs, past); err == nil {
			h.settled, err = config()
		}
		if err != nil {
			h.letGo()
		}
		return h, err
	}
	if h.config, err = f.config(); err != nil {
		return nil, err
	}
	if err := f.ofRates(fs); err != nil {
		return nil, err
	}
	if h.scenario, h.settled, err = f.settled(fs, file); err != nil {
		return nil, err
	}
	if peak := h.scenario.PeakRate(); f.maxRate == "" && peak > 0 {
		h.config.MaxRate = 2 * peak
	}
	return h, nil
}

// keepSearch gives a search its place on disk; without one it goes on unkept. One that
// is resumed must ask what it began with.
func (p *program) keepSearch(h *searching, setup *bench.Setup, f *capacityFlags) (err error) {
	h.config.Options = setup.Options
	if h.config.Book, err = setup.Book(); err != nil {
		return invalid(err)
	}
	id := time.Now().UTC().Format("20060102-150405")
	if past := h.config.Past; past != nil {
		if !slices.Equal(past.Prompts, capacity.Fingerprints(h.config)) {
			return usage(fmt.Errorf("%s: the prompts are not those that the search began with", past.Document.ID), "put the file back as it was, or leave --resume out to search again")
		}
		if err := h.journal.Continue(); err != nil {
			return invalid(err)
		}
		id = past.Document.ID
	} else if !f.noSave {
		kept, err := searches.Open("")
		if err == nil {
			h.journal, err = kept.Create(time.Now())
		}
		if err != nil {
			p.warn("the search will not be saved: %v", err)
		} else {
			id = h.journal.ID()
		}
	}
	h.config.Options.ID = id
	if h.journal != nil {
		h.config.Journal = h.journal
	}
	return nil
}

// screen reports whether the screen is wanted and possible.
func (f *capacityFlags) screen(p *program) bool {
	of := runFlags{json: f.json, forceTUI: f.forceTUI, noTUI: f.noTUI, quiet: f.quiet}
	return of.screen(p)
}

// subjectOf says what is searched.
func subjectOf(sc *scenario.Scenario, s *bench.Setup) string {
	return strings.TrimSpace(sc.Name + "   " + sc.Target.Model + " at " + s.Target)
}

// A searcher is a search that a screen can end.
type searcher struct {
	*capacity.Search
	cancel func()
}

// Stop implements [tui.Searcher].
func (s searcher) Stop() { s.cancel() }

// searching runs a search, on the screen if that is wanted.
func (p *program) searching(ctx context.Context, cancel func(), search *capacity.Search, watched bool, subject string, o tui.Options) *capacity.Document {
	found, over := make(chan *capacity.Document, 1), make(chan struct{})
	screen, leave := context.WithCancel(context.Background())
	defer leave()
	defer p.stops.under(func(n int, hungUp bool) { // the first ends ctx
		if hungUp || n > 1 || isClosed(over) {
			leave()
		}
	})()
	go func() {
		defer close(over)
		found <- search.Run(ctx)
	}()
	if !watched {
		return <-found
	}
	err := p.onScreen(over, func() error { return tui.RunCapacity(screen, searcher{search, cancel}, subject, o) })
	if err != nil && !errors.Is(err, context.Canceled) {
		p.warn("the screen ended: %v", err)
		return <-found
	}
	cancel() // whoever leaves the screen has ended the search
	if !isClosed(over) && screen.Err() == nil {
		p.stops.insist()
	}
	return <-found
}

// concludeCapacity writes and prints the answer, which is kept by then whatever becomes
// of that, and answers with the verdict's exit code.
func (p *program) concludeCapacity(doc *capacity.Document, search *capacity.Search, journal *searches.Journal, places places, f *capacityFlags) error {
	kept := journal != nil
	if err := search.JournalError(); err != nil {
		p.warn("the search was not saved: %v", err)
		kept = false
	}
	p.answer(doc, places, f)
	if kept {
		fmt.Fprintf(p.stderr, "saved as %s: flashwave report %s\n", doc.ID, doc.ID)
	}
	if doc.Verdict.ExitCode == verdict.ExitUsage {
		fmt.Fprintf(p.stderr, "error: %s\nhint: is the key right, and the model? nothing more was sent\n", oneLine(doc.Verdict.Reasons[0]))
	}
	return concluded(doc)
}

// concluded is the exit code of what was found.
func concluded(doc *capacity.Document) error {
	if code := doc.Verdict.ExitCode; code != verdict.ExitPass {
		return &failure{code: code}
	}
	return nil
}

// answer writes and prints what was found.
func (p *program) answer(doc *capacity.Document, places places, f *capacityFlags) {
	format := "text"
	if f.json {
		format = "json"
	}
	known := *doc
	printed := func(doc *capacity.Document) error {
		return report.WriteCapacity(p.stdout, format, doc, p.reportOptions())
	}
	p.voice.comesTo(doc.Verdict.ExitCode, func(code int) error {
		known.Verdict.ExitCode = code
		return printed(&known)
	})
	p.reportFailure(places.write(func(w io.Writer, format string) error {
		return report.WriteCapacity(w, format, doc, report.Options{Width: 100})
	}), &doc.Verdict.ExitCode)
	p.actions().capacity(doc)
	p.summarise(func(w io.Writer) error { return report.WriteCapacity(w, "md", doc, report.Options{}) })
	if err := p.tell(func() error { return printed(doc) }); err != nil && !brokenPipe(err) {
		p.reportFailure(fmt.Errorf("the answer could not be printed: %w", err), &doc.Verdict.ExitCode)
	}
}

// config are the bounds of the search.
func (f *capacityFlags) config() (capacity.Config, error) {
	c := capacity.Defaults()
	var err error
	parse := func(flag, text string, read func(string) error) {
		if err != nil || text == "" {
			return
		}
		if wrong := read(text); wrong != nil {
			err = usage(fmt.Errorf("--%s %s: %w", flag, text, wrong), hintOf(wrong))
		}
	}
	rate := func(to *float64) func(string) error {
		return func(s string) error {
			r, err := scenario.ParseRate(s)
			*to = float64(r)
			return err
		}
	}
	length := func(to *time.Duration) func(string) error {
		return func(s string) error {
			d, err := scenario.ParseDuration(s)
			*to = d.D()
			return err
		}
	}
	c.By = capacity.Load(f.by)
	parse("min-rate", f.minRate, rate(&c.MinRate))
	parse("max-rate", f.maxRate, rate(&c.MaxRate))
	parse("precision", f.precision, func(s string) error { return parseShare(s, &c.Precision) })
	parse("step-for", f.step, length(&c.StepFor))
	parse("soak", f.soak, length(&c.Soak))
	parse("hold-for", f.hold, length(&c.HoldFor))
	parse("warmup", f.warm, length(&c.Warmup))
	parse("for", f.total, length(&c.For))
	parse("utilisation", f.utilisation, func(s string) error { return parseShare(s, &c.Utilisation) })
	c.Headroom = f.headroom
	if f.rehearse {
		c.Rehearse = &capacity.Shape{Speed: f.speed, Scale: f.scale}
	} else if err == nil && (f.scale != 1 || f.speed != 1) {
		err = usage(errors.New("--scale and --speed shape a rehearsal"), "add --rehearse")
	}
	return c, err
}

// ofRates refuses what bounds or asks about a rate where there is none.
func (f *capacityFlags) ofRates(fs *pflag.FlagSet) error {
	if capacity.Load(f.by) != capacity.InFlight {
		return nil
	}
	for name, hint := range map[string]string{
		"min-rate": "a search by concurrency begins with one request in flight", "max-rate": "--max-in-flight bounds the requests in flight",
		"headroom": "leave --by concurrency out to hold a demand against the capacity", "utilisation": "leave --by concurrency out to plan replicas",
	} {
		if fs.Changed(name) {
			return usage(fmt.Errorf("--%s is of a rate, and --by concurrency searches none", name), hint)
		}
	}
	return nil
}

// parseShare reads a share: 5% or 0.05.
func parseShare(s string, v *float64) error {
	number, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(n) {
		return &scenario.Error{Message: "not a share", Hint: "write 5% or 0.05"}
	}
	if percent {
		n /= 100
	}
	*v = n
	return nil
}
