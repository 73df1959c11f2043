package mock

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// still is an engine that nobody drives.
func still(cfg Config) *engine {
	return &engine{cfg: cfg, arrival: make(chan struct{}, 1)}
}

func TestAHostThatIsTooSlowIsCounted(t *testing.T) {
	for _, tc := range []struct {
		name       string
		late, lost time.Duration
	}{
		{"a pause is made up for", maxBehind, 0},
		{"what is beyond is lost", maxBehind + 750*time.Millisecond, 750 * time.Millisecond},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := Default()
				cfg.PrefillTPS = 1e12
				e := still(cfg)
				s := newSequence(1, 10, true)
				if err := e.submit(s); err != nil {
					t.Fatal(err)
				}
				due, _ := e.begin()
				if want := time.Now().Add(step1); !due.Equal(want) {
					t.Fatalf("the first step ends at %v, want %v", due, want)
				}
				time.Sleep(step1 + tc.late) // the host sleeps
				e.finish()
				next, _ := e.begin()
				if want := due.Add(tc.lost + step1); !next.Equal(want) {
					t.Errorf("the next step ends at %v, want %v", next, want)
				}
				if got := e.snapshot().Behind; got != tc.lost {
					t.Errorf("%v lost, want %v", got, tc.lost)
				}
			})
		})
	}
}

const step1 = 5*time.Millisecond + 5*time.Millisecond/64

func TestAnArrivalIsAdmittedByItsOwnInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := still(Default())
		first, second := newSequence(1, 10, true), newSequence(1, 10, true)
		submit := func(s *sequence) {
			if err := e.submit(s); err != nil {
				t.Fatal(err)
			}
		}
		submit(first)
		e.begin()
		time.Sleep(100 * time.Millisecond) // the host is late for the step's end
		submit(second)
		e.finish()
		e.begin() // a step that the clock puts before the second's arrival
		if st := e.snapshot(); st.Running != 1 || st.Queued != 1 {
			t.Errorf("%d running, %d queued: the second must not join a step before its arrival", st.Running, st.Queued)
		}
	})
}

func TestCapacity(t *testing.T) {
	for _, tc := range []struct {
		name           string
		prompt, output int
		rps, tps       float64
	}{
		{"the ceiling in tokens", 0, 64, 160, 10_240},
		{"prompts of a sale", 150, 64, 1 / 0.00775, 64 / 0.00775},
		{"long prompts share the engine", 10_000, 100, 5, 500},
		{"no output counts as one token", 0, 0, 10_240, 10_240},
	} {
		rps, tps := Default().Capacity(tc.prompt, tc.output)
		if math.Abs(rps-tc.rps) > 1e-9*tc.rps || math.Abs(tps-tc.tps) > 1e-9*tc.tps {
			t.Errorf("%s: %.3f requests/s and %.1f tokens/s, want %.3f and %.1f", tc.name, rps, tps, tc.rps, tc.tps)
		}
	}
}

// Whoever comes and goes: each is in at most one list, the batch and the queue
// keep their bounds, and nobody gets a token too many.
func TestTheEngineKeepsItsBooks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := Default()
		cfg.Batch = rapid.IntRange(1, 5).Draw(t, "batch")
		cfg.Queue = rapid.IntRange(0, 5).Draw(t, "queue")
		cfg.PrefillTPS = rapid.SampledFrom([]float64{10, 1000, 1e9}).Draw(t, "prefill")
		e := still(cfg)
		var all []*sequence
		accepted := int64(0)
		for range rapid.IntRange(1, 200).Draw(t, "acts") {
			switch rapid.IntRange(0, 3).Draw(t, "act") {
			case 0:
				s := newSequence(rapid.IntRange(1, 30).Draw(t, "prompt"), rapid.IntRange(1, 5).Draw(t, "length"), true)
				if e.submit(s) == nil {
					all = append(all, s)
					accepted++
				}
			case 1:
				if len(all) > 0 {
					e.leave(all[rapid.IntRange(0, len(all)-1).Draw(t, "who")])
				}
			default:
				before := e.clock
				if end, busy := e.begin(); busy {
					if !end.After(before) {
						t.Fatal("an iteration took no time")
					}
					e.finish()
				}
			}
			st, tokens := e.snapshot(), int64(0)
			for _, s := range all {
				n := s.produced.Load()
				tokens += n
				if n > int64(s.length) || n > 0 && s.unread > 0 {
					t.Fatalf("%d of %d tokens with %d of the prompt unread", n, s.length, s.unread)
				}
			}
			if st.Running > cfg.Batch || st.Running+st.Queued > cfg.Batch+cfg.Queue {
				t.Fatalf("%+v with a batch of %d and a queue of %d", st, cfg.Batch, cfg.Queue)
			}
			if st.Tokens != tokens || accepted != st.Served+st.Left+int64(st.Running+st.Queued) {
				t.Fatalf("%+v, but %d accepted and %d tokens given", st, accepted, tokens)
			}
		}
	})
}
