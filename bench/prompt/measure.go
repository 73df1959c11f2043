package prompt

import (
	"fmt"
	"math"
	"sync"

	"flashwave/bench/units"
)

const (
	// firstAnswers is how many answers set the measure.
	firstAnswers = 20
	// A token has so many bytes: the words of the dictionary leave no room for others.
	minBytes, maxBytes = 1, 8
)

// A measure is how many bytes an endpoint takes for a token: four, until enough answers
// have told. What a chat template adds to a prompt is in it. A nil measure is four for
// good. It is safe for concurrent use.
type measure struct {
	mu            sync.Mutex
	perToken      float64 // 0: not known yet
	first, since  tokenCount
	bytesOfPrompt int // of the first answers
}

// A tokenCount is what was aimed at and what came of it, over some answers.
type tokenCount struct{ answers, aimed, counted int }

func (c *tokenCount) add(aimed, counted int) {
	c.answers++
	c.aimed += aimed
	c.counted += counted
}

// off is by which share more tokens were counted than aimed at.
func (c tokenCount) off() float64 { return float64(c.counted)/float64(c.aimed) - 1 }

// bytes is how long a text of so many tokens is.
func (m *measure) bytes(tokens uint64) int {
	if m != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.perToken > 0 {
			return int(math.Round(float64(tokens) * m.perToken))
		}
	}
	return int(tokens) * bytesPerToken
}

// see takes in an answer to a prompt of some bytes: how many tokens were aimed at, and
// how many the endpoint counted.
func (m *measure) see(bytes, aimed, counted int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.perToken > 0 {
		m.since.add(aimed, counted) // a few of them were written before it was known
		return
	}
	m.first.add(aimed, counted)
	m.bytesOfPrompt += bytes
	if m.first.answers == firstAnswers {
		m.perToken = min(max(float64(m.bytesOfPrompt)/float64(m.first.counted), minBytes), maxBytes)
	}
}

// String says how far off the lengths were, and are; "": nothing is known.
func (m *measure) String() string {
	if m == nil {
		return ""
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.perToken == 0 {
		return ""
	}
	text := fmt.Sprintf("the endpoint counted %s aimed at in the first %s", moreTokens(m.first.off()), units.Of(m.first.answers, "prompt", "prompts"))
	if m.since.answers == 0 {
		return text
	}
	return fmt.Sprintf("%s, and since, when they were made to its measure, %s", text, moreTokens(m.since.off()))
}

func moreTokens(off float64) string {
	const little = 0.0005
	switch {
	case off < -little:
		return units.Share(-off) + " fewer tokens than were"
	case off > little:
		return units.Share(off) + " more tokens than were"
	}
	return "the tokens that were"
}
