package capacity

import (
	"time"

	"flashwave/bench/forecast"
	"flashwave/bench/price"
)

// A Journal keeps a search on disk while it goes on. Its methods are called from one
// goroutine at a time; what they are given is on disk when they return. After an error
// no other method but End is called.
type Journal interface {
	// Begin is called once, before anything is sent; not of a search that is resumed.
	Begin(Begun) error
	// Note keeps a step that has ended, or what was spent since.
	Note(Note) error
	// End keeps the document, and whether the search could go on from where it ended.
	End(doc *Document, goesOn bool) error
}

// Begun is what is known of a search when it begins: enough to go on with it.
type Begun struct {
	Document    *Document    `json:"document"` // without steps, forecast or answer
	Headroom    float64      `json:"headroom"`
	Utilisation float64      `json:"utilisation"`
	Rehearse    *Shape       `json:"rehearse,omitempty"`
	Workers     int          `json:"workers,omitempty"` // that take tasks, as was said or is known of the built-in queue; 0: neither
	Price       *price.Price `json:"price,omitempty"`   // nil: unknown
	Prompts     []string     `json:"prompts"`           // by lane: the fingerprint of what they may ask
}

// A Note is one line of a search's log.
type Note struct {
	Kept  *Kept `json:"step,omitempty"` // a step that has ended; nil: only the state is news
	State State `json:"state"`
	// RecoveryS completes the step before it; nil: that was not looked for, or not seen.
	RecoveryS *float64 `json:"recovery_s,omitempty"`
}

// Kept is a step, with what it was limited by.
type Kept struct {
	Step
	Limit Limit  `json:"limited_by,omitempty"`
	SLO   string `json:"limited_by_slo,omitempty"`
}

// A State is what a search knows beside its steps. A step that was cut off leaves its
// costs in it, for they were spent.
type State struct {
	ElapsedS float64  `json:"elapsed_s"` // of the search, pauses between its parts left out
	Sent     uint64   `json:"sent"`      // requests scheduled: where the prompts go on
	Runs     uint64   `json:"runs"`      // so far: the seed of the next
	SpentUSD float64  `json:"spent_usd"`
	Warnings []string `json:"warnings,omitempty"`

	// A minute, as announced; 0: not announced.
	LimitRequests int64 `json:"limit_requests,omitempty"`
	LimitTokens   int64 `json:"limit_tokens,omitempty"`

	// Of all requests that ended, but those that the search itself cut.
	OK       forecast.Tokens `json:"ok_tokens"`
	Failed   forecast.Tokens `json:"failed_tokens"`
	Ended    int64           `json:"ended"`
	Failures int64           `json:"failures"`
	Retries  int64           `json:"retries"`
}

// A Past is a search as far as it was kept.
type Past struct {
	Begun
	Notes []Note
	Over  bool      // it came to its end: there is nothing to go on with
	Until time.Time // when the last of it was kept
}

// Steps is how many steps were kept.
func (p *Past) Steps() (n int) {
	for _, note := range p.Notes {
		if note.Kept != nil {
			n++
		}
	}
	return n
}

// State is the last that was kept.
func (p *Past) State() State {
	if len(p.Notes) == 0 {
		return State{}
	}
	return p.Notes[len(p.Notes)-1].State
}
