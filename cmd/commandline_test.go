package cmd

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// A shell reads a command line back as the arguments that it was made of.
func TestCommandLine(t *testing.T) {
	for _, args := range [][]string{
		{"run"},
		{"run", "--slo", "ttft.p95 < 800ms", "--rate", "12000/m"},
		{"run", "--header", "X-Shop: it's $HOME", "--name", "", "*", `back\slash`, "two\nlines", "~", "-"},
	} {
		line := commandLine(args)
		rest, ok := strings.CutPrefix(line, "flashwave ")
		if !ok {
			t.Fatal(line)
		}
		out, err := exec.Command("sh", "-c", "printf '%s\\0' "+rest).Output()
		if err != nil {
			t.Skip(err)
		}
		if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); !slices.Equal(got, args) {
			t.Errorf("%s is read as %q", line, got)
		}
	}
	if got := commandLine([]string{"run", "--rate", "200/m"}); got != "flashwave run --rate 200/m" {
		t.Error(got)
	}
}
