package cmd

import (
	"fmt"
	"io"
	"os"
	"strings"

	"flashwave/bench/capacity"
	"flashwave/bench/compare"
	"flashwave/bench/report"
	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// An actions tells GitHub Actions what happened, by the commands that it reads in a
// log; nothing anywhere else.
type actions struct {
	w  io.Writer
	on bool
}

func (p *program) actions() actions { return actions{p.stderr, p.env("GITHUB_ACTIONS") == "true"} }

// group folds what is written until the answer is called.
func (a actions) group(title string) (end func()) {
	if !a.on {
		return func() {}
	}
	fmt.Fprintf(a.w, "::group::%s\n", escapedData(title))
	return func() { fmt.Fprintln(a.w, "::endgroup::") }
}

// note annotates the job: level is error, warning or notice.
func (a actions) note(level, title, text string) {
	if a.on {
		fmt.Fprintf(a.w, "::%s title=%s::%s\n", level, escapedProperty(title), escapedData(text))
	}
}

// escapedData and escapedProperty keep a text from ending the command it stands in.
func escapedData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func escapedProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escapedData(s))
}

// run annotates what a run came to.
func (a actions) run(doc *result.Run) {
	for _, s := range doc.Verdict.SLOs {
		switch {
		case s.OK == nil:
			a.note("error", "no data", "no data for "+s.Expr)
		case !*s.OK:
			a.note("error", "SLO failed", s.Expr+": "+doc.Verdict.Headline)
		}
	}
	if doc.Verdict.ExitCode != 0 && doc.Verdict.Status != result.Fail {
		a.note("error", string(doc.Verdict.Status), doc.Verdict.Headline)
	}
	for _, w := range doc.Generator.Warnings {
		a.note("warning", "load generator", w)
	}
}

// comparison annotates what a comparison came to.
func (a actions) comparison(doc *compare.Document) {
	if doc.Gate.ExitCode != verdict.ExitPass {
		a.note("error", "comparison: "+doc.Gate.Status.String(), doc.Gate.Headline)
	}
}

// capacity annotates what a search came to.
func (a actions) capacity(doc *capacity.Document) {
	level := "notice"
	if doc.Verdict.ExitCode != 0 {
		level = "error"
	}
	a.note(level, "capacity", doc.Verdict.Headline)
}

// summarise appends Markdown to the page of the job, where there is one.
func (p *program) summarise(write func(io.Writer) error) {
	path := p.env("GITHUB_STEP_SUMMARY")
	if path == "" {
		return
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		if err = write(file); err == nil {
			_, err = io.WriteString(file, "\n")
		}
		if closing := file.Close(); err == nil {
			err = closing
		}
	}
	if err != nil {
		p.warn("the step summary could not be written: %v", err)
	}
}

func (p *program) summariseRun(doc *result.Run) {
	p.actions().run(doc)
	p.summarise(func(w io.Writer) error { return report.Runs.Write(w, "md", doc, report.Options{}) })
}

func (p *program) summariseComparison(doc *compare.Document) {
	p.actions().comparison(doc)
	p.summarise(func(w io.Writer) error { return report.Comparisons.Write(w, "md", doc, report.Options{}) })
}
