package live

import (
	"strings"
	"testing"
	"time"

	"flashwave/tui/draw"
	"flashwave/tui/screentest"
)

// TestCopied holds that the command is copied where there is one, and the figures as plain
// text by a key of their own, or where there is none.
func TestCopied(t *testing.T) {
	src := screentest.At(262*time.Second, felt("12 of 100 customers waited less than 800 ms for the first word"))
	m := settle(New(1, src, Offers{}, draw.Theming{}))
	what, text := m.Copied()
	for _, want := range []string{"midnight-sale", "E2E p99 is 8.33 s, over its SLO of 8 s in rush", "12 of 100 customers", "TTFT           373         783", "ok 27,043", "e2e.p99 < 8s in rush"} {
		if !strings.Contains(text, want) {
			t.Errorf("the figures lack %q:\n%s", want, text)
		}
	}
	if what != "the figures" || strings.Contains(text, "\x1b") {
		t.Errorf("%s: %q", what, text)
	}
	_, text = settle(New(1, screentest.At(262*time.Second, screentest.Queued), Offers{}, draw.Theming{})).Copied()
	for _, want := range []string{"queue, last 10 s", "wait p95", "bulk", "8,044", "starving"} {
		if !strings.Contains(text, want) {
			t.Errorf("the figures of a queue lack %q:\n%s", want, text)
		}
	}
	if _, ok := m.Bindings().For("Y"); ok {
		t.Error("two keys copy the figures")
	}
	m = settle(New(1, src, Offers{Command: "flashwave run --rate 200/m"}, draw.Theming{}))
	if _, text := m.Copied(); text != "flashwave run --rate 200/m" {
		t.Errorf("%q is copied", text)
	}
	m, cmd := m.Update(screentest.Key("Y"))
	if cmd == nil || m.Told() != "copied the figures" {
		t.Errorf("Y says %q", m.Told())
	}
}
