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
		Args:   cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			detach()
			tty, ok := p.stdout.(*os.File)
			if !ok {
				return fmt.Errorf("%s is started by flashwave itself", guardName)
			}
			return terminal.Watch(p.stdin, tty, p.stderr)
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
	watcher := exec.Command(self, guardName)
	watcher.SysProcAttr = apart()
	return terminal.Guard(tty, watcher)
}
