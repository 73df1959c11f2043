package cmd

import (
	"fmt"

	"github.com/spf13/pflag"

	"flashwave/bench/health"
	"flashwave/bench/scenario"
)

func (f *monitorFlags) monitoring(fs *pflag.FlagSet) {
	fs.StringVar(&f.every, "every", "", "time between two probes of a target (default 15s, of a queue 1s)")
	fs.StringVar(&f.length, "for", "", "end after this time, such as 10m")
	fs.BoolVar(&f.once, "once", false, "probe each target once, and end")
	fs.Uint64Var(&f.seed, "seed", 1, "seed of how far each probe is from its even instant")
}

func (f *monitorFlags) judging(fs *pflag.FlagSet) {
	fs.StringVar(&f.objective, "objective", "", "part of the probes that must be good (default 99.5%)")
	fs.StringVar(&f.expect, "expect", "", "regular expression that must match in the answer")
	f.list(fs, "slo", "assertion that must hold, repeatable: 'ttft < 2s' of each probe, 'ttft.p95 < 800ms' of all; of a queue 'oldest < 30s in urgent'", "slo",
		func(sc *scenario.Scenario) *[]string { return &sc.SLO })
	f.value(fs, "budget", "most money to spend on a target in a day, in USD: probes that could exceed it are not sent", "budget", func(sc *scenario.Scenario, v string) (err error) {
		sc.Budget, err = scenario.ParseMoney(v)
		return err
	})
	f.pricing(fs)
}

func (f *monitorFlags) alerting(fs *pflag.FlagSet) {
	fs.BoolVar(&f.bell, "bell", false, "ring the terminal's bell at a breach")
	fs.StringVar(&f.command, "alert-command", "", "run this command of the shell at a breach and at a recovery; it finds the message in FLASHWAVE_TEXT, and as JSON on its standard input")
	fs.StringVar(&f.webhook, "webhook-env", "", "environment variable that holds a URL to post the message to, as JSON")
	fs.StringVar(&f.slack, "slack-env", "", "environment variable that holds the URL of a Slack webhook")
}

func (f *monitorFlags) output(fs *pflag.FlagSet) {
	fs.BoolVar(&f.json, "json", false, "print a line of JSON for each probe, and the report as the last")
	fs.BoolVar(&f.forceTUI, "tui", false, "show the screen even in CI")
	fs.BoolVar(&f.noTUI, "no-tui", false, "plain lines instead of the screen")
	fs.BoolVar(&f.ascii, "ascii", false, "draw the screen with ASCII characters alone")
	fs.BoolVar(&f.quiet, "quiet", false, "no lines while it goes on")
	fs.StringVar(&f.name, "name", "", "name of the monitor, by which its history goes (default: that of the file, or of the target)")
	fs.StringVar(&f.history, "history", "", "folder of the history (default: one of that name below $XDG_STATE_HOME/flashwave/monitors)")
	fs.BoolVar(&f.noSave, "no-save", false, "keep no history")
}

// plan is the file, or one target of flags, with the flags over it, resolved.
func (f *monitorFlags) plan(fs *pflag.FlagSet, file string) (*scenario.Monitor, error) {
	c, err := config()
	if err != nil {
		return nil, err
	}
	f.targets, f.settled = c.Targets, c
	plan := scenario.DefaultMonitor()
	if file != "" {
		if fs.Changed("url") {
			return nil, usage(fmt.Errorf("--url and a file exclude each other"), "the file names the targets: add one to it")
		}
		if plan, err = scenario.LoadMonitor(file, c.Targets); err != nil {
			return nil, invalid(err)
		}
	} else {
		plan.Targets = []scenario.Watched{scenario.DefaultWatched()}
	}
	if err := f.lay(fs, plan); err != nil {
		return nil, err
	}
	if only := &plan.Targets[0]; file == "" && only.Queue() {
		only.Name = f.name // by which its classes go, too
	}
	var machine scenario.Machine
	if limit := health.OpenFilesLimit(); limit != nil {
		machine.OpenFiles = *limit
	}
	if err := plan.Resolve(machine); err != nil {
		return nil, invalid(err)
	}
	return plan, nil
}

// lay lays the flags over every target of a plan.
func (f *monitorFlags) lay(fs *pflag.FlagSet, plan *scenario.Monitor) (err error) {
	if fs.Changed("prompt") && fs.Changed("prompts") {
		return usage(fmt.Errorf("--prompt and --prompts exclude each other"), "--prompt is one text for every probe, --prompts are many: keep one")
	}
	for _, name := range notOfProbes {
		if fs.Changed(name) {
			return usage(fmt.Errorf("--%s: a monitor sends probes, each a request by itself", name), "flashwave run has it")
		}
	}
	for i := range plan.Targets {
		w := &plan.Targets[i]
		limits := w.Ask.Target
		for _, s := range f.settings {
			if err := s.set(fs, w.Ask); err != nil {
				return err
			}
		}
		if t := &w.Ask.Target; fs.Changed("url") && !fs.Changed("timeout") && t.Timeout == scenario.Default().Target.Timeout {
			t.Timeout, t.IdleTimeout = limits.Timeout, limits.IdleTimeout // it is one of the config
		}
		if fs.Changed("every") {
			if w.Every, err = scenario.ParseDuration(f.every); err != nil {
				return usage(fmt.Errorf("--every %s: %w", f.every, err), hintOf(err))
			}
			if w.Every == 0 {
				return usage(fmt.Errorf("--every %s: not more than 0s", f.every), "")
			}
		}
		if fs.Changed("objective") {
			if w.Objective, err = scenario.ParseObjective(f.objective); err != nil {
				return usage(fmt.Errorf("--objective %s: %w", f.objective, err), hintOf(err))
			}
		}
		if fs.Changed("expect") {
			w.Expect = f.expect
		}
	}
	if fs.Changed("seed") {
		plan.Seed = f.seed
	}
	if fs.Changed("name") {
		plan.Name = f.name
	}
	a := &plan.Alerts
	a.Bell = a.Bell || f.bell
	for _, flag := range []struct {
		given string
		to    *string
	}{{f.command, &a.Command}, {f.webhook, &a.WebhookEnv}, {f.slack, &a.SlackEnv}} {
		if flag.given != "" {
			*flag.to = flag.given
		}
	}
	return nil
}
