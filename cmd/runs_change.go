package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flashwave/bench/history"
	"flashwave/bench/report/words"
	"flashwave/bench/scenario"
	"flashwave/bench/units"
)

const idsHelp = `An id is named as a whole, by a beginning that no other has, or as latest, the newest
run, latest~1, the one before it, and so on.`

func (p *program) removeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rm ID…",
		Short: "Remove runs and searches for good",
		Long: `Remove runs and searches for good. Nothing is removed if one of the ids is unknown. What
still goes on stays. ` + idsHelp,
		Example: `flashwave runs rm 20261123-222601 capacity-20261124-050525
flashwave runs rm latest`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, refs []string) error {
			h, ids, err := found(refs)
			if err != nil {
				return err
			}
			return p.remove(h, ids)
		},
	}
}

// found are the whole ids of what references mean, each once; without an error all of
// them are there.
func found(refs []string) (*history.History, []string, error) {
	if len(refs) == 0 {
		return nil, nil, usage(errors.New("no id was named"), "flashwave runs lists them")
	}
	h, err := history.Open()
	if err != nil {
		return nil, nil, err
	}
	var ids []string
	for _, ref := range refs {
		id, err := h.Find(ref)
		if err != nil {
			return nil, nil, invalid(err)
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return h, ids, nil
}

// remove removes runs and searches, as many of them as can be.
func (p *program) remove(h *history.History, ids []string) error {
	var stays error // the first
	for _, id := range ids {
		if err := h.Remove(id); err != nil {
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

func (p *program) pruneCommand() *cobra.Command {
	var s selection
	var age string
	var keep int
	var yes bool
	cmd := &cobra.Command{
		Use:   "prune --older-than AGE | --keep N",
		Short: "Remove old runs and searches",
		Long: `Remove runs and searches that began before so much time, or that are not among the newest
N of those that --kind and --label leave; with both, what is both. What would go and how
much disk it takes is told first, and a terminal is asked. What still goes on stays.`,
		Example: `flashwave runs prune --older-than 30d
flashwave runs prune --keep 20 --kind search --yes`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := s.query()
			if err != nil {
				return err
			}
			surplus := history.Surplus{Keep: keep}
			switch {
			case !cmd.Flags().Changed("keep") && age == "":
				return usage(errors.New("nothing says what is old"), "--older-than 30d or --keep 20 does")
			case keep < 0:
				return usage(fmt.Errorf("--keep %d: so few cannot be kept", keep), "--keep 20 keeps the newest twenty, 0 none")
			case age != "":
				d, err := parseAge(age)
				if err != nil {
					return usage(fmt.Errorf("--older-than %s: %w", age, err), "write 30d, 2w or 12h")
				}
				surplus.Before = time.Now().Add(-d)
			}
			return p.prune(cmd.Context(), q, surplus, yes)
		},
	}
	s.addTo(cmd)
	cmd.Flags().StringVar(&age, "older-than", "", "what began longer ago: 30d, 2w, 12h")
	cmd.Flags().IntVar(&keep, "keep", 0, "leave so many of the newest")
	cmd.Flags().BoolVar(&yes, "yes", false, "ask nothing")
	return cmd
}

// parseAge reads a length of time in days, weeks, or as every other duration.
func parseAge(text string) (time.Duration, error) {
	const day, most = 24 * time.Hour, 100 * 366
	for unit, days := range map[string]int{"d": 1, "w": 7} {
		if number, ok := strings.CutSuffix(text, unit); ok {
			n, err := strconv.Atoi(number)
			if err != nil || n < 0 || n > most {
				return 0, errors.New("not a number of days or weeks")
			}
			return time.Duration(n*days) * day, nil
		}
	}
	d, err := scenario.ParseDuration(text)
	return d.D(), err
}

// prune removes what is surplus, once somebody agreed.
func (p *program) prune(ctx context.Context, q history.Query, s history.Surplus, yes bool) error {
	h, err := history.Open()
	if err != nil {
		return err
	}
	spare, err := h.Spare(q, s)
	if err != nil {
		return err
	}
	if len(spare) == 0 {
		fmt.Fprintln(p.stderr, "nothing is that old: all of it stays")
		return nil
	}
	var ids []string
	bytes := int64(0)
	for _, k := range spare {
		ids = append(ids, k.ID)
		bytes += h.Size(k.ID)
	}
	p.list(spare)
	what := counted(spare) + ", " + units.Bytes(bytes) + " of disk"
	fmt.Fprintln(p.stderr, "these would go:", what)
	switch {
	case yes:
	case !isTerminal(p.stdin) || !isTerminal(p.stderr):
		return usage(errors.New("nothing was removed: nobody can be asked here"), "--yes removes them")
	default:
		if agreed, err := p.ask(ctx, "remove them for good?"); err != nil || !agreed {
			return cmp.Or(err, usage(errors.New("nothing was removed"), "--yes answers the question"))
		}
	}
	return p.remove(h, ids)
}

// counted says how many runs and searches there are.
func counted(list []history.Kept) string {
	n := map[history.Kind]int{}
	for _, k := range list {
		n[k.Kind]++
	}
	var runs, found string
	if n[history.Run] > 0 {
		runs = units.Of(n[history.Run], "run", "runs")
	}
	if n[history.Search] > 0 {
		found = units.Of(n[history.Search], "search", "searches")
	}
	return words.Listed(runs, found)
}

func (p *program) renameCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "rename ID NAME",
		Short:   "Give a run or a search another name",
		Long:    "Give a run or a search another name. What still goes on keeps its own. " + idsHelp,
		Example: `flashwave runs rename latest midnight-sale`,
		Args:    cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage(fmt.Errorf("an id and a name are needed, not %d words", len(args)), "flashwave runs rename latest 'the night before'")
			}
			h, ids, err := found(args[:1])
			if err != nil {
				return err
			}
			if err := h.Rename(ids[0], args[1]); err != nil {
				return invalid(err)
			}
			fmt.Fprintln(p.stderr, ids[0], "is", words.Plain(args[1]), "now")
			return nil
		},
	}
}

func (p *program) labelCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "label ID k=v…",
		Short: "Set labels of a run or a search, or take them away",
		Long: `Set labels of a run or a search; k- takes one away, all others stay. What still goes on
keeps what it began with. ` + idsHelp,
		Example: `flashwave runs label latest team=shop release=2026.11
flashwave runs label capacity-20261124-050525 draft-`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usage(errors.New("an id and a label are needed"), "flashwave runs label latest team=shop")
			}
			labels, err := history.Labels(args[1:])
			if err != nil {
				return usage(err, "")
			}
			h, ids, err := found(args[:1])
			if err != nil {
				return err
			}
			if err := h.Label(ids[0], labels); err != nil {
				return invalid(err)
			}
			fmt.Fprintln(p.stderr, "labelled", ids[0])
			return nil
		},
	}
}
