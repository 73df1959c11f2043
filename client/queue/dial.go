package queue

import (
	"context"
	"crypto/tls"
	"time"

	"github.com/gomodule/redigo/redis"

	"flashwave/client/queue/spec"
)

// What a queue is stands in package spec, and here under the same names.
type (
	// Address is where a Redis server is.
	Address = spec.Address
	// Layout is how tasks lie in it.
	Layout = spec.Layout
	// Kind is what holds a queue.
	Kind = spec.Kind
	// Class is the tasks of some priorities.
	Class = spec.Class
)

// The times a connection may take.
const (
	dialTimeout  = 5 * time.Second
	replyTimeout = 30 * time.Second
)

// noPassword is what a user says who has none: Redis then takes anything.
const noPassword = "none"

// Dial connects to Redis. The password is "" where none is asked for; the TLS configuration
// counts where the address says rediss, and may be nil.
func Dial(ctx context.Context, a Address, password string, config *tls.Config) (redis.Conn, error) {
	if a.User != "" && password == "" {
		password = noPassword
	}
	options := []redis.DialOption{
		redis.DialConnectTimeout(dialTimeout), redis.DialReadTimeout(replyTimeout), redis.DialWriteTimeout(replyTimeout),
		redis.DialDatabase(a.Database), redis.DialUsername(a.User), redis.DialPassword(password), redis.DialUseTLS(a.TLS),
	}
	if config != nil {
		options = append(options, redis.DialTLSConfig(config))
	}
	conn, err := redis.DialContext(ctx, "tcp", a.Host, options...)
	if fatal(err) {
		return nil, unreachable{err}
	}
	return conn, err
}
