package cmd

import (
	"fmt"
	"io"

	"flashwave/bench/report"
	"flashwave/bench/verdict"
)

// openOuts opens what --out of a command names that comes to one document. done lets go of
// it.
func openOuts(values, formats []string, json bool) (found places, done func(), err error) {
	outs, err := documentOuts(values, formats, json)
	if err != nil {
		return nil, nil, err
	}
	var outputs outputs
	if found, err = outputs.open(outs); err != nil {
		outputs.close()
		return nil, nil, err
	}
	return found, outputs.close, nil
}

// documentOuts reads --out of a command that writes one document, which with --json has
// standard output for itself.
func documentOuts(values, formats []string, json bool) (outs, error) {
	list, err := parseOuts(values, formats)
	if err != nil {
		return nil, err
	}
	if to := list.onStdout(); to != nil && json {
		return nil, usage(fmt.Errorf("--out %s=%s: with --json standard output holds one document alone", to.format, to.path), "give it a path")
	}
	return list, nil
}

// conclude writes the document that a command comes to, wherever it is asked for. code is
// where it has its exit code: a pass is none any more if something could not be written.
func conclude[D any](p *program, what string, doc *D, code func(*D) *int, write func(io.Writer, string, *D, report.Options) error, places places, json bool) {
	format := "text"
	if json {
		format = "json"
	}
	known := *doc
	printed := func(doc *D) error { return write(p.stdout, format, doc, p.reportOptions()) }
	p.voice.comesTo(*code(doc), func(ends int) error {
		*code(&known) = ends
		return printed(&known)
	})
	p.reportFailure(places.write(func(w io.Writer, format string) error {
		return write(w, format, doc, report.Options{Width: 100})
	}), code(doc))
	if err := p.tell(func() error { return printed(doc) }); err != nil && !brokenPipe(err) {
		p.reportFailure(fmt.Errorf("the %s could not be printed: %w", what, err), code(doc))
	}
}

// ended is how a command ends that came to an exit code.
func ended(code int) error {
	if code == verdict.ExitPass {
		return nil
	}
	return &failure{code: code}
}
