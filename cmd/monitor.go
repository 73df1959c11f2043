package cmd

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flashwave/bench"
	"flashwave/bench/monitor"
	"flashwave/bench/monitor/alert"
	"flashwave/bench/monitor/history"
	"flashwave/bench/monitor/objective"
	"flashwave/bench/scenario"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
	"flashwave/tui"
)

// monitorFlags are the flags of monitor.
type monitorFlags struct {
	scenarioFlags
	settled                  scenario.Config
	every, objective, expect string
	name, history            string
	seed                     uint64
	command, webhook, slack  string
	bell, once, json         bool
	forceTUI, noTUI, ascii   bool
	quiet, noSave            bool
	length                   string
}

func (p *program) monitorCommand() *cobra.Command {
	f := &monitorFlags{}
	cmd := &cobra.Command{
		Use:   "monitor [FILE.yaml]",
		Short: "Probe endpoints and watch queues for hours or days, and say when one breaks its objective",
		Long: `Probe endpoints at a low rate, each over a connection of its own, and keep what came
of it: how fast they answer, how often they do, what that costs, when the certificate
expires. Many stand side by side: providers, models, regions, a gateway and what is
behind it.

A probe is good if it ended ok, matches --expect, and met every SLO on a single request
('ttft < 2s'; else the bounds of those on percentiles serve). The objective is the part
of the probes that must be good. An incident opens when its error budget burns 14.4
times too fast over an hour and 5 minutes, 6 times over 6 hours and 30 minutes, or at
all over 3 days and 6 hours, with at least 3 bad probes; it is over when that has
stopped for the shorter of these. Either is told once: by the bell, a command, a webhook.
URLs of webhooks are secrets, and come from the environment alone.

--api queue watches a Redis queue that others fill and empty: it writes no key, and a
look costs the same however much waits. Each second it is seen how much waits of each
class, for how long, what comes and goes, and what lies among the dead letters. A look
is good within every SLO on depth, oldest, starved (how long some wait and none is
taken), of the whole or in a class, and dead (dead letters beyond the fewest since the
start); without any, starved < 60s in each class and dead <= 0. What a layout does not
tell is null, and why is said.

The history is kept, probe by probe for a day and minute by minute for a month; a
monitor that was killed goes on with it.

--once and --for make it a canary for CI: it ends with a report, and the exit code is the
verdict over the probes it sent: the objective and the SLOs on percentiles.

With --json standard output has a line for each probe, and the report is the last.

` + exitCodes(),
		Example: `flashwave monitor --url https://llm.shop.example/v1 --model deepseek-v3.2 --objective 99.9% --slo 'ttft < 2s'
flashwave monitor endpoints.yaml
flashwave monitor endpoints.yaml --for 10m --json | tail -1 | jq .verdict
flashwave monitor --url http://127.0.0.1:8000/v1 --once --expect '(?i)ten'
flashwave monitor --api queue --url redis://127.0.0.1:6379 --classes urgent=1-3,bulk=4-10 --slo 'oldest < 30s in urgent'`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := ""
			if len(args) == 1 {
				file = args[0]
			}
			return p.monitor(cmd.Context(), f, cmd.Flags(), file)
		},
	}
	cmd.Flags().SortFlags = false
	grouped(cmd,
		flagGroup{"monitor", f.monitoring}, flagGroup{"target", f.target}, flagGroup{"workload", f.workload},
		flagGroup{"judgement", f.judging}, flagGroup{"alerts", f.alerting}, flagGroup{"output", f.output})
	ofProbes(cmd.Flags())
	return p.profiled(p.exported(cmd))
}

// notOfProbes are the flags of a run that mean nothing where each request stands by itself,
// over a connection of its own.
var notOfProbes = []string{"join", "keep", "tap", "turns", "think", "skip-bad-lines", "connections", "server-metrics", "server-metric"}

// ofProbes says of the flags that a monitor shares with a run what is otherwise with it.
func ofProbes(fs *pflag.FlagSet) {
	for name, usage := range map[string]string{
		"timeout":      "limit for one probe (default 30s; for a look at a queue 5s at most)",
		"classes":      "classes of the tasks of --api queue, the most urgent first, NAME=PRIORITIES (default 'urgent=1-3, normal=4-6, bulk=7-10')",
		"idle-timeout": "limit between two tokens, and for the first (default 30s)",
		"prompt":       "what each probe asks (default: to count to ten)",
		"prompts":      "take the first prompt of a file or of builtin:NAME",
		"max-tokens":   "most tokens of an answer (default 32)",
	} {
		fs.Lookup(name).Usage = usage
	}
	for _, name := range notOfProbes {
		_ = fs.MarkHidden(name)
	}
}

// exitCodes are those of a run, without the SLOs that it assumes: the objective takes
// their place.
func exitCodes() string {
	codes, _, _ := strings.Cut(verdict.Help(), "\n\nBeside the SLOs given")
	return codes
}

// monitor is one monitor from the flags to the exit code.
func (p *program) monitor(ctx context.Context, f *monitorFlags, fs *pflag.FlagSet, file string) error {
	plan, err := f.plan(fs, file)
	if err != nil {
		return err
	}
	o := monitor.Options{Name: plan.Name, Seed: plan.Seed, Tool: tool(), Once: f.once}
	if fs.Changed("for") {
		d, err := scenario.ParseDuration(f.length)
		if err == nil && d == 0 {
			err = errors.New("a monitor lasts longer than 0s")
		}
		if err != nil {
			return usage(fmt.Errorf("--for %s: %w", f.length, err), hintOf(err))
		}
		o.For = d.D()
	}
	if o.Once && o.For > 0 {
		return usage(errors.New("--once and --for exclude each other: both say when it ends"), "")
	}
	if o.Alerts, err = p.channels(plan.Alerts); err != nil {
		return err
	}
	if err := p.openHistory(&o, f); err != nil {
		return err
	}
	if o.Targets, err = monitor.Prepare(ctx, plan, p.env); err != nil {
		_ = o.Log.Close() // nothing was written to it
		if ctx.Err() != nil {
			return unsent()
		}
		return invalid(err)
	}
	defer monitor.Close(o.Targets)
	if !f.quiet {
		p.foretell(o)
	}
	return p.concludeMonitor(p.watchMonitor(o, f), f)
}

// channels are the ways in which alerts are told. What they need stands in the
// environment.
func (p *program) channels(a scenario.Alerts) (list []alert.Channel, err error) {
	if a.Bell {
		list = append(list, alert.Bell(p.stderr))
	}
	if a.Command != "" {
		list = append(list, alert.Command(a.Command))
	}
	for _, hook := range []struct {
		env  string
		make func(string) (alert.Channel, error)
	}{{a.WebhookEnv, alert.Webhook}, {a.SlackEnv, alert.Slack}} {
		if hook.env == "" {
			continue
		}
		to := p.env(hook.env)
		if to == "" {
			return nil, usage(errors.New("the environment variable that is to hold the URL of a webhook is not set"), "export it before; --webhook-env and --slack-env take its name, never the URL")
		}
		c, err := hook.make(to)
		if err != nil {
			return nil, usage(err, "it begins with https://")
		}
		list = append(list, c)
	}
	return list, nil
}

// openHistory opens the history, unless none is to be kept.
func (p *program) openHistory(o *monitor.Options, f *monitorFlags) (err error) {
	if f.noSave {
		if f.history != "" {
			return usage(errors.New("--history and --no-save exclude each other"), "")
		}
		return nil
	}
	dir := f.history
	if dir == "" {
		dir = filepath.Join(xdg.StateHome, "flashwave", "monitors", folder(o.Name))
	}
	if o.Log, o.Past, err = history.Open(dir, time.Now()); err != nil {
		return invalid(err)
	}
	if o.Past.Broken > 0 {
		p.warn("%s of the history cannot be read, and %s passed over", units.Of(o.Past.Broken, "line", "lines"), areIs(o.Past.Broken))
	}
	return nil
}

func areIs(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// folder is a name as that of a folder, of which no other name has the same.
func folder(name string) string {
	plain := regexp.MustCompile(`[^A-Za-z0-9._-]+`).ReplaceAllString(name, "-")
	if plain = strings.Trim(plain, ".-"); plain == name && name != "" && len(name) <= 64 {
		return name
	}
	if plain == "" {
		plain = "monitor"
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails
	return fmt.Sprintf("%.64s-%08x", plain, h.Sum32())
}

// foretell says what targets that are not on this machine will be asked in a day, and
// which objectives the probes cannot resolve.
func (p *program) foretell(o monitor.Options) {
	for _, t := range o.Targets {
		if t.Queue() {
			p.foretellQueue(t)
			continue
		}
		for _, text := range monitor.Warnings(monitor.Row{
			Every: t.Every, Objective: float64(t.Objective), Unresolved: monitor.UnresolvedAt(objective.Objective(t.Objective), t.Every),
		}) {
			if !o.Once {
				p.warn("%s: %s", t.Name, text)
			}
		}
		e, err := bench.Appraise(t.Scenario)
		if err != nil || e.Loopback || e.Requests == 0 || o.Once {
			continue
		}
		day := float64(24*time.Hour) / float64(t.Every)
		text := fmt.Sprintf("%s will get a probe every %s, %s in a day", t.Name, units.Length(t.Every), units.Count(day))
		if e.Cost != nil {
			text += ", for " + units.USD(*e.Cost/float64(e.Requests)*day) + " at the most"
		}
		fmt.Fprintln(p.stderr, text)
	}
}

// foretellQueue says what each look at a queue, or at a class of it, is held to.
func (p *program) foretellQueue(t *monitor.Target) {
	if t.Class == "" {
		fmt.Fprintf(p.stderr, "%s is looked at every %s, and nothing in it is changed\n", t.Name, units.Length(t.Every))
	}
	for _, text := range t.Bounds() {
		fmt.Fprintf(p.stderr, "  a look is good while %s\n", text)
	}
}

// watchMonitor starts a monitor, shows it until it is over, and answers with its document.
// A request to end stops it.
func (p *program) watchMonitor(o monitor.Options, f *monitorFlags) *monitor.Document {
	var writing sync.Mutex
	o.Probed = func(probe monitor.Probed) {
		writing.Lock()
		defer writing.Unlock()
		switch {
		case f.json:
			_ = probe.WriteJSON(p.stdout) // whoever reads them has gone
		case o.Once && !f.quiet:
			fmt.Fprintln(p.stderr, oneLine(probe.Line()))
		}
	}
	m := monitor.Start(o)
	if p.page != nil {
		for _, r := range m.Readers() {
			p.page.Follow(r)
		}
	}
	screen, leave := context.WithCancel(context.Background())
	defer leave()
	release := p.stops.under(func(n int, hungUp bool) {
		if hungUp || n > 1 {
			leave()
		}
		m.Stop()
	})
	defer release()
	looks := runFlags{json: f.json, forceTUI: f.forceTUI, noTUI: f.noTUI, quiet: f.quiet || o.Once}
	switch {
	case looks.screen(p):
		err := p.onScreen(m.Done(), func() error { return tui.RunMonitor(screen, m, p.screenOptions(f.settled, f.ascii, nil)) })
		if err != nil && !errors.Is(err, context.Canceled) {
			p.warn("the screen ended: %v", err)
			break
		}
		m.Stop() // whoever leaves the screen has ended the monitor
	case !f.quiet && !o.Once:
		p.stops.finished(func() { p.monitorLines(m) }, m.Done())
	}
	return m.Wait()
}

// linesEvery is the time between two lines that say how things are.
const linesEvery = time.Minute

// monitorLines prints what happens until the monitor is over, and once a minute how things
// are.
func (p *program) monitorLines(m *monitor.Monitor) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	seen, last := 0, time.Now()
	for done := false; !done; {
		select {
		case <-m.Done():
			done = true
		case <-ticker.C:
		}
		s := m.Snapshot(monitor.View{})
		for ; seen < s.Happened; seen++ {
			if i := len(s.Events) - (s.Happened - seen); i >= 0 {
				fmt.Fprintf(p.stderr, "%s  %s\n", s.Events[i].At.Local().Format(time.TimeOnly), oneLine(s.Events[i].Text))
			}
		}
		if time.Since(last) >= linesEvery && !done {
			last = time.Now()
			fmt.Fprintf(p.stderr, "%s  %s\n", s.At.Local().Format(time.TimeOnly), oneLine(s.Line()))
		}
	}
}

// concludeMonitor prints the report, and answers with the verdict's exit code.
func (p *program) concludeMonitor(doc *monitor.Document, f *monitorFlags) error {
	write := func(doc *monitor.Document) error {
		if f.json {
			return doc.WriteJSON(p.stdout)
		}
		return doc.WriteText(p.stdout)
	}
	known := *doc
	p.voice.comesTo(doc.Verdict.ExitCode, func(code int) error {
		known.Verdict.ExitCode = code
		return write(&known)
	})
	if err := p.tell(func() error { return write(doc) }); err != nil && !brokenPipe(err) {
		p.warn("the report could not be printed: %v", err)
		if doc.Verdict.ExitCode == verdict.ExitPass {
			return ended(verdict.ExitBroken)
		}
	}
	if doc.Verdict.ExitCode == verdict.ExitUsage {
		fmt.Fprintln(p.stderr, "hint:", refusedTarget(doc))
	}
	return ended(doc.Verdict.ExitCode)
}
