package queue

import (
	"errors"
	"net"
	"strings"

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
		if of, ok := outcomes[wordOf(said)]; ok {
			return of, "redis: " + string(said)
		}
		return outcome.BadRequest, "redis: " + string(said)
	case errors.As(err, &network) && network.Timeout():
		return outcome.Timeout, "redis did not answer in time"
	case errors.As(err, &unreachable{}):
		return outcome.Connect, "redis cannot be reached: " + lastOf(err)
	}
	return outcome.Reset, "the connection to redis broke: " + lastOf(err)
}

// refuses reports whether Redis would not do what it was asked, whatever that was.
func refuses(err error) bool {
	var said redis.Error
	if !errors.As(err, &said) {
		return false
	}
	_, known := outcomes[wordOf(said)]
	return known
}

// wordOf is the first word of what Redis says.
func wordOf(said redis.Error) string {
	word, _, _ := strings.Cut(string(said), " ")
	return word
}

// ErrDenied is wrapped by errors over a password, a user or a right that Redis does not accept.
var ErrDenied = errors.New("redis denies it")

// A refusal is a failure in our words, and what it was.
type refusal struct {
	of   outcome.Outcome
	text string
	err  error
}

func (r refusal) Error() string        { return r.text }
func (r refusal) Unwrap() error        { return r.err }
func (r refusal) Is(target error) bool { return target == ErrDenied && r.of == outcome.Auth }

// told is an error in our words.
func told(err error) error {
	of, text := outcomeOf(err)
	return refusal{of, text, err}
}

// An unreachable is why there is no connection.
type unreachable struct{ error }

func (u unreachable) Unwrap() error { return u.error }

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
