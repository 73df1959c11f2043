package cmd

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A flagGroup is a part of the flags of a command, under a title of its own.
type flagGroup struct {
	title  string
	define func(*pflag.FlagSet)
}

// groupOf is the annotation of a flag that names its group.
const groupOf = "flashwave group"

// mostUsed are the flags that stand first in a help that has groups.
var mostUsed = []string{"url", "api", "model", "key-env", "concurrency", "requests", "rate", "for", "slo", "json"}

// grouped adds flags to a command in groups, and lets its help show them so.
func grouped(cmd *cobra.Command, groups ...flagGroup) {
	fs := cmd.Flags()
	titles := []string{"most used"}
	for _, g := range groups {
		titles = append(titles, g.title)
		known := map[string]bool{}
		fs.VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
		g.define(fs)
		fs.VisitAll(func(f *pflag.Flag) {
			if !known[f.Name] {
				_ = fs.SetAnnotation(f.Name, groupOf, []string{g.title}) // it is there
			}
		})
	}
	for _, name := range mostUsed {
		if fs.Lookup(name) != nil {
			_ = fs.SetAnnotation(name, groupOf, titles[:1])
		}
	}
	cmd.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		sorting := cobra.EnableCommandSorting
		cobra.EnableCommandSorting = false // they have an order
		defer func() { cobra.EnableCommandSorting = sorting }()
		cmd.Root().HelpFunc()(inGroups(cmd, titles), args)
	})
}

// inGroups is a command whose help is that of another one, with its flags in groups.
// fang knows groups of commands alone: each flag becomes one.
func inGroups(cmd *cobra.Command, titles []string) *cobra.Command {
	page := &cobra.Command{Use: cmd.Root().Name() + " " + cmd.Use, Long: cmd.Long, Example: cmd.Example}
	page.SetOut(cmd.OutOrStdout())
	page.Flags().Bool("flags", false, "") // so that the usage line says that there are some
	_ = page.Flags().MarkHidden("flags")
	for _, title := range titles {
		page.AddGroup(&cobra.Group{ID: title, Title: title})
	}
	for _, f := range inOrder(cmd.Flags()) {
		line := &cobra.Command{Use: "--" + f.Name, Short: f.Usage, GroupID: strings.Join(f.Annotations[groupOf], "")}
		if f.Shorthand != "" {
			line.Use = "-" + f.Shorthand + " " + line.Use
		}
		if line.GroupID == "" {
			line.GroupID = titles[len(titles)-1] // help
		}
		if !slices.Contains([]string{"", "false", "0", "0s", "[]"}, f.DefValue) {
			line.Short += " (" + f.DefValue + ")"
		}
		page.AddCommand(line)
	}
	return page
}

// inOrder are the flags that help shows: those most used first, the others as they
// were defined.
func inOrder(fs *pflag.FlagSet) (flags []*pflag.Flag) {
	for _, name := range mostUsed {
		if f := fs.Lookup(name); f != nil {
			flags = append(flags, f)
		}
	}
	fs.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden && !slices.Contains(mostUsed, f.Name) {
			flags = append(flags, f)
		}
	})
	return flags
}
