package queue

import (
	"errors"
	"net"
	"strings"
	"syscall"

	"github.com/gomodule/redigo/redis"

	"flashwave/client/outcome"
)

// outcomes are what Redis refuses with, by the first word of its error.
var outcomes = map[string]outcome.Outcome{
	"OOM":         outcome.Overloaded,
	"LOADING":     outcome.Overloaded,
	"BUSY":        outcome.Overloaded,
	"TRYAGAIN":    outcome.Overloaded,
	"READONLY":    outcome.ServerError,
	"MISCONF":     outcome.ServerError,
	"MASTERDOWN":  outcome.ServerError,
	"CLUSTERDOWN": outcome.ServerError,
	"NOREPLICAS":  outcome.ServerError,
	"EXECABORT":   outcome.ServerError,
	"NOAUTH":      outcome.Auth,
	"WRONGPASS":   outcome.Auth,
	"NOPERM":      outcome.Auth,
}

// outcomeOf is how a task ended that could not be enqueued, and why.
func outcomeOf(err error) (outcome.Outcome, string) {
	var said redis.Error
	var network net.Error
	switch {
	case errors.As(err, &said):
		word, _, _ := strings.Cut(string(said), " ")
		if of, ok := outcomes[word]; ok {
			return of, "redis: " + string(said)
		}
		return outcome.BadRequest, "redis: " + string(said)
	case errors.As(err, &network) && network.Timeout():
		return outcome.Timeout, "redis did not answer in time"
	case errors.Is(err, syscall.ECONNREFUSED), isDial(err):
		return outcome.Connect, "redis cannot be reached: " + lastOf(err)
	}
	return outcome.Reset, "the connection to redis broke: " + lastOf(err)
}

func isDial(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// lastOf is the error without ports of this machine, so that like errors are alike.
func lastOf(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Op + ": " + op.Err.Error()
	}
	return err.Error()
}

// fatal reports whether a connection is of no use any more after an error.
func fatal(err error) bool {
	var said redis.Error
	return err != nil && !errors.As(err, &said)
}
