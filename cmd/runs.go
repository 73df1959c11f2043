package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"flashwave/bench/history"
	"flashwave/bench/searches"
	"flashwave/bench/store"
	"flashwave/bench/units"
)

func (p *program) runsCommand() *cobra.Command {
	var asJSON bool
	var limit int
	cmd := &cobra.Command{
		Use:   "runs",
		Short: "List earlier runs and searches for capacity",
		Long: `List earlier runs and searches for capacity, the newest first. The rate is the highest
that was planned of a run, and the capacity that a search found.`,
		Example: `flashwave runs --limit 10
flashwave runs --json
flashwave runs rm 20261123-222601 capacity-20261124-050525`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if limit < 0 {
				return usage(fmt.Errorf("--limit %d: so few cannot be listed", limit), "--limit 10 lists the newest ten, 0 all")
			}
			return p.runs(limit, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	cmd.Flags().IntVar(&limit, "limit", 0, "list so many of the newest at most; 0: all")
	cmd.AddCommand(p.removeCommand())
	return cmd
}

// runs lists what was kept.
func (p *program) runs(limit int, asJSON bool) error {
	runs, found, err := stores()
	if err != nil {
		return err
	}
	doc, err := history.List(runs, found, limit)
	switch {
	case err != nil:
		return err
	case asJSON:
		p.writeJSON(doc)
		return nil
	case doc.Total == 0:
		fmt.Fprintln(p.stderr, "no runs yet: flashwave run makes one")
		return nil
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tVERDICT\tNAME\tWHEN\tRATE\tTTFT P95\tERRORS\tCOST\tHEADLINE")
	for _, k := range doc.Kept {
		fmt.Fprintln(w, strings.Join(keptCells(k, time.Now()), "\t"))
	}
	if rest := doc.Total - len(doc.Kept); rest > 0 {
		defer fmt.Fprintf(p.stderr, "and %s older: --limit 0 lists all\n", units.Count(rest))
	}
	return w.Flush()
}

// keptCells is a run or a search as a row.
func keptCells(k history.Kept, now time.Time) []string {
	verdict, when, headline := "incomplete", units.NoData, k.Headline
	switch {
	case k.Broken != nil:
		verdict, headline = "broken", oneLine(*k.Broken)
	case k.Status != nil:
		verdict = string(*k.Status)
	}
	if k.StartedAt != nil {
		when = units.Ago(now.Sub(*k.StartedAt))
	}
	return []string{
		k.ID, verdict, k.Name, when, units.Maybe(k.RateRPS, units.PerSecond), units.Maybe(k.TTFTP95MS, units.Millis),
		units.Maybe(k.ErrorRate, units.Share), units.Maybe(k.CostUSD, units.USD), headline,
	}
}

// stores are those of runs and of searches.
func stores() (*store.Store, *searches.Store, error) {
	runs, err := store.Open("")
	if err != nil {
		return nil, nil, err
	}
	found, err := searches.Open("")
	return runs, found, err
}

func (p *program) removeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rm ID…",
		Short: "Remove runs and searches for good",
		Long: `Remove runs and searches for good, each by its whole id. Nothing is removed if one of
the ids is unknown. What still goes on stays.`,
		Example: `flashwave runs rm 20261123-222601 capacity-20261124-050525`,
		Args:    cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, ids []string) error {
			if len(ids) == 0 {
				return usage(errors.New("no id was named"), "flashwave runs lists them")
			}
			return p.remove(ids)
		},
	}
}

// remove removes runs and searches, if all of them are there.
func (p *program) remove(ids []string) error {
	runs, found, err := stores()
	if err != nil {
		return err
	}
	search := func(id string) bool { return strings.HasPrefix(id, searches.Prefix) }
	for _, id := range ids {
		has := runs.Has
		if search(id) {
			has = found.Has
		}
		if err := has(id); err != nil {
			return invalid(err)
		}
	}
	var stays error // the first
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			continue // it was removed once
		}
		if search(id) {
			err = found.Remove(id)
		} else {
			err = runs.Remove(id, time.Now())
		}
		if err != nil {
			stays = cmp.Or(stays, err)
			continue
		}
		fmt.Fprintln(p.stderr, "removed", id)
	}
	if stays != nil {
		return invalid(stays)
	}
	return nil
}
