package cmd

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"flashwave/bench/capacity"
	"flashwave/bench/capacity/search"
	"flashwave/bench/scenario"
	"flashwave/bench/searches"
	"flashwave/bench/units"
)

// resume opens a search that was cut off. What flags and file say besides must be what it
// began with; only --for may give it more time.
func (f *capacityFlags) resume(fs *pflag.FlagSet, file string) (*capacity.Past, *searches.Journal, *scenario.Scenario, error) {
	kept, err := searches.Open("")
	if err != nil {
		return nil, nil, nil, err
	}
	past, journal, err := kept.Resume(f.resumed)
	if err != nil {
		return nil, nil, nil, invalid(err)
	}
	sc, err := f.goOn(fs, file, past, journal.ID())
	if err != nil {
		journal.Close()
		return nil, nil, nil, err
	}
	return past, journal, sc, nil
}

// goOn is the scenario of a search that is resumed, if the call does not contradict it.
func (f *capacityFlags) goOn(fs *pflag.FlagSet, file string, past *capacity.Past, id string) (*scenario.Scenario, error) {
	if f.noSave {
		return nil, usage(fmt.Errorf("--resume and --no-save exclude each other"), "a search that is resumed is kept")
	}
	base := past.Document.Scenario
	if file != "" {
		var err error
		if base, err = scenario.Load(file); err != nil {
			return nil, invalid(err)
		}
	} else {
		again, err := copied(base)
		if err != nil {
			return nil, err
		}
		base = again
	}
	c, err := config()
	if err != nil {
		return nil, err
	}
	f.targets = c.Targets
	if err := f.over(fs, base); err != nil {
		return nil, err
	}
	if base.Target.Model == "" { // which the endpoint was asked for
		base.Target.Model = past.Document.Scenario.Target.Model
	}
	words, err := differing(past.Document.Scenario, base)
	if err != nil {
		return nil, err
	}
	asked, err := f.config()
	if err != nil {
		return nil, err
	}
	words = append(words, f.unlike(fs, asked, search.ConfigOf(past))...)
	if len(words) > 0 {
		return nil, usage(fmt.Errorf("%s: the call says another %s than the search began with", id, strings.Join(words, ", ")),
			"leave it out to go on, or leave --resume out to search again")
	}
	return base, nil
}

// unlike names the bounds that flags give and that are not those of the search.
func (f *capacityFlags) unlike(fs *pflag.FlagSet, asked, began search.Config) (words []string) {
	bounds := map[string]bool{
		"by":       asked.By == began.By,
		"min-rate": asked.MinRate == began.MinRate, "max-rate": asked.MaxRate == began.MaxRate,
		"precision": asked.Precision == began.Precision, "step-for": asked.StepFor == began.StepFor, "soak": asked.Soak == began.Soak,
		"hold-for": asked.HoldFor == began.HoldFor, "warmup": asked.Warmup == began.Warmup,
		"headroom": asked.Headroom == began.Headroom, "utilisation": asked.Utilisation == began.Utilisation,
		"workers":  asked.Workers == began.Workers,
		"rehearse": reflect.DeepEqual(asked.Rehearse, began.Rehearse),
	}
	bounds["scale"], bounds["speed"] = bounds["rehearse"], bounds["rehearse"]
	for _, name := range slices.Sorted(maps.Keys(bounds)) {
		if fs.Changed(name) && !bounds[name] {
			words = append(words, "--"+name)
		}
	}
	return words
}

// bounded is the configuration of a search that is resumed: what it began with, and the
// time that it may take now.
func (f *capacityFlags) bounded(fs *pflag.FlagSet, past *capacity.Past) (search.Config, error) {
	c := search.ConfigOf(past)
	if fs.Changed("for") {
		asked, err := f.config()
		if err != nil {
			return c, err
		}
		c.For = asked.For
	}
	if gone := past.State().ElapsedS; gone+c.StepFor.Seconds() > c.For.Seconds() {
		return c, usage(fmt.Errorf("the search took %s of %s already", units.Seconds(gone), scenario.Duration(c.For)), "give it more: --for "+scenario.Duration(2*c.For).String())
	}
	return c, nil
}

// copied is a scenario of one's own, as a record has it.
func copied(sc *scenario.Scenario) (*scenario.Scenario, error) {
	text, err := json.Marshal(sc)
	if err != nil {
		return nil, err
	}
	again := &scenario.Scenario{}
	return again, json.Unmarshal(text, again)
}

// differing names the words of two scenarios that differ.
func differing(a, b *scenario.Scenario) ([]string, error) {
	var said [2]map[string]any
	for i, sc := range []*scenario.Scenario{a, b} {
		text, err := json.Marshal(sc)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &said[i]); err != nil {
			return nil, err
		}
	}
	var words []string
	for word := range said[0] {
		if !reflect.DeepEqual(said[0][word], said[1][word]) {
			words = append(words, word)
		}
	}
	for word := range said[1] {
		if _, ok := said[0][word]; !ok {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	return words, nil
}
