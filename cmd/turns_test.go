package cmd

import (
	"strings"
	"testing"
	"time"

	"flashwave/bench"
)

// Whoever is asked for consent hears how often a run takes place, and which it is.
func TestAShareSaysHowOften(t *testing.T) {
	c := &contender{name: "NEW", file: "new.yaml"}
	e := bench.Estimate{Length: time.Minute}
	if got := (share{e, 4, c}).String(); !strings.HasPrefix(got, e.String()) || !strings.HasSuffix(got, ", 4 times (NEW, new.yaml)") {
		t.Error(got)
	}
	if got := (share{e, 1, c}).String(); strings.Contains(got, "times") || !strings.HasSuffix(got, " (NEW, new.yaml)") {
		t.Error(got)
	}
}
