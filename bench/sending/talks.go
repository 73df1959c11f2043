package sending

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"flashwave/bench/dispatch"
	"flashwave/bench/prompt"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/client"
	"flashwave/client/outcome"
)

// talks are the conversations that go on. They are safe for concurrent use.
type talks struct {
	mu      sync.Mutex
	open    map[talkID]*talk
	counted result.Sessions
	grown   int64 // tokens by which prompts grew from one turn to the next
	steps   int64 // how often
}

// A talkID is a session of a lane.
type talkID struct {
	lane    int
	session uint64
}

// A talk is one conversation. Only one request of it is open at a time.
type talk struct {
	turns  []prompt.Prompt
	said   []prompt.Message // up to the last answer
	before int              // tokens of the last prompt; 0: not known
	warmup bool             // it began in the warm-up
}

// prompt is what a ticket asks: its turn, with all that was said before.
func (ts *talks) prompt(w Workload, t dispatch.Ticket) prompt.Prompt {
	if t.Turn == 0 {
		turns := w.turns(t)
		ts.mu.Lock()
		defer ts.mu.Unlock()
		if ts.open == nil {
			ts.open = map[talkID]*talk{}
		}
		ts.open[talkID{t.Lane, t.Session}] = &talk{turns: turns, warmup: t.Wave == result.Warmup}
		if t.Wave != result.Warmup {
			ts.counted.Started++
		}
		return turns[0]
	}
	ts.mu.Lock()
	defer ts.mu.Unlock()
	of := ts.open[talkID{t.Lane, t.Session}]
	return of.turns[t.Turn].After(of.said)
}

// ended takes in the answer to a turn, and reports whether the session goes on, and how
// long whoever asked on thought before, if that was recorded.
func (ts *talks) ended(t dispatch.Ticket, p prompt.Prompt, res *client.Result) (goesOn bool, recorded time.Duration) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	id := talkID{t.Lane, t.Session}
	of, ok := ts.open[id]
	if !ok {
		return false, 0
	}
	ts.grow(of, res)
	more := int(t.Turn)+1 < len(of.turns)
	if res.Outcome == outcome.OK && more {
		of.said = append(slices.Clip(p.Messages), prompt.Answer(answer(res)))
		return true, of.turns[t.Turn+1].Think
	}
	delete(ts.open, id)
	switch {
	case of.warmup, res.Outcome == outcome.Cancelled:
	case res.Outcome == outcome.OK:
		ts.counted.Finished++
	default:
		ts.counted.Broken++
	}
	return false, 0
}

// dropped takes in a turn that is never sent: its session is broken.
func (ts *talks) dropped(t dispatch.Ticket) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	id := talkID{t.Lane, t.Session}
	of, ok := ts.open[id]
	if !ok { // nothing was asked yet
		return
	}
	delete(ts.open, id)
	if !of.warmup {
		ts.counted.Broken++
	}
}

// grow takes in how long a prompt was.
func (ts *talks) grow(of *talk, res *client.Result) {
	if res.Usage.From != client.FromUsage || res.Usage.Prompt == 0 {
		return
	}
	if of.before > 0 {
		ts.grown += int64(res.Usage.Prompt - of.before)
		ts.steps++
	}
	of.before = res.Usage.Prompt
}

// answer is what was answered; an endpoint that called a tool said nothing, and no message
// may be empty.
func answer(res *client.Result) string {
	if res.Text == "" {
		return "…"
	}
	return res.Text
}

// Sessions are what became of the conversations so far; nil: there are none.
func (s *Sender) Sessions() *result.Sessions {
	if !s.Scenario.Converses() {
		return nil
	}
	s.talks.mu.Lock()
	defer s.talks.mu.Unlock()
	c := s.talks.counted
	c.Cut = c.Started - c.Finished - c.Broken
	if s.talks.steps > 0 {
		c.GrowthTokens = new(float64(s.talks.grown) / float64(s.talks.steps))
	}
	return &c
}

// think is how long whoever asked a request thinks about its answer.
func think(w scenario.Workload, seed uint64, t dispatch.Ticket) time.Duration {
	mean, random := w.ThinkTime()
	if !random {
		return mean
	}
	rng := rand.New(rand.NewPCG(seed^uint64(t.Lane)<<48, t.Session<<16|uint64(t.Turn)))
	return time.Duration(rng.ExpFloat64() * float64(mean))
}
