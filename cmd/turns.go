package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"flashwave/bench"
	"flashwave/bench/compare"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
)

// A contender is one side of a comparison that is yet to be run.
type contender struct {
	name, file string // BASE or NEW, and its scenario
	flags      *runFlags
	cmd        *cobra.Command
	setup      *bench.Setup // of the first run; nil: it took place
	runs       []*result.Run
}

// prepare makes the scenario of a contender's next run ready, which is the first of so many.
func (c *contender) prepare(ctx context.Context, p *program, times int, yes bool) (*bench.Setup, error) {
	sc, err := c.scenario()
	if err != nil {
		return nil, err
	}
	return p.prepare(ctx, sc, func(s *bench.Setup) fmt.Stringer { return share{s.Estimate(), times, c} }, yes)
}

// A share is what a contender will ask of its target.
type share struct {
	bench.Estimate
	times int
	of    *contender
}

// String is the estimate of one run, and how often it will take place.
func (s share) String() string {
	text := s.Estimate.String()
	if s.times > 1 {
		text += fmt.Sprintf(", %d times", s.times)
	}
	return text + fmt.Sprintf(" (%s, %s)", s.of.name, s.of.file)
}

// scenario is the contender's, labelled.
func (c *contender) scenario() (*scenario.Scenario, error) {
	sc, _, err := c.flags.settled(c.cmd.Flags(), c.file)
	if err != nil {
		return nil, err
	}
	return sc, c.flags.identify(sc)
}

// turns runs both scenarios so many times, in turns: what changes meanwhile, on the
// endpoint or this machine, then befalls both. Of two turns the second has them the other
// way round. Nothing is sent before both are valid, have the waves of the rules, and are
// agreed to. Whatever ends a run before its time ends all.
func (p *program) turns(ctx context.Context, f *compareFlags, rules []compare.Rule, files []string) (base, fresh []*result.Run, err error) {
	sides := []*contender{{name: "BASE", file: files[0]}, {name: "NEW", file: files[1]}}
	var waves []string // of both
	for _, c := range sides {
		c.flags, c.cmd = &runFlags{}, &cobra.Command{}
		c.flags.define(c.cmd, c.flags.output)
		c.flags.noTUI, c.flags.noSave, c.flags.quiet = true, f.noSave, f.quiet
		sc, err := c.scenario()
		if err != nil {
			return nil, nil, err
		}
		own := sc.WaveNames()
		if c == sides[0] {
			waves = own
		}
		waves = slices.DeleteFunc(slices.Clone(waves), func(w string) bool { return !slices.Contains(own, w) })
	}
	if err := knownWaves(rules, waves); err != nil {
		return nil, nil, err
	}
	tuneCollector(p.env)
	p.voice.begins()
	for _, c := range sides {
		if c.setup, err = c.prepare(ctx, p, f.times, f.yes); err != nil {
			return nil, nil, err
		}
		defer c.discard()
	}
	if ctx.Err() != nil {
		return nil, nil, unsent()
	}
	together := sides[0].setup.Target == sides[1].setup.Target
	var last *contender
	for k := range f.times {
		for i, c := range sides {
			if last != nil && !last.flags.settle(ctx) {
				return nil, nil, &failure{code: verdict.ExitInterrupted, err: errors.New("interrupted between two runs; those so far are kept")}
			}
			if !f.quiet {
				fmt.Fprintf(p.stderr, "run %d of %d: %s, %s\n", 2*k+i+1, 2*f.times, c.name, c.file)
			}
			c.flags.labels = []string{"compare=" + strings.ToLower(c.name), fmt.Sprintf("repeat=%d/%d", k+1, f.times)}
			if err := c.run(ctx, p); err != nil {
				return nil, nil, err
			}
			last = c
			if together { // prompts it had before would be answered from a cache
				for _, other := range sides {
					other.flags.firstPrompts = c.flags.firstPrompts
				}
			}
		}
		slices.Reverse(sides)
	}
	if f.times%2 == 1 {
		slices.Reverse(sides)
	}
	return sides[0].runs, sides[1].runs, nil
}

// run is one run of a contender. It is an error if it did not go to its end.
func (c *contender) run(ctx context.Context, p *program) (err error) {
	setup := c.setup
	if c.setup = nil; setup == nil {
		if setup, err = c.prepare(ctx, p, 1, true); err != nil {
			return err
		}
	} else if err := c.flags.identify(setup.Scenario); err != nil {
		return err
	}
	defer setup.Close()
	setup.FirstPrompts, c.flags.gone = c.flags.firstPrompts, setup.InProcessMock
	d := &backend{p: p, noSave: c.flags.noSave}
	s, err := d.begin(setup)
	d.tellNotices()
	if err != nil {
		return invalid(err)
	}
	p.watch(d, c.flags, scenario.Config{})
	doc := s.Wait()
	d.tellNotices()
	c.flags.firstPrompts = doc.NextPrompts()
	switch err := s.JournalError(); {
	case err != nil:
		p.warn("the run was not saved: %v", err)
	case s.journal != nil && !c.flags.quiet: // the comparison names its runs
		fmt.Fprintf(p.stderr, "saved as %s\n", doc.ID)
	}
	if code := doc.Verdict.ExitCode; verdict.Aborts(code) {
		return &failure{code: code, err: fmt.Errorf("run %s of %s did not go to its end: %s", doc.ID, c.name, oneLine(doc.Verdict.Headline))}
	}
	c.runs = append(c.runs, doc)
	return nil
}

// discard lets go of what was prepared and never run.
func (c *contender) discard() {
	if c.setup != nil {
		c.setup.Close()
	}
}
