// Package tui is the live screen of a run, and the result screen that it
// becomes when the run is done.
//
// The screen polls: a few times a second it asks its [Source] for a
// [result.Snapshot], a plain value, and draws it. Nothing is pushed to the
// screen, so it can never slow the load down. Use [Run]; [New] is the bare
// model, for tests and for embedding.
//
// Colour carries state (green meets the SLO, amber is within 10 % of it, red
// breaches it) and one fixed hue for each of p50, p95 and p99. Whatever a
// colour says, a glyph or a word says too, so that nothing is lost without
// colours. What has no data is a dash, never a zero.
package tui

import (
	"context"
	"fmt"
	"io"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"flashwave/bench/result"
)

// A Source is a run that can be watched and steered. Its methods are called
// from several goroutines and return quickly: they never wait for requests.
type Source interface {
	// Snapshot returns the run at this instant; its Window holds what view asks
	// for. It is polled about four times a second.
	Snapshot(view result.View) result.Snapshot

	// TogglePause stops a lane's clock, or lets it go on. A lane is an index
	// into Snapshot.Lanes, here and below.
	TogglePause(lane int)
	// Scale multiplies the rate, or the concurrency, of a lane from now on.
	Scale(lane int, by float64)
	// Burst adds n arrivals to a lane, at once.
	Burst(lane, n int)
	// NextWave ends the lane's wave and begins the next one.
	NextWave(lane int)

	// Stop ends the run. The first call stops sending and lets open requests
	// end; the second ends those, too.
	Stop()
}

// A Theme is which colours the screen has.
type Theme string

// The themes. Auto, like "", asks the terminal for its background.
const (
	Auto  Theme = "auto"
	Dark  Theme = "dark"  // for dark backgrounds
	Light Theme = "light" // for light backgrounds
	Mono  Theme = "mono"  // no colours
)

// Themes lists every theme.
var Themes = []Theme{Auto, Dark, Light, Mono}

// Options shape the screen. The zero value is a terminal's own defaults.
type Options struct {
	// Theme is the colours; "" is Auto. NO_COLOR and a terminal without colours
	// prevail.
	Theme Theme
	// ASCII draws with ASCII characters alone.
	ASCII bool
	// NoColor draws without colours, like Mono. Without it the terminal and
	// NO_COLOR decide.
	NoColor bool
	// Input is where keys come from; nil: standard input.
	Input io.Reader
	// Output is the terminal; nil: standard output.
	Output io.Writer
	// Backend starts runs, reads earlier ones and writes reports; nil: the screen of a
	// run cannot do any of that.
	Backend Backend

	backend, home bool // what the screen of a run can ask for
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

// show runs a program on the terminal until it ends itself, or ctx is cancelled.
func show(ctx context.Context, model tea.Model, opts Options) error {
	suspension := newSuspension()
	program := tea.NewProgram(model, append(opts.program(), tea.WithFilter(suspension.filter))...)
	defer suspension.serve(program)()
	stop := context.AfterFunc(ctx, program.Quit)
	defer stop()
	if _, err := program.Run(); err != nil {
		return fmt.Errorf("the screen broke: %w; use --no-tui to run without it", err)
	}
	return nil
}

// framesPerSecond is how often the terminal is written to, at most.
const framesPerSecond = 15

// mono reports whether there are to be no colours.
func (o Options) mono() bool { return o.NoColor || o.Theme == Mono }

// program translates the options into Bubble Tea's.
func (o Options) program() []tea.ProgramOption {
	list := []tea.ProgramOption{tea.WithoutSignalHandler(), tea.WithFPS(framesPerSecond)}
	if o.Input != nil {
		list = append(list, tea.WithInput(o.Input))
	}
	if o.Output != nil {
		list = append(list, tea.WithOutput(o.Output))
	}
	if o.mono() {
		list = append(list, tea.WithColorProfile(colorprofile.ASCII))
	}
	return list
}
