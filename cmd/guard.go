package cmd

import (
	"fmt"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"flashwave/tui/terminal"
)

// guardCommand is the process that [program.guard] starts.
func (p *program) guardCommand() *cobra.Command {
	return &cobra.Command{
		Use:    guardName,
		Short:  "Restore the terminal of a flashwave that died",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			detach()
			tty, ok := p.stdout.(*os.File)
			if !ok {
				return fmt.Errorf("%s is started by flashwave itself", guardName)
			}
			return terminal.Watch(p.stdin, tty, p.stderr, args[0])
		},
	}
}

const guardName = "guard-terminal"

// guard looks after the terminal while a screen has it.
func (p *program) guard() (release func()) {
	tty, ok := p.stdout.(*os.File)
	self, err := os.Executable()
	if !ok || err != nil {
		return func() {}
	}
	recorded := "flashwave report latest"
	if len(p.args) > 0 && p.args[0] == "monitor" {
		recorded = "the next flashwave monitor of that name goes on with it"
	}
	watcher := exec.Command(self, guardName, recorded)
	watcher.SysProcAttr = apart()
	return terminal.Guard(tty, watcher)
}
