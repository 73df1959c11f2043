package cmd

import (
	"fmt"
	"sync"
	"time"

	"flashwave/bench/verdict"
)

// A voice is what standard output is told in the end: one document, by whoever comes
// first: the command, or the program that has no time left to wait for it.
type voice struct {
	mu    sync.Mutex
	used  bool
	known bool                 // what the command comes to
	code  int                  // with which it ends
	write func(code int) error // writes its document, which names the code, too
}

// comesTo keeps what the command comes to, before any of it is written.
func (v *voice) comesTo(code int, write func(code int) error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.used, v.known, v.code, v.write = false, true, code, write
}

// begins forgets what was before.
func (v *voice) begins() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.known, v.write = false, nil
}

// take reports whether standard output is still to be told.
func (v *voice) take() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	was := v.used
	v.used = true
	return !was
}

// tell writes to standard output what it is told in the end, unless that was done.
func (p *program) tell(write func() error) error {
	if !p.voice.take() {
		return nil
	}
	return write()
}

// abandon ends the program though its command has not ended: what is known by now is
// written, if that can be.
func (p *program) abandon() int {
	p.voice.mu.Lock()
	known, code, write := p.voice.known, p.voice.code, p.voice.write
	p.voice.mu.Unlock()
	reason := "interrupted"
	switch {
	case known:
		reason = "interrupted before everything was written"
	case p.stops.wasUnder():
		reason = "interrupted, and something did not end; what was recorded is kept"
	}
	if !known {
		code, write = verdict.ExitInterrupted, func(code int) error {
			if p.wantsJSON() {
				p.writeJSON(p.refusal(code, reason, ""))
			}
			return nil
		}
	}
	if code == verdict.ExitPass {
		code = verdict.ExitBroken // something is missing
	}
	soon(moment, func() { fmt.Fprintln(p.stderr, "error:", reason) })
	soon(5*moment, func() { _ = p.tell(func() error { return write(code) }) }) // there is nobody left to hear of its error
	return code
}

// moment is what may hang, but does not usually, gets to end in.
const moment = 50 * time.Millisecond

// soon does something that may hang, and does not wait for its end for long.
func soon(within time.Duration, do func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	select {
	case <-done:
	case <-time.After(within):
	}
}
