package bench

import (
	"io"
	"time"

	"flashwave/bench/account"
	"flashwave/bench/dispatch"
	"flashwave/bench/health"
	"flashwave/bench/journal"
	"flashwave/bench/price"
	"flashwave/bench/prompt"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/sending"
	"flashwave/bench/tier"
)

// A Client sends one request, see [sending.Client].
type Client = sending.Client

// A Look is what waves did so far, see [account.Look].
type Look = account.Look

// Options are what a run needs.
type Options struct {
	Scenario *scenario.Scenario // resolved
	Client   Client
	Epoch    time.Time       // what the client's instants count from
	Prompts  []prompt.Source // one a lane
	// FirstPrompts are the indexes, by lane, of the prompts to begin with; nil: 0.
	// A run that continues another begins where [result.Run.NextPrompts] says.
	FirstPrompts []uint64
	Price        *price.Price // nil: unknown
	Tier         *tier.Tier   // the queue that the client enqueues to; nil: it asks the endpoint itself
	ID           string
	Target       string // what the screen calls the endpoint
	Tool         result.Tool

	Journal       journal.Keeper // nil: the run is not kept
	Requests      io.Writer      // nil: no line per request
	Machine       bool           // watch the health of this process (not in virtual time)
	InProcessMock bool           // the endpoint shares this process, and its CPU
	// Excerpt: whoever drives the run cuts it short as soon as it knows enough, so that
	// a stream that had begun to answer by then is not held against the endpoint.
	Excerpt bool
	// Began is told of the run once it goes on; nil: nobody is. Whoever makes several runs
	// of the same options has it told of each.
	Began func(*Run)

	clocks  func() health.ClockOffsets // for tests: watch with these clocks, and without a probe
	observe func(*dispatch.Config)     // for tests: change what is dispatched
}
