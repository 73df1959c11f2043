package cmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"syscall"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"

	"flashwave/bench"
	"flashwave/bench/archive"
	"flashwave/bench/capacity"
	"flashwave/bench/compare"
	"flashwave/bench/doctor"
	"flashwave/bench/files"
	"flashwave/bench/monitor"
	"flashwave/bench/monitor/history"
	"flashwave/bench/price"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
)

// A failure is an error with the exit code it leads to.
type failure struct {
	code   int
	ground result.Ground // of that code; "": the least there is
	err    error         // nil: everything has been said
	hint   string
}

func (f *failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit %d", f.code)
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// usage is a mistake in the call or the configuration.
func usage(err error, hint string) error {
	return &failure{code: verdict.ExitUsage, err: err, hint: hint}
}

// invalid is a usage error, with the hint that err brings along.
func invalid(err error) error { return usage(err, hintOf(err)) }

// hintOf is what an error suggests to do.
func hintOf(err error) string {
	var sc *scenario.Error
	var expr *slo.SyntaxError
	var book *price.Error
	var kept *archive.Error
	var place *files.Error
	var past *history.Error
	switch {
	case errors.As(err, &sc):
		return sc.Hint
	case errors.As(err, &expr):
		return expr.Hint
	case errors.As(err, &book):
		return book.Hint
	case errors.As(err, &kept):
		return kept.Hint
	case errors.As(err, &place):
		return place.Hint
	case errors.As(err, &past):
		return past.Hint
	}
	return ""
}

// explain prints an error as one line, and what to do as another.
func (p *program) explain(w io.Writer, _ fang.Styles, err error) {
	var f *failure
	if !errors.As(err, &f) {
		f = &failure{err: err, hint: hintOf(err)}
	}
	if f.err == nil || brokenPipe(f.err) {
		return
	}
	fmt.Fprintln(w, "error:", oneLine(f.err.Error()))
	if f.hint != "" {
		fmt.Fprintln(w, "hint:", f.hint)
	}
}

// oneLine keeps an error one line that ends without a full stop.
func oneLine(s string) string {
	return strings.TrimRight(strings.Join(strings.Fields(s), " "), ".")
}

// exit is the code for what a command answered. With --json a wrong call prints a
// document, too.
func (p *program) exit(err error) int {
	if err == nil || brokenPipe(err) {
		return verdict.ExitPass
	}
	var f *failure
	if !errors.As(err, &f) {
		f = &failure{code: verdict.ExitBroken, err: err}
		if fromCobra(err) {
			f.code = verdict.ExitUsage
		}
	}
	if f.err != nil && p.wantsJSON() && (f.code == verdict.ExitUsage || f.code == verdict.ExitInterrupted || f.code == verdict.ExitStopped) && p.voice.take() {
		p.writeJSON(p.refusal(f.code, f.err.Error(), f.hint))
	}
	return f.code
}

// fromCobra recognises the errors of flag and command parsing.
func fromCobra(err error) bool {
	return strings.HasPrefix(err.Error(), "unknown command") || strings.Contains(err.Error(), "arg(s)")
}

// brokenPipe reports whether whoever read our output has gone: not our failure. A place
// that was named to be written to is another matter.
func brokenPipe(err error) bool {
	var place *files.Error
	if errors.As(err, &place) {
		return false
	}
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, fs.ErrClosed)
}

// refusal is the document of a call that came to nothing: of the command's own kind.
func (p *program) refusal(code int, reason, hint string) any {
	command := ""
	if len(p.args) > 0 {
		command = p.args[0]
	}
	switch command {
	case "capacity":
		doc := capacity.Refusal(tool(), reason, hint)
		doc.Verdict.ExitCode = code
		return doc
	case "compare":
		doc := compare.Refusal(tool(), reason, hint)
		doc.Gate.ExitCode = code
		return doc
	case "monitor":
		return monitor.Refusal(tool(), code, reason, hint)
	case "doctor":
		return doctor.Refusal(tool(), code, reason, hint)
	}
	doc := bench.Refusal(tool(), reason, hint)
	doc.Verdict.ExitCode = code
	return doc
}

func (p *program) writeJSON(doc any) {
	enc := json.NewEncoder(p.stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	_ = enc.Encode(doc) // there is nobody left to tell
}

// suggest names the command that was meant.
func suggest(cmd *cobra.Command, word string) error {
	if strings.HasSuffix(word, ".yaml") || strings.HasSuffix(word, ".yml") {
		return fmt.Errorf("unknown command %q: to run a scenario, write flashwave run %s", word, word)
	}
	if near := cmd.SuggestionsFor(word); len(near) > 0 {
		return fmt.Errorf("unknown command %q: did you mean %s?", word, near[0])
	}
	return fmt.Errorf("unknown command %q", word)
}
