package monitor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/schema/schematest"
	"flashwave/client"
	"flashwave/client/outcome"
)

// The verdict over the probes of a monitor, and its exit code.
func TestVerdict(t *testing.T) {
	ok := reply{wait: 100 * time.Millisecond, gap: time.Millisecond, text: "one two three"}
	failed := func(o client.Outcome) *fake { return always(reply{wait: time.Millisecond, outcome: o}) }
	every := func(k int, good, bad reply) *fake {
		n := 0
		return &fake{answer: func(time.Duration) reply {
			if n++; n%k == 0 {
				return bad
			}
			return good
		}}
	}
	for _, c := range []struct {
		why    string
		f      []*fake
		change func(*scenario.Watched)
		code   int
		says   string
	}{
		{"all is well", []*fake{always(ok)}, nil, 0, "1 of 1 target kept"},
		{"a probe in ten fails", []*fake{every(10, ok, reply{outcome: outcome.ServerError})}, nil, 99, "good, which should be"},
		{"a probe in ten fails, and that is allowed", []*fake{every(10, ok, reply{outcome: outcome.ServerError})}, func(w *scenario.Watched) { w.Objective = 0.85 }, 0, "kept"},
		{"every probe is late", []*fake{always(ok)}, func(w *scenario.Watched) { w.Ask.SLO = []string{"ttft < 50ms"} }, 99, "ttft was 100 ms, not < 50 ms"},
		{"a percentile is late, and no bound is on single ones but by it", []*fake{always(ok)}, func(w *scenario.Watched) { w.Ask.SLO = []string{"ttft.p95 < 50ms"} }, 99, "ttft.p95 < 50ms: 100 ms"},
		{"the answer is as expected", []*fake{always(ok)}, func(w *scenario.Watched) { w.Expect = "(?i)TWO" }, 0, "kept"},
		{"the answer is another one", []*fake{always(ok)}, func(w *scenario.Watched) { w.Expect = "four" }, 99, "not as expected"},
		{"the key is wrong", []*fake{failed(outcome.Auth)}, nil, 104, "refused every probe"},
		{"no gap to judge by", []*fake{every(1, ok, reply{wait: time.Millisecond})}, func(w *scenario.Watched) { w.Ask.SLO = []string{"tpot < 1s"} }, 120, "no data"},
		{"of two one fails", []*fake{always(ok), failed(outcome.ServerError)}, nil, 99, "1 of 2 targets kept"},
		{"this machine has no file left", []*fake{always(reply{outcome: outcome.Connect, short: outcome.Files})}, nil, 120, "void"},
	} {
		t.Run(c.why, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var list []*Target
				for i, f := range c.f {
					list = append(list, target(t, fmt.Sprint("t", i), f, c.change))
				}
				probes := 0
				var mu sync.Mutex
				m := Start(Options{Name: "x", Seed: 1, Targets: list, For: 10 * time.Minute, Probed: func(p Probed) {
					schematest.Values(t, "probe", p)
					mu.Lock()
					defer mu.Unlock()
					probes++
				}})
				<-m.Done()
				m.Stop() // as whoever leaves its screen does
				d := m.Wait()
				schematest.Values(t, "monitor", d)
				if d.Verdict.ExitCode != c.code || !strings.Contains(d.Verdict.Headline+strings.Join(d.Verdict.Reasons, "\n"), c.says) {
					t.Errorf("%+v", d.Verdict)
				}
				if want := 41 * len(list); probes < want-2*len(list) || probes > want {
					t.Errorf("%d probes in ten minutes, want %d", probes, want)
				}
				for _, r := range d.Targets {
					p := r.Probes
					if p.Scheduled != p.Good+p.Bad+p.Unjudged+p.Void+p.Unfinished+p.OverBudget {
						t.Errorf("%+v do not add up", p)
					}
				}
				var text, line bytes.Buffer
				if err := errors.Join(d.WriteText(&text), d.WriteJSON(&line)); err != nil || strings.Count(line.String(), "\n") != 1 {
					t.Errorf("%v: %q", err, line.String())
				}
				if !strings.Contains(text.String(), d.Verdict.Headline) {
					t.Errorf("the text lacks its headline:\n%s", text.String())
				}
			})
		})
	}
}

// Everything a document and a probe hold is JSON that is read back, and NaN never.
func TestRefusal(t *testing.T) {
	d := Refusal(result.Tool{}, 104, "no such target", "name one")
	schematest.Values(t, "monitor", d)
	if text, err := json.Marshal(d); err != nil || !bytes.Contains(text, []byte(`"exit_code":104`)) {
		t.Errorf("%s, %v", text, err)
	}
}
