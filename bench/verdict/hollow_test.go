package verdict_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
)

// queueOf makes a run one of a queue of a class whose tasks wait as they do, second by second.
func queueOf(enqueued int64, starvedMS float64, waiting func(second int) int64) func(*verdict.Case) {
	return func(c *verdict.Case) {
		q := &result.Tier{Classes: []result.TierClass{{Name: "bulk", Tasks: result.TierTasks{Enqueued: enqueued}, StarvedMSMax: &starvedMS}}, TimelineStepS: 1}
		for s := range 25 {
			age := float64(waiting(s)) * 100
			q.Timeline = append(q.Timeline, result.TierRow{TS: float64(s), Classes: []result.TierCell{{Waiting: waiting(s), OldestMS: &age, Enqueued: 9}}})
		}
		c.Run.Queue = q
	}
}

// A run whose SLOs all hold did not hold what it served while a part of it got nothing, or
// while its answers were empty; the headline and the reasons say so.
func TestNothingHollowIsHeld(t *testing.T) {
	never := func(n int) result.Stats {
		return result.Derive(result.Label{Duration: 10 * time.Second}, part(0, map[outcome.Outcome]int{outcome.ServerError: n}))
	}
	of := func(kind, name string, s result.Stats) func(*verdict.Case) {
		s.Kind, s.Name = kind, name
		return func(c *verdict.Case) {
			switch kind {
			case result.OfWorkload:
				c.Run.Workloads = append(c.Run.Workloads, s)
			case result.OfTurn:
				c.Run.Turns = append(c.Run.Turns, s)
			}
		}
	}
	lost := result.Stats{Requests: result.Requests{Scheduled: 3, Sent: 3, Unfinished: 3}}
	for _, c := range []struct {
		why    string
		change func(*verdict.Case)
		more   []made
		want   string // what is said; "": it held
	}{
		{"nothing is", nil, nil, ""},
		{"a share", of(result.OfWorkload, "docs", never(2)), nil, "none of the 2 requests of docs succeeded"},
		{"a turn", of(result.OfTurn, "3-5", never(4)), nil, "none of the 4 requests of turn 3-5 succeeded"},
		{"a share that was lost", of(result.OfWorkload, "docs", lost), nil, "none of the 3 requests of docs succeeded"},
		{"a wave", nil, []made{wave("rush", part(0, map[outcome.Outcome]int{outcome.Timeout: 3}))}, "none of the 3 requests in rush succeeded"},
		{"a share of one request: chance, perhaps", of(result.OfWorkload, "docs", never(1)), nil, ""},
		{"a share that nobody asked", of(result.OfWorkload, "docs", never(0)), nil, ""},
		{"answers", func(c *verdict.Case) {
			c.Run.Generator.Findings = result.Findings{{Kind: result.FoundTokenless, Text: "30 of 900 answers that ended ok held no token", Voids: result.VoidsNothing}}
		}, nil, "30 of 900 answers that ended ok held no token"},
		{"a class of a queue that got nothing for long", queueOf(2, 6000, func(int) int64 { return 9 }), nil, "bulk got nothing for 6.00 s"},
		{"a class of one task that came late", queueOf(1, 6000, func(int) int64 { return 1 }), nil, ""},
		{"a class that waits now and then", queueOf(90, 900, func(s int) int64 { return int64(s % 3) }), nil, ""},
		{"a class whose tasks pile up", queueOf(90, 900, func(s int) int64 { return int64(5 * s) }), nil, "tasks of bulk piled up"},
		{"a class that fills while nothing is offered", queueOf(90, 900, func(s int) int64 { return int64(5 * max(0, s-10)) }), nil, ""},
	} {
		t.Run(c.why, func(t *testing.T) {
			v := judge(t, []string{"ttft.p95 < 800ms", "error_rate <= 5%"}, c.change, append([]made{wave("calm", part(900, nil))}, c.more...)...)
			if v.ExitCode != verdict.ExitPass {
				t.Fatalf("exit %d, %q", v.ExitCode, v.Reasons)
			}
			begins := "held 90.0 requests/s"
			if c.want != "" {
				begins = "served 90.0 requests/s"
			}
			if !strings.HasPrefix(v.Headline, begins) || !strings.HasSuffix(v.Headline, c.want) {
				t.Errorf("headline %q, want %q … %q", v.Headline, begins, c.want)
			}
			if c.want != "" && !slices.Contains(v.Reasons, c.want) {
				t.Errorf("reasons %q", v.Reasons)
			}
		})
	}
	v := judge(t, []string{"error_rate <= 5%"}, of(result.OfWorkload, "docs", never(2)), wave("calm", part(0, map[outcome.Outcome]int{outcome.ServerError: 9})))
	if slices.ContainsFunc(v.Reasons, func(r string) bool { return strings.HasPrefix(r, "none of") }) {
		t.Errorf("of a run of which nothing succeeded a part needs no word: %q", v.Reasons)
	}
}

// A closed wave all of whose answers came when it offered no more held no rate: it has none
// to tell, and least of all 0.
func TestNoRateOfAnswersThatAllCameLate(t *testing.T) {
	p := part(3, nil)
	p.Here.Succeeded, p.Here.Completed = 0, 0
	v := judge(t, nil, nil, wave("w", p))
	if want := "3 of 3 requests succeeded: TTFT p95 100 ms, errors 0.0 %; too short to say how many it serves in a second"; v.Headline != want {
		t.Errorf("headline %q, want %q", v.Headline, want)
	}
}
