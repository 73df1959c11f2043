package bench

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/scenario"
	"flashwave/client"
	"flashwave/client/outcome"
)

// A talker is an endpoint in virtual time that answers each prompt with its number.
type talker struct {
	*fake
	fails func(turn int) bool

	mu    sync.Mutex
	turns []spoken
}

// spoken is a request of a conversation.
type spoken struct {
	said       []string // role: content
	sent, done time.Duration
}

func (a *talker) Do(ctx context.Context, req *client.Request, sink client.Sink) client.Result {
	var said []string
	for _, m := range req.Messages {
		said = append(said, m.Role+": "+m.Content)
	}
	turn := (len(said) - 1) / 2
	res := a.fake.Do(ctx, req, sink)
	res.Text = fmt.Sprintf("answer to %d messages", len(said))
	if res.Outcome == outcome.OK {
		res.Usage = client.Usage{Prompt: 10 * len(said), Output: 3, From: client.FromUsage}
		if a.fails != nil && a.fails(turn) {
			res.Outcome, res.Err = outcome.ServerError, "no"
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.turns = append(a.turns, spoken{said, res.Sent, res.Done})
	return res
}

// Each question waits for the answer before it and the time to think, and holds all that
// was said; what began on the schedule goes on by its own answers.
func TestConversations(t *testing.T) {
	for _, c := range []struct {
		name    string
		think   string
		change  func(*scenario.Scenario)
		fails   func(turn int) bool
		waves   []string
		exactly bool // a turn is sent when its time to think ends
	}{
		{"open", "200ms", nil, nil, []string{"w:5/s:20s"}, true},
		{"without a time to think", "", nil, nil, []string{"w:5/s:20s"}, true},
		{"closed", "", nil, nil, []string{"w:c5:200x"}, true},
		{"closed, with a time to think", "300ms", nil, nil, []string{"w:c5:200x"}, false},
		{"over two waves", "200ms", nil, nil, []string{"a:5/s:5s", "b:9/s:5s"}, true},
		{"open and then closed", "200ms", nil, nil, []string{"a:5/s:5s", "b:c3:50x"}, false},
		{"through few slots", "50ms", func(sc *scenario.Scenario) { sc.MaxInFlight = 2 }, nil, []string{"w:9/s:10s"}, false},
		{"after a warm-up", "200ms", warm(2 * time.Second), nil, []string{"w:5/s:10s"}, true},
		{"broken", "200ms", nil, func(turn int) bool { return turn == 2 }, []string{"w:5/s:20s"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const turns = 4
				sc := build(t, func(sc *scenario.Scenario) {
					sc.Workload.Turns, sc.Workload.Think, sc.Workload.System = turns, c.think, "sys"
					if c.change != nil {
						c.change(sc)
					}
				}, c.waves...)
				a := &talker{fake: &fake{epoch: time.Now(), answer: always(reply{wait: 30 * ms, tokens: 4, gap: 10 * ms})}, fails: c.fails}
				r, err := Start(options(t, sc, a, a.epoch))
				if err != nil {
					t.Fatal(err)
				}
				doc := r.Wait()
				conserved(t, doc)
				think, _ := sc.Workload.ThinkTime()
				last := map[string]spoken{} // by all that was said
				began := 0
				for _, s := range a.turns {
					n := len(s.said)
					if s.said[0] != "system: sys" || n%2 != 0 || n > 2*turns {
						t.Fatalf("a conversation of %q", s.said)
					}
					last[strings.Join(s.said, "\n")] = s
					if n == 2 {
						began++
						continue
					}
					before, ok := last[strings.Join(s.said[:n-2], "\n")]
					if !ok || s.said[n-2] != fmt.Sprintf("assistant: answer to %d messages", n-2) {
						t.Fatalf("before %q nothing of it was answered", s.said)
					}
					if due := before.done + think; s.sent < due || c.exactly && s.sent != due {
						t.Errorf("a turn at %v, want %v", s.sent, due)
					}
				}
				s := doc.Sessions
				switch {
				case s == nil || s.Started != s.Finished+s.Broken+s.Cut || s.Cut < 0 || s.Finished == 0 && c.fails == nil:
					t.Fatalf("sessions %+v", s)
				case c.fails != nil && (s.Finished > 0 || s.Broken == 0):
					t.Errorf("sessions %+v, and each breaks", s)
				case sc.Warmup == 0 && s.Started != int64(began):
					t.Errorf("%d sessions began, want %d", began, s.Started)
				case s.GrowthTokens == nil || *s.GrowthTokens != 20:
					t.Errorf("prompts grow by %v", s.GrowthTokens)
				}
				sum := int64(0)
				for i, g := range doc.Turns {
					sum += g.Requests.Scheduled
					if want := []float64{20, 40, 70}[i]; i < 2 && g.Requests.Succeeded > 0 && float64(*g.Tokens.Prompt) != want*float64(g.Requests.Succeeded) {
						t.Errorf("turn %s: %d tokens of %d", g.Name, *g.Tokens.Prompt, g.Requests.Succeeded)
					}
				}
				if sum != doc.Total.Requests.Scheduled || len(doc.Turns) != 3 {
					t.Errorf("%d requests in %d groups, %d in all", sum, len(doc.Turns), doc.Total.Requests.Scheduled)
				}
				if doc.Prompts[0].Count < s.Started || doc.Prompts[0].Count != int64(began) {
					t.Errorf("%d prompts were taken, and %d sessions began", doc.Prompts[0].Count, began)
				}
			})
		})
	}
}

// A turn that finds no slot and may not wait breaks its session: it is not cut by the end
// of the load.
func TestDroppedTurnsBreakTheirSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) {
			sc.Workload.Turns, sc.Workload.Think, sc.MaxInFlight, sc.Overflow = 3, "exp:300ms", 2, "drop"
		}, "busy:30/s:5s", "rest:1/s:20s")
		a := &talker{fake: &fake{epoch: time.Now(), answer: always(reply{wait: 80 * ms, tokens: 4, gap: 10 * ms})}}
		r, err := Start(options(t, sc, a, a.epoch))
		if err != nil {
			t.Fatal(err)
		}
		doc := r.Wait()
		conserved(t, doc)
		later := int64(0) // turns that were dropped, each the end of its session
		for _, g := range doc.Turns[1:] {
			later += g.Requests.Dropped
		}
		s := doc.Sessions
		if later < 10 || s.Broken != later || s.Started != s.Finished+s.Broken+s.Cut || s.Cut > 2 {
			t.Errorf("%d turns were dropped, sessions %+v", later, s)
		}
	})
}

// A pause stops conversations, too: who was to go on does when it ends.
func TestConversationsPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) { sc.Workload.Turns, sc.Workload.Think = 50, "100ms" }, "w:1/s:5s")
		a := &talker{fake: &fake{epoch: time.Now(), answer: always(reply{wait: 30 * ms, tokens: 1})}}
		r, err := Start(options(t, sc, a, a.epoch))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		r.TogglePause(0)
		time.Sleep(10 * time.Second)
		r.TogglePause(0)
		doc := r.Wait()
		conserved(t, doc)
		for _, s := range a.turns {
			if s.sent > 2*time.Second && s.sent < 12*time.Second {
				t.Errorf("a turn at %v, in the pause", s.sent)
			}
		}
		if e2e := doc.Total.Latency.E2E.Response; e2e.Max > 40 {
			t.Errorf("who waited for the end of the pause is charged with it: %v ms", e2e.Max)
		}
	})
}
