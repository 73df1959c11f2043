package cmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"flashwave/bench"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
)

// prepare finds out what a scenario needs to know of its target, and asks for consent
// to load it. A stop meanwhile ends it before anything was sent.
func (p *program) prepare(ctx context.Context, sc *scenario.Scenario, estimate func(*bench.Setup) fmt.Stringer, yes bool) (*bench.Setup, error) {
	setup, err := bench.Prepare(ctx, sc, p.env)
	if err == nil {
		if err = p.consent(ctx, setup, estimate(setup), yes); err == nil {
			return setup, nil
		}
		setup.Close()
	}
	if ctx.Err() != nil {
		return nil, unsent()
	}
	return nil, invalid(err)
}

// unsent is the answer of what was stopped before it began.
func unsent() error {
	return &failure{code: verdict.ExitInterrupted, err: errors.New("interrupted before anything was sent")}
}

// consent shows what a run would ask of a target that is not on this machine, and
// asks whoever sits at the terminal.
func (p *program) consent(ctx context.Context, s *bench.Setup, e fmt.Stringer, yes bool) error {
	if s.Loopback {
		return nil
	}
	fmt.Fprintf(p.stderr, "%s will get %s\n", s.Target, e)
	if yes || !isTerminal(p.stdin) || !isTerminal(p.stderr) {
		return nil
	}
	agreed, err := p.ask(ctx, "go on?")
	if err == nil && !agreed {
		err = usage(errors.New("nothing was sent"), "--yes answers the question")
	}
	return err
}

// ask asks whoever sits at the terminal. Only a yes is one.
func (p *program) ask(ctx context.Context, question string) (bool, error) {
	fmt.Fprint(p.stderr, question+" [y/N] ")
	type answer struct {
		text string
		err  error
	}
	given := make(chan answer, 1)
	go func() {
		text, err := bufio.NewReader(p.stdin).ReadString('\n')
		given <- answer{text, err}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(p.stderr)
		return false, ctx.Err()
	case a := <-given:
		if a.err != nil && !errors.Is(a.err, io.EOF) {
			return false, a.err
		}
		text := strings.ToLower(strings.TrimSpace(a.text))
		return text == "y" || text == "yes", nil
	}
}
