//go:build unix

package terminal

import (
	"os"
	"os/signal"
	"syscall"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sys/unix"
)

// A Suspension stops the process with its terminal in order, on ctrl-z as on a
// SIGTSTP from elsewhere. Bubble Tea's own would not stop: once a Go program has
// listened for SIGTSTP, its default action does not come back.
type Suspension struct{ asked chan os.Signal }

// NewSuspension is ready to serve.
func NewSuspension() Suspension { return Suspension{make(chan os.Signal, 1)} }

// Serve stops the process whenever it is asked to, until end is called.
func (s Suspension) Serve(program *tea.Program) (end func()) {
	signal.Notify(s.asked, syscall.SIGTSTP)
	over := make(chan struct{})
	go func() {
		for {
			select {
			case <-s.asked:
				suspendUntilContinued(program)
			case <-over:
				return
			}
		}
	}()
	return func() {
		signal.Stop(s.asked)
		close(over)
	}
}

// Filter takes suspensions over from Bubble Tea.
func (s Suspension) Filter(_ tea.Model, msg tea.Msg) tea.Msg {
	if _, ok := msg.(tea.SuspendMsg); !ok {
		return msg
	}
	select {
	case s.asked <- syscall.SIGTSTP:
	default: // it is about to stop
	}
	return nil
}

func suspendUntilContinued(program *tea.Program) {
	if orphaned() || program.ReleaseTerminal() != nil {
		return
	}
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	_ = syscall.Kill(0, syscall.SIGSTOP)
	<-continued
	_ = program.RestoreTerminal()
	program.Send(tea.ResumeMsg{})
}

// orphaned reports whether nobody would continue this process once it stopped: its
// parent is in another session, as where a terminal runs flashwave without a shell.
func orphaned() bool {
	own, err := unix.Getsid(0)
	if err != nil {
		return true
	}
	parents, err := unix.Getsid(os.Getppid())
	return err != nil || own != parents
}
