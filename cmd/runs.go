package cmd

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flashwave/bench/history"
	"flashwave/bench/units"
)

// tableLimit is how many lines of a list are read without being asked for.
const tableLimit = 20

// A selection is what the flags of a list ask for.
type selection struct {
	kind, by string
	labels   []string
}

func (p *program) runsCommand() *cobra.Command {
	var s selection
	var asJSON bool
	var limit int
	cmd := &cobra.Command{
		Use:   "runs",
		Short: "List earlier runs and searches for capacity",
		Long: `List earlier runs and searches for capacity, the newest first. RATE is the highest that
was planned of a run, and the capacity that a search found; SERVED is what ended ok.`,
		Example: `flashwave runs --limit 10
flashwave runs --kind search --label team=shop
flashwave runs --sort ttft --limit 3
flashwave runs --json
flashwave runs prune --older-than 30d`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := s.query()
			if err != nil {
				return err
			}
			switch {
			case limit < 0:
				return usage(fmt.Errorf("--limit %d: so few cannot be listed", limit), "--limit 10 lists ten, 0 all")
			case cmd.Flags().Changed("limit"):
				q.Limit = limit
			case !asJSON:
				q.Limit = tableLimit
			}
			return p.runs(q, asJSON)
		},
	}
	s.addTo(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	cmd.Flags().IntVar(&limit, "limit", 0, fmt.Sprintf("list so many at most; 0: all (default: %d, and all with --json)", tableLimit))
	cmd.Flags().StringVar(&s.by, "sort", "", "what comes first instead of the newest: "+orders())
	cmd.AddCommand(p.removeCommand(), p.pruneCommand(), p.renameCommand(), p.labelCommand())
	return cmd
}

// addTo adds the flags that leave something out.
func (s *selection) addTo(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.kind, "kind", "", "only these: run or search")
	cmd.Flags().StringArrayVar(&s.labels, "label", nil, "only those with this label, k=v, repeatable: all of them")
}

// query is what is asked for.
func (s *selection) query() (history.Query, error) {
	q := history.Query{Kind: history.Kind(s.kind), By: history.Order(s.by), Labels: map[string]string{}}
	switch q.Kind {
	case "", history.Run, history.Search:
	default:
		return q, usage(fmt.Errorf("--kind %s: there is no such kind", s.kind), "there are run and search")
	}
	if q.By != history.Newest && !slices.Contains(history.Orders, q.By) {
		return q, usage(fmt.Errorf("--sort %s: nothing is sorted by that", s.by), "there are "+orders())
	}
	for _, label := range s.labels {
		k, v, ok := strings.Cut(label, "=")
		if !ok || k == "" {
			return q, usage(fmt.Errorf("--label %s: want k=v", label), "")
		}
		q.Labels[k] = v
	}
	return q, nil
}

// orders lists what can be sorted by.
func orders() string {
	var names []string
	for _, o := range history.Orders {
		names = append(names, string(o))
	}
	return strings.Join(names, ", ")
}

// runs lists what was kept.
func (p *program) runs(q history.Query, asJSON bool) error {
	h, err := history.Open()
	if err != nil {
		return err
	}
	doc, err := h.List(q)
	switch {
	case err != nil:
		return err
	case asJSON:
		p.writeJSON(doc)
		return nil
	case doc.Total == 0 && (q.Kind != "" || len(q.Labels) > 0):
		fmt.Fprintln(p.stderr, "no such runs: flashwave runs lists all")
		return nil
	case doc.Total == 0:
		fmt.Fprintln(p.stderr, "no runs yet: flashwave run makes one")
		return nil
	}
	p.list(doc.Kept)
	if rest := doc.Total - len(doc.Kept); rest > 0 {
		what := "older"
		if q.By != history.Newest {
			what = "more"
		}
		fmt.Fprintf(p.stderr, "and %s %s: --limit 0 lists all\n", units.Count(rest), what)
	}
	return nil
}

// list prints runs and searches as a table that fits the terminal.
func (p *program) list(kept []history.Kept) {
	width := 0 // whoever reads a pipe reads whole lines
	if isTerminal(p.stdout) {
		width = p.reportOptions().Width
	}
	now := time.Now()
	for _, line := range fit(keptColumns, kept, now, width) {
		fmt.Fprintln(p.stdout, line)
	}
}
