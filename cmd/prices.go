package cmd

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"flashwave/bench/price"
	"flashwave/bench/units"
)

func (p *program) pricesCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "prices [MODEL]",
		Short: "Show the price book",
		Long: `Show what tokens cost, in USD per million, by host and model, with the day and the
source of each price. With MODEL only the models whose name holds it.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			book := price.Builtin()
			if file != "" {
				own, err := price.Load(file)
				if err != nil {
					return usage(err, "")
				}
				book.Overlay(own)
			}
			return p.showPrices(book.Entries(), strings.Join(args, ""))
		},
	}
	cmd.Flags().StringVar(&file, "prices", "", "price book to lay over the built-in one: YAML, or LiteLLM's JSON")
	return cmd
}

func (p *program) showPrices(list []price.Price, filter string) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "HOST\tMODEL\tINPUT\tCACHED\tWRITTEN\tOUTPUT\tDATE\tSOURCE\tNOTE")
	n := 0
	for _, e := range list {
		if !strings.Contains(e.Model, filter) {
			continue
		}
		n++
		host := e.Host
		if host == "" {
			host = "any"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", host, e.Model, usd(e.Input), usd(e.Cached), usd(e.CacheWritten), usd(e.Output), e.Date, e.Source, e.Note)
	}
	if n == 0 {
		return usage(fmt.Errorf("no model in the price book holds %q", filter), "flashwave prices lists them all")
	}
	return w.Flush()
}

func usd(v float64) string {
	if v == 0 {
		return units.NoData
	}
	return units.Bound(v, units.Things)
}
