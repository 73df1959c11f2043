package terminal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// A process that dies of a panic in some goroutine, of a fatal error or of
// kill -9 cannot put its terminal right: nothing of it runs any more. So a second
// process waits for its end. Both sides of that are here; they talk through a
// pipe, on which the guarded process says goodbye, or its crash is written by the
// runtime, or nothing comes before it closes.

// goodbye is what a guarded process says that has put its terminal right itself.
const goodbye = "bye\n"

// undo is what the screen may have switched on, switched off again.
var undo = strings.Join([]string{
	ansi.ResetModeSynchronizedOutput, ansi.ResetModeMouseNormal, ansi.ResetModeMouseButtonEvent, ansi.ResetModeMouseAnyEvent,
	ansi.ResetModeMouseExtSgr, ansi.ResetModeFocusEvent, ansi.ResetModeBracketedPaste, ansi.ResetModeInBandResize,
	ansi.ResetModeUnicodeCore, ansi.ResetModifyOtherKeys, ansi.PopKittyKeyboard(1), ansi.ResetStyle, ansi.ResetProgressBar,
	ansi.SetWindowTitle(""), ansi.ResetModeAltScreenSaveCursor, ansi.SetModeTextCursorEnable,
}, "")

// Guard starts watcher, a command that ends in [Watch], to look after a terminal
// whose state is that of now. Call release when the terminal is in order again.
// Without a watcher the screen works all the same, unguarded.
func Guard(terminal *os.File, watcher *exec.Cmd) (release func()) {
	none := func() {}
	from, to, err := os.Pipe()
	if err != nil {
		return none
	}
	watcher.Stdin, watcher.Stdout = from, terminal
	ready, err := watcher.StderrPipe()
	if err == nil {
		err = watcher.Start()
	}
	_ = from.Close() // the watcher has its own
	if err != nil {
		_ = to.Close()
		return none
	}
	if eyes, ok := ready.(*os.File); ok {
		_ = eyes.SetReadDeadline(time.Now().Add(watcherTime))
	}
	_, _ = ready.Read(make([]byte, 1)) // its eyes are open, or it is gone
	_ = debug.SetCrashOutput(to, debug.CrashOptions{})
	return func() {
		_ = debug.SetCrashOutput(nil, debug.CrashOptions{})
		_, _ = io.WriteString(to, goodbye)
		_ = to.Close()
		slow := time.AfterFunc(watcherTime, func() { _ = watcher.Process.Kill() }) // it may be stopped
		defer slow.Stop()
		_ = watcher.Wait()
	}
}

// watcherTime is how long a watcher may take for anything but watching: nobody waits
// longer for one, and it does not stay longer on a terminal that takes nothing any more.
const watcherTime = 2 * time.Second

// Watch is the watcher's side: it keeps the state of a terminal until in ends. If
// that was no goodbye, it restores the terminal and shows what in had to say, and what
// becomes of what was recorded. It writes a byte to ready once it watches.
func Watch(in io.Reader, terminal *os.File, ready io.Writer, recorded string) error {
	state, err := term.GetState(terminal.Fd())
	if err != nil {
		return fmt.Errorf("this is no terminal: %w", err)
	}
	if _, err := ready.Write([]byte{'.'}); err != nil {
		return err
	}
	last, err := io.ReadAll(in)
	if err == nil && bytes.Equal(last, []byte(goodbye)) {
		return nil
	}
	restored := make(chan error, 1)
	go func() {
		if err := term.Restore(terminal.Fd(), state); err != nil {
			restored <- err
			return
		}
		_, err := fmt.Fprintf(terminal, "%s\r\n%sflashwave died. What it had recorded is kept: %s\n", undo, last, recorded)
		restored <- err
	}()
	select {
	case err := <-restored:
		return err
	case <-time.After(watcherTime):
		return errors.New("the terminal takes nothing")
	}
}
