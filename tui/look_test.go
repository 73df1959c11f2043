package tui

import (
	"context"
	"flag"
	"testing"
	"time"

	"flashwave/bench/result"
	"flashwave/tui/screentest"
)

var (
	demo      = flag.Bool("demo", false, "show the screen of a simulated sale on this terminal")
	demoAt    = flag.Duration("demo-at", 3*time.Minute, "the instant at which the demonstration begins")
	demoSpeed = flag.Float64("demo-speed", 10, "how fast its time passes")
	demoASCII = flag.Bool("demo-ascii", false, "show it in ASCII")
	demoEnd   = flag.String("demo-end", "fail", "the verdict at its end")
)

// TestDemo is not a test: built with go test -c and run with -demo it shows the
// screen, to look at by eye.
func TestDemo(t *testing.T) {
	if !*demo {
		t.Skip("shows the screen only with -demo")
	}
	start := time.Now()
	s := screentest.At(0, nil)
	s.Clock = func() time.Duration {
		return min(*demoAt+time.Duration(float64(time.Since(start))**demoSpeed), time.Duration(screentest.SaleEnds)*time.Second)
	}
	s.Edit = func(snap *result.Snapshot) {
		if snap.At >= snap.Planned {
			screentest.Judged(result.Status(*demoEnd))(snap)
		}
	}
	if err := Run(context.Background(), s, Options{ASCII: *demoASCII}); err != nil {
		t.Fatal(err)
	}
}
