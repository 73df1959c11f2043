package tap

import (
	"time"

	"flashwave/client"
	"flashwave/client/outcome"
)

// A Record is what a tap knows of one call. There is one when it was asked, and another one
// when it is over.
type Record struct {
	N     uint64  `json:"n"`              // those of a tap count up by one
	Call  uint64  `json:"call"`           // whose it is
	Task  string  `json:"task,omitempty"` // "": the call did not say
	Asked int64   `json:"asked_ns"`
	Ended *Ending `json:"ended,omitempty"` // nil: it goes on
}

// An Ending is how a call ended. What did not happen, and what nobody counted, is nil.
type Ending struct {
	Outcome    outcome.Outcome `json:"outcome"`
	Status     int             `json:"status"` // 0: there was no response
	FirstByte  *int64          `json:"first_byte_ns"`
	FirstToken *int64          `json:"first_token_ns"`
	LastToken  *int64          `json:"last_token_ns"`
	Done       int64           `json:"done_ns"`
	Tokens     *Tokens         `json:"tokens"`
}

// Tokens are what a call used. From says who counted: the endpoint's usage, or the tap, which
// knows events alone.
type Tokens struct {
	Prompt    int                `json:"prompt"`
	Cached    int                `json:"cached"`
	Written   int                `json:"cache_written"`
	Output    int                `json:"output"`
	Reasoning int                `json:"reasoning"`
	From      client.UsageSource `json:"from"`
}

// Usage is the same in the words of package client; that of nil is of nobody.
func (t *Tokens) Usage() (u client.Usage) {
	if t != nil {
		u = client.Usage{Prompt: t.Prompt, Cached: t.Cached, CacheWritten: t.Written, Output: t.Output, Reasoning: t.Reasoning, From: t.From}
	}
	return u
}

// endingOf is how a call ended.
func endingOf(r client.Result) *Ending {
	e := &Ending{
		Outcome: r.Outcome, Status: r.Status, FirstByte: instant(r.FirstByte),
		FirstToken: instant(r.FirstToken), LastToken: instant(r.LastToken), Done: int64(r.Done),
	}
	if u := r.Usage; u.From != client.FromNone {
		e.Tokens = &Tokens{u.Prompt, u.Cached, u.CacheWritten, u.Output, u.Reasoning, u.From}
	}
	return e
}

// instant is nil for one that never was.
func instant(at time.Duration) *int64 {
	if at == client.Never {
		return nil
	}
	return new(int64(at))
}

// A State is a tap at an instant.
type State struct {
	ID     string `json:"id"`     // another one each time that a tap is started
	Now    int64  `json:"now_ns"` // on its clock
	Oldest uint64 `json:"oldest"` // the number of the oldest record that is kept
	Last   uint64 `json:"last"`   // the number of the last one; 0: there is none yet
}

// A Line is a line of what a tap tells: one of both.
type Line struct {
	Tap  *State  `json:"tap,omitempty"`
	Call *Record `json:"call,omitempty"`
}
