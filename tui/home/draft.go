package home

import (
	"errors"
	"strconv"
	"strings"

	"flashwave/bench"
	"flashwave/bench/health"
	"flashwave/bench/scenario"
)

// A draft is a run as it is being typed: the text of every field of the form.
type draft struct {
	target, model, key string
	preset             string
	load               string // waves, or the file of the scenario
	tokens             string
	slos, budget       string
}

// A preset is a load to begin with.
type preset struct{ name, load string }

// fromFile is the preset that reads a scenario.
const fromFile = "from a file"

// flashSale is the preset that a sale becomes.
const flashSale = "flash sale"

var presets = []preset{
	{"benchmark", "benchmark:c50:1000x"},
	{flashSale, "calm:200/m:20s midnight:200/m..6000/m:10s rush:6000/m:40s recovery:600/m:20s"},
	{"steady rate", "steady:600/m:60s"},
	{"ramp", "ramp:60/m..6000/m:60s"},
	{fromFile, "sale.yaml"},
}

func newDraft() *draft {
	return &draft{target: scenario.MockURL, preset: presets[0].name, load: presets[0].load}
}

// choose takes a preset's load over what was typed.
func (d *draft) choose(name string) {
	for _, p := range presets {
		if p.name == name {
			d.load = p.load
		}
	}
	switch {
	case name == fromFile && d.target == scenario.MockURL:
		d.target = "" // the file names its own
	case name != fromFile && d.target == "":
		d.target = scenario.MockURL
	}
}

// A plan is what a draft amounts to.
type plan struct {
	scenario *scenario.Scenario // nil with an error
	estimate bench.Estimate
	search   string // what a search would ask of a target that is not on this machine
	key      string // the variable of the key; "": none is asked for
	keySet   bool
	field    string // the one that is wrong
	err      error
	hint     string
}

// resolve makes a plan of a draft. It reads the files that the draft names, so it
// is not for the goroutine that draws.
func (d draft) resolve(backend Backend) plan {
	sc, err := d.scenario(backend.Targets())
	var estimate bench.Estimate
	if err == nil {
		estimate, err = bench.Appraise(sc)
	}
	var search string
	if err == nil && !estimate.Loopback {
		search, err = backend.AppraiseSearch(sc)
	}
	if err == nil {
		p := plan{scenario: sc, estimate: estimate, search: search}
		if !sc.Target.BuiltIn() && sc.Target.KeyFile == "" {
			p.key, p.keySet = backend.Key(sc.Target)
		}
		return p
	}
	p := plan{err: err, field: "scenario"}
	var own *scenario.Error
	if errors.As(err, &own) {
		p.hint = own.Hint
		p.field = fieldOf(own.Path)
	}
	var at *fieldError
	if errors.As(err, &at) {
		p.field = at.field
	}
	return p
}

// fieldOf is the field of the form that a word of the scenario is typed in.
func fieldOf(path string) string {
	switch {
	case strings.HasPrefix(path, "target.model"):
		return "model"
	case strings.HasPrefix(path, "target.key"):
		return "key variable"
	case strings.HasPrefix(path, "target"):
		return "target"
	case strings.HasPrefix(path, "slo"):
		return "SLOs"
	case strings.HasPrefix(path, "budget"):
		return "budget"
	case strings.HasPrefix(path, "workload.max_tokens"):
		return "max tokens"
	}
	return "load"
}

// A fieldError is an error about what was typed in a field.
type fieldError struct {
	field string
	error
}

func (e *fieldError) Unwrap() error { return e.error }

// scenario is the draft as a resolved scenario.
func (d draft) scenario(targets []scenario.NamedTarget) (*scenario.Scenario, error) {
	sc := scenario.Default()
	if d.preset == fromFile {
		var err error
		if sc, err = scenario.Load(strings.TrimSpace(d.load)); err != nil {
			return nil, &fieldError{"load", err}
		}
	} else if err := d.waves(sc); err != nil {
		return nil, &fieldError{"load", err}
	}
	d.aim(sc, targets)
	if n := strings.TrimSpace(d.tokens); n != "" {
		count, err := strconv.Atoi(n)
		if err != nil {
			return nil, &fieldError{"max tokens", errors.New("not a whole number")}
		}
		for _, w := range sc.Workloads() {
			w.MaxTokens = count
		}
		sc.Replaced("workload.max_tokens")
	}
	if list := splitList(d.slos); len(list) > 0 {
		sc.SLO = list
		sc.Replaced("slo")
	}
	if b := strings.TrimSpace(d.budget); b != "" {
		var err error
		if sc.Budget, err = scenario.ParseMoney(b); err != nil {
			return nil, &fieldError{"budget", err}
		}
		sc.Replaced("budget")
	}
	var machine scenario.Machine
	if limit := health.OpenFilesLimit(); limit != nil {
		machine.OpenFiles = *limit
	}
	return sc, sc.Resolve(machine)
}

// waves adds the waves of a preset.
func (d draft) waves(sc *scenario.Scenario) error {
	for _, spec := range strings.Fields(d.load) {
		lane, w, err := scenario.ParseWave(spec)
		if err != nil {
			return err
		}
		sc.AddWave(lane, w)
	}
	sc.Name = strings.ReplaceAll(d.preset, " ", "-")
	return nil
}

// aim points the scenario at the target that was typed: a name or a URL.
func (d draft) aim(sc *scenario.Scenario, targets []scenario.NamedTarget) {
	if address := strings.TrimSpace(d.target); address != "" {
		sc.Aim(address, targets)
	}
	if m := strings.TrimSpace(d.model); m != "" {
		sc.Target.Model = m
		sc.Replaced("target.model")
	}
	if k := strings.TrimSpace(d.key); k != "" {
		sc.Target.KeyEnv = k
		sc.Replaced("target.key_env")
	}
}

// splitList cuts a list of SLOs at commas and semicolons.
func splitList(s string) []string {
	var list []string
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' }) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}
