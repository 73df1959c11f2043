package client

import (
	"encoding/json"
	"time"

	"flashwave/client/api"
	"flashwave/client/outcome"
)

// Never is the instant of something that did not happen.
const Never time.Duration = -1

// A Message is one turn of a chat.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
	// Wire is the message as JSON in the words of the dialect, where it is more than a
	// text: parts, calls of tools, what came of them, see [api.API.Wire]. It goes before
	// Role and Content; nil: these are all.
	Wire json.RawMessage `json:"wire,omitempty"`
}

// A Request is what one call asks of the endpoint.
type Request struct {
	Model       string
	Messages    []Message // for [Completions] they are joined into one prompt
	MaxTokens   int       // 0: the endpoint's own limit, or 4096 for [Messages], which needs one
	Temperature *float64  // nil: the endpoint's default
	Stream      bool
	Tools       json.RawMessage // a JSON list in the words of the dialect; nil: none
	Extra       json.RawMessage // a JSON object whose keys are added to the body; nil: none
	Fields      map[string]any  // what a body template of [HTTP] may use
	TaskID      string          // sent as [TaskHeader], so that whoever stands between knows the call again; "": it is none
	Class       int             // which of the classes of a queue it is of, from 0; an endpoint knows none
	KeepText    bool            // fill Result.Text and Result.Reasoning (tests, the pre-flight check)
}

// TaskHeader is the header that tells which task a call is made for.
const TaskHeader = "X-Task-ID"

// taskID is the value of that header; an id that no header can hold is not told.
func (r *Request) taskID() string {
	if len(r.TaskID) > wordLimit || !isPlain(r.TaskID) {
		return ""
	}
	return r.TaskID
}

// converses reports whether a request is more than a question, its system prompt apart: a
// conversation, or one about tools or pictures.
func (r *Request) converses() bool {
	said := 0
	for i := range r.Messages {
		if m := &r.Messages[i]; m.Wire != nil {
			return true
		} else if !api.OfSystem(m.Role) {
			said++
		}
	}
	return said > 1 || r.Tools != nil
}

// Kind tells the sorts of token event apart.
type Kind uint8

// The kinds of token event.
const (
	Content   Kind = iota // content or refusal
	Reasoning             // reasoning, before the answer
	ToolCall              // a tool_calls element
)

// A Sink is told what happens to one request while it happens. Its methods are
// called in order of time and never two at once for one request, before Do returns,
// but on whatever goroutine reads: one that reads many. They must not block.
type Sink interface {
	// Sent: the request was handed to the kernel (once, whatever is retried).
	Sent(at time.Duration)
	// Token: the bytes of a token event were read at that instant. Events that
	// came in one read share the instant.
	Token(at time.Duration, kind Kind)
}

// A Result is the record of one call. Instants count from Config.Epoch and are
// [Never] where nothing happened. They were taken when the bytes were read,
// before any parsing.
type Result struct {
	Outcome Outcome
	Err     string // why it failed: bounded, free of keys and prompts; "" when ok
	Status  int    // the HTTP status; 0 if there was no response
	// Shortage is what this machine ran out of, so that the request got no
	// connection: its failure is not the endpoint's.
	Shortage outcome.Shortage

	Sent        time.Duration
	FirstByte   time.Duration // of the response, headers included
	FirstToken  time.Duration
	FirstAnswer time.Duration // first token that is not reasoning
	LastToken   time.Duration
	Done        time.Duration // the read that held [DONE], else the end of the body or the failure

	Events int           // token events
	Stall  time.Duration // longest gap between two token events; 0 with fewer than two
	// OnePiece: all token events came with one delivery, in however many reads.
	OnePiece bool
	// Empty: it ended ok and held no token, in one piece or streamed. Of an endpoint of
	// one's own, which promises none, it is not known.
	Empty  bool
	Usage  Usage
	Items  int    // embeddings
	Finish string // the finish reason in the words of a chat, also one that says failure; "" if none came
	Phases Phases
	Limits Limits

	RequestID    string // the server's own id for the request
	Retries      int    // attempts after the first, the stale ones not counted
	StaleRetries int    // replays of a request that met a connection the server had closed

	Text, Reasoning string // only with Request.KeepText
}

// onePiece is how far apart the deliveries of what arrived at once may lie: no
// model makes an answer of several events in a millisecond.
const onePiece = time.Millisecond

// Bundled reports whether a stream arrived in one piece: several token events, and
// from the first to the last of them no wait. It was not streamed to us, whatever
// its form, and says nothing of the time between its tokens. (Events that share a
// read in a stream that came in several pieces do: their gap is 0.)
//
// A piece may take several reads, for a connection is read a few kilobytes at a
// time; and between these the machine may be slow, so that instants alone do not
// tell it.
func (r Result) Bundled() bool {
	return r.Events > 1 && (r.OnePiece || r.LastToken-r.FirstToken < onePiece)
}

// Usage counts the tokens of one request, in any dialect alike. Output includes
// reasoning; Prompt includes cached, which were read from a cache, and those that were
// written to one.
type Usage struct {
	Prompt, Cached, CacheWritten, Output, Reasoning int
	// StreamedReasoning: reasoning deltas were streamed, so reasoning tokens lie
	// between the first and the last token.
	StreamedReasoning bool
	From              UsageSource
}

// UsageSource says where the token counts came from.
type UsageSource string

// The sources of token counts.
const (
	FromUsage  UsageSource = "usage"  // the endpoint's own usage, as far as it can be true
	FromEvents UsageSource = "events" // token events counted by us; Prompt is what usage said of it, or 0
	FromNone   UsageSource = ""       // nothing to count; Prompt likewise
)

// Phases are the parts of connecting, zero on a reused connection.
type Phases struct {
	DNS, Connect, TLS time.Duration
	Reused            bool
}

// Limits are what the response headers said of rate limits; -1 where they said
// nothing.
type Limits struct {
	RetryAfter                       time.Duration
	LimitRequests, RemainingRequests int64
	LimitTokens, RemainingTokens     int64
	ResetRequests, ResetTokens       time.Duration
}
