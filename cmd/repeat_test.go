package cmd

import (
	"context"
	"io"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spf13/cobra"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
	"flashwave/client/mock"
)

// Of several runs the one counts whose exit code rests on what stands first among the
// codes: a 120 for missing data comes after a 99, one for the generator before it.
func TestTheRunThatCounts(t *testing.T) {
	data := &failure{code: verdict.ExitInconclusive, ground: result.GroundData}
	late := &failure{code: verdict.ExitInconclusive, ground: result.GroundGenerator}
	missed := &failure{code: verdict.ExitFailed, ground: result.GroundSLO}
	answered := &failure{code: verdict.ExitFailed, ground: result.GroundAnswers}
	for _, c := range []struct{ counts, other error }{
		{missed, data},
		{late, missed},
		{answered, late},
		{late, data},
		{data, nil},
		{missed, nil},
		{data, &failure{code: verdict.ExitBroken}},
		{&failure{code: verdict.ExitUsage}, answered},
		{&failure{code: verdict.ExitInterrupted}, answered},
	} {
		if !verdict.Outranks(groundOf(c.counts), groundOf(c.other)) || verdict.Outranks(groundOf(c.other), groundOf(c.counts)) {
			t.Errorf("%v does not count before %v", c.counts, c.other)
		}
	}
}

// Between two runs the endpoint has its time, unless it ended with the first of them; who
// interrupts is heard all the same.
func TestThePauseBetweenRuns(t *testing.T) {
	for gone, pause := range map[bool]time.Duration{false: settleFor, true: 0} {
		synctest.Test(t, func(t *testing.T) {
			f := &runFlags{gone: gone}
			began := time.Now()
			if !f.settle(t.Context()) || time.Since(began) != pause {
				t.Errorf("gone %t: after %v", gone, time.Since(began))
			}
			interrupted, cancel := context.WithCancel(t.Context())
			cancel()
			if f.settle(interrupted) {
				t.Errorf("gone %t: an interrupt is not heard", gone)
			}
		})
	}
}

// The built-in endpoint ends with its run, by itself or in turns; any other goes on.
func TestWhichEndpointIsGone(t *testing.T) {
	endpoint, err := mock.New(mock.Default())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(endpoint)
	t.Cleanup(func() {
		server.Close()
		_ = endpoint.Close()
	})
	p := &program{stdout: io.Discard, stderr: io.Discard, stops: listenForStops(), env: func(string) string { return "" }}
	t.Cleanup(p.stops.close)
	for url, gone := range map[string]bool{"mock:": true, server.URL + "/v1": false} {
		for _, inTurns := range []bool{false, true} {
			c := &contender{flags: &runFlags{gone: !gone}, cmd: &cobra.Command{}}
			c.flags.define(c.cmd, c.flags.output)
			err := c.cmd.ParseFlags([]string{"--url", url, "-n", "1", "-c", "1", "--max-tokens", "1", "--max-lag", "1h", "--no-save", "--quiet"})
			if err != nil {
				t.Fatal(err)
			}
			if inTurns {
				err = c.run(t.Context(), p)
			} else {
				err = p.once(t.Context(), c.flags, c.cmd.Flags(), "", nil)
			}
			if err != nil || c.flags.gone != gone {
				t.Errorf("%s: gone %t, %v", url, c.flags.gone, err)
			}
		}
	}
}
