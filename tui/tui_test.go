package tui

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	_ "flashwave/bench/gctest"
	"flashwave/tui/screentest"
)

// TestRun holds that Run leaves without an error when its context ends. It runs
// in real time, because the reader of the keys waits for the system.
func TestRun(t *testing.T) {
	in, keys, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = in.Close(), keys.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	src := screentest.At(time.Minute, nil)
	var out bytes.Buffer
	done := make(chan error, 1)
	go func() { done <- Run(ctx, src, Options{Input: in, Output: &out, NoColor: true}) }()
	for src.Polls() == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil || !errors.Is(ctx.Err(), context.Canceled) {
		t.Errorf("Run returned %v", err)
	}
	if len(src.Taken()) > 0 {
		t.Error("leaving the screen stopped the run")
	}
	if strings.Count(out.String(), "\x1b[?1049h") != strings.Count(out.String(), "\x1b[?1049l") {
		t.Error("the alternate screen was not left")
	}
}
