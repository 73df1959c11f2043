package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"flashwave/bench/report"
	"flashwave/bench/searches"
	"flashwave/bench/store"
)

func (p *program) reportCommand() *cobra.Command {
	var format, path string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "report RUN",
		Short: "Show a run again",
		Long: `Show a run again. RUN is a file, a run's directory, an id or the beginning of one,
latest, latest~1 …; or the file of a comparison, or the file or the id of a search for
capacity, which --format csv writes a row a load. A run or a search that was cut off is shown as far as it was kept.`,
		Example: `flashwave report latest
flashwave report latest --json
flashwave report latest --format html -o report.html
flashwave report capacity.json --format md`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if asJSON {
				format = "json"
			}
			if k := kindOf(args[0]); k != nil {
				return p.show(k, args[0], format, path)
			}
			kept, err := searches.Open("")
			if err != nil {
				return err
			}
			if kept.Means(args[0]) {
				return p.showSearch(kept, args[0], format, path)
			}
			if !slices.Contains(report.Runs.Names(), format) {
				return usage(fmt.Errorf("unknown format %q", format), "use one of "+strings.Join(report.Runs.Names(), ", "))
			}
			runs, err := store.Open("")
			if err != nil {
				return err
			}
			doc, err := runs.Load(args[0])
			if err != nil {
				return invalid(err)
			}
			if path != "" {
				return writeReport(report.Runs, path, format, doc)
			}
			return report.Runs.Write(p.stdout, format, doc, p.reportOptions())
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "format: "+strings.Join(report.Runs.Names(), ", "))
	cmd.Flags().BoolVar(&asJSON, "json", false, "the same as --format json")
	cmd.Flags().StringVarP(&path, "output", "o", "", "file to write to instead of standard output")
	return cmd
}
