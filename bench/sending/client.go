package sending

import (
	"context"

	"flashwave/bench/alarm"
	"flashwave/client"
)

// A Client sends one request and blocks until it has ended. It must be safe for
// concurrent use, and its instants count from the epoch of the run.
type Client interface {
	Do(ctx context.Context, req *client.Request, sink client.Sink) client.Result
}

// Streams is where a client reads streams; nil if it does not say. What wraps a client
// says what it wraps by a method Unwrap.
func Streams(c Client) (list []alarm.Watch) {
	switch c := c.(type) {
	case interface {
		ReadWatches() []func(fd int, ready func()) (stop func(), ok bool)
	}:
		for _, w := range c.ReadWatches() {
			list = append(list, w)
		}
		return list
	case interface{ Unwrap() Client }:
		return Streams(c.Unwrap())
	}
	return nil
}

// Adapted says what a client does otherwise than it was told, because the endpoint wants
// it so; nil: nothing, or it does not say.
func Adapted(c Client) []string {
	switch c := c.(type) {
	case interface{ Adapted() []string }:
		return c.Adapted()
	case interface{ Unwrap() Client }:
		return Adapted(c.Unwrap())
	}
	return nil
}

// asking is the client's Do with its result in the heap, as package client has it by
// itself.
func asking(c Client) func(context.Context, *client.Request, client.Sink) *client.Result {
	if c, ok := c.(*client.Client); ok {
		return c.Ask
	}
	return func(ctx context.Context, req *client.Request, sink client.Sink) *client.Result {
		res := c.Do(ctx, req, sink)
		return &res
	}
}
