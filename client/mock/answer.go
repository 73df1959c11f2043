package mock

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// An answer is one request on its way through the engine, with its fate.
type answer struct {
	fate
	server *Server
	seq    *sequence
	prompt int
	reads  prompt
	said   []byte // so far, where there is a cache
	began  time.Time
	refuse func(w http.ResponseWriter, p *problem) // in its dialect
}

// start charges the rate limits for o, draws its fate and puts it into the
// engine's queue. Whoever gets an answer must call its leave.
func (s *Server) start(h http.Header, o order) (*answer, *problem) {
	began := time.Now()
	output := o.limit
	if output == 0 {
		output = s.cfg.Tokens
	}
	if retry, ok := s.limits.admit(h, o.prompt+output); !ok {
		s.limited.Add(1)
		return nil, &problem{
			status:  http.StatusTooManyRequests,
			message: fmt.Sprintf("rate limit reached, try again in %v", retry.Round(time.Millisecond)),
			kind:    "requests",
			code:    "rate_limit_exceeded",
		}
	}
	a := &answer{fate: s.dice.roll(o), server: s, prompt: o.prompt, reads: o.reads, began: began}
	if a.faulty() {
		s.faults.Add(1)
	}
	if a.ending == endRefused {
		return nil, serverError()
	}
	a.seq = newSequence(o.prompt, a.length, o.stream)
	a.seq.blocks = s.engine.cache.blocks(o.reads)
	if err := s.engine.submit(a.seq); err != nil {
		return nil, overloaded(err)
	}
	return a, nil
}

func (a *answer) faulty() bool { return a.ending > endLength || a.stall >= 0 }

// leave takes the answer out of the engine, if it is not through.
func (a *answer) leave() { a.server.engine.leave(a.seq) }

// await blocks until the engine has produced more than have tokens and says how
// many it has.
func (a *answer) await(ctx context.Context, have int) (int, error) {
	for {
		if n := int(a.seq.produced.Load()); n > have {
			return n, nil
		}
		select {
		case <-a.seq.wake:
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		case <-a.server.closing:
			return 0, errClosed
		}
	}
}

// whole waits for the answer's end and returns what was thought and what was said.
func (a *answer) whole(ctx context.Context) (thoughts, text string, err error) {
	if _, err := a.await(ctx, a.length-1); err != nil {
		return "", "", err
	}
	if a.stall >= 0 && !a.server.pause(ctx) {
		return "", "", errors.New("nobody is left to answer")
	}
	if a.thoughts > 0 {
		thoughts = string(a.text.appendText(nil, a.thoughts))
	}
	text = string(a.text.appendText(nil, a.length-a.thoughts))
	a.remember(text)
	return thoughts, text, nil
}

// remember makes known what the next turn of the conversation begins with: the prompt and
// what was answered. What was thought before it stands in the way: nobody sends it again.
func (a *answer) remember(text string) {
	if a.server.engine.cache != nil && a.reads != nil && a.thoughts == 0 {
		a.server.engine.remember(append(a.reads[:len(a.reads):len(a.reads)], text))
	}
}

// id is the answer's own, the same whenever the seed and the order are.
func (a *answer) id(prefix string) string {
	return fmt.Sprintf("%s-%016x", prefix, scramble(a.server.cfg.Seed^scramble(a.serial)))
}
