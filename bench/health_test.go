package bench

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/dispatch"
	"flashwave/bench/health"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
)

// kinds are what was found, by wave.
func kinds(found result.Findings, wave string) (list []result.FindingKind) {
	for _, f := range found {
		if f.Wave == wave {
			list = append(list, f.Kind)
		}
	}
	return list
}

// startWatched begins a run whose ticks and clocks are those of the test: nothing real
// beats in virtual time.
func startWatched(t *testing.T, sc *scenario.Scenario, answer func(int, time.Duration) reply, clocks func() health.ClockOffsets) *Run {
	t.Helper()
	f := &fake{epoch: time.Now(), answer: answer}
	o := options(t, sc, f, f.epoch)
	o.clocks = clocks
	run, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// together are clocks that never part.
func together() health.ClockOffsets { return health.ClockOffsets{} }

// beat is a read probe in virtual time, until the run is over; gone is from when on
// and for how long nobody comes.
func beat(r *Run, gone, length time.Duration) {
	var ticks health.Ticks
	began := time.Now()
	for {
		pause := health.TickEvery
		if since := time.Since(began); since >= gone && since < gone+health.TickEvery {
			pause = length
		}
		select {
		case <-time.After(pause):
			r.account.Health.Ticked(ticks.Take(time.Since(began)))
		case <-r.done:
			return
		}
	}
}

var slowStream = always(reply{wait: 50 * time.Millisecond, tokens: 20, gap: 30 * time.Millisecond})

// A process that was not there for some hundredths of a wave is late for the wave,
// open or closed, and for no other.
func TestAStoppedProcessIsLate(t *testing.T) {
	for name, specs := range map[string][]string{
		"open":   {"before:5/s:4s", "w:5/s:10s", "after:5/s:4s"},
		"closed": {"before:c3:4s", "w:c3:10s", "after:c3:4s"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				run := startWatched(t, build(t, nil, specs...), slowStream, together)
				go beat(run, 6*time.Second, 400*time.Millisecond)
				doc := run.Wait()
				conserved(t, doc)
				g := doc.Generator
				if g.Valid || doc.Verdict.ExitCode != verdict.ExitInconclusive {
					t.Errorf("valid %t, exit %d", g.Valid, doc.Verdict.ExitCode)
				}
				if got := kinds(g.Findings, "w"); !slices.Equal(got, []result.FindingKind{result.FoundReadLag, result.FoundGapLag, result.FoundStopped}) {
					t.Errorf("w: %v", got)
				}
				if n := len(kinds(g.Findings, "before")) + len(kinds(g.Findings, "after")); n != 0 {
					t.Errorf("the other waves: %v", g.Findings)
				}
				if g.ReadLagMS.Max < 395 || g.ReadLagMS.P99 < 100 || !strings.Contains(strings.Join(g.Warnings, "\n"), "wave w: the generator stood still for 395 ms") {
					t.Errorf("read lag %+v, %q", *g.ReadLagMS, g.Warnings)
				}
				if events := doc.Events; !slices.ContainsFunc(events, func(e result.Event) bool {
					return e.Kind == result.Noted && strings.Contains(e.Text, "stood still") && e.TS < 8
				}) {
					t.Errorf("no event tells of it: %v", events)
				}
			})
		})
	}
}

// A stop that is short beside the run voids nothing, and is said all the same.
func TestAShortStopIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := startWatched(t, build(t, nil, "w:5/s:30s"), slowStream, together)
		go beat(run, 6*time.Second, 110*time.Millisecond)
		g := run.Wait().Generator
		if got := kinds(g.Findings, "w"); !g.Valid || !slices.Equal(got, []result.FindingKind{result.FoundStopped}) {
			t.Errorf("valid %t: %v", g.Valid, got)
		}
	})
}

// Requests outlast the wave that sent them: a stop while they are read is theirs.
// One that hangs long afterwards does not make it small with its calm ticks.
func TestAStopAfterTheWave(t *testing.T) {
	for _, c := range []struct {
		name  string
		gone  time.Duration
		valid bool
	}{
		{"while all are open", 300 * time.Millisecond, false},
		{"while one hangs", 20 * time.Second, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				answer := func(i int, _ time.Duration) reply {
					r := reply{wait: time.Second, tokens: 10, gap: 300 * time.Millisecond}
					if i == 0 {
						r.wait = 50 * time.Second
					}
					return r
				}
				run := startWatched(t, build(t, nil, "w:c20:20x"), answer, together)
				go beat(run, c.gone, 200*time.Millisecond)
				g := run.Wait().Generator
				if g.Valid != c.valid {
					t.Errorf("valid %t: %v, read lag %+v", g.Valid, g.Findings, *g.ReadLagMS)
				}
			})
		})
	}
}

// A machine that slept was not there, though no clock of the run says so.
func TestASleepingMachineIsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		run := startWatched(t, build(t, nil, "w:c3:10s"), slowStream, func() health.ClockOffsets {
			if time.Since(began) > 4*time.Second {
				return health.ClockOffsets{Wall: 32 * time.Second, Slept: 30 * time.Second}
			}
			return health.ClockOffsets{}
		})
		go beat(run, time.Hour, 0)
		time.Sleep(5500 * time.Millisecond)
		live := run.Snapshot(result.View{Wave: -1}).Health
		said := strings.Join(live.Warnings, "\n")
		if live.OK || !strings.Contains(said, "slept for 30.0 s") || !strings.Contains(said, "forward by 2.00 s") {
			t.Errorf("a second later: OK %t, %q", live.OK, said)
		}
		g := run.Wait().Generator
		if g.Valid || !slices.Contains(kinds(g.Findings, "w"), result.FoundReadLag) {
			t.Errorf("valid %t: %v", g.Valid, g.Findings)
		}
		if got := kinds(g.Findings, ""); !slices.Contains(got, result.FoundSuspended) || !slices.Contains(got, result.FoundClockJump) {
			t.Errorf("of the run: %v", got)
		}
	})
}

// The screen shows a stop within a second, and forgets it after a while.
func TestTheScreenShowsAStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := startWatched(t, build(t, nil, "w:c3:30s"), slowStream, together)
		go beat(run, 6*time.Second, 400*time.Millisecond)
		look := func(at time.Duration) result.Health {
			time.Sleep(at - run.account.Waves.Now())
			return run.Snapshot(result.View{Window: 10 * time.Second, Wave: -1}).Health
		}
		if h := look(5500 * time.Millisecond); !h.OK || len(h.Warnings) > 0 {
			t.Errorf("before: %+v", h)
		}
		if h := look(7100 * time.Millisecond); h.OK || *h.LagP99 < 100*time.Millisecond || !strings.Contains(strings.Join(h.Warnings, "\n"), "stood still for 395 ms") {
			t.Errorf("a second after: %+v, lag %v", h, h.LagP99)
		}
		if h := look(18100 * time.Millisecond); !h.OK || len(h.Warnings) > 0 {
			t.Errorf("long after: %+v", h)
		}
		run.Stop()
		run.Stop()
		run.Wait()
	})
}

// Lateness that TTFT bears takes the verdict over gaps away, and leaves the wave
// valid.
func TestLatenessForGapsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := startWatched(t, build(t, nil, "w:c3:10s"), always(reply{wait: 2 * time.Second, tokens: 20, gap: 10 * time.Millisecond}), together)
		var ticks health.Ticks
		go func() {
			for at := health.TickEvery; at < 9*time.Second; at += health.TickEvery {
				time.Sleep(at + 3*time.Millisecond - run.account.Waves.Now())
				run.account.Health.Ticked(ticks.Take(run.account.Waves.Now()))
			}
		}()
		doc := run.Wait()
		g := doc.Generator
		_, noTTFT := g.Findings.Against(slo.TTFT)
		_, noStall := g.Findings.Against(slo.Stall)
		if !g.Valid || len(g.Warnings) > 0 || noTTFT || !noStall {
			t.Errorf("valid %t, %q: %v", g.Valid, g.Warnings, g.Findings)
		}
	})
}

// An arrival that was due while nobody was there, and is dropped when somebody
// comes, had perhaps a slot when it was due. One that is dropped in time is the
// endpoint's own.
func TestADropThatCameLate(t *testing.T) {
	for name, late := range map[string]time.Duration{"in time": time.Millisecond, "late": 3 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				run, _ := start(t, build(t, nil, "w:10/s:10s"), slowStream)
				for i := range 20 {
					q := dispatch.Ticket{Index: uint64(1000 + i), Scheduled: run.account.Waves.Now() - late, Enqueued: run.account.Waves.Now()}
					run.account.Ledger.Scheduled(q)
					run.account.Ledger.Dropped(q)
				}
				doc := run.Wait()
				conserved(t, doc)
				got := kinds(doc.Generator.Findings, "w")
				if isLate := late > time.Second; doc.Generator.Valid == isLate || slices.Contains(got, result.FoundLateSends) != isLate {
					t.Errorf("valid %t: %v", doc.Generator.Valid, got)
				}
			})
		})
	}
}
