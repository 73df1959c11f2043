package client

// Outcome says how a request ended. The list is closed; its words are the keys
// of every result document.
type Outcome string

// The outcomes, in the order in which reports show them.
const (
	OK          Outcome = "ok"
	RateLimited Outcome = "rate_limited" // HTTP 429
	Overloaded  Outcome = "overloaded"   // HTTP 503 and 529
	ServerError Outcome = "server_error" // any other 5xx
	Auth        Outcome = "auth"         // HTTP 401 and 403
	BadRequest  Outcome = "bad_request"  // any other 4xx
	Connect     Outcome = "connect"      // refused, DNS, TLS
	Timeout     Outcome = "timeout"      // connecting, first token, idle stream or total
	Reset       Outcome = "reset"        // the connection broke, EOF inside the framing too
	Truncated   Outcome = "truncated"    // ended with neither [DONE] nor a finish reason
	StreamError Outcome = "stream_error" // an error object or event inside HTTP 200
	Malformed   Outcome = "malformed"    // not what the API promises
	Cancelled   Outcome = "cancelled"    // stopped by the user or the end of the run
)

// Outcomes lists every outcome, in the order in which reports show them.
var Outcomes = []Outcome{
	OK, RateLimited, Overloaded, ServerError, Auth, BadRequest, Connect,
	Timeout, Reset, Truncated, StreamError, Malformed, Cancelled,
}
