// Package tui is the program on the terminal: it switches between the screens, does what
// they ask for, and starts and ends with the terminal in order. [Run] shows a run, or the
// home screen from which one is started; [RunCapacity] shows a search.
//
// Each screen is a room of its own, which knows no other: [live] of one run, [home],
// [search] and [comparison]. A screen is a value, its Model, with Update and View; what
// it can do is one list of bindings (see [draw.Bindings]), and what it wants of the
// program around it is a request. All of them are drawn with package draw; looks and
// sizes come from here.
//
// Screens poll: a few times a second they ask for a snapshot, a plain value, and draw it.
// Nothing is pushed to them, so they can never slow the load down.
package tui

import (
	"context"
	"fmt"
	"io"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"flashwave/tui/draw"
	"flashwave/tui/live"
	"flashwave/tui/search"
	"flashwave/tui/terminal"
)

// A Source is a run that can be watched and steered.
type Source = live.Source

// A Searcher is a search for capacity that can be watched.
type Searcher = search.Searcher

// Options shape the screen. The zero value is a terminal's own defaults.
type Options struct {
	// Theme is the colours; "" is draw.Auto. NO_COLOR and a terminal without colours
	// prevail.
	Theme draw.Theme
	// ASCII draws with ASCII characters alone.
	ASCII bool
	// NoColor draws without colours, like Mono. Without it the terminal and
	// NO_COLOR decide.
	NoColor bool
	// NoMouse leaves clicks and the wheel to the terminal.
	NoMouse bool
	// Input is where keys come from; nil: standard input.
	Input io.Reader
	// Output is the terminal; nil: standard output.
	Output io.Writer
	// Backend starts runs, reads earlier ones and writes reports; nil: the screen of a
	// run cannot do any of that.
	Backend Backend
	// Command repeats the run, as a shell is told it; "": it is not known.
	Command string
}

// Run shows src on the terminal until the user leaves, which they can do once
// the run is done (or by insisting on ctrl-c), or until ctx is cancelled; both
// return nil and leave the run itself as it is; one that is only being started is
// given up. Of signals it takes only SIGTSTP, to
// leave the terminal in order while stopped: a caller that wants to leave on SIGTERM
// cancels ctx. Without a src it begins with the home screen, for which opts needs a
// Backend.
func Run(ctx context.Context, src Source, opts Options) error {
	a, closeApp := newApp(ctx, src, opts)
	defer closeApp()
	return show(ctx, a, opts)
}

// RunCapacity shows a search on the terminal until the user leaves, which they can do
// once it is over, or until ctx is cancelled. See [Run].
func RunCapacity(ctx context.Context, src Searcher, subject string, opts Options) error {
	return show(ctx, newSearchApp(ctx, src, subject, opts), opts)
}

// New is the screen of a run as a whole program, for tests and for embedding.
func New(src Source, opts Options) tea.Model {
	a, _ := newApp(context.Background(), src, opts)
	return a
}

// show runs a program on the terminal until it ends itself, or ctx is cancelled.
func show(ctx context.Context, model tea.Model, opts Options) error {
	suspension := terminal.NewSuspension()
	program := tea.NewProgram(model, append(opts.program(), tea.WithFilter(suspension.Filter))...)
	defer suspension.Serve(program)()
	stop := context.AfterFunc(ctx, program.Quit)
	defer stop()
	if _, err := program.Run(); err != nil {
		return fmt.Errorf("the screen broke: %w; use --no-tui to run without it", err)
	}
	return nil
}

// framesPerSecond is how often the terminal is written to, at most.
const framesPerSecond = 15

// look is how the screens look, as far as the options say.
func (o Options) look() draw.Theming {
	return draw.Theming{Theme: o.Theme, ASCII: o.ASCII, NoColor: o.NoColor}
}

// program translates the options into Bubble Tea's.
func (o Options) program() []tea.ProgramOption {
	list := []tea.ProgramOption{tea.WithoutSignalHandler(), tea.WithFPS(framesPerSecond)}
	if o.Input != nil {
		list = append(list, tea.WithInput(o.Input))
	}
	if o.Output != nil {
		list = append(list, tea.WithOutput(o.Output))
	}
	if o.look().Colourless() {
		list = append(list, tea.WithColorProfile(colorprofile.ASCII))
	}
	return list
}
