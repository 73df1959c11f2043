package client

import "flashwave/client/outcome"

// Outcome says how a request ended: see package outcome, whose list this is.
type Outcome = outcome.Outcome

// The outcomes, under the names by which this package speaks of them.
const (
	OK          = outcome.OK
	RateLimited = outcome.RateLimited
	Overloaded  = outcome.Overloaded
	ServerError = outcome.ServerError
	Auth        = outcome.Auth
	BadRequest  = outcome.BadRequest
	Connect     = outcome.Connect
	Timeout     = outcome.Timeout
	Reset       = outcome.Reset
	Truncated   = outcome.Truncated
	StreamError = outcome.StreamError
	Malformed   = outcome.Malformed
	Cancelled   = outcome.Cancelled
)
