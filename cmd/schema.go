package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"flashwave/bench/schema"
)

func (p *program) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema " + strings.Join(schema.Names, "|"),
		Short: "Print the JSON Schema of a document",
		Long: `Print the JSON Schema (draft 2020-12) of a document that flashwave writes (run,
compare, capacity, capacity-compare, monitor, probe, runs) or reads (scenario). Within v1 keys are only ever added.

With the scenario's an editor completes the words of the file and marks mistakes:
  # yaml-language-server: $schema=scenario.schema.json`,
		Example: `flashwave schema run > run.schema.json
flashwave schema scenario > scenario.schema.json`,
		ValidArgs: schema.Names,
		Args:      cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := schema.Of(args[0])
			if err != nil {
				return usage(err, "")
			}
			_, err = p.stdout.Write(text)
			return err
		},
	}
}
