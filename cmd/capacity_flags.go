package cmd

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"flashwave/bench/capacity"
	"flashwave/bench/capacity/search"
	"flashwave/bench/scenario"
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
	workers                     int
	json, quiet, yes            bool
	noTUI, forceTUI, ascii      bool
	noSave                      bool
	resumed                     string
	found                       string // a search that answers another night
	out                         []string
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
	fs.StringVar(&f.warm, "warmup", "0s", "time of a few requests in flight before the search, at most: until latency stands still; 0s: none")
	fs.StringVar(&f.total, "for", "30m", "time that the whole search may take, the rehearsal apart")
	fs.Float64Var(&f.headroom, "headroom", 1, "the capacity must be so many times the peak of the demand")
	fs.StringVar(&f.utilisation, "utilisation", "70%", "share of its capacity that a replica is planned to give at the peak")
	fs.IntVar(&f.workers, "workers", 0, "how many workers take tasks from the queue now (--api queue), of which the workers that the demand needs follow; of the built-in queue it is known")
	fs.BoolVar(&f.rehearse, "rehearse", false, "run the demand in the end, and hold what comes against what was forecast")
	fs.Float64Var(&f.scale, "scale", 1, "rehearse so many times the requests, such as 0.1")
	fs.Float64Var(&f.speed, "speed", 1, "rehearse so many times as fast")
}

// screen reports whether the screen is wanted and possible.
func (f *capacityFlags) screen(p *program) bool {
	of := runFlags{json: f.json, forceTUI: f.forceTUI, noTUI: f.noTUI, quiet: f.quiet}
	return of.screen(p)
}

// config are the bounds of the search.
func (f *capacityFlags) config() (search.Config, error) {
	c := search.Defaults()
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
	c.Headroom, c.Workers = f.headroom, f.workers
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
	for _, flag := range [][2]string{
		{"min-rate", "a search by concurrency begins with one request in flight"},
		{"max-rate", "--max-in-flight bounds the requests in flight"},
		{"headroom", "leave --by concurrency out to hold a demand against the capacity"},
		{"utilisation", "leave --by concurrency out to plan replicas"},
	} {
		if fs.Changed(flag[0]) {
			return usage(fmt.Errorf("--%s is of a rate, and --by concurrency searches none", flag[0]), flag[1])
		}
	}
	return nil
}

// ofQueues refuses a number of workers where there is no queue, or where it is known.
func (f *capacityFlags) ofQueues(sc *scenario.Scenario) error {
	switch {
	case f.workers == 0:
		return nil
	case sc.Target.API != scenario.QueueAPI:
		return usage(fmt.Errorf("--workers is of a queue, and the api is %s", sc.Target.API), "add --api queue, or leave it out")
	case sc.Target.BuiltIn():
		return usage(errors.New("--workers: the built-in queue has workers of its own, and how many is known"), "leave it out, or search the queue of flashwave mock --workers N by --url")
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
