// Package client speaks to one completions endpoint and keeps the record of
// every call: when its bytes came, what was in them, and how it ended.
//
// [New] makes a [Client] from a [Config]; [Client.Do] sends one [Request] and
// returns its [Result]. It never returns an error: how a call ended is its
// [Outcome], and what went wrong is Result.Err, a short text without keys and
// prompts.
//
// # Dialects
//
// Every dialect is read by the words of its vendor, and means the same: tokens with
// their kind, usage, a finish reason in the words of a chat, errors, an end.
//
//   - [Chat] and [Completions]: platform.openai.com/docs/api-reference/chat and …/completions
//   - [Responses]: platform.openai.com/docs/api-reference/responses, its events …/responses-streaming
//   - [Messages]: docs.claude.com/en/api/messages, its errors …/errors, its limits …/rate-limits,
//     its events docs.claude.com/en/docs/build-with-claude/streaming, its usage …/prompt-caching
//   - [Generate]: docs.ollama.com/api/generate and, of conversations, …/chat, its lines
//     …/streaming, its errors …/errors
//   - [Embeddings]: platform.openai.com/docs/api-reference/embeddings
//   - [HTTP]: an endpoint of the user's own; Config.Token, Usage, End and FailIf say what its
//     answers mean
//
// What is more than text in a message, pictures and tools, is sent as it is wired: package
// api puts it into the words of a dialect.
//
// A stream may come as server-sent events or as lines of JSON, whatever the dialect. It
// ends with the event that the dialect ends with ([DONE], response.completed,
// message_stop, done), and what follows counts for nothing.
//
// # Instants
//
// All instants count from Config.Epoch and are taken where bytes arrive. For
// HTTP/1.1 that is the read on the connection itself, before TLS, chunked
// coding or any parsing of ours; an event carries the stamp of the read that
// completed it, even where one read of the body spans several reads of the
// connection. HTTP/2 shares a connection between streams, so that there the
// stamp is taken when a read of the body returns.
//
// A request counts as sent at the instant right before its first byte is handed to
// the kernel, or, where a connection is dialled for it, right before that. (net/http
// does not say that instant: there it is when it was handed the request.)
//
// HTTP/1.1 is spoken by package http1, which on Linux reads all plain connections of a
// client on a goroutine or few ([Client.ReadWatches] tells how late those are); HTTP/2,
// and all that goes through a proxy, by net/http.
//
// A connection is read some kilobytes at a time. A read that filled its buffer
// leaves the rest of a delivery to the next one; a stream all of whose tokens came
// with one delivery was not streamed ([Result.Bundled]).
//
// # What counts
//
// Endpoints say the same things in many ways. What is made of them:
//
// A token is a choice of a chunk with something in its delta: content or a refusal
// (a text, or parts of one), speech or a picture, a tool call (a list of them or
// one), or reasoning under any of its names. In other dialects it is a delta that holds
// something, and the beginning of the call of a tool, which has a name by then. A role alone is none. A message
// beside the delta is what was said so far, and counts only where there is no
// delta. What an endpoint sends to show that it is there (comments, empty data,
// pings) is neither a token nor an error.
//
// A finish reason is any word but "null", "none" and the like. One that says
// failure (error, abort, network_error …) fails the call as [StreamError]; one
// that nobody knows does not. A stream that ends with neither a finish reason nor
// [DONE] is [Truncated]; after [DONE] nothing counts.
//
// An error inside a success is one, too ([StreamError]), streamed or not: an
// object, a text or a code that says something, at the root, in a choice or in a
// delta; an event named after one; a document that only has a message, a detail
// or a status of failure; a bare line that is no event. Null, false, 0, empty
// texts and empty objects are no errors.
//
// Usage is believed where it can be true. Objects add up, wherever they stand:
// zeros erase nothing, what is said twice counts once, and what the total holds
// beside prompt and output counts as output. Counts that are negative, broken,
// texts, or beyond any context say nothing, and so does an output of 0, or of less
// than the events that came after it: then the token events are the output.
//
// # What is repeated
//
// Nothing is ever repeated by a transport. A request that met a connection which
// the server had already closed is sent once more on a fresh connection and
// counted in Result.StaleRetries: the endpoint did not fail, the pool did. All
// other failures are repeated only under Config.Retries, and only before the
// first token.
//
// [Embeddings]: https://platform.openai.com/docs/api-reference/embeddings
package client

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// Transport is what carries requests.
type Transport string

// The transports. HTTP/2 and proxies go by net/http in any case.
const (
	Own      Transport = "own" // package http1; the default
	Standard Transport = "std" // net/http
)

// A Config describes an endpoint and how to reach it. Its zero durations mean
// "no limit".
type Config struct {
	// URL is the base URL with its version, such as http://127.0.0.1:8000/v1, or that
	// of a call, such as …/v1/chat/completions?api-version=1; for [HTTP] it is the URL
	// that is posted to.
	URL string
	API API // default [Chat]
	// Body is a text/template of the JSON to post (HTTP only). It sees the
	// request's Fields and model, prompt, system, max_tokens and stream; the
	// function json renders any value as JSON: {"q": {{json .prompt}}}.
	Body string
	// Token says which events are tokens (HTTP only): those of such a name or type, or
	// whose documents hold something at such a path (choices.0.delta.content). None:
	// all that say anything.
	Token []string
	// Usage is the path of the usage in a document (HTTP only): of an object in the
	// words of any dialect, or of the number of output tokens.
	Usage string
	// End says which event a stream ends with (HTTP only): one of such a name or type, or
	// whose document holds something at such a path (done); a stream without it is cut.
	// None: a stream ends where its body does.
	End []string
	// FailIf are expressions, PATH OP VALUE or a PATH that must lead to nothing, such as
	// code >= 400 (HTTP only): a document for which one holds is an error.
	FailIf []string

	// MaxTokensKey is the key of Request.MaxTokens in a [Chat]; "": max_tokens, or
	// max_completion_tokens for models that want it.
	MaxTokensKey string
	NoUsage      bool // do not ask for the usage of a stream
	MaxEvent     int  // most bytes of an event or a document; 0: 4 MiB

	// Key is sent to this endpoint only, as Auth says. It stands in no error text.
	Key    string
	Auth   Scheme      // "": as is usual for the API and the host
	Header http.Header // added to every request

	Connections int  // idle connections kept for reuse; 0: all of them
	HTTP2       bool // offer HTTP/2 (over http:// without asking first)
	Insecure    bool // accept any certificate
	// CA, ClientCert and ClientKey are paths of PEM files.
	CA, ClientCert, ClientKey string
	Proxy                     string // URL of a proxy; the environment's are ignored
	Transport                 Transport
	ConnectTo                 string // host:port to dial instead of the URL's

	Timeout        time.Duration // for a call as a whole, retries included
	IdleTimeout    time.Duration // from sending to the first token, then between bytes; without streaming, between bytes only
	ConnectTimeout time.Duration // for dialling and TLS together

	// Retries is how often a call may be repeated after 429, 503, 529 or a
	// broken or refused connection. Before repeat n it waits what Retry-After
	// says, else a random time in [0, min(8s, 500ms·2ⁿ⁻¹)) ("full jitter", see
	// Brooker, Exponential Backoff And Jitter, 2015).
	Retries int

	Epoch time.Time // what instants count from; default: when New was called
	// Secured is told of each connection that has shaken hands, with the certificates of
	// its server; nil: nobody is. It must not block, and may be called by several
	// goroutines at once.
	Secured func(tls.ConnectionState)
	// DialContext opens connections; nil: the network. Tests pass pipes.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)
}

// A Client calls one endpoint. It is safe for concurrent use.
type Client struct {
	cfg Config
	endpoints
	plain    http.Header // of a request for a document
	stream   http.Header // of a request for a stream
	host     string      // of the Host header; "": the URL's
	dialect  dialect
	declined declined
	secrets  secrets // what no text may hold

	transport transport // of calls
	standard  *standard // net/http: of all else

	closing context.Context // ends when the client is closed
	close   context.CancelFunc
}

// New validates a configuration and makes a client of it. It connects to
// nothing yet.
func New(cfg Config) (*Client, error) {
	c := &Client{cfg: cfg}
	if c.cfg.API == "" {
		c.cfg.API = Chat
	}
	if c.cfg.MaxEvent == 0 {
		c.cfg.MaxEvent = eventLimit
	}
	if c.cfg.Epoch.IsZero() {
		c.cfg.Epoch = time.Now()
	}
	if err := c.setTarget(); err != nil {
		return nil, err
	}
	if err := c.setHeaders(); err != nil {
		return nil, err
	}
	tlsConfig, err := tlsConfig(c.cfg)
	if err != nil {
		return nil, err
	}
	if err := c.setTransports(tlsConfig); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Client) setTransports(config *tls.Config) error {
	proxy, err := proxyURL(c.cfg)
	if err != nil {
		return err
	}
	if proxy != nil {
		c.secrets.addUser(proxy.User)
	}
	c.closing, c.close = context.WithCancel(context.Background())
	c.standard = newStandard(c, config, proxy)
	c.transport = c.standard
	if c.ownCarries() {
		c.transport = newOwn(c, config)
	}
	return nil
}

// Close closes idle connections and ends dialling. Calls that are under way
// finish by themselves.
func (c *Client) Close() {
	c.close()
	c.transport.close()
	c.standard.close()
}

// Disconnect closes idle connections: the next call opens one of its own.
func (c *Client) Disconnect() {
	c.transport.disconnect()
	c.standard.disconnect()
}

// Address is the endpoint's host and port.
func (c *Client) Address() string {
	port := c.post.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[c.post.Scheme]
	}
	return net.JoinHostPort(c.post.Hostname(), port)
}

// now is the present instant.
func (c *Client) now() time.Duration { return time.Since(c.cfg.Epoch) }
