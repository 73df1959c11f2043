package tui

import (
	"context"

	"flashwave/tui/monitor"
)

// RunMonitor shows a monitor on the terminal until it has ended, the user insists on
// leaving, or ctx is cancelled. See [Run].
func RunMonitor(ctx context.Context, src monitor.Source, opts Options) error {
	return show(ctx, newMonitorApp(ctx, src, opts), opts)
}

// newMonitorApp is the program with a monitor in front.
func newMonitorApp(ctx context.Context, src monitor.Source, opts Options) app {
	return app{ctx: ctx, look: opts.look(), mouse: !opts.NoMouse, at: atMonitor, monitor: monitor.New(1, src, opts.look())}
}
