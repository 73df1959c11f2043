package cmd

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The help of run shows every flag once, in groups: the ten most used ones first.
func TestHelpInGroups(t *testing.T) {
	var out bytes.Buffer
	if code := Main([]string{"run", "--help"}, nil, &out, os.Stderr); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	var titles, flags []string
	for _, line := range strings.Split(out.String(), "\n") {
		word, _, _ := strings.Cut(strings.TrimSpace(line), "  ")
		switch {
		case strings.HasPrefix(line, "    -"):
			flags = append(flags, word[strings.Index(word, "--")+2:])
		case word != "" && word == strings.ToUpper(word) && strings.HasPrefix(line, "  ") && !strings.HasPrefix(line, "   "):
			titles = append(titles, word)
		}
	}
	if want := []string{"USAGE", "EXAMPLES", "MOST USED", "TARGET", "LOAD", "WORKLOAD", "JUDGEMENT", "OUTPUT"}; !slices.Equal(titles, want) {
		t.Errorf("titles %q, want %q", titles, want)
	}
	if len(flags) < len(mostUsed) || !slices.Equal(flags[:len(mostUsed)], mostUsed) {
		t.Errorf("first %q, want %q", flags, mostUsed)
	}
	p := &program{env: os.Getenv}
	run, _, err := p.root().Find([]string{"run"})
	if err != nil {
		t.Fatal(err)
	}
	run.InitDefaultHelpFlag()
	var all []string
	run.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			all = append(all, f.Name)
		}
	})
	slices.Sort(all)
	slices.Sort(flags)
	if !slices.Equal(flags, all) {
		t.Errorf("shown: %q\n all: %q", flags, all)
	}
	if !strings.Contains(out.String(), "flashwave run [SCENARIO.yaml] [--flags]") || !cobra.EnableCommandSorting {
		t.Error("the usage line is another one, or commands are not sorted any more")
	}
}
