package prompt

import (
	"fmt"
	"slices"
)

// Talking is a source some of whose prompts begin conversations.
type Talking interface {
	Source
	// Converses reports whether what begins at a place does.
	Converses(lane, index uint64) bool
	// Turns are what is asked in it, in order: each the messages that are new. At least one.
	Turns(lane, index uint64) []Prompt
	// MeanTurns is how many turns what begins has on average, about.
	MeanTurns() float64
}

// Sessions are conversations: of a source whose prompts are whole ones, the questions of
// each; of another, so many of its prompts one after the other.
type Sessions struct {
	of    Source
	turns int // at most
}

// NewSessions makes conversations of at most so many turns of a source.
func NewSessions(of Source, turns int) *Sessions { return &Sessions{of, turns} }

// Converses implements [Talking].
func (s *Sessions) Converses(uint64, uint64) bool { return true }

// Turns implements [Talking].
func (s *Sessions) Turns(lane, session uint64) []Prompt {
	first := s.of.At(lane, session*s.stride())
	if len(first.Messages) > 0 {
		turns := turnsOf(first)
		return turns[:min(len(turns), s.turns)]
	}
	turns := []Prompt{first.opened()}
	for i := uint64(1); i < s.stride(); i++ {
		next := s.of.At(lane, session*s.stride()+i)
		next.System = ""
		turns = append(turns, next.opened())
	}
	return turns
}

// opened is the prompt as messages.
func (p Prompt) opened() Prompt {
	if len(p.Messages) > 0 {
		return p
	}
	if p.System != "" {
		p.Messages = append(p.Messages, say("system", p.System))
	}
	p.Messages = append(p.Messages, say("user", p.Text))
	p.System, p.Text = "", ""
	return p
}

// stride is how many prompts of the source a session takes.
func (s *Sessions) stride() uint64 {
	if d, ok := s.of.(*deck); ok && d.whole {
		return 1
	}
	return uint64(s.turns)
}

// Answer is what an endpoint said to a turn.
func Answer(text string) Message { return say("assistant", text) }

// After is a turn with what was said before it in front, the answers among it.
func (p Prompt) After(before []Message) Prompt {
	p.Messages = slices.Concat(before, p.Messages)
	return p
}

// At implements [Source]: it is the first turn of a session.
func (s *Sessions) At(lane, session uint64) Prompt { return s.Turns(lane, session)[0] }

// Len implements [Source].
func (s *Sessions) Len() int {
	n := s.of.Len()
	if n > 0 {
		n = max(1, n/int(s.stride()))
	}
	return n
}

// MeanTurns implements [Talking].
func (s *Sessions) MeanTurns() float64 {
	const looked = 100
	if s.stride() > 1 || s.of.Len() == 0 {
		return float64(s.turns)
	}
	sum, n := 0, min(looked, s.of.Len())
	for i := range n {
		sum += len(s.Turns(0, uint64(i)))
	}
	return float64(sum) / float64(n)
}

// MeanTokens implements [Source]: of a request, with what was said before it, answers
// apart.
func (s *Sessions) MeanTokens() int {
	const looked = 100
	sum, n := 0, 0
	for i := range uint64(looked) {
		said := 0
		for _, turn := range s.Turns(0, i) {
			said += turn.Tokens()
			sum += said
			n++
		}
	}
	return mean(sum, n)
}

// MeanAnswer implements [Source].
func (s *Sessions) MeanAnswer(workload int) int { return s.of.MeanAnswer(workload) }

// Fingerprint implements [Source].
func (s *Sessions) Fingerprint(lane uint64) Fingerprint {
	f, turns := s.of.Fingerprint(lane), fmt.Sprint(s.turns)
	return Fingerprint{Content: digestOf("sessions", f.Content, turns).String(), Sequence: digestOf("sessions", f.Sequence, turns).String()}
}

// Name implements [Source].
func (s *Sessions) Name() string { return s.of.Name() }

// Source is what the sessions are made of.
func (s *Sessions) Source() Source { return s.of }
