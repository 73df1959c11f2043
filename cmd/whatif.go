package cmd

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/capacity/search"
	"flashwave/bench/scenario"
	"flashwave/bench/searches"
)

// nightFlags are those that say what a night asks, or how it is answered, and those that
// ask for no more than --what-if does anyway. All others are for sending requests.
var nightFlags = []string{
	"what-if", "wave", "arrivals", "max-in-flight", "overflow", "seed",
	"prompt", "prompts", "system", "max-tokens", "temperature", "no-stream", "extra-body", "turns", "think", "skip-bad-lines",
	"headroom", "utilisation", "workers", "price", "prices",
	"json", "out", "quiet", "no-tui", "ascii", "yes", "no-save",
}

// whatIf answers another night from a search that took place, to the exit code. Nothing
// is sent.
func (p *program) whatIf(f *capacityFlags, fs *pflag.FlagSet, file string, places places) error {
	if err := sendsNothing(fs); err != nil {
		return err
	}
	kept, err := searches.Open("")
	if err != nil {
		return err
	}
	found, err := kept.Load(f.found)
	if err != nil {
		return invalid(err)
	}
	asked, err := f.config()
	if err != nil {
		return err
	}
	n := search.Night{Headroom: asked.Headroom, Utilisation: asked.Utilisation, Workers: asked.Workers, Now: time.Now()}
	if n.Scenario, err = f.night(fs, file, found); err != nil {
		return err
	}
	if n.Book, err = bench.BookOf(n.Scenario); err == nil {
		n.Price, err = bench.PriceOf(n.Scenario)
	}
	if err != nil {
		return invalid(err)
	}
	doc, err := n.Answer(found)
	if err != nil {
		return invalid(err)
	}
	p.answer(doc, places, f)
	return ended(doc.Verdict.ExitCode)
}

// sendsNothing refuses the flags that are for sending requests.
func sendsNothing(fs *pflag.FlagSet) (err error) {
	fs.Visit(func(flag *pflag.Flag) {
		switch {
		case err != nil || slices.Contains(nightFlags, flag.Name):
		case flag.Name == "slo":
			err = usage(errors.New("--slo: the search was held to its own SLOs, and its capacity is that of those"), "leave --what-if out to search for others")
		default:
			err = usage(fmt.Errorf("--%s is for sending requests, and --what-if sends none", flag.Name), "leave it out, or leave --what-if out to search")
		}
	})
	return err
}

// night is the scenario of a night: that of a file, or else the search's own, with the
// flags over it. What is not said of the target is the search's.
func (f *capacityFlags) night(fs *pflag.FlagSet, file string, found *capacity.Document) (*scenario.Scenario, error) {
	if found.Scenario == nil {
		return nil, usage(errors.New("the search has no scenario: nothing was measured"), "name another")
	}
	was, err := copied(found.Scenario)
	if err != nil {
		return nil, err
	}
	// No file of the target is opened where nothing is sent.
	was.Target.KeyFile, was.Target.CA, was.Target.ClientCert, was.Target.ClientKey = "", "", "", ""
	was.AbortOn, was.Budget = nil, 0
	night := was
	if file != "" {
		if night, err = scenario.Load(file); err != nil {
			return nil, invalid(err)
		}
		aim(night, was)
	} else if len(f.waves) == 0 {
		return nil, usage(errors.New("--what-if needs a night"), "add a scenario file, or --wave night:200/m..12000/m:10m")
	}
	return night, f.over(fs, night)
}

// aim gives a night what it does not say of its target itself, the price there included.
func aim(night, was *scenario.Scenario) {
	t := &night.Target
	if t.URL == scenario.Default().Target.URL {
		t.URL, t.API, t.Body, t.Queue = was.Target.URL, was.Target.API, was.Target.Body, was.Target.Queue
	}
	if t.Model == "" {
		t.Model = was.Target.Model
	}
	if night.Price == nil && night.Prices == "" && t.URL == was.Target.URL && t.Model == was.Target.Model {
		night.Price, night.Prices = was.Price, was.Prices
	}
}
