package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"flashwave/bench/compare"
	"flashwave/bench/report"
	"flashwave/bench/result"
	"flashwave/bench/store"
	"flashwave/bench/verdict"
)

// compareFlags are the flags of compare.
type compareFlags struct {
	json   bool
	failOn []string
	need   []string
	across bool
	out    []string

	run, yes, noSave, quiet bool // with run they are scenarios, which are run first
	times                   int  // each
}

func (p *program) compareCommand() *cobra.Command {
	f := &compareFlags{}
	cmd := &cobra.Command{
		Use:   "compare [--run] BASE NEW",
		Short: "Is NEW worse than BASE? With statistics, and an exit code for CI",
		Long: `Is NEW worse than BASE? Each is a file, a run's directory, an id or the beginning of
one, latest, latest~1 …; or several of them with -- between the sides; or a
directory of runs.

With --run they are two scenarios, which are run in turns and then compared: once
each, or --repeat times, every other turn the other way round. After each the endpoint
has 2 s to end what is left, unless it is the built-in one, which ends with its run. These
runs are kept like any others. A target that is not on this machine is asked for first.

Every metric gets a confidence interval and a verdict by it: better, worse, no
difference or, where the interval reaches over the margin, too noisy to say. Of one run
a side it holds what the run shows of its own noise, but no drift between runs. How much
that tells is a matter of how many requests it had and how busy the endpoint was: at 40
a second, half of what it could serve, latencies that nearly double are found in 5 s,
those that rose by 30 % in a minute, and that nothing changed passes in 60 of 100 minutes
and after 5 minutes in all. Near saturation, and after a single burst of failures, one
run says little, and that is told. From four a side on (--repeat 4) runs are ranked.

The gate fails where the whole interval of p95 TTFT, p95 E2E, error rate, lost
requests or goodput is worse than the margin: 10 %, of latencies at least 5 ms, of
shares at least 1 percentage point. Percentiles of TTFT, E2E and TPOT rank every
scheduled request, with those that failed or were lost beyond every value: NEW is
worse where its p95 is one of those and that of BASE is not. The gate passes where the
interval of none reaches so far; anything else cannot be told. --fail-on takes its
place: METRIC.STAT OP CHANGE [and OP CHANGE] [in WAVE], each with the sign and the unit
of a change: +10%, +50ms, -5/s, +1pp. --need 10% lets nothing pass where such a change
would not have been seen.

Nothing passes, either, where BASE and NEW were not asked the same: another workload or
file of prompts, other timeouts or retries; --across-scenarios, and --run, say that this is
the question. (Another load is told with a warning.) Nor does a run that did not go to its
end or was steered by hand, or a NEW whose answers have become shorter or come from a cache
of the prompts of BASE.

Two searches for capacity compare, too, by their files or ids: what is known of each is
its bracket, the highest rate that held and the lowest that did not. NEW is worse where
its whole bracket lies more than 10 % below that of BASE.

Exit codes: 0 not worse, 99 worse, 104 usage, 105 interrupted, 120 that cannot be
told: the brackets are too wide, the runs are too short or too noisy, data is missing,
or a generator was the bottleneck.`,
		Example: `flashwave compare latest~1 latest
flashwave compare main.json run.json --json
flashwave compare main-*.json -- run-*.json
flashwave compare --run main.yaml new.yaml --repeat 4
flashwave compare main.json run.json --fail-on 'ttft.p95 > +10% and > +50ms' --fail-on 'goodput < -5% in rush'
flashwave compare capacity-20261123-222601 capacity-20261124-050525`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !f.run && (f.times != 1 || f.yes || f.noSave || f.quiet) {
				return usage(errors.New("--repeat, --yes, --no-save and --quiet are for --run"), "flashwave compare --run BASE.yaml NEW.yaml")
			}
			base, fresh, err := sides(args)
			if err != nil {
				return err
			}
			if f.run {
				return p.compare(cmd.Context(), f, base, fresh)
			}
			searched, err := areSearches(base, fresh)
			switch {
			case err != nil:
				return err
			case searched:
				return p.compareSearches(cmd.Context(), f, base[0], fresh[0])
			}
			return p.compare(cmd.Context(), f, base, fresh)
		},
	}
	cmd.Flags().BoolVar(&f.json, "json", false, "print one JSON document on standard output, everything else on standard error")
	cmd.Flags().StringArrayVar(&f.failOn, "fail-on", nil, "what counts as worse, instead of the default gate, repeatable: 'ttft.p95 > +10%'")
	cmd.Flags().StringArrayVar(&f.need, "need", nil, "what must have been seen for nothing to be worse, repeatable: 10%, of shares 1pp; else the exit code is 120")
	cmd.Flags().BoolVar(&f.across, "across-scenarios", false, "let something pass though BASE and NEW were not asked the same: scenarios are what is compared, as with --run")
	cmd.Flags().BoolVar(&f.run, "run", false, "BASE and NEW are scenarios: run them in turns, then compare")
	cmd.Flags().IntVar(&f.times, "repeat", 1, "with --run: run each so many times, with the prompts that follow those of the run before")
	cmd.Flags().BoolVar(&f.yes, "yes", false, "with --run: do not ask before loading a target that is not on this machine")
	cmd.Flags().BoolVar(&f.noSave, "no-save", false, "with --run: do not keep the runs on disk")
	cmd.Flags().BoolVar(&f.quiet, "quiet", false, "with --run: no progress lines")
	cmd.Flags().StringArrayVar(&f.out, "out", nil, "write the comparison too, FMT=PATH, repeatable: "+strings.Join(report.Comparisons.Names(), ", "))
	return cmd
}

// between stands for the dashes between the sides: flags may follow those, too.
const between = "\x00"

// parted is the arguments of compare with the dashes marked.
func parted(args []string) []string {
	args = slices.Clone(args)
	for i, a := range args {
		if a == "--" {
			args[i] = between
		}
	}
	return args
}

// sides are the references before and after the dashes, or else the two.
func sides(args []string) (base, fresh []string, err error) {
	const hint = "flashwave compare BASE NEW, or flashwave compare BASE… -- NEW…"
	dash := slices.Index(args, between)
	switch {
	case dash > 0 && dash < len(args)-1 && !slices.Contains(args[dash+1:], between):
		return args[:dash], args[dash+1:], nil
	case dash >= 0:
		return nil, nil, usage(errors.New("runs are needed before and after one --"), hint)
	case len(args) != 2:
		return nil, nil, usage(fmt.Errorf("two runs are needed, not %d", len(args)), hint)
	}
	return args[:1], args[1:], nil
}

// compare is one comparison from its references to the exit code.
func (p *program) compare(ctx context.Context, f *compareFlags, base, fresh []string) error {
	rules, err := parseRules(f.failOn)
	if err != nil {
		return err
	}
	needs, err := parseNeeds(f.need, rules)
	if err != nil {
		return err
	}
	places, done, err := openOuts(f.out, report.Comparisons.Names(), f.json)
	if err != nil {
		return err
	}
	defer done()
	before, after, err := p.contenders(ctx, f, rules, base, fresh)
	if err != nil {
		return err
	}
	doc := compare.Compare(before, after, compare.Options{Tool: tool(), Rules: rules, Needs: needs, Across: f.run || f.across})
	if err := knownWaves(rules, doc.Waves()); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return &failure{code: verdict.ExitInterrupted, err: errors.New("the comparison was interrupted")}
	}
	conclude(p, "comparison", doc, func(d *compare.Document) *int { return &d.Gate.ExitCode }, report.Comparisons.Write, places, f.json)
	p.summariseComparison(doc)
	return ended(doc.Gate.ExitCode)
}

// contenders are the runs of both sides: read, or run first.
func (p *program) contenders(ctx context.Context, f *compareFlags, rules []compare.Rule, base, fresh []string) (before, after []*result.Run, err error) {
	switch {
	case f.run && len(base)+len(fresh) != 2:
		return nil, nil, usage(fmt.Errorf("--run takes two scenarios, not %d", len(base)+len(fresh)), "flashwave compare --run BASE.yaml NEW.yaml --repeat 4")
	case f.run && (f.times < 1 || f.times > maxRepeat):
		return nil, nil, usage(fmt.Errorf("--repeat %d: a run takes place once at least, and %d times at most", f.times, maxRepeat), "")
	case f.run:
		return p.turns(ctx, f, rules, []string{base[0], fresh[0]})
	}
	if before, err = loadAll(base); err != nil {
		return nil, nil, err
	}
	after, err = loadAll(fresh)
	return before, after, err
}

// parseNeeds refuses, too, what concerns none of the rules that gate.
func parseNeeds(texts []string, rules []compare.Rule) (needs []compare.Need, err error) {
	for _, text := range texts {
		need, err := compare.ParseNeed(text)
		if err != nil {
			return nil, usage(fmt.Errorf("--need %w", err), "write 10%, or of shares 1pp")
		}
		if !need.Concerns(rules) {
			other := map[bool]string{true: "1pp", false: "10%"}[strings.HasSuffix(need.Text, "%")]
			return nil, usage(fmt.Errorf("--need %s concerns none of what --fail-on holds", need.Text), "write "+other)
		}
		needs = append(needs, need)
	}
	return needs, nil
}

func parseRules(texts []string) (rules []compare.Rule, err error) {
	for _, text := range texts {
		rule, err := compare.ParseRule(text)
		if err != nil {
			return nil, usage(fmt.Errorf("--fail-on %w", err), hintOf(err))
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// knownWaves refuses a rule about a wave that is not on both sides; waves are those that
// are.
func knownWaves(rules []compare.Rule, waves []string) error {
	for _, rule := range rules {
		if rule.Wave == "" {
			continue
		}
		if _, known := compare.WaveNamed(rule.Wave, waves); known {
			continue
		}
		hint := "the waves of both are " + strings.Join(waves, ", ")
		if len(waves) == 0 {
			hint = "no wave is on both sides: leave the wave out"
		}
		return usage(fmt.Errorf("--fail-on %q: there is no one wave %q on both sides", rule.Text, rule.Wave), hint)
	}
	return nil
}

// loadAll reads the runs of a side.
func loadAll(refs []string) (list []*result.Run, err error) {
	runs, err := store.Open("")
	if err != nil {
		return nil, err
	}
	for _, ref := range refs {
		some, err := runs.LoadAll(ref)
		if err != nil {
			return nil, invalid(err)
		}
		for _, run := range some {
			if slices.ContainsFunc(list, run.Same) {
				return nil, usage(fmt.Errorf("run %s is given twice", run.ID), "each run counts once")
			}
			list = append(list, run)
		}
	}
	return list, nil
}
